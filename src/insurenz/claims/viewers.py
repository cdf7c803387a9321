"""Who looked at a claim and at its documents, out of the access log, for staff and auditors."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from insurenz.accounts.models import User
from insurenz.claims.models import KIND, Claim, ClaimDocument
from insurenz.core.db import Id, Session
from insurenz.documents.models import Document
from insurenz.events.models import AccessLogRow


class Viewer(NamedTuple):
    """One person's looks of one kind (`viewed`, `opened`, ...) at a claim, or at the document that is named."""

    user_id: str
    user_name: str
    user_role: str
    document_id: str | None
    file_name: str | None
    what: str
    times: int
    first_at: datetime
    last_at: datetime


def viewers(session: Session, claim: Claim, *, most: int) -> list[Viewer]:
    """Those of a claim that was found for its reader, the latest first, and at most so many."""
    attached = select(ClaimDocument.document_id).where(ClaimDocument.claim_id == claim.id)
    looks = union_all(
        _looks(KIND, AccessLogRow.subject_id == claim.id, literal(None, Id)),
        _looks("document", AccessLogRow.subject_id.in_(attached), AccessLogRow.subject_id),
    ).subquery()
    rows = (
        select(
            looks.c.actor_id, User.name, User.role, looks.c.document_id, Document.file_name,
            looks.c.what, looks.c.times, looks.c.first_at, looks.c.last_at,
        )
        .join(User, User.id == looks.c.actor_id)
        .outerjoin(Document, Document.id == looks.c.document_id)
        .order_by(looks.c.last_at.desc(), looks.c.actor_id, looks.c.document_id, looks.c.what)
    )  # fmt: skip
    return [Viewer(*row) for row in session.execute(rows.limit(most))]


def _looks(kind: str, is_of: ColumnElement[bool], document_id: Any) -> Select[Any]:
    at, by = AccessLogRow.at, (AccessLogRow.actor_id, AccessLogRow.subject_id, AccessLogRow.what)
    counted = (func.count().label("times"), func.min(at).label("first_at"), func.max(at).label("last_at"))
    chosen = select(by[0], document_id.label("document_id"), by[2], *counted)
    return chosen.where(AccessLogRow.subject_kind == kind, is_of).group_by(*by)
