"""Routes by which a claim comes in, and what it says is changed."""

from typing import Any

from fastapi import APIRouter, Request, Response

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import answers, hospital
from insurenz.claims.bodies import ClaimIn
from insurenz.claims.content import change_content
from insurenz.claims.endpoints.edge import OwnClaim, RulesNow, rules_of
from insurenz.claims.forms import HospitalClaimIn
from insurenz.claims.openapi import CLAIM_BODY, CLAIM_PART, HOSPITAL_CLAIM_BODY, ClaimPatchLater
from insurenz.claims.schemas import ClaimOut, ClaimShown, HospitalClaimOut
from insurenz.claims.submit import submit
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route
from insurenz.core.permissions import Actor
from insurenz.core.problems import validated
from insurenz.core.versions import IfMatch
from insurenz.documents.intake import with_files

router = APIRouter(route_class=Route, tags=["claims"])


@router.post("/claims", status_code=201, response_model=ClaimOut, openapi_extra=CLAIM_BODY)
async def file_claim(request: Request) -> Response:
    """File a retail claim with its documents in one request."""
    rules = rules_of(request)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimOut:
        filed = submit(session, actor, rules=rules, data=validated(ClaimIn, fields), files=files)
        return answers.filed_out(actor, filed, rules)

    return await with_files(request, check=lambda _session, _actor: None, work=work, status_code=201)


@router.post(
    "/hospital-claims", status_code=201, response_model=HospitalClaimOut, openapi_extra=HOSPITAL_CLAIM_BODY
)
async def file_hospital_claim(request: Request) -> Response:
    """Submit a claim of your hospital for a patient: JSON, or a form whose part `claim` is that JSON, with files."""
    rules = rules_of(request)

    def work(session: Session, actor: Actor, fields: dict[str, Any], files: Any) -> ClaimOut:
        data = validated(HospitalClaimIn, fields)
        return answers.filed_out(
            actor, hospital.submit(session, actor, rules=rules, data=data, files=files), rules
        )

    return await with_files(
        request, check=lambda _session, _actor: None, work=work, status_code=201, json_part=CLAIM_PART
    )


@router.patch("/claims/{claim_id}")
def change_claim(
    *,
    claim: OwnClaim,
    body: ClaimPatchLater,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    if_match: IfMatch = None,
) -> ClaimShown:
    """Change the content of your claim, or the form of your hospital's, while it is still in intake. Needs If-Match."""
    change_content(db, actor, claim, rules=rules, given=body, if_match=if_match)
    return answers.changed_out(db, actor, claim, rules)
