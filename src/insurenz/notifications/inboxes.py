"""Putting items into inboxes: any number of them, for any number of people, at a few statements' cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, select, text
from sqlalchemy.dialects import sqlite

from insurenz.core.db import Id, Json, Session, UtcDateTime
from insurenz.core.statements import Statement, insert_many
from insurenz.notifications.models import INBOX, INBOX_STATE


@dataclass(frozen=True)
class Post:
    """One item for the inboxes of some people: the columns that it has in all of them."""

    event_id: str
    audience: str
    type: str
    category: str
    status: str | None
    user_ids: Sequence[str]


# Lists go in as one text each: what is left to the driver are four values, however many people there are.
# The states are locked, and moved on, in the order of user ids, so that two who do so never wait for each other.
_TOGETHER = Statement(
    text("""
WITH post AS (
  SELECT * FROM jsonb_to_recordset(:posts)
    AS post (place int, event_id uuid, audience varchar, type varchar, category varchar, status varchar)
), given AS (
  SELECT user_id, place, row_number() OVER (PARTITION BY user_id ORDER BY place) AS nth
  FROM unnest(string_to_array(:users, ',')::uuid[], string_to_array(:places, ',')::int[]) AS item (user_id, place)
), moved AS (
  INSERT INTO inbox_state AS state (user_id, last_rev, unread, seen_rev)
  SELECT user_id, count(*), count(*), 0 FROM given GROUP BY user_id ORDER BY user_id
  ON CONFLICT (user_id) DO UPDATE
    SET last_rev = state.last_rev + excluded.last_rev, unread = state.unread + excluded.unread
  RETURNING user_id, last_rev
)
INSERT INTO inbox (user_id, event_id, rev, audience, type, category, status, created_at)
SELECT user_id, event_id, last_rev - last_place + nth, audience, type, category, status, :now
FROM (SELECT *, max(nth) OVER (PARTITION BY user_id) AS last_place FROM given) AS given
JOIN moved USING (user_id) JOIN post USING (place)
""").bindparams(bindparam("posts", type_=Json), bindparam("now", type_=UtcDateTime))
)


def _of_one() -> Any:
    user, n = bindparam("user", type_=Id), bindparam("n", type_=Integer)
    new = sqlite.insert(INBOX_STATE).values(user_id=user, last_rev=n, unread=n, seen_rev=0)
    added = {name: INBOX_STATE.c[name] + new.excluded[name] for name in ("last_rev", "unread")}
    return new.on_conflict_do_update(index_elements=["user_id"], set_=added)


_ONE = Statement(_of_one())


def hold_reach(session: Session, *, is_alone: bool = False) -> None:
    """Until the unit ends, whom an event concerns and what is out of reach are not told apart by two relays at once.

    Those who tell hold it together; who archives what is out of reach waits for what they put, and holds it alone.
    """
    if session.connection().dialect.name == "postgresql":
        (_HOLD_ALONE if is_alone else _HOLD).run(session, {})


_HOLD, _HOLD_ALONE = (
    Statement(text(f"SELECT pg_advisory_xact_lock{shared}(hashtext('insurenz_reach'))"))
    for shared in ("_shared", "")
)


def put(session: Session, posts: Sequence[Post], *, at: datetime) -> None:
    """Put new, unread items into inboxes; in each they take their revs in the order of the posts.

    Locks the states of all who get something, in the order of user ids, until the unit ends; so it comes last.
    """
    posts = [post for post in posts if post.user_ids]
    if not posts:
        return
    if session.connection().dialect.name == "postgresql":
        _put_together(session, posts, at)
    else:
        _put_each(session, posts, at)


def _put_together(session: Session, posts: Sequence[Post], at: datetime) -> None:
    shared = [{name: getattr(post, name) for name in _SHARED} | {"place": n} for n, post in enumerate(posts)]
    places = [str(n) for n, post in enumerate(posts) for _ in post.user_ids]
    users = ",".join(user for post in posts for user in post.user_ids)
    _TOGETHER.run(session, {"posts": shared, "users": users, "places": ",".join(places), "now": at})


_SHARED = ("event_id", "audience", "type", "category", "status")


def _put_each(session: Session, posts: Sequence[Post], at: datetime) -> None:
    counts = Counter(user for post in posts for user in post.user_ids)
    last = _move_on(session, counts)
    next_rev = {user: last[user] - count for user, count in counts.items()}
    rows = []
    for post in posts:
        shared = {name: getattr(post, name) for name in _SHARED} | {"created_at": at}
        for user in post.user_ids:
            next_rev[user] += 1
            rows.append(shared | {"user_id": user, "rev": next_rev[user]})
    insert_many(session, INBOX, rows)


def _move_on(session: Session, counts: Mapping[str, int]) -> dict[str, int]:
    """Count so many new items in each inbox; gives the last rev of each."""
    _ONE.run_many(session, [{"user": user, "n": n} for user, n in counts.items()])
    found = select(INBOX_STATE.c.user_id, INBOX_STATE.c.last_rev)
    states = session.execute(found.where(INBOX_STATE.c.user_id.in_(list(counts))))
    return {row.user_id: row.last_rev for row in states}
