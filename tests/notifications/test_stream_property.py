"""N-06 and R-07 as properties: whatever happens to an inbox, a stream taken up anywhere brings all that came later, once."""

import random
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.background import stop_all
from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from insurenz.notifications import changes, service
from insurenz.notifications.models import InboxItem
from tests.notifications.listening import Ear, Ears, Frame
from tests.notifications.stories import Desk, cleared, listed, states
from tests.statements import how_many

SEEDS = 4
CONNECTIONS = 100


def rows_of(database: Database, person: Actor) -> list[tuple[int, str]]:
    """Rev and event of every row of an inbox, in the order of revs."""
    chosen = select(InboxItem.rev, InboxItem.event_id).where(InboxItem.user_id == person.id)
    with database.read_unit() as session:
        return [tuple(row) for row in session.execute(chosen.order_by(InboxItem.rev))]


class Reader:
    """What somebody knows who only ever applied the events of a stream."""

    def __init__(self, last_id: int | None = None) -> None:
        self.items: dict[str, Any] = {}
        self.last_id = last_id
        self.unread = 0

    def apply(self, frames: list[Frame]) -> None:
        for frame in frames:
            # In order, and nothing twice; only the state of the beginning may repeat what is known.
            assert self.last_id is None or frame.id > self.last_id, (self.last_id, frame)
            self.last_id, self.unread = frame.id, frame.data["unread"]
            if frame.event == "notification":
                assert frame.item["rev"] == frame.id
                self.items[frame.item["id"]] = frame.item


def happenings(live: Desk, dice: random.Random) -> list[Callable[[], object]]:
    """What may happen to the inbox of Lakeside's desk."""
    person = live.cast.lakeside_desk

    def change(how: Callable[..., object], *given: Any, **options: Any) -> None:
        with live.database.unit_of_work() as session:
            how(session, person, *given, telling=live.telling, **options)

    def some(how: Callable[..., object]) -> None:
        known = rows_of(live.database, person)
        if known:
            change(how, dice.choice(known)[1])

    return [
        lambda: cleared(live, dice.choice((1, 1, 3))),
        lambda: cleared(live),
        lambda: some(service.mark_read),
        lambda: some(service.mark_unread),
        lambda: some(service.archive),
        lambda: change(service.read_all),
        lambda: change(service.read_all, up_to_rev=dice.randrange(20)),
        lambda: change(service.see),
        lambda: change(service.see, up_to_rev=dice.randrange(20)),
    ]


def take_no_number_twice(live: Desk, happen: Callable[[], object]) -> None:
    """Every change takes the next rev: of those taken each is a row's, or there is one and no row changed."""
    person = live.cast.lakeside_desk
    before = states(live.database).get(person.id, (0, 0, 0))[0]
    happen()
    after = states(live.database).get(person.id, (0, 0, 0))[0]
    new = [rev for rev, _ in rows_of(live.database, person) if rev > before]
    assert new == list(range(before + 1, after + 1)) or (new, after) == ([], before + 1)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_n06_r07_a_stream_resumed_from_any_id_brings_every_later_change_once(
    ears: Ears, live: Desk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 50)
    dice, person = random.Random(seed), live.cast.lakeside_desk
    reader, ear = Reader(), ears.open(person)
    for _ in range(40):
        take_no_number_twice(live, dice.choice(happenings(live, dice)))
        if dice.random() < 0.5:
            ears.work()
            reader.apply(ear.rest())
        if dice.random() < 0.3:
            # The connection drops, with or without what was on its way.
            ear.hang_up()
            ear = ears.open(person, after=reader.last_id)
    ears.work()
    reader.apply(ear.rest())
    ear.hang_up()
    inbox = {item["id"]: item for which in ("", "&archived=true") for item in listed(ears.api, person, which)}
    assert reader.items == inbox
    last_rev, unread, _ = states(live.database).get(person.id, (0, 0, 0))
    assert (reader.last_id, reader.unread) == (last_rev, unread)
    rows = rows_of(live.database, person)
    for start in range(last_rev + 1):
        resumed = ears.open(person, after=start)
        frames = resumed.rest()
        resumed.hang_up()
        later = [(rev, event) for rev, event in rows if rev > start]
        assert [(f.id, f.item["id"]) for f in frames if f.event == "notification"] == later
        has_state = last_rev > start and (not later or later[-1][0] < last_rev)
        assert [f.id for f in frames if f.event == "state"] == [last_rev] * has_state
        assert all(f.item == inbox[f.item["id"]] for f in frames if f.event == "notification")


def listen(ears: Ears, person: Actor, seed: int, is_over: threading.Event, into: Reader) -> None:
    """Follow an inbox over one connection after the other, each dropped at random, until it is known to its end."""
    dice = random.Random(seed)
    while not is_over.is_set() or into.last_id != states(ears.api.database)[person.id][0]:
        ear: Ear = ears.open(person, after=into.last_id)
        for _ in range(dice.randrange(1, 6)):
            into.apply(ear.rest())
            is_over.wait(0.01)
        ear.hang_up()
        into.apply(ear.rest())


def write(live: Desk, ears: Ears, people: Sequence[Actor], seed: int) -> None:
    """Let things happen, and people look at their inboxes and read them, until there were a hundred connections."""
    dice = random.Random(seed)
    while len(ears.ears) < CONNECTIONS:
        threading.Event().wait(0.005)
        live.happen(dice.choice(("claim_qc_clear", "claim_pending", "claim_contested")), by=live.cast.admin)
        change = dice.choice((service.read_all, service.see))
        with live.database.unit_of_work() as session:
            change(session, dice.choice(people), telling=live.telling)


def tell_until(live: Desk, is_over: threading.Event) -> None:
    """Tell of what happens as it happens."""
    while not is_over.is_set():
        if not live.relay.turn():
            is_over.wait(0.01)
    live.tell()


def all_at_once(*works: Callable[[], object]) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return threads


def without_others(items: dict[str, Any]) -> dict[str, Any]:
    """Items without who else has read them: that is no change of one's own inbox."""
    return {name: {k: v for k, v in item.items() if k != "read_by"} for name, item in items.items()}


def test_r07_n06_while_several_write_at_once_nobody_misses_anything_over_a_hundred_connections(
    real_ears: Ears, real_live: Desk
) -> None:
    people = (real_live.cast.lakeside_desk, real_live.cast.meera, real_live.cast.rahul)
    for person in people:
        real_ears.api.as_(person)
    is_written, is_told = threading.Event(), threading.Event()
    readers = [(person, Reader(last_id=0)) for person in people for _ in range(2)]
    real_ears.hub.loop.start()
    listening = all_at_once(
        *(
            partial(listen, real_ears, person, seed, is_told, reader)
            for seed, (person, reader) in enumerate(readers)
        )
    )
    telling = all_at_once(partial(tell_until, real_live, is_written))
    for thread in all_at_once(*(partial(write, real_live, real_ears, people, seed) for seed in range(3))):
        thread.join()
    is_written.set()
    for thread in telling:
        thread.join()
    is_told.set()
    for thread in listening:
        thread.join()
    stop_all([real_ears.hub.loop])
    for person, reader in readers:
        last_rev, unread, _ = states(real_live.database)[person.id]
        assert (reader.last_id, reader.unread) == (last_rev, unread)
        inbox = {item["id"]: item for item in listed(real_ears.api, person)}
        assert without_others(reader.items) == without_others(inbox)
        assert len(inbox) > 3


def test_d10_reading_for_many_takes_as_many_statements_as_for_one(ears: Ears, live: Desk) -> None:
    cast = live.cast
    people = [cast.lakeside_desk, cast.meera, cast.rahul, cast.priya, cast.arjun, cast.asha]

    def told(number: int) -> int:
        for _ in range(number):
            live.happen("claim_qc_clear", by=cast.admin)
            live.happen("claim_pending", by=cast.admin)
        live.tell()
        return how_many(ears.api.database, ears.hub.turn)

    ears.open(cast.meera)
    ears.open(cast.lakeside_desk)
    one = told(1)
    for _ in range(3):
        for person in people:
            ears.open(person)
    ears.work()
    assert (one, told(20)) == (one, one)
    assert one <= 10


def test_an_item_is_written_once_for_all_streams_of_a_user(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[object] = []
    usual = changes.answers.Writer.json

    def count(self: Any, item: Any, **given: Any) -> str:
        written.append(item)
        return usual(self, item, **given)

    monkeypatch.setattr(changes.answers.Writer, "json", count)
    listening = [ears.open(live.cast.lakeside_desk) for _ in range(5)]
    cleared(live, 3)
    ears.work()
    assert [ear.shown()[1:] for ear in listening] == [[(n, "notification") for n in (1, 2, 3)]] * 5
    assert len(written) == 3
