"""Putting items into inboxes: any number of them, for any number of people, in three statements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, Integer, bindparam, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from insurenz.core.db import Id, Session
from insurenz.core.statements import Statement, insert_many
from insurenz.notifications.models import INBOX, INBOX_STATE


def _moved_on(dialect: Any, source: Any) -> Any:
    """Insert states, or add to those that are there what is inserted."""
    new = dialect.insert(INBOX_STATE)
    new = source(new)
    added = {n: INBOX_STATE.c[n] + new.excluded[n] for n in ("last_rev", "unread")}
    return new.on_conflict_do_update(index_elements=["user_id"], set_=added)


def _of_arrays(new: Any) -> Any:
    arrays = (bindparam("users", type_=ARRAY(Id)), bindparam("counts", type_=ARRAY(Integer)))
    given = func.unnest(*arrays).table_valued("user_id", "n", name="given").render_derived()
    # In one order, so that two who move several of the same never wait for each other.
    rows = select(given.c.user_id, given.c.n, given.c.n, literal(0)).order_by(given.c.user_id)
    return new.from_select(["user_id", "last_rev", "unread", "seen_rev"], rows)


def _of_one(new: Any) -> Any:
    user, n = bindparam("user", type_=Id), bindparam("n", type_=Integer)
    return new.values(user_id=user, last_rev=n, unread=n, seen_rev=0)


_TOGETHER = Statement(
    _moved_on(postgresql, _of_arrays).returning(INBOX_STATE.c.user_id, INBOX_STATE.c.last_rev)
)
_ONE = Statement(_moved_on(sqlite, _of_one))


def put(session: Session, items: Sequence[Mapping[str, Any]]) -> None:
    """Put new items, unread, into their inboxes: rows of `inbox` but for the `rev`, which each takes in turn.

    Locks the states of all who get something, in the order of user ids, until the unit ends; so it comes last.
    """
    ordered = sorted(items, key=lambda item: (item["user_id"], item["event_id"]))
    counts = Counter(item["user_id"] for item in ordered)
    revs = _move_on(session, counts)
    next_rev = {user: revs[user] - count for user, count in counts.items()}
    rows = []
    for item in ordered:
        next_rev[item["user_id"]] += 1
        rows.append({**item, "rev": next_rev[item["user_id"]]})
    insert_many(session, INBOX, rows)


def _move_on(session: Session, counts: Mapping[str, int]) -> dict[str, int]:
    """Count so many new items in each inbox; gives the last rev of each."""
    if not counts:
        return {}
    if session.connection().dialect.name == "postgresql":
        moved = _TOGETHER.all(session, {"users": list(counts), "counts": list(counts.values())})
        return {row.user_id: row.last_rev for row in moved}
    _ONE.run_many(session, [{"user": user, "n": n} for user, n in counts.items()])
    found = select(INBOX_STATE.c.user_id, INBOX_STATE.c.last_rev)
    states = session.execute(found.where(INBOX_STATE.c.user_id.in_(list(counts))))
    return {row.user_id: row.last_rev for row in states}
