"""Routes of API keys: everybody makes their own, admins see and revoke all."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from insurenz.accounts import keys, queries
from insurenz.accounts.endpoints.edge import BoundedRoute, read, reauthenticated, write
from insurenz.accounts.gate import gate_of
from insurenz.accounts.schemas import ApiKeyIn, ApiKeyList, ApiKeyMade, ApiKeyOut
from insurenz.core.caller import CurrentUser, authenticated
from insurenz.core.db import Session
from insurenz.core.edge import Db, Pending, deferred
from insurenz.core.errors import NotFound
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.permissions import Actor, Role

router = APIRouter(route_class=BoundedRoute, prefix="/users/{user_id}/api-keys", tags=["users"])


def _owner(request: Request, session: Session) -> Actor:
    actor = authenticated(request, session)
    _need(actor, request.path_params["user_id"])
    return actor


Owner = Annotated[Pending, Depends(deferred(1)(_owner))]


@router.get("")
def list_api_keys(
    request: Request,
    user_id: str,
    actor: CurrentUser,
    db: Db,
    *,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> ApiKeyList:
    """The API keys of a user, without their secrets."""
    _need(actor, user_id, Role.ADMIN, Role.AUDITOR)
    presence = gate_of(request).terms.presence
    rows, following = queries.api_keys(db, queries.user(db, user_id).id, cursor=cursor, limit=limit)
    return ApiKeyList(
        items=[ApiKeyOut.of(r, last_used_at=presence.key_used(r.id, r.last_used_at)) for r in rows],
        next_cursor=following,
    )


@router.post("", status_code=201)
async def create_api_key(request: Request, body: ApiKeyIn, owner: Owner) -> ApiKeyMade:
    """Make an API key for oneself. Its text is shown this once; no Idempotency-Key brings it back."""
    actor: Actor = await read(request, owner.resolve)
    await reauthenticated(request, actor, body.current_password)

    def make(session: Session) -> ApiKeyMade:
        # Held first: a session that somebody ends at this moment has ended when it is looked at again.
        queries.user(session, actor.id, lock=True)
        return ApiKeyMade.made(
            *keys.create(
                session,
                owner.resolve(session),
                name=body.name,
                scopes=body.scopes,
                expires_at=body.expires_at,
            )
        )

    return await write(request, make)


@router.delete("/{key_id}", status_code=204)
def revoke_api_key(user_id: str, key_id: str, actor: CurrentUser, db: Db) -> None:
    """End an API key at once."""
    _need(actor, user_id, Role.ADMIN)
    keys.revoke(db, actor, user_id=user_id, key_id=key_id)


def _need(actor: Actor, user_id: str, *others: Role) -> None:
    if actor.id != user_id and actor.role not in others:
        raise NotFound
