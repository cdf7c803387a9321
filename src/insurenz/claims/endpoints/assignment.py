"""Routes of who works on a claim."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, assignment
from insurenz.claims.bodies import AssignmentLater, TakeNextIn
from insurenz.claims.endpoints.edge import ClaimInPath, LockedClaim, RulesNow
from insurenz.claims.schemas import AssigneeList, ClaimShown
from insurenz.core.edge import Db, Route
from insurenz.core.versions import IfMatch

ANY = TakeNextIn()
NOTHING_WAITS: dict[int | str, dict[str, Any]] = {204: {"description": "No claim waits for you."}}

router = APIRouter(route_class=Route, tags=["claims"])


@router.post("/claims/take-next", response_model=ClaimShown, responses=NOTHING_WAITS)
def take_next(
    actor: CurrentUser, db: Db, rules: RulesNow, body: Annotated[TakeNextIn, Body()] = ANY
) -> ClaimShown | None:
    """Take the oldest claim that waits for a processor and that nobody works on; 204 when there is none."""
    claim = assignment.take_next(db, actor, rules=rules, workflow=body.workflow)
    return None if claim is None else answers.changed_out(db, actor, claim, rules)


@router.get("/claims/{claim_id}/assignees")
def list_assignees(claim: ClaimInPath, actor: CurrentUser, db: Db) -> AssigneeList:
    """Who may be given a claim: the processors who reach it, and admins; the first 200 by name."""
    return answers.assignees_out(assignment.candidates(db, claim))


@router.post("/claims/{claim_id}/assignment")
def assign_claim(
    *,
    claim: LockedClaim,
    body: Annotated[AssignmentLater | None, Body()] = None,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimShown:
    """Take a claim, or hand it to the user that `user_id` names; what another holds, they or an admin hand over."""
    assignment.assign(db, actor, claim, given=body or {}, if_match=if_match)
    return answers.changed_out(db, actor, claim, rules)


@router.delete("/claims/{claim_id}/assignment")
def release_claim(
    claim: LockedClaim, actor: CurrentUser, db: Db, rules: RulesNow, if_match: IfMatch = None
) -> ClaimShown:
    """Release a claim, so that another may take it; one that nobody works on stays as it is."""
    assignment.release(db, actor, claim, if_match=if_match)
    return answers.changed_out(db, actor, claim, rules)
