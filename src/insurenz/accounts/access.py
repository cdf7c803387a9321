"""Whether those who came in earlier still have access: many at once, by the sessions and API keys they came with."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, not_, or_, select
from sqlalchemy.orm import Session

from insurenz.accounts.models import ApiKey, User, UserSession
from insurenz.accounts.sessions import Terms
from insurenz.core import clock
from insurenz.core.db import Id, UtcDateTime
from insurenz.core.permissions import Actor, Role, Scope
from insurenz.core.statements import Statement, listed

_NOW, _SINCE, _IDLE_FROM = (bindparam(name, type_=UtcDateTime) for name in ("now", "since", "idle_from"))
# Whoever changed a user since may have been slow to commit, or have another clock.
_SLACK = timedelta(minutes=1)


def credential_of(actor: Actor) -> str:
    """The id of the session or API key that somebody came with."""
    return actor.session_id or actor.key_id or ""


def changed_access(
    session: Session, terms: Terms, actors: Iterable[Actor], *, since: datetime
) -> dict[str, Actor | None]:
    """Of those who came in after `since`, by credential, whose access has ended (None), or who are others by now.

    Who may have changed is all that is read, in two statements at most.
    """
    came = list(actors)
    now = clock.now()
    given = {"now": now, "since": since - _SLACK, "idle_from": now - terms.idle}
    found: dict[str, Actor | None] = {}
    if by_session := ",".join(actor.session_id for actor in came if actor.session_id):
        for row in _SESSIONS.all(session, given | {"credential": by_session}):
            is_in = row.is_active and terms.is_alive(row)
            found[row.credential] = _actor(row, session_id=row.id) if is_in else None
    if by_key := ",".join(actor.key_id for actor in came if actor.key_id):
        for row in _KEYS.all(session, given | {"credential": by_key}):
            is_in = row.is_active and row.revoked_at is None and now < row.expires_at
            scopes = frozenset(map(Scope, row.scopes or ()))
            found[row.credential] = _actor(row, key_id=row.id, scopes=scopes) if is_in else None
    return found


def _actor(row: Any, **credential: Any) -> Actor:
    return Actor(row.user_id, Role(row.role), row.name, row.email, row.level, **credential)


def _doubtful(table: Any, columns: Iterable[Any], *ends: ColumnElement[bool]) -> Statement:
    """Of the listed credentials those that are missing or seem to have ended, or whose user was changed."""

    def made(dialect: str) -> Select[Any]:
        given = listed(dialect, credential=Id)
        person = (User.id.label("user_id"), User.role, User.name, User.email, User.level, User.is_active)
        chosen = select(given.c.credential, table.id, *columns, *person)
        joined = chosen.join_from(given, table, table.id == given.c.credential, isouter=True)
        user = joined.join(User, User.id == table.user_id, isouter=True)
        return user.where(or_(User.id.is_(None), not_(User.is_active), User.updated_at > _SINCE, *ends))

    return Statement(made)


_SESSIONS = _doubtful(
    UserSession,
    (UserSession.last_seen_at, UserSession.expires_at, UserSession.ended_at),
    UserSession.ended_at.is_not(None),
    UserSession.expires_at <= _NOW,
    UserSession.last_seen_at <= _IDLE_FROM,
)
_KEYS = _doubtful(
    ApiKey,
    (ApiKey.expires_at, ApiKey.revoked_at, ApiKey.scopes),
    ApiKey.revoked_at.is_not(None),
    ApiKey.expires_at <= _NOW,
)
