"""Routes that move a claim along its workflow."""

from typing import Any

from fastapi import APIRouter, Request, Response

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, queries, service
from insurenz.claims.dossier import dossier_of
from insurenz.claims.endpoints.edge import LockedDossier, RulesNow, rules_of
from insurenz.claims.openapi import ACTION_BODY, StatusLater
from insurenz.claims.schemas import ClaimShown
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route
from insurenz.core.permissions import Actor, require
from insurenz.core.versions import IfMatch
from insurenz.documents.intake import with_files

router = APIRouter(route_class=Route, tags=["claims"])


@router.patch("/claims/{claim_id}/status")
def change_status(
    *,
    dossier: LockedDossier,
    body: StatusLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimShown:
    """Move a claim to a status by the one legal action that leads there."""
    moved = service.act_by_target(db, actor, dossier, rules=rules, given=body, if_match=if_match)
    return answers.claim_out(actor, moved, rules)


@router.post("/claims/{claim_id}/actions/{action}", response_model=ClaimShown, openapi_extra=ACTION_BODY)
async def act_on_claim(request: Request, claim_id: str, action: str, if_match: IfMatch = None) -> Response:
    """Do an action that `allowed_actions` lists, with its fields as JSON, or with files as a form."""
    rules = rules_of(request)

    def check(session: Session, actor: Actor) -> None:
        claim = queries.claim_for(session, actor, claim_id)
        require(actor, request.state.operation)
        service.refuse_early(actor, claim, action, rules)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimShown:
        dossier = dossier_of(session, actor, claim_id, lock=True)
        require(actor, request.state.operation)
        moved = service.act(
            session, actor, dossier, action, rules=rules, given=fields, files=files, if_match=if_match
        )
        return answers.claim_out(actor, moved, rules)

    return await with_files(request, check=check, work=work)
