"""API keys of machines: made by their owner, shown once, revocable at any time."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from insurenz.accounts.models import ApiKey
from insurenz.accounts.queries import subject_of
from insurenz.accounts.tokens import digest, new_api_key
from insurenz.core import clock
from insurenz.core.errors import Conflict, NotFound, invalid
from insurenz.core.ids import is_id, new_id
from insurenz.core.permissions import Actor, Scope
from insurenz.events.service import record

USUAL_LIFE, LONGEST_LIFE = timedelta(days=90), timedelta(days=366)
MOST_KEYS = 50


def create(
    session: Session, actor: Actor, *, name: str, scopes: Collection[Scope], expires_at: datetime | None
) -> tuple[ApiKey, str]:
    """A key of the actor, and its text, which is kept nowhere. Raises Invalid, or Conflict when they have too many."""
    now = clock.now()
    ends_at = expires_at or now + USUAL_LIFE
    if not now < ends_at <= now + LONGEST_LIFE:
        raise invalid("expires_at", "expiry_invalid", "A key lives at most a year from now.")
    living = select(func.count()).where(
        ApiKey.user_id == actor.id, ApiKey.revoked_at.is_(None), ApiKey.expires_at > now
    )
    if session.scalars(living).one() >= MOST_KEYS:
        raise Conflict(f"At most {MOST_KEYS} keys; revoke one first.", code="too_many_keys")
    prefix, text = new_api_key()
    row = ApiKey(
        id=new_id(),
        user_id=actor.id,
        name=name,
        prefix=prefix,
        secret_hash=digest(text),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=ends_at,
    )
    session.add(row)
    session.flush()
    _record(session, "api_key_created", actor, row)
    return row, text


def revoke(session: Session, actor: Actor, *, user_id: str, key_id: str) -> None:
    """End a key of this user at once. Raises NotFound."""
    row = session.get(ApiKey, key_id.lower()) if is_id(key_id) else None
    if row is None or row.user_id != user_id:
        raise NotFound
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        _record(session, "api_key_revoked", actor, row)


def _record(session: Session, event: str, actor: Actor, row: ApiKey) -> None:
    data = {"key_id": row.id, "prefix": row.prefix, "scopes": row.scopes}
    record(session, event, subject=subject_of(row.user_id), actor=actor, data=data)
