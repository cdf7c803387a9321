"""The Firestore mirror kept in step: marks of readers both ways, what was delivered since, and clean-up.

Documents themselves are deliveries. One process at a time does this, by a lease; whatever fails is done by a later turn.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update

from insurenz.accounts.models import User
from insurenz.accounts.queries import NOTHING, assigned_each
from insurenz.core import clock
from insurenz.core.background import Loop
from insurenz.core.db import Database, Session
from insurenz.core.ids import first_id, is_id, new_id
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.firestore.collection import Collection, Failed, Seen
from insurenz.deliveries.firestore.models import (
    MARKS,
    OPEN,
    STATE,
    THE_ONE,
    UNSETTLED,
    MirrorMark,
    MirrorState,
)
from insurenz.deliveries.models import DEAD, DUE, Delivery, State
from insurenz.events.chain import insert_if_absent
from insurenz.events.models import Event
from insurenz.notifications import service
from insurenz.notifications.models import InboxItem
from insurenz.notifications.telling import Telling

log = logging.getLogger("insurenz.notifications")

LEASE = timedelta(seconds=30)
# How long a mark waits at most, and how long nothing is tried after a failure.
TURN_SECONDS, AWAY_SECONDS = 2.0, 15.0
MARKS_AT_ONCE, SETTLED_AT_ONCE, CLEANED_AT_ONCE, UIDS_AT_ONCE = 50, 200, 400, 500

_ITEM = (InboxItem.event_id == MirrorMark.event_id, InboxItem.user_id == MirrorMark.user_id)
_OPEN_MARKS = (
    select(
        MirrorMark.event_id,
        MirrorMark.user_id,
        MirrorMark.rev,
        User,
        InboxItem.read_at,
        InboxItem.archived_at,
        InboxItem.event_id.is_not(None).label("is_there"),
        Event.occurred_at,
        Event.hospital_id,
        Event.payer_id,
        Event.claimant_id,
        Delivery.state,
    )
    .join(User, User.id == MirrorMark.user_id)
    .join(Event, Event.id == MirrorMark.event_id)
    .outerjoin(InboxItem, and_(*_ITEM))
    .outerjoin(Delivery, and_(Delivery.event_id == MirrorMark.event_id, Delivery.channel == Firestore.name))
    .where(OPEN)
    .order_by(MirrorMark.event_id, MirrorMark.user_id)
    .limit(MARKS_AT_ONCE)
)
_IS_OPEN = exists().where(Delivery.event_id == UNSETTLED.c.event_id, or_(DUE, DEAD))
_SETTLED = select(UNSETTLED.c.event_id).where(~_IS_OPEN).limit(SETTLED_AT_ONCE)


def mirror_of(database: Database, telling: Telling, channels: Channels) -> "Mirror | None":
    """The mirror of this install, where it has one."""
    channel = channels.by_name.get(Firestore.name)
    return Mirror(database, telling, channel.collection) if isinstance(channel, Firestore) else None


class Mirror:
    """Keeps documents in step with inboxes; any number of processes may have one, of which one at a time works."""

    def __init__(self, database: Database, telling: Telling, collection: Collection) -> None:
        self._database, self._telling, self._collection = database, telling, collection
        self._me = new_id()
        self._is_away = False

    def loops(self) -> list[Loop]:
        """The threads that send marks and listen for those of others."""
        return [Loop("mirror_marks", self.turn, interval=self._pause), _Listening(self)]

    def turn(self) -> bool:
        """Send marks that wait, if it is up to this process; True when there are more."""
        if not self._holds():
            self.hang_up()
            return False
        try:
            has_more = self._send_marks()
        except Failed as failure:
            self._note_away(failure)
            return False
        self._is_away = False
        return has_more

    def listen(self) -> None:
        """Take in who reads documents there, until `hang_up`, a failure, or some minutes have passed."""
        if not self._holds():
            return
        try:
            self._collection.listen(self.take)
        except Failed as failure:
            log.warning("the mirror is not listened to", extra={"reason": failure.reason})

    def hang_up(self) -> None:
        """End listening, from another thread."""
        self._collection.hang_up()

    def let_go(self) -> None:
        """Leave it to other processes from now on."""
        with self._database.unit_of_work() as session:
            free = {"holder": None, "held_until": None}
            session.execute(update(STATE).where(STATE.c.holder == self._me).values(free))

    def take(self, seen: Sequence[Seen]) -> None:
        """Mark as read here what recipients have read there; whoever else is named there is nobody.

        What somebody has marked here since, or what Firestore says from before that, is passed over.
        """
        read = {each.id: each for each in seen if each.read_by and is_id(each.id)}
        if not read:
            return
        with self._database.read_unit() as session:
            news = _news(session, read)
        if news:
            with self._database.unit_of_work() as session:
                # In this order, so that two who change inboxes never wait for each other.
                for user_id in sorted(news):
                    service.read_elsewhere(session, user_id, news[user_id], telling=self._telling)

    def settle(self) -> None:
        """Tell documents that all of their deliveries have arrived since they were written."""
        with self._database.read_unit() as session:
            settled = list(session.scalars(_SETTLED))
        try:
            for event_id in settled:
                self._collection.set(event_id, {"delivery_success": True, "updated_at": clock.now()})
                with self._database.unit_of_work() as session:
                    session.execute(delete(UNSETTLED).where(UNSETTLED.c.event_id == event_id))
        except Failed as failure:
            self._note_away(failure)

    def clean_up(self) -> None:
        """Delete documents of what is in nobody's inbox any more since those were cleaned up."""
        with self._database.read_unit() as session:
            before = session.scalar(select(MirrorState.cleaned_before))
        if before is None:
            return
        try:
            self._delete_before(before)
        except Failed as failure:
            self._note_away(failure)
            return
        with self._database.unit_of_work() as session:
            for table in (MARKS, UNSETTLED):
                is_kept = exists().where(InboxItem.event_id == table.c.event_id)
                session.execute(delete(table).where(table.c.event_id < first_id(before), ~is_kept))

    def _delete_before(self, before: datetime) -> None:
        after = None
        while page := self._collection.before(before, after=after, most=CLEANED_AT_ONCE):
            # Others may keep documents of their own beside ours.
            ours = [id_ for id_, _ in page if is_id(id_)]
            with self._database.read_unit() as session:
                kept = set(
                    session.scalars(select(InboxItem.event_id).where(InboxItem.event_id.in_(ours)).distinct())
                )
            gone = [id_ for id_ in ours if id_ not in kept]
            self._collection.delete(gone)
            # Others may have the same time as the last one.
            after = after if gone else page[-1][1]

    def _send_marks(self) -> bool:
        with self._database.read_unit() as session:
            rows = session.execute(_OPEN_MARKS).all()
            away = _out_of_reach(session, [row for row in rows if row.archived_at])
        marks = defaultdict(list)
        for row in rows:
            marks[row.event_id].append(row)
        for event_id, some in marks.items():
            lost = [row.User.external_uid for row in some if (event_id, row.user_id) in away]
            if any(lost):
                self._collection.forget(event_id, [uid for uid in lost if uid])
            self._send(event_id, some)
        return len(rows) == MARKS_AT_ONCE

    def _send(self, event_id: str, marks: Sequence[Any]) -> None:
        """Send the marks of one document, and close those that were not made anew meanwhile."""
        # What was told before there was a mirror has no document.
        known = [mark for mark in marks if mark.is_there and mark.User.external_uid and mark.state]
        read = [mark.User.external_uid for mark in known if mark.read_at]
        unread = [mark.User.external_uid for mark in known if not mark.read_at]
        as_of = None
        if known:
            is_written = known[0].state == State.DELIVERED
            created_at = None if is_written else known[0].occurred_at
            as_of = self._collection.mark(event_id, created_at=created_at, read=read, unread=unread)
        with self._database.unit_of_work() as session:
            for mark in marks:
                is_it = (
                    MARKS.c.event_id == event_id,
                    MARKS.c.user_id == mark.user_id,
                    MARKS.c.rev == mark.rev,
                )
                is_unread = as_of and mark in known and not mark.read_at
                done = update(MARKS).values(as_of=as_of) if is_unread else delete(MARKS)
                session.execute(done.where(*is_it))

    def _holds(self) -> bool:
        """Whether it is up to this process to keep the mirror in step; takes, or keeps, the lease of doing so."""
        now = clock.now()
        with self._database.read_unit() as session:
            found = session.execute(select(MirrorState.holder, MirrorState.held_until)).first()
        if found and found.holder and found.held_until > now:
            is_mine = found.holder == self._me
            if not is_mine or found.held_until - now > LEASE / 2:
                return bool(is_mine)
        with self._database.unit_of_work() as session:
            insert_if_absent(session, STATE, {"id": THE_ONE})
            is_free = or_(STATE.c.holder.is_(None), STATE.c.holder == self._me, STATE.c.held_until <= now)
            taken: Any = session.execute(
                update(STATE).where(is_free).values(holder=self._me, held_until=now + LEASE)
            )
            return bool(taken.rowcount)

    def _note_away(self, failure: Failed) -> None:
        self._is_away = True
        log.warning("the mirror is away", extra={"reason": failure.reason})

    def _pause(self) -> float:
        return AWAY_SECONDS if self._is_away else TURN_SECONDS


class _Listening(Loop):
    """The thread that listens; it hangs up when it is to stop, and leaves the mirror to others in the end."""

    def __init__(self, mirror: Mirror) -> None:
        super().__init__("mirror_listen", mirror.listen, interval=TURN_SECONDS)
        self._mirror = mirror

    def run(self) -> None:
        """Turn until `stop`."""
        super().run()
        self._mirror.let_go()

    def stop(self) -> None:
        """Ask it to end at once."""
        super().stop()
        self._mirror.hang_up()


def _out_of_reach(session: Session, marks: Sequence[Any]) -> set[tuple[str, str]]:
    """Event and user of those of these items that were put away because their reader may not be told of them any more."""
    reaches = assigned_each(session, {mark.user_id for mark in marks}) if marks else {}
    return {
        (mark.event_id, mark.user_id)
        for mark in marks
        if not reaches.get(mark.user_id, NOTHING).covers(
            mark.User.as_actor(), mark.hospital_id, mark.payer_id, mark.claimant_id
        )
    }


def _news(session: Session, read: Mapping[str, Seen]) -> dict[str, list[str]]:
    """By user the unread items of theirs that these documents say they have read."""
    uids = sorted({uid for each in read.values() for uid in each.read_by})
    found = defaultdict(list)
    for start in range(0, len(uids), UIDS_AT_ONCE):
        chosen = (
            select(
                InboxItem.event_id,
                InboxItem.user_id,
                User.external_uid,
                MirrorMark.as_of,
                MirrorMark.rev.is_not(None).label("is_marked"),
            )
            .join(User, User.id == InboxItem.user_id)
            .outerjoin(MirrorMark, and_(*_ITEM))
            .where(
                InboxItem.event_id.in_(list(read)),
                InboxItem.read_at.is_(None),
                User.external_uid.in_(uids[start : start + UIDS_AT_ONCE]),
            )
        )
        for row in session.execute(chosen):
            seen = read[row.event_id]
            is_newer = not row.is_marked or (row.as_of is not None and row.as_of < seen.at)
            if is_newer and row.external_uid in seen.read_by:
                found[row.user_id].append(row.event_id)
    return found
