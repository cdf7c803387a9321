"""Routes of analytics: five tables of numbers, and each of them as a table for spreadsheets."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from insurenz.accounts.auth import CurrentUser
from insurenz.analytics import export, service
from insurenz.analytics.outlook import outlook
from insurenz.analytics.schemas import (
    Amounts,
    Asked,
    AskedOverTime,
    AskedTable,
    ClaimsOverTime,
    NoticesRead,
    OutlookOut,
    Reasons,
    Turnaround,
)
from insurenz.claims.endpoints.edge import ClaimInPath, RulesNow, note
from insurenz.claims.models import KIND
from insurenz.core.edge import Db, Route

TABLE = {"description": "The table.", "content": {"text/csv": {"schema": {"type": "string"}}}}

router = APIRouter(route_class=Route, prefix="/analytics", tags=["analytics"])
# Of one claim, for everybody whom it concerns.
of_claim = APIRouter(route_class=Route, tags=["claims"])


@of_claim.get("/claims/{claim_id}/outlook")
def claim_outlook(
    request: Request, claim: ClaimInPath, actor: CurrentUser, db: Db, *, rules: RulesNow
) -> OutlookOut:
    """What a claim waits for, since and until when, and how long that usually takes."""
    note(request, actor, KIND, claim.id, what="outlook viewed")
    return outlook(db, claim, rules=rules, usual=request.app.state.usual)


@router.get("/claims")
def claims_over_time(
    actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[AskedOverTime, Query()]
) -> ClaimsOverTime:
    """The claims you may see, by when they were filed and how they stand now."""
    return service.over_time(db, actor, asked=asked, rules=rules)


@router.get("/turnaround")
def claim_turnaround(
    actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[Asked, Query()]
) -> Turnaround:
    """How long these claims waited for the hospital, the policyholder, the payer: median and p90."""
    return service.turnaround(db, actor, asked=asked, rules=rules)


@router.get("/amounts")
def claim_amounts(actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[Asked, Query()]) -> Amounts:
    """What was claimed with these claims, and what was approved."""
    return service.amounts(db, actor, asked=asked, rules=rules)


@router.get("/reasons")
def claim_reasons(actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[Asked, Query()]) -> Reasons:
    """Why queries were raised about these claims, and why those that stand refused were."""
    return service.reasons(db, actor, asked=asked, rules=rules)


@router.get("/notices")
def notices_read(
    actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[Asked, Query()]
) -> NoticesRead:
    """Which share of the notices about these claims was read, and how soon."""
    return service.notices(db, actor, asked=asked, rules=rules)


@router.get("/export.csv", response_class=Response, responses={200: TABLE})
def export_analytics(
    actor: CurrentUser, db: Db, rules: RulesNow, asked: Annotated[AskedTable, Query()]
) -> Response:
    """One of these tables as CSV; its first line has the names of the fields."""
    table = service.TABLES[asked.table](db, actor, asked=asked, rules=rules)
    return export.response(asked.table, table)
