"""The live stream: what it sends, from where, to whom, and what ends it."""

from typing import Any

import pytest

from insurenz.core.permissions import Actor
from insurenz.notifications import changes, hub
from tests.actors import Cast
from tests.notifications.listening import Ears
from tests.notifications.stories import Desk, cleared, listed

STREAM = "/notifications/stream"


# --- what it begins with, and how it goes on


def test_a_stream_begins_with_the_state_and_goes_on_with_what_is_new(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    cleared(live, 2)
    ear = ears.open(person)
    first = ear.next()
    assert (first.id, first.event, first.data) == (2, "state", {"unread": 2, "rev": 2, "seen_rev": 0})
    (event,) = cleared(live)
    ears.work()
    (frame,) = ear.rest()
    assert (frame.id, frame.event, frame.data["unread"]) == (3, "notification", 3)
    assert frame.item["id"] == event
    assert frame.data == {"unread": 3, "item": listed(ears.api, person)[-1]}


@pytest.mark.parametrize("name", ["lakeside_desk", "rahul", "asha"])
def test_an_item_is_what_the_list_has_for_whoever_reads_it(
    ears: Ears, live: Desk, cast: Cast, name: str
) -> None:
    person: Actor = getattr(cast, name)
    ear = ears.open(person)
    live.happen(
        "claim_qc_query", by=cast.meera, texts={"remarks": "Which ward?"}, query_category="documentation"
    )
    live.happen("claim_pending", by=cast.lakeside_desk)
    live.tell()
    asked = listed(ears.api, person)
    ears.work()
    state, *frames = ear.rest()
    assert state.event == "state"
    assert [frame.item for frame in frames] == asked
    assert (len(frames) > 0) == (name != "asha")


def test_a_change_of_an_item_is_sent_in_its_latest_state(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    one, two = cleared(live, 2)
    ear = ears.open(person)
    client = ears.api.as_(person)
    for event, act in ((one, "read"), (two, "read"), (one, "unread"), (two, "archive")):
        assert client.post(f"/notifications/{event}/{act}").status_code == 200
    ears.work()
    _, *frames = ear.rest()
    assert [(frame.id, frame.item["id"], frame.data["unread"]) for frame in frames] == [
        (5, one, 1),
        (6, two, 1),
    ]
    assert frames[0].item == listed(ears.api, person)[0]
    assert frames[1].item == listed(ears.api, person, "&archived=true")[0]


def test_a_change_without_a_row_sends_the_state(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    cleared(live, 2)
    ear = ears.open(person)
    ear.next()
    assert ears.api.as_(person).post("/notifications/seen", json={"up_to_rev": 1}).status_code == 200
    ears.work()
    (frame,) = ear.rest()
    assert (frame.id, frame.event, frame.data) == (3, "state", {"unread": 2, "rev": 3, "seen_rev": 1})


def test_read_all_sends_each_item_and_the_badge_as_it_is_then(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    events = cleared(live, 3)
    ear = ears.open(person)
    ear.next()
    assert ears.api.as_(person).post("/notifications/read-all").status_code == 200
    ears.work()
    frames = ear.rest()
    assert [(f.id, f.item["id"], f.data["unread"]) for f in frames] == [
        (4 + n, event, 0) for n, event in enumerate(events)
    ]


def test_everybody_hears_of_their_own_inbox_alone(ears: Ears, live: Desk, cast: Cast) -> None:
    listeners = {person.id: ears.open(person) for person in cast.people}
    cleared(live)
    ears.work()
    heard = {user_id: [f.event for f in ear.rest()] for user_id, ear in listeners.items()}
    told = {user_id for user_id, events in heard.items() if "notification" in events}
    assert told == {cast.lakeside_desk.id}
    assert all(events[0] == "state" for events in heard.values())


# --- resuming


def test_r07_a_resumed_stream_brings_everything_since_in_order_and_once(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    one, two, three = cleared(live, 3)
    ears.api.as_(person).post(f"/notifications/{one}/read")
    ear = ears.open(person, after=1)
    assert [(f.id, f.item["id"]) for f in ear.rest()] == [(2, two), (3, three), (4, one)]
    (four,) = cleared(live)
    ears.work()
    assert [(f.id, f.item["id"]) for f in ear.rest()] == [(5, four)]


def test_a_stream_resumed_from_the_last_rev_begins_with_a_sign_of_life(ears: Ears, live: Desk) -> None:
    cleared(live, 2)
    ear = ears.open(live.cast.lakeside_desk, after=2)
    assert (ear.status, ear.text) == (200, ":\n\n")
    ears.work()
    assert ear.rest() == []


@pytest.mark.parametrize(
    "given", ["3", "9999999999", "99999999999", "-1", "+1", "1.0", "one", "", "٣", "1 "], ids=repr
)
def test_from_an_id_that_is_none_of_this_inbox_a_stream_begins_with_the_state(
    ears: Ears, live: Desk, given: str
) -> None:
    cleared(live, 2)
    headers = dict(ears.api.as_(live.cast.lakeside_desk).headers)
    ear = ears.open({**headers, "Last-Event-ID": given.encode().decode("latin-1")})
    frames = ear.rest()
    if given == "1 ":
        # What surrounds the value of a header is no part of it.
        assert [f.id for f in frames] == [2]
        return
    assert [(f.id, f.event) for f in frames] == [(2, "state")]


def test_a_window_that_takes_over_resumes_by_its_address(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    one, two, three = cleared(live, 3)
    assert [f.item["id"] for f in ears.open(person, query="after=1").rest()] == [two, three]
    # The browser's own resuming knows better than the address with which the window began.
    assert [f.item["id"] for f in ears.open(person, after=2, query="after=0").rest()] == [three]
    assert [f.item["id"] for f in ears.open(person, query="after=0").rest()] == [one, two, three]
    for unknown in ("after=4", "after=-1", "after=one", "after="):
        assert [(f.id, f.event) for f in ears.open(person, query=unknown).rest()] == [(3, "state")]


def test_an_inbox_that_never_got_anything_can_be_listened_to(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    fresh, resumed = ears.open(person), ears.open(person, after=0)
    assert [(f.id, f.event, f.data["unread"]) for f in fresh.rest()] == [(0, "state", 0)]
    assert resumed.rest() == []
    (event,) = cleared(live)
    ears.work()
    for ear in (fresh, resumed):
        assert [(f.id, f.item["id"]) for f in ear.rest()] == [(1, event)]


def test_a_change_without_a_row_is_not_missed_when_resuming(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    (event,) = cleared(live)
    ears.api.as_(person).post("/notifications/seen")
    ear = ears.open(person, after=0)
    frames = ear.rest()
    assert [(f.id, f.event) for f in frames] == [(1, "notification"), (2, "state")]
    assert frames[1].data == {"unread": 1, "rev": 2, "seen_rev": 2}
    assert frames[0].item["id"] == event


def test_more_than_a_page_comes_page_by_page(ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    person = live.cast.lakeside_desk
    events = cleared(live, changes.PAGE + 3)
    ear = ears.open(person, after=0)
    assert len(ear.rest()) == changes.PAGE
    # One who is up to date does not wait for one who has a lot to read.
    other = ears.open(person)
    other.next()
    events += cleared(live)
    ears.work()
    assert [f.item["id"] for f in other.rest()] == events[-1:]
    assert [f.item["id"] for f in ear.rest()] == events[changes.PAGE :]


# --- nothing between registering and the first read is missed, nor anything twice


def test_what_is_told_between_the_first_read_and_its_arrival_is_sent(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, usual = live.cast.lakeside_desk, ears.hub._first

    def read_then_told(*given: Any) -> Any:
        batch = usual(*given)
        cleared(live)
        # The hint comes while the stream has no position yet.
        ears.hub.turn()
        return batch

    monkeypatch.setattr(ears.hub, "_first", read_then_told)
    ear = ears.open(person)
    ears.work()
    assert ear.shown() == [(0, "state"), (1, "notification")]
    ears.work()
    assert ear.shown() == []


def test_what_is_told_between_registering_and_the_first_read_is_sent_once(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, usual = live.cast.lakeside_desk, ears.hub._first

    def told_then_read(*given: Any) -> Any:
        cleared(live)
        ears.hub.turn()
        return usual(*given)

    monkeypatch.setattr(ears.hub, "_first", told_then_read)
    ear = ears.open(person, after=0)
    ears.work()
    assert ear.shown() == [(1, "notification")]


def test_two_readings_of_the_same_send_it_once(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, usual = live.cast.lakeside_desk, ears.hub._read
    ear = ears.open(person)
    ear.next()

    def read_twice(*given: Any, **options: Any) -> Any:
        monkeypatch.setattr(ears.hub, "_read", usual)
        batches = usual(*given, **options)
        # A second turn overtakes the first, with more in it.
        cleared(live)
        ears.hub.turn()
        return batches

    cleared(live)
    monkeypatch.setattr(ears.hub, "_read", read_twice)
    ears.work()
    assert ear.shown() == [(1, "notification"), (2, "notification")]


def test_after_a_reading_that_failed_the_next_one_catches_up(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = ears.open(live.cast.lakeside_desk)
    ear.next()
    cleared(live)

    def fail(*_given: Any, **_options: Any) -> Any:
        raise RuntimeError("no database")

    with monkeypatch.context() as broken:
        broken.setattr(changes, "read", fail)
        with pytest.raises(RuntimeError):
            ears.hub.turn()
    ears.work()
    assert ear.shown() == [(1, "notification")]


def test_what_no_hint_came_for_is_found_by_looking(ears: Ears, live: Desk, cast: Cast) -> None:
    silent = Desk.of(ears.api.database, cast)
    ear = ears.open(cast.lakeside_desk)
    ears.work()
    cleared(silent)
    ears.work()
    assert ear.shown() == [(0, "state")]
    ears.hub._next_look = 0
    ears.work()
    assert ear.shown() == [(1, "notification")]


# --- readers who do not keep up, and readers who have gone


def test_a_slow_reader_holds_up_nobody_and_catches_up(ears: Ears, live: Desk) -> None:
    person, number = live.cast.lakeside_desk, hub.MOST_WAITING + 2 * changes.PAGE + 10
    slow, quick = ears.open(person), ears.open(person)
    slow.next()
    quick.next()
    slow.be_deaf()
    events: list[str] = []
    for _ in range(number // 10):
        events += cleared(live, 10)
        ears.work()
    assert [f.item["id"] for f in quick.rest()] == events
    (one,) = (s for s in ears.hub._all() if s.is_behind)
    assert len(one._frames) <= hub.MOST_WAITING + changes.PAGE
    slow.hear()
    heard = slow.rest()
    for _ in range(number // changes.PAGE + 1):
        ears.work()
        heard += slow.rest()
    assert [f.item["id"] for f in heard] == events


def test_a_reader_who_takes_nothing_for_long_is_cut_off_and_resumes(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = live.cast.lakeside_desk
    ear = ears.open(person)
    ear.next()
    ear.be_deaf()
    events = cleared(live, 3)
    ears.work()
    assert not ear.is_over
    monkeypatch.setattr(hub, "STALL_SECONDS", 0)
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0)
    ears.hub._next_tending = 0
    ears.work()
    assert (ear.is_over, ear.is_complete) == (True, False)
    assert ears.hub._all() == []
    again = ears.open(person, after=0)
    assert [f.item["id"] for f in again.rest()] == events


def test_a_reader_who_has_gone_is_forgotten(ears: Ears, live: Desk) -> None:
    ear = ears.open(live.cast.lakeside_desk)
    assert len(ears.hub._all()) == 1
    ear.hang_up()
    assert (ears.hub._all(), ear.is_over) == ([], True)
    cleared(live)
    ears.work()


def test_a_silent_stream_shows_that_it_lives(ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ear = ears.open(live.cast.lakeside_desk)
    ear.next()
    ears.work()
    before = ear.text
    monkeypatch.setattr(hub, "HEARTBEAT_SECONDS", 0)
    ears.hub._next_tending = 0
    ears.work()
    assert (ear.rest(), ear.text) == ([], before + ":\n\n")
