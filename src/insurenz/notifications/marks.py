"""Marks of readers that a mirror is to learn of: noted in the transaction that makes them, where there is a mirror."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Integer, Table, bindparam, literal_column, null, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from insurenz.accounts.models import User
from insurenz.core.db import Id, Session, UtcDateTime
from insurenz.core.statements import Statement
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.firestore.models import MARKS, STATE, THE_ONE
from insurenz.notifications.models import INBOX


def note(session: Session, channels: Collection[str], user_id: str, *, after: int) -> None:
    """Note the marks of this inbox that took a rev after this one, where these channels have a mirror.

    Only of somebody whom the mirror knows.
    """
    if Firestore.name in channels:
        _NOTE.run(session, {"user": user_id, "after": after})


def note_cleaned(session: Session, before: datetime) -> None:
    """Note that what came into inboxes before this moment goes, or has gone, from them."""
    _NOTE_CLEANED.run(session, {"before": before})


def _inserted(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _note_cleaned(dialect: str) -> Executable:
    before = bindparam("before", type_=UtcDateTime)
    new = _inserted(dialect, STATE).values(id=literal_column(str(THE_ONE)), cleaned_before=before)
    is_later = or_(STATE.c.cleaned_before.is_(None), STATE.c.cleaned_before < new.excluded.cleaned_before)
    later = {"cleaned_before": new.excluded.cleaned_before}
    made: Executable = new.on_conflict_do_update(index_elements=["id"], set_=later, where=is_later)
    return made


def _note(dialect: str) -> Executable:
    user = bindparam("user", type_=Id)
    is_known = select(User.id).where(User.id == user, User.external_uid.is_not(None)).exists()
    marked = select(INBOX.c.event_id, INBOX.c.user_id, INBOX.c.rev).where(
        INBOX.c.user_id == user, INBOX.c.rev > bindparam("after", type_=Integer), is_known
    )
    new = _inserted(dialect, MARKS).from_select(["event_id", "user_id", "rev"], marked)
    again = {"rev": new.excluded.rev, "as_of": null()}
    made: Executable = new.on_conflict_do_update(index_elements=["event_id", "user_id"], set_=again)
    return made


_NOTE, _NOTE_CLEANED = Statement(_note), Statement(_note_cleaned)
