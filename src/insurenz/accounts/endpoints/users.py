"""Routes by which admins look after users and their assignments."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from insurenz.accounts import queries, service
from insurenz.accounts.schemas import (
    AssignedOut,
    AssignmentIn,
    AssignmentList,
    LevelList,
    RoleText,
    UserIn,
    UserList,
    UserOut,
    UserPatch,
    role_asked,
)
from insurenz.core.caller import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route
from insurenz.core.errors import NotFound
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.versions import IfMatch, require_version
from insurenz.organisations.queries import find
from insurenz.organisations.schemas import Reference, Words
from insurenz.organisations.service import resolve

router = APIRouter(route_class=Route, prefix="/users", tags=["users"])


@router.get("")
def list_users(
    actor: CurrentUser,
    db: Db,
    *,
    role: Annotated[
        RoleText | None, Query(description="As shown, or `claim_processor` for all levels")
    ] = None,
    is_active: Annotated[bool | None, Query()] = None,
    organisation: Annotated[Reference | None, Query(description="Id or number of one they work for")] = None,
    text: Annotated[Words | None, Query(description="Part of a name or address")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> UserList:
    """Every user, in the order they were made."""
    of_role, level = role_asked(role)
    rows, following = queries.users(
        db,
        role=of_role,
        level=level,
        is_active=is_active,
        organisation_id=_id_of(db, organisation),
        text=text,
        cursor=cursor,
        limit=limit,
    )
    return UserList(items=[UserOut.of(row) for row in rows], next_cursor=following)


@router.post("", status_code=201)
def create_user(body: UserIn, actor: CurrentUser, db: Db) -> UserOut:
    """Make a user without a password; an invitation lets them choose one."""
    role, level = body.role_and_level()
    made = service.create_user(
        db, actor, email=body.email, name=body.name, role=role, level=level, external_uid=body.external_uid
    )
    return UserOut.of(made)


@router.get("/levels")
def list_levels(request: Request, actor: CurrentUser, db: Db) -> LevelList:
    """The levels of claim processors, and how much each may approve."""
    return LevelList.of(request.app.state.settings.claims)


@router.get("/{user_id}")
def show_user(user_id: str, actor: CurrentUser, db: Db) -> UserOut:
    """One user."""
    return UserOut.of(queries.user(db, user_id))


@router.patch("/{user_id}")
def change_user(
    user_id: str, body: UserPatch, actor: CurrentUser, db: Db, *, if_match: IfMatch = None
) -> UserOut:
    """Rename, give another role or level, disable or enable; needs If-Match. All but a new name ends their access."""
    user = queries.user(db, user_id, lock=True)
    require_version(if_match, user.version)
    role, level = body.role_and_level(user)
    service.change_details(db, actor, user, body.details())
    service.change_role(db, actor, user, role=role, level=level)
    if body.is_active is not None:
        (service.enable if body.is_active else service.disable)(db, actor, user)
    return UserOut.of(user)


@router.get("/{user_id}/assignments")
def list_assignments(user_id: str, actor: CurrentUser, db: Db) -> AssignmentList:
    """The hospitals and payers that a user works for."""
    user = queries.user(db, user_id)
    return AssignmentList(items=[AssignedOut.of(row) for row in queries.assignments(db, user.id)])


@router.post("/{user_id}/assignments", status_code=201)
def assign(user_id: str, body: AssignmentIn, actor: CurrentUser, db: Db) -> AssignedOut:
    """Let a user work for a hospital or payer."""
    user = queries.user(db, user_id, lock=True)
    organisation = resolve(db, body.organisation)
    service.assign(db, actor, user, organisation)
    return AssignedOut.of(organisation)


@router.delete("/{user_id}/assignments/{organisation_id}", status_code=204)
def unassign(user_id: str, organisation_id: str, actor: CurrentUser, db: Db) -> None:
    """Take an assignment back; what came with it is out of reach at once."""
    user, organisation = queries.user(db, user_id, lock=True), find(db, organisation_id)
    if organisation is None:
        raise NotFound
    service.unassign(db, actor, user, organisation)


def _id_of(session: Session, organisation: str | None) -> str | None:
    return None if organisation is None else resolve(session, organisation).id
