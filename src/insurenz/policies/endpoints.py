"""Routes of policies: one's own, and their administration."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from insurenz.core.caller import CurrentUser
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.versions import IfMatch, require_version
from insurenz.organisations.schemas import Words
from insurenz.policies import queries, service
from insurenz.policies.models import PolicyStatus, PolicyType
from insurenz.policies.schemas import (
    PolicyIn,
    PolicyList,
    PolicyOut,
    PolicyPatch,
    PolicyRecord,
    PolicyRecordList,
)

router = APIRouter(route_class=Route, prefix="/policies", tags=["policies"])

PolicyId = Annotated[str, Path(min_length=1, max_length=64, description="Id or number of the policy")]


@router.get("/my")
def my_policies(
    actor: CurrentUser, db: Db, *, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> PolicyList:
    """One's own policies with what they still cover, ended ones too."""
    rows, following = queries.own_policies(db, actor, cursor=cursor, limit=limit)
    return PolicyList(items=[PolicyOut.of(row) for row in rows], next_cursor=following)


@router.get("")
def list_policies(
    actor: CurrentUser,
    db: Db,
    *,
    user_id: Annotated[str | None, Query(max_length=64, description="Id of the holder")] = None,
    type: Annotated[PolicyType | None, Query()] = None,  # noqa: A002 - the API's own word
    status: Annotated[PolicyStatus | None, Query()] = None,
    text: Annotated[
        Words | None, Query(description="Part of a number, or of a holder's name or address")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> PolicyRecordList:
    """Policies by number."""
    where = {"type": type, "status": status}
    rows, following = queries.page(
        db, actor, holder_id=user_id, where=where, text=text, cursor=cursor, limit=limit
    )
    return PolicyRecordList(items=[PolicyRecord.of(row) for row in rows], next_cursor=following)


@router.post("", status_code=201)
def create_policy(body: PolicyIn, request: Request, actor: CurrentUser, db: Db) -> PolicyRecord:
    """Add a policy of a policyholder."""
    made = service.create(
        db,
        actor,
        number=body.policy_number,
        holder_id=body.user_id,
        payer=body.payer_id,
        type=body.type,
        start_date=body.start_date,
        end_date=body.end_date,
        cover_amount=body.cover_amount,
        currency=body.currency or request.app.state.settings.claims.currency,
    )
    return PolicyRecord.of(made)


@router.get("/{policy_id}")
def show_policy(policy_id: PolicyId, actor: CurrentUser, db: Db) -> PolicyRecord:
    """One policy, by id or number."""
    return PolicyRecord.of(queries.policy_for(db, actor, policy_id))


@router.patch("/{policy_id}")
def change_policy(
    policy_id: PolicyId, body: PolicyPatch, actor: CurrentUser, db: Db, *, if_match: IfMatch = None
) -> PolicyRecord:
    """Suspend, end or extend a policy, or change its cover; needs If-Match."""
    found = queries.policy_for(db, actor, policy_id, lock=True)
    require_version(if_match, found.version)
    service.change(db, actor, found, **body.model_dump(exclude_none=True))
    return PolicyRecord.of(found)
