"""Clean-up: what came into inboxes long ago goes, a batch at a time. Events, who was told and deliveries stay."""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Integer, String, bindparam, delete, func, select, text, update

from insurenz.core import clock
from insurenz.core.db import Database, Id, Session, UtcDateTime, after_commit
from insurenz.core.ids import first_id
from insurenz.core.statements import Statement
from insurenz.notifications import marks, program
from insurenz.notifications.audiences import FIRST
from insurenz.notifications.models import INBOX, INBOX_STATE

log = logging.getLogger("insurenz.notifications")

DEFAULT_NOTIFICATION_TTL_HOURS = 720
MOST_TTL_HOURS = 10 * 365 * 24
# Items that go in one transaction, during which no inbox changes otherwise: about a quarter of a second. Where it takes
# longer than others should wait there are fewer in the next one.
ROWS, LEAST = {"postgresql": 150_000, "sqlite": 2_000}, 1_000
LONG_SECONDS = 1

Hint = Callable[[Collection[str]], None]
Progress = Callable[[int], None]

_AFTER, _UPTO = bindparam("after", type_=Id), bindparam("upto", type_=Id)
_BEFORE = bindparam("before", type_=UtcDateTime)
# Ids tell when something happened. What was told of it late stays as long as what was told at once.
_IN_RANGE = (INBOX.c.event_id > _AFTER, INBOX.c.event_id <= _UPTO)
_EXPIRED = (*_IN_RANGE, INBOX.c.created_at < _BEFORE)
_COUNT = Statement(select(func.count().label("n")).where(*_EXPIRED))
_END = Statement(
    select(INBOX.c.event_id)
    .where(*_IN_RANGE)
    .order_by(INBOX.c.event_id)
    .offset(bindparam("rows", type_=Integer))
    .limit(1)
)

# SQLite, whose writer is alone.
_UNREAD = func.count().filter(INBOX.c.read_at.is_(None), INBOX.c.archived_at.is_(None))
_OF_EACH = Statement(
    select(INBOX.c.user_id, _UNREAD.label("unread")).where(*_EXPIRED).group_by(INBOX.c.user_id)
)
_MOVE = Statement(
    update(INBOX_STATE)
    .where(INBOX_STATE.c.user_id == bindparam("user", type_=Id))
    .values(last_rev=INBOX_STATE.c.last_rev + 1, unread=INBOX_STATE.c.unread - bindparam("n", type_=Integer))
)
_DELETE = Statement(delete(INBOX).where(*_EXPIRED))

# PostgreSQL: nobody changes an inbox until the commit. Locking thousands of states one by one would take longer than
# the whole batch does; reading goes on.
_LOCK = Statement(text("LOCK TABLE inbox_state IN EXCLUSIVE MODE"))
# The count of a batch stays in memory, whatever the server's settings, and each is planned for what it is: a plan for
# any batch would take it to be a small one.
_ROOM = Statement(
    text(
        "SELECT set_config('work_mem', '64MB', true), set_config('plan_cache_mode', 'force_custom_plan', true)"
    )
)
# Read twice, as the statement began: what a DELETE gives back costs more than all else of it.
_TAKE = Statement(
    text("""
WITH of_each AS (
  SELECT user_id, count(*) AS n, count(*) FILTER (WHERE read_at IS NULL AND archived_at IS NULL) AS unread
  FROM inbox WHERE event_id > :after AND event_id <= :upto AND created_at < :before GROUP BY user_id
), moved AS (
  UPDATE inbox_state AS state SET last_rev = last_rev + 1, unread = state.unread - of_each.unread
  FROM of_each WHERE of_each.user_id = state.user_id
), gone AS (
  DELETE FROM inbox WHERE event_id > :after AND event_id <= :upto AND created_at < :before
)
SELECT coalesce(sum(n), 0)::int AS n, string_agg(user_id::text, ',') AS users FROM of_each
""")
    .bindparams(_AFTER, _UPTO, _BEFORE)
    .columns(n=Integer, users=String)
)


def cleanup_expired_notifications(
    ttl_hours: int = DEFAULT_NOTIFICATION_TTL_HOURS, db_override: Database | None = None
) -> int:
    """Remove from all inboxes what came into them more than so many hours ago; gives how many items went.

    Badges fall with what was unread. It works in batches that are each committed: what a killed process has not done,
    the next call does. Without `db_override` it is the database of the settings in the environment. Raises ValueError
    for less than 0 hours or more than ten years.
    """
    return clean_up(db_override or program.database(), ttl_hours=ttl_hours)


def clean_up(
    database: Database, *, ttl_hours: int, hint: Hint | None = None, progress: Progress | None = None
) -> int:
    """As `cleanup_expired_notifications`; `hint` is told whose inboxes changed, `progress` how many items went so far."""
    before = _moment(ttl_hours)
    removed, after, end = 0, FIRST, first_id(before)
    rows = ROWS["sqlite" if database.is_sqlite else "postgresql"]
    while after < end:
        upto = _end_of_batch(database, after, end, rows=rows)
        began = time.monotonic()
        with database.unit_of_work() as session:
            users, gone = _remove(session, {"after": after, "upto": upto, "before": before})
            if gone:
                marks.note_cleaned(session, before)
            if hint and users:
                after_commit(session, partial(hint, users))
        if time.monotonic() - began > LONG_SECONDS:
            rows = min(rows, max(rows // 2, LEAST))
        removed, after = removed + gone, upto
        if progress:
            progress(removed)
    if removed:
        log.info("inboxes cleaned up", extra={"items": removed, "ttl_hours": ttl_hours})
    return removed


def count_expired(database: Database, *, ttl_hours: int) -> int:
    """How many items a clean-up would remove now."""
    before = _moment(ttl_hours)
    given = {"after": FIRST, "upto": first_id(before), "before": before}
    with database.read_unit() as session:
        count: int = _COUNT.first(session, given).n
    return count


def _moment(ttl_hours: int) -> datetime:
    if not 0 <= ttl_hours <= MOST_TTL_HOURS:
        raise ValueError(f"ttl_hours is a number from 0 to {MOST_TTL_HOURS}")
    return clock.now() - timedelta(hours=ttl_hours)


def _end_of_batch(database: Database, after: str, end: str, *, rows: int) -> str:
    """The last event of the next batch of about so many items: all of an event's items go together."""
    with database.read_unit() as session:
        found = _END.first(session, {"after": after, "upto": end, "rows": rows - 1})
    return str(found.event_id) if found else end


def _remove(session: Session, given: Mapping[str, Any]) -> tuple[list[str], int]:
    """Whose items went, and how many: each of these inboxes takes a rev, which no row has."""
    if session.connection().dialect.name == "postgresql":
        _ROOM.run(session, {})
        _LOCK.run(session, {})
        gone = _TAKE.first(session, given)
        return (gone.users or "").split(",") if gone.n else [], gone.n
    counts = _OF_EACH.all(session, given)
    _MOVE.run_many(session, [{"user": row.user_id, "n": row.unread} for row in counts])
    return [row.user_id for row in counts], _DELETE.run(session, given)
