"""The fan-out: from events to the people who are told of them, in batches that are each done once.

The relay hands it the events of a turn, in the unit that also closes them. What it writes is the words, who was told
and who was left out and why, and the inboxes; all of it in a number of statements that does not grow with the events.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, select

from insurenz.core import clock
from insurenz.core.db import Id, Session, after_commit
from insurenz.core.faults import fault
from insurenz.core.statements import Statement, insert_many, listed
from insurenz.deliveries.service import enqueue
from insurenz.events.models import Event
from insurenz.notifications import audiences, briefs, hooks, inboxes, outgoing
from insurenz.notifications.audiences import Audience, audience_of
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import Decision, decide
from insurenz.notifications.models import NOTICES, TOLD, InboxItem
from insurenz.notifications.telling import Telling
from insurenz.notifications.wishes import Known, known
from insurenz.workflow import EventRule

TOLD_ALREADY = "told_already"
# People of one audience who are told in one transaction, and of all audiences of one turn.
BATCH, AT_ONCE = 1000, 2000


# By event how far it was told before: `batch`, `audience` and `last_user_id` of the last batch.
Progress = Mapping[str, Any]
Already = Callable[[Session, Sequence[Batch]], set[tuple[str, str]]]


def fan_out(telling: Telling, session: Session, events: Sequence[Event]) -> set[str]:
    """Tell everybody concerned of these events; gives the ids of those with people left, for another turn."""
    fault("fanout.before_batch")
    inboxes.hold_reach(session)
    before = _progress(session, events)
    batches, left = plan(telling, session, events, before=before, already=_told_before)
    _write(telling, session, events, batches, left)
    fault("fanout.after_batch")
    return left


def plan(
    telling: Telling, session: Session, events: Sequence[Event], *, before: Progress, already: Already
) -> tuple[list[Batch], set[str]]:
    """Whom to tell next of these events, by which channels and why, and which events have more. Writes nothing.

    `already` gives event and user of those among them who were told in an earlier turn.
    """
    batches, left = _batches(telling, session, events, before)
    twice = already(session, batches)
    wishes = known(session, batches, telling.channels)
    for batch in batches:
        _decide(telling, batch, wishes, twice)
    return batches, left


def rehearse(telling: Telling, session: Session, event: Event) -> list[Batch]:
    """Everybody who would be told of this event now, and who not and why, as `fan_out` would do it. Writes nothing."""
    batches: list[Batch] = []
    before: dict[str, Any] = {}
    while True:
        twice = {(event.id, person.id) for batch in batches for person, _ in batch.told()}
        new, left = plan(telling, session, [event], before=before, already=lambda *_, t=twice: t)
        batches += new
        if not left:
            return batches
        before = {event.id: batches[-1].place}


def _decide(telling: Telling, batch: Batch, wishes: Known, twice: set[tuple[str, str]]) -> None:
    event, rule = batch.event, (batch.event, batch.tell, batch.rule.category)
    # The same for all who are alike: most of a thousand are.
    made: dict[Any, Decision] = {}
    for person in batch.people:
        if (event.id, person.id) in twice:
            batch.decisions.append(Decision(TOLD_ALREADY))
            continue
        wished = wishes.of(person, event)
        alike = (person.id == event.actor_id, person.is_active, wished)
        decision = made.get(alike)
        if decision is None:
            decision = made[alike] = decide(*rule, person, wishes=wished, configured=telling.channels)
        batch.decisions.append(decision)
        if not decision.left_out:
            twice.add((event.id, person.id))


def _batches(
    telling: Telling, session: Session, events: Sequence[Event], before: Progress
) -> tuple[list[Batch], set[str]]:
    """The next batches of these events, and which events have more."""
    asked = [(event, rule) for event in events if (rule := telling.rule(event)) is not None]
    members = _Members(session, _single(telling, asked))
    batches: list[Batch] = []
    left = set()
    for event, rule in asked:
        if sum(len(batch.people) for batch in batches) >= AT_ONCE:
            left.add(event.id)
            continue
        new = list(_next_batches(telling, members, event, rule, before.get(event.id)))
        batches += new
        if new and not new[-1].is_last:
            left.add(event.id)
    return batches, left


def _next_batches(
    telling: Telling, members: "_Members", event: Event, rule: EventRule, before: Any
) -> Iterable[Batch]:
    """What comes after the batch that was told last, up to one that is full."""
    tells = telling.tells(event, rule)
    may_be_told = before is not None and len(tells) > 1
    number, after = 0, audiences.FIRST
    if before is not None:
        place = [tell.audience for tell in tells].index(before.audience)
        number, after = before.batch + 1, before.last_user_id or audiences.FIRST
        tells = tells[place + (before.last_user_id is None) :]
    for tell in tells:
        audience = audience_of(event, tell.audience)
        if audience is None:
            continue
        people = members.of(audience, after)
        # One more than is told shows whether somebody is left.
        is_last = len(people) <= BATCH
        if people:
            is_first = after == audiences.FIRST
            now = people[:BATCH]
            yield Batch(event, rule, tell, number, audience, now, may_be_told, is_first, is_last)
            number += 1
        if not is_last:
            return
        after = audiences.FIRST


class _Members:
    """The people of audiences, each audience read once in a turn."""

    def __init__(self, session: Session, single: Iterable[Audience]) -> None:
        self._session = session
        self._people = audiences.people(session, {each.person_id for each in single if each.person_id})
        self._groups: dict[tuple[Audience, str], Sequence[Any]] = {}

    def of(self, audience: Audience, after: str) -> Sequence[Any]:
        if audience.is_one_person:
            found = self._people.get(audience.person_id or "")
            return [found] if found is not None else []
        if (audience, after) not in self._groups:
            self._groups[audience, after] = audiences.members(
                self._session, audience, after=after, most=BATCH + 1
            )
        return self._groups[audience, after]


def _single(telling: Telling, asked: Iterable[tuple[Event, EventRule]]) -> Iterable[Audience]:
    found = (
        audience_of(event, tell.audience) for event, rule in asked for tell in telling.tells(event, rule)
    )
    return [audience for audience in found if audience is not None and audience.is_one_person]


def _progress(session: Session, events: Sequence[Event]) -> dict[str, Any]:
    """The last batch of each of these events that was told of before."""
    given = {"event_id": ",".join(event.id for event in events)}
    return {told.event_id: told for told in _BATCHES.all(session, given)}


def _told_before(session: Session, batches: Sequence[Batch]) -> set[tuple[str, str]]:
    """Event and user of those who were told in an earlier turn, being in another audience of the event, too."""
    later = [batch for batch in batches if batch.may_be_told]
    if not later:
        return set()
    users = {person.id for batch in later for person in batch.people}
    told = select(InboxItem.event_id, InboxItem.user_id).where(
        InboxItem.event_id.in_({batch.event.id for batch in later}), InboxItem.user_id.in_(users)
    )
    return {(event_id, user_id) for event_id, user_id in session.execute(told)}


def _batches_of(dialect: str) -> Executable:
    given, columns = listed(dialect, event_id=Id), TOLD.c
    chosen = select(columns.event_id, columns.batch, columns.audience, columns.last_user_id)
    return chosen.join(given, given.c.event_id == columns.event_id).order_by(columns.batch)


_BATCHES = Statement(_batches_of)


def _write(
    telling: Telling, session: Session, events: Sequence[Event], batches: Sequence[Batch], left: set[str]
) -> None:
    now = clock.now()
    insert_many(session, NOTICES, [batch.notice() for batch in batches if batch.is_first])
    insert_many(session, TOLD, [batch.row() | {"at": now} for batch in batches])
    leaving = outgoing.messages(telling, session, batches, left, at=now)
    leaving += briefs.messages(telling, session, batches, left, at=now)
    enqueue(session, leaving + hooks.messages(telling, session, events, batches, left, at=now))
    posts = [batch.post() for batch in batches]
    inboxes.put(session, posts, at=now)
    users = {user for post in posts for user in post.user_ids}
    after_commit(session, lambda: telling.hint(users))
