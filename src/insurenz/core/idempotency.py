"""Idempotency-Key: the same key of the same caller gives the same answer for 24 hours, also after a crash.

The key's row is written first, in the transaction of the work itself: a twin waits for it and then reads the answer,
and a rolled-back request leaves no row. Refusals are not kept. Links are never stored; they are signed anew.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import Response
from sqlalchemy import (
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from insurenz.core import clock
from insurenz.core.db import Base, Database, Id, Json, Session, UtcDateTime
from insurenz.core.errors import invalid
from insurenz.core.permissions import Actor
from insurenz.core.sealed import SealedText

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255
# What an answer says beside its body.
KEPT_HEADERS = ("ETag", "Location")

Relink = Callable[[Session, Any, Actor], Any]


class IdempotencyKey(Base):
    """One key of one caller, what was asked with it, and the answer without its links."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (PrimaryKeyConstraint("caller_id", "key"), Index(None, "created_at"))

    caller_id: Mapped[str] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(MAX_KEY))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status_code: Mapped[int | None] = mapped_column(Integer)
    headers: Mapped[dict[str, str] | None] = mapped_column(Json)
    body: Mapped[str | None] = mapped_column(SealedText("idempotency_keys.body"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Kept:
    """The answer an earlier request with the same key was given."""

    status_code: int
    headers: dict[str, str]
    body: str

    def response(self, session: Session, relink: Relink, actor: Actor) -> Response:
        """The same answer again, with links signed for now; raises NotFound when it is no longer the actor's to see."""
        headers = {**self.headers, "Idempotent-Replay": "true"}
        if not self.body:
            return Response(status_code=self.status_code, headers=headers)
        again = relink(session, json.loads(self.body), actor)
        body = json.dumps(again, separators=(",", ":"), ensure_ascii=False)
        return Response(body, self.status_code, headers, media_type="application/json")


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What was asked: the route and the meaning of the JSON body, not its spelling."""
    try:
        meaning = (
            json.dumps(json.loads(body), sort_keys=True, separators=(",", ":")).encode() if body else b""
        )
    except (ValueError, RecursionError):
        meaning = body
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), meaning))).hexdigest()


def begin(session: Session, *, caller: str, key: str, fingerprint: str) -> Kept | None:
    """Take the key for this request, or give the answer it already has.

    Waits for a twin that is still at work. Raises Invalid for a malformed key, or one used for other content.
    """
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise invalid("Idempotency-Key", "key_malformed", f"The key is 1 to {MAX_KEY} printable characters.")
    if _take(session, caller, key, fingerprint):
        return None
    row = session.execute(
        select(IdempotencyKey).where(IdempotencyKey.caller_id == caller, IdempotencyKey.key == key)
    ).scalar_one()
    if row.created_at <= clock.now() - KEPT_FOR:
        _forget(session, caller, key)
        _take(session, caller, key, fingerprint)
        return None
    if row.fingerprint != fingerprint:
        raise invalid("Idempotency-Key", "key_reused", "This key was used for other content; take a new key.")
    return Kept(row.status_code or 200, row.headers or {}, row.body or "")


def finish(session: Session, *, caller: str, key: str, response: Response) -> None:
    """Keep the answer, without links, under the key taken by `begin`; forget the key when it is a refusal."""
    if response.status_code >= 400:
        _forget(session, caller, key)
        return
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = bytes(response.body)
    kept = (
        json.dumps(without_links(json.loads(body)), separators=(",", ":"), ensure_ascii=False) if body else ""
    )
    session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.caller_id == caller, IdempotencyKey.key == key)
        .values(status_code=response.status_code, headers=headers, body=kept)
    )


def without_links(body: Any) -> Any:
    """The answer with the links of each document (`url`, `preview_url`, ...) removed: a link is a credential and is never stored."""
    if isinstance(body, dict) and isinstance(body.get("documents"), list):
        bare = [
            {k: None if k.endswith("url") else v for k, v in document.items()}
            for document in body["documents"]
        ]
        return {**body, "documents": bare}
    return body


def forget_expired(database: Database) -> int:
    """Delete keys older than 24 hours; returns how many."""
    with database.unit_of_work() as session:
        gone = session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at <= clock.now() - KEPT_FOR)
        )
        return int(getattr(gone, "rowcount", 0))


def _take(session: Session, caller: str, key: str, fingerprint: str) -> bool:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = {"caller_id": caller, "key": key, "fingerprint": fingerprint, "created_at": clock.now()}
    taken = insert(IdempotencyKey).values(row).on_conflict_do_nothing().returning(IdempotencyKey.key)
    return session.execute(taken).first() is not None


def _forget(session: Session, caller: str, key: str) -> None:
    session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.caller_id == caller, IdempotencyKey.key == key)
    )
