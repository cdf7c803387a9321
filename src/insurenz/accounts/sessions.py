"""Sessions: begun by a sign-in, looked up on every request, refreshed by rotating tokens, and ended."""

import logging
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from insurenz.accounts.models import User, UserSession
from insurenz.accounts.presence import Presence
from insurenz.accounts.queries import actor_of, subject_of, user
from insurenz.accounts.tokens import Claims, Kind, Signer, digest
from insurenz.core import clock
from insurenz.core.errors import Conflict, Unauthenticated
from insurenz.core.ids import new_id, new_secret
from insurenz.core.metrics import ALERTS
from insurenz.core.permissions import Actor
from insurenz.events import alerts
from insurenz.events.service import record

log = logging.getLogger("insurenz.accounts")

MOST_USER_AGENT = 120


class SessionTimes(Protocol):
    """What decides whether a session lives: its row, or these columns of it."""

    id: Any
    last_seen_at: Any
    expires_at: Any
    ended_at: Any


@dataclass(frozen=True)
class Terms:
    """How long what lives, who signs, and who knows when a session was last used."""

    signer: Signer
    presence: Presence
    access: timedelta
    idle: timedelta
    absolute: timedelta

    def is_alive(self, row: "SessionTimes") -> bool:
        """Whether a session has neither ended nor timed out."""
        seen = self.presence.session_seen(row.id, row.last_seen_at)
        now = clock.now()
        return row.ended_at is None and now < row.expires_at and now - seen < self.idle


@dataclass(frozen=True)
class Tokens:
    """What a client of the API gets at sign-in and at each refresh."""

    access_token: str
    refresh_token: str
    expires_in: int


def begin(session: Session, terms: Terms, user: User, *, user_agent: str) -> Tokens:
    """A session with tokens, for clients of the API."""
    row = _new(terms, user, "bearer", user_agent)
    refresh_token = _refresh_token(terms, row, nonce=new_secret(16))
    row.refresh_hash = digest(refresh_token)
    _keep(session, row, user)
    return _tokens(terms, row, refresh_token)


def begin_with_cookie(session: Session, terms: Terms, user: User, *, user_agent: str) -> str:
    """A session for a browser; gives the value of its cookie."""
    row = _new(terms, user, "cookie", user_agent)
    _keep(session, row, user)
    return terms.signer.token(
        Kind.COOKIE, user_id=user.id, session_id=row.id, issued_at=row.created_at, expires_at=row.expires_at
    )


def refresh(
    session: Session,
    terms: Terms,
    token: str,
    *,
    arrived_at: datetime,
    key: str | None,
    company: Collection[object],
) -> Tokens | None:
    """New tokens for the present refresh token; None when it was an older one, which ends the session.

    With the same Idempotency-Key the same token gives the same next one, so that a client whose answer was lost can
    ask again. A twin that arrived before the other was answered gets Conflict and ends nothing. Raises
    Unauthenticated for anything that is not a token of a living session.
    """
    claims = terms.signer.read(Kind.REFRESH, token)
    row = _held(session, claims) if claims else None
    if claims is None or row is None or not terms.is_alive(row):
        raise Unauthenticated("This refresh token is not valid; sign in again.", code="refresh_invalid")
    if claims.generation == row.refresh_generation and digest(token) == row.refresh_hash:
        return _rotate(terms, row, token, key)
    if claims.generation == row.refresh_generation - 1 and row.refreshed_at is not None:
        again = _refresh_token(terms, row, nonce=_nonce(token, key)) if key else ""
        if digest(again) == row.refresh_hash:
            return _tokens(terms, row, again)
        if company or arrived_at < row.refreshed_at:
            raise Conflict("Another request has just refreshed this session.", code="refreshed_meanwhile")
    _end_replayed(session, row)
    return None


def end(session: Session, session_id: str, *, reason: str) -> bool:
    """End one session; False when it had ended before."""
    ended = session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.ended_at.is_(None))
        .values(ended_at=clock.now(), end_reason=reason)
    )
    return bool(getattr(ended, "rowcount", 0))


def end_all(session: Session, user_id: str, *, reason: str, but: str | None = None) -> None:
    """End every session of a user, except `but`."""
    ending = update(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    if but is not None:
        ending = ending.where(UserSession.id != but)
    session.execute(ending.values(ended_at=clock.now(), end_reason=reason))


def sign_out(session: Session, actor: Actor, *, session_id: str) -> None:
    """End one session of the actor, at their wish; they are held first, as by what the session may be doing."""
    user(session, actor.id, lock=True)
    if end(session, session_id, reason="logout"):
        record(
            session, "signed_out", subject=subject_of(actor.id), actor=actor, data={"session_id": session_id}
        )


def sign_out_elsewhere(session: Session, actor: Actor) -> None:
    """End every session of the actor but the one they act in; they are held first, as by what a session may be doing."""
    user(session, actor.id, lock=True)
    end_all(session, actor.id, reason="logout", but=actor.session_id)
    record(session, "signed_out_elsewhere", subject=subject_of(actor.id), actor=actor)


class Company:
    """Tells a refresh whether a twin with the same token is, or was, under way in this process at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._present: dict[str, list[set[object]]] = {}

    @contextmanager
    def arrive(self, token: str) -> Iterator[set[object]]:
        """Be present until the block ends; the set is no longer empty once there was company."""
        mine: set[object] = set()
        with self._lock:
            others = self._present.setdefault(token, [])
            for other in others:
                other.add("company")
                mine.add("company")
            others.append(mine)
        try:
            yield mine
        finally:
            with self._lock:
                self._present[token] = [other for other in self._present[token] if other is not mine]
                if not self._present[token]:
                    del self._present[token]


def _new(terms: Terms, user: User, kind: str, user_agent: str) -> UserSession:
    now = clock.now()
    return UserSession(
        id=new_id(),
        user_id=user.id,
        kind=kind,
        created_at=now,
        last_seen_at=now,
        expires_at=now + terms.absolute,
        user_agent="".join(c for c in user_agent if c.isprintable())[:MOST_USER_AGENT],
        refresh_generation=0,
    )


def _keep(session: Session, row: UserSession, user: User) -> None:
    session.add(row)
    session.flush()
    record(
        session,
        "signed_in",
        subject=subject_of(user.id),
        actor=actor_of(user),
        data={"session_id": row.id, "kind": row.kind},
    )


def _held(session: Session, claims: Claims) -> UserSession | None:
    return session.scalar(
        select(UserSession)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.id == claims.session_id, User.id == claims.user_id, User.is_active)
        .with_for_update(of=UserSession)
        .execution_options(populate_existing=True)
    )


def _rotate(terms: Terms, row: UserSession, token: str, key: str | None) -> Tokens:
    row.refresh_generation += 1
    row.refreshed_at = row.last_seen_at = clock.now()
    following = _refresh_token(terms, row, nonce=_nonce(token, key))
    row.refresh_hash = digest(following)
    terms.presence.touch_session(row.id)
    return _tokens(terms, row, following)


def _nonce(token: str, key: str | None) -> str:
    # Only who holds the token before can foresee it, and only together with their key.
    return digest(f"{token}|{key}") if key else new_secret(16)


def _refresh_token(terms: Terms, row: UserSession, *, nonce: str) -> str:
    return terms.signer.token(
        Kind.REFRESH,
        user_id=row.user_id,
        session_id=row.id,
        issued_at=row.refreshed_at or row.created_at,
        expires_at=row.expires_at,
        generation=row.refresh_generation,
        nonce=nonce,
    )


def _tokens(terms: Terms, row: UserSession, refresh_token: str) -> Tokens:
    now = clock.now()
    ends_at = min(now + terms.access, row.expires_at)
    access_token = terms.signer.token(
        Kind.ACCESS, user_id=row.user_id, session_id=row.id, issued_at=now, expires_at=ends_at
    )
    return Tokens(access_token, refresh_token, int((ends_at - now).total_seconds()))


def _end_replayed(session: Session, row: UserSession) -> None:
    end(session, row.id, reason="replayed")
    record(
        session, "session_replayed", subject=subject_of(row.user_id), actor=None, data={"session_id": row.id}
    )
    alerts.tell(session, alerts.REFRESH_REPLAYED, subject_of(row.user_id), data={"session_id": row.id})
    ALERTS.labels(alerts.REFRESH_REPLAYED).inc()
    log.warning("an old refresh token was used; its session has been ended", extra={"session_id": row.id})
