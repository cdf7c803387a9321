"""Routes by which staff learn who would be told of an action, and who was told of a claim."""

from typing import Annotated

from fastapi import APIRouter, Query

from insurenz.accounts.auth import CurrentUser
from insurenz.claims.endpoints.edge import ClaimInPath, RulesNow
from insurenz.core import paging
from insurenz.core.edge import Db, Route
from insurenz.explain import answers, queries, service
from insurenz.explain.schemas import NoticesOut, RecipientsOut
from insurenz.notifications.endpoints import TellingNow

router = APIRouter(route_class=Route, tags=["notifications"])

Word = Annotated[str, Query(max_length=64)]


@router.get("/claims/{claim_id}/recipients")
def claim_recipients(
    *,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    telling: TellingNow,
    action: Word,
    outcome: Word | None = None,
) -> RecipientsOut:
    """Who would be told if you did this with the claim, by which channel and why; who would not, and why."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    found = service.recipients(
        db, actor, claim, action, outcome=outcome, definition=definition, telling=telling
    )
    return answers.recipients_out(found)


@router.get("/claims/{claim_id}/notifications")
def claim_notifications(
    *,
    claim: ClaimInPath,
    actor: CurrentUser,
    db: Db,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.Cursor = None,
) -> NoticesOut:
    """Who was told of a claim's events, by which channels, who has read it, and what became of each delivery."""
    return answers.notices_out(queries.log(db, claim, cursor=cursor, limit=limit))
