"""Sending: takes what is due from a channel's queue by lease, sends it outside any unit, and closes it under that lease.

Whatever is killed when, a delivery is sent at least once, always under the same key; a lease that ran out is due again.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from insurenz.accounts.queries import may_receive
from insurenz.core import clock
from insurenz.core.db import Database, Id, Session, UtcDateTime, after_commit
from insurenz.core.faults import fault
from insurenz.core.ids import new_id
from insurenz.core.metrics import DELIVERY_ATTEMPTS
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.channels import ONE_AT_A_TIME
from insurenz.deliveries.channels.channel import TIMEOUT_SECONDS, Channel, Gone, Passing, Permanent, Sending
from insurenz.deliveries.models import ATTEMPTS, DELIVERIES, DUE, PAUSED, Outcome, State
from insurenz.deliveries.retry import WAITS, wait_after

log = logging.getLogger("insurenz.deliveries")

LEASE = 2 * timedelta(seconds=TIMEOUT_SECONDS)
NOT_ENTITLED = "not_entitled"
# Of a code word.
MOST = 64

# The statements of every sending, built once.
_NOW, _CHANNEL = bindparam("now", type_=UtcDateTime), bindparam("channel", type_=String)
_TOKEN: BindParameter[Any] = bindparam("token", type_=Id)
_OF_CHANNEL = and_(DUE, DELIVERIES.c.channel == _CHANNEL)
_IS_PAUSED = select(PAUSED.c.channel).where(PAUSED.c.channel == _CHANNEL).exists()


def _is_free(columns: Any) -> ColumnElement[bool]:
    """Its time has come, and it is under nobody's lease."""
    is_free = or_(columns.lease_until.is_(None), columns.lease_until <= _NOW)
    return and_(columns.next_at <= _NOW, is_free)


_READY = and_(_OF_CHANNEL, _is_free(DELIVERIES.c), ~_IS_PAUSED)


def _of_targets(columns: Any) -> ColumnElement[bool]:
    """Due to a target that is no person, in the words of the index of these: by another one all of it would be read."""
    return and_(columns.channel == _CHANNEL, columns.closed_at.is_(None), columns.user_id.is_(None))


def _heads() -> Subquery:
    """The delivery that is to be sent next to each target, of those that are not `busy`.

    The index is asked for one target after the other: what has gathered for one that hangs is not read.
    """
    first, later, own = (DELIVERIES.alias(name).c for name in ("first", "later", "own"))
    targets = select(func.min(first.target).label("target")).where(_of_targets(first))
    found = targets.cte("targets", recursive=True)
    following = select(func.min(later.target)).where(_of_targets(later), later.target > found.c.target)
    found = found.union_all(select(following.scalar_subquery()).where(found.c.target.is_not(None)))
    head = (
        select(own.id)
        .where(_of_targets(own), own.target == found.c.target, _is_free(own))
        .order_by(own.next_at, own.id)
        .limit(1)
        .correlate(found)
        .scalar_subquery()
    )
    is_busy = bindparam("busy", type_=String).contains(found.c.target)
    return select(head.label("id")).where(found.c.target.is_not(None), ~is_busy).subquery("heads")


_HEADS = _heads()
# One of each target; it is still judged when it is locked, for another process may have been faster.
_READY_HEAD = and_(
    DELIVERIES.c.id.in_(select(_HEADS.c.id)),
    DELIVERIES.c.closed_at.is_(None),
    _is_free(DELIVERIES.c),
    ~_IS_PAUSED,
)


def _look(ready: Select[Any]) -> Statement:
    waiting = select(func.min(DELIVERIES.c.next_at)).where(_OF_CHANNEL, DELIVERIES.c.next_at > _NOW)
    is_ready = ready.exists().label("is_ready")
    return Statement(select(is_ready, waiting.scalar_subquery().label("next_at")))


def _lease_due(ready: ColumnElement[bool]) -> Statement:
    due = (
        select(DELIVERIES.c.id)
        .where(ready)
        .order_by(DELIVERIES.c.next_at, DELIVERIES.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    leased = update(DELIVERIES).where(DELIVERIES.c.id.in_(select(due.c.id)))
    values = {
        "lease_token": _TOKEN,
        "lease_until": bindparam("until"),
        "attempts": DELIVERIES.c.attempts + 1,
    }
    names = (
        "id", "event_id", "target", "user_id", "category", "hospital_id", "payer_id", "claimant_id", "body",
        "attempts", "attempts_before", "next_at",
    )  # fmt: skip
    return Statement(leased.values(**values).returning(*(DELIVERIES.c[name] for name in names)))


def _begin(dialect: str) -> Executable:
    """Begin an attempt of each of these whose recipient may still be told: asked again, for it may have waited for long."""
    given, of = listed(dialect, id=Id), DELIVERIES.c
    ids = {"hospital_id": of.hospital_id, "payer_id": of.payer_id, "claimant_id": of.claimant_id}
    is_entitled = or_(of.user_id.is_(None), may_receive(of.user_id, **ids))
    begun = select(of.id, of.attempts, _NOW, literal(Outcome.UNFINISHED, String)).where(is_entitled)
    begun = begun.join_from(given, DELIVERIES, of.id == given.c.id)
    names = ["delivery_id", "n", "started_at", "outcome"]
    return insert(ATTEMPTS).from_select(names, begun).returning(ATTEMPTS.c.delivery_id)


def _under_lease(**values: Any) -> Statement:
    """Change a row that this lease still holds, and let it go."""
    held = (DELIVERIES.c.id == bindparam("id"), DELIVERIES.c.lease_token == _TOKEN, DUE)
    free = {"lease_token": null(), "lease_until": null()}
    return Statement(update(DELIVERIES).where(*held).values(**free, **values))


# By whether each target is sent one thing at a time.
_LOOK = {
    False: _look(select(DELIVERIES.c.id).where(_READY)),
    True: _look(select(_HEADS.c.id).where(_HEADS.c.id.is_not(None), ~_IS_PAUSED)),
}
_LEASE_DUE = {False: _lease_due(_READY), True: _lease_due(_READY_HEAD)}
_POSTPONE = _under_lease(next_at=bindparam("next_at"), last_error=bindparam("error"))
_GIVE_UP = _under_lease(state=State.DEAD, closed_at=_NOW, last_error=bindparam("error"))
# It was tried, and there is nobody to try again with.
_DROP = _under_lease(state=State.CANCELLED, closed_at=_NOW, body=null(), last_error=bindparam("error"))
# It was not tried, so this was no attempt.
_CANCEL = _under_lease(
    state=State.CANCELLED,
    closed_at=_NOW,
    body=null(),
    last_error=bindparam("error"),
    attempts=DELIVERIES.c.attempts - 1,
)
_GIVE_BACK = _under_lease(next_at=_NOW, attempts=DELIVERIES.c.attempts - 1)
_FORGET_ATTEMPT = Statement(
    delete(ATTEMPTS).where(ATTEMPTS.c.delivery_id == bindparam("id"), ATTEMPTS.c.n == bindparam("attempt"))
)
_END_ATTEMPT = Statement(
    update(ATTEMPTS)
    .where(ATTEMPTS.c.delivery_id == bindparam("id"), ATTEMPTS.c.n == bindparam("attempt"))
    .values(
        ended_at=_NOW,
        outcome=bindparam("outcome"),
        status_code=bindparam("status_code"),
        error=bindparam("error"),
    )
)


def _deliver(dialect: str) -> Executable:
    """Close what was received, of many at once, each only under the lease by which it was taken."""
    given = listed(dialect, id=Id, token=Id)
    is_held = select(given.c.id).where(
        given.c.id == DELIVERIES.c.id, given.c.token == DELIVERIES.c.lease_token
    )
    these = DELIVERIES.c.id.in_(select(given.c.id))
    values = {"state": State.DELIVERED, "closed_at": _NOW}
    emptied = dict.fromkeys(("body", "last_error", "lease_token", "lease_until"), null())
    closed = update(DELIVERIES).where(these, DUE, is_held.exists()).values(**values, **emptied)
    return closed.returning(DELIVERIES.c.id)


def _end_attempts(dialect: str) -> Executable:
    given = listed(dialect, id=Id, attempt=Integer)
    is_it = select(given.c.id).where(given.c.id == ATTEMPTS.c.delivery_id, given.c.attempt == ATTEMPTS.c.n)
    these = ATTEMPTS.c.delivery_id.in_(select(given.c.id))
    values = {"ended_at": _NOW, "outcome": Outcome.DELIVERED, "status_code": bindparam("status_code")}
    return update(ATTEMPTS).where(these, is_it.exists()).values(values)


_BEGIN, _DELIVER, _END_ATTEMPTS = (Statement(made) for made in (_begin, _deliver, _end_attempts))


@dataclass(frozen=True)
class Taken:
    """A delivery under a lease: the attempt's number, how many there were since it was last replayed, and its message."""

    sending: Sending
    token: str
    until: datetime
    attempt: int
    tries: int
    body: dict[str, Any]

    @classmethod
    def of(cls, row: Any, token: str, until: datetime, found: Any) -> "Taken":
        """A row that was leased, and what its channel looked up of its target."""
        sending = Sending(row.id, row.event_id, row.target, row.user_id, row.category, found)
        return cls(sending, token, until, row.attempts, row.attempts - row.attempts_before, row.body)


@dataclass(frozen=True)
class Result:
    """What became of an attempt."""

    outcome: Outcome
    status_code: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None
    waits: Sequence[timedelta] = WAITS
    is_gone: bool = False


class Sender:
    """Sends the deliveries of one channel; any number of senders, threads and processes may work on one database."""

    def __init__(self, database: Database, channel: Channel, *, lease: timedelta = LEASE) -> None:
        self._database, self._channel, self._lease = database, channel, lease

    @property
    def name(self) -> str:
        """That of the channel."""
        return self._channel.name

    @property
    def is_one_at_a_time(self) -> bool:
        """Whether each target is sent one thing at a time, by each process."""
        return self.name in ONE_AT_A_TIME

    def look(self, busy: Sequence[str] = ()) -> tuple[bool, datetime | None]:
        """Whether a delivery could be sent now, and when the next one will be due; `busy` are targets that are sent to.

        Reads only: an idle sender, woken by every commit, must not take SQLite's only write lock.
        """
        with self._database.read_unit() as session:
            given = {"channel": self.name, "now": clock.now(), "busy": ",".join(busy)}
            found = _LOOK[self.is_one_at_a_time].first(session, given)
        return bool(found.is_ready), found.next_at

    def work(self) -> None:
        """Send one after the other, oldest due first, until none is due any more."""
        taken = self.turn((), 1)
        while taken:
            taken = self.turn([(each, self.send(each)) for each in taken], 1)

    def turn(
        self, sent: Sequence[tuple[Taken, Result]], most: int, *, busy: Sequence[str] = ()
    ) -> list[Taken]:
        """In one unit of work: write what became of what was sent, and lease up to so many that are due, oldest first.

        Where targets are sent one thing at a time, none to those that are `busy`, and one to each of the others.
        A delivery whose recipient lost the right to it is cancelled instead.
        """
        with self._database.unit_of_work() as session:
            self._close_all(session, sent)
            return self._take(session, most, busy) if most else []

    def send(self, taken: Taken) -> Result:
        """Make the attempt that was begun; no unit of work may be open around it.

        Not when so much of its lease is over that another process could take it meanwhile: it waited behind others. Then
        the result is that it is unfinished.
        """
        if clock.now() > taken.until - self._lease / 2:
            return Result(Outcome.UNFINISHED)
        try:
            fault("delivery.leased")
            code = self._channel.send(taken.sending, taken.body, key=taken.sending.id)
            fault("delivery.sent")
        except Passing as failure:
            reason = failure.reason[:MOST]
            return Result(
                Outcome.PASSING, failure.status_code, reason, failure.retry_after, waits=failure.waits
            )
        except Permanent as failure:
            is_gone = isinstance(failure, Gone)
            return Result(Outcome.PERMANENT, failure.status_code, failure.reason[:MOST], is_gone=is_gone)
        except Exception as error:
            # The task boundary: a defect of a channel must not lose the delivery; it may be over with the next version.
            log.exception("a channel failed", extra={"delivery_id": taken.sending.id, "channel": self.name})
            return Result(Outcome.PASSING, error=type(error).__name__[:MOST])
        return Result(Outcome.DELIVERED, code)

    def _take(self, session: Session, most: int, busy: Sequence[str]) -> list[Taken]:
        token, now = new_id(), clock.now()
        until = now + self._lease
        given = {"channel": self.name, "token": token, "now": now, "until": until, "most": most}
        given["busy"] = ",".join(busy)
        lease = _LEASE_DUE[self.is_one_at_a_time]
        entitled: list[Any] = []
        # Again when all of them were cancelled: there may be more.
        while not entitled and (rows := lease.all(session, given)):
            ids = ",".join(each.id for each in rows)
            begun = {each.delivery_id for each in _BEGIN.all(session, {"now": now, "id": ids})}
            # RETURNING keeps no order.
            for row in sorted(rows, key=attrgetter("next_at", "id")):
                if row.id in begun:
                    entitled.append(row)
                else:
                    _CANCEL.run(session, {**given, "id": row.id, "error": NOT_ENTITLED})
                    self._count(session, "cancelled")
        found = self._channel.look_up(session, {each.target for each in entitled}) if entitled else {}
        return [Taken.of(row, token, until, found.get(row.target)) for row in entitled]

    def _close_all(self, session: Session, sent: Sequence[tuple[Taken, Result]]) -> None:
        """Write what became of these; of most it is that they were received."""
        received = defaultdict(list)
        for taken, result in sent:
            if result.outcome is Outcome.DELIVERED:
                received[result.status_code].append(taken)
            elif result.outcome is Outcome.UNFINISHED:
                self._give_back(session, taken)
            else:
                self._close(session, taken, result)
        for code, some in received.items():
            self._deliver(session, some, code)

    def _give_back(self, session: Session, taken: Taken) -> None:
        """Let others have what was not begun: no attempt of it was made."""
        given = {"id": taken.sending.id, "token": taken.token, "now": clock.now(), "attempt": taken.attempt}
        if _GIVE_BACK.run(session, given):
            _FORGET_ATTEMPT.run(session, given)

    def _deliver(self, session: Session, sent: Sequence[Taken], code: int | None) -> None:
        """Close what was received; nothing of it that is under another's lease by now."""
        now = clock.now()
        given = {"now": now, "id": ",".join(each.sending.id for each in sent)}
        closed = _DELIVER.all(session, {**given, "token": ",".join(each.token for each in sent)})
        ids = {each.id for each in closed}
        ended = {each.sending.id: str(each.attempt) for each in sent if each.sending.id in ids}
        if ended:
            listed_ = {"id": ",".join(ended), "attempt": ",".join(ended.values())}
            _END_ATTEMPTS.run(session, {"now": now, "status_code": code, **listed_})
        for _ in ended:
            self._count(session, "delivered")

    def _close(self, session: Session, taken: Taken, result: Result) -> None:
        """Write what became of an attempt that failed; nothing, when the lease is another's by now."""
        now = clock.now()
        wait = _wait(taken, result)
        given = {
            "id": taken.sending.id,
            "token": taken.token,
            "now": now,
            "next_at": wait and now + wait,
            "attempt": taken.attempt,
            "outcome": result.outcome,
            "status_code": result.status_code,
            "error": result.error,
        }
        close, became = _closing(result, has_next=wait is not None)
        if close.run(session, given):
            _END_ATTEMPT.run(session, given)
            self._count(session, became)

    def _count(self, session: Session, outcome: str) -> None:
        after_commit(session, DELIVERY_ATTEMPTS.labels(self.name, outcome).inc)


def _closing(result: Result, *, has_next: bool) -> tuple[Statement, str]:
    """How a delivery that was not taken is closed, or not yet; and what it is counted as."""
    if result.is_gone:
        return _DROP, "cancelled"
    return (_POSTPONE, "postponed") if has_next else (_GIVE_UP, "dead")


def _wait(taken: Taken, result: Result) -> timedelta | None:
    """How long until the next attempt; None when there is to be none."""
    if result.outcome is not Outcome.PASSING:
        return None
    # Both are random anyway: their last digits spread the retries, of several deliveries and of one.
    spread = (int(taken.token[-4:], 16) ^ int(taken.sending.id[-4:], 16)) / 0xFFFF
    return wait_after(taken.tries, spread, result.retry_after, waits=result.waits)
