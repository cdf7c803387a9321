"""Who may listen, how many may, and what ends a stream: nothing is sent after access has ended."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import keys, sessions
from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.core import middleware
from insurenz.core.permissions import Actor, Role, Scope
from insurenz.notifications import changes, stream
from tests.actors import Api, Cast, make_api
from tests.conftest import Clock
from tests.notifications.listening import Ears, parsed
from tests.notifications.stories import Desk, cleared, listed, states

STREAM = "/notifications/stream"


def session_of(api: Api, person: Actor) -> str:
    api.as_(person)
    return api._sessions[person.id]


def log_out(api: Api, person: Actor) -> None:
    assert api.as_(person).post("/auth/logout").status_code == 204


def be_disabled(api: Api, person: Actor) -> None:
    with api.database.unit_of_work() as session:
        users.disable(session, None, accounts.user(session, person.id))


def get_another_role(api: Api, person: Actor) -> None:
    with api.database.unit_of_work() as session:
        users.change_role(
            session, None, accounts.user(session, person.id), role=Role.CLAIM_PROCESSOR, level=1
        )


def be_ended_elsewhere(api: Api, person: Actor) -> None:
    with api.database.unit_of_work() as session:
        sessions.end(session, session_of(api, person), reason="logout")


def lose_the_row(api: Api, person: Actor) -> None:
    with api.database.unit_of_work() as session:
        session.execute(text("DELETE FROM sessions"))


ENDS = [log_out, be_disabled, get_another_role, be_ended_elsewhere, lose_the_row]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("is_told", [True, False], ids=["told", "idle"])
def test_r07_nothing_is_sent_after_access_has_ended(ears: Ears, live: Desk, end: Any, is_told: bool) -> None:
    person = live.cast.lakeside_desk
    ear, other = ears.open(person), ears.open(live.cast.meera)
    ear.next()
    other.next()
    if is_told:
        # On its way, and not read yet.
        cleared(live)
    else:
        ears.hub._next_look = 0
    end(ears.api, person)
    ears.work()
    assert (ear.rest(), ear.is_over, ear.is_complete) == ([], True, True)
    assert not other.is_over or end is lose_the_row


def test_r07_what_waits_for_a_slow_reader_is_not_sent_after_access_has_ended(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    ear = ears.open(person)
    ear.next()
    ear.be_deaf()
    cleared(live)
    ears.work()
    cleared(live)
    ears.work()
    log_out(ears.api, person)
    ears.hub._next_look = 0
    ears.work()
    ear.hear()
    assert (ear.rest(), ear.is_over) == ([], True)


def test_r07_nothing_told_after_access_has_ended_is_sent_whenever_it_is_read(
    real_ears: Ears, real_live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = real_live
    person, usual = live.cast.lakeside_desk, changes.changed_access
    ear = real_ears.open(person)
    ear.next()
    (before,) = cleared(live)

    def end_and_tell(*given: Any, **options: Any) -> Any:
        # In the middle of a reading, which sees everything as it was when it began.
        monkeypatch.setattr(changes, "changed_access", usual)
        log_out(real_ears.api, person)
        cleared(live)
        return usual(*given, **options)

    monkeypatch.setattr(changes, "changed_access", end_and_tell)
    real_ears.work()
    real_ears.work()
    assert [f.item["id"] for f in ear.rest()] == [before]
    assert (ear.is_over, ear.is_complete) == (True, True)


def test_r07_a_session_that_ends_before_its_first_read_gets_401(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, usual = live.cast.lakeside_desk, ears.hub._first
    cleared(live)

    def end_first(*given: Any) -> Any:
        log_out(ears.api, person)
        return usual(*given)

    monkeypatch.setattr(ears.hub, "_first", end_first)
    ear = ears.open(person, after=0)
    assert (ear.status, ears.hub._all()) == (401, [])
    assert ear.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("hours", "is_over"), [(11.9, False), (12.1, True)])
def test_a03_an_open_stream_keeps_no_session_from_timing_out(
    ears: Ears, live: Desk, frozen_clock: Clock, hours: float, is_over: bool
) -> None:
    person = live.cast.lakeside_desk
    headers = dict(ears.api.as_(person).headers)
    frozen_clock.move(minutes=20)
    ear = ears.open(headers)
    ear.next()
    frozen_clock.move(hours=hours, minutes=-20)
    ears.hub._next_look = 0
    ears.work()
    assert ear.is_over == is_over


def test_a_stream_lasts_no_longer_than_its_token(ears: Ears, live: Desk, frozen_clock: Clock) -> None:
    ears.open(live.cast.lakeside_desk)
    (one,) = ears.hub._all()
    assert 29 * 60 < one.until - one._last_write <= 30 * 60
    one.until = 0
    ears.hub._next_tending = 0
    ears.work()
    assert (ears.ears[0].is_over, ears.ears[0].is_complete) == (True, True)


def key_of(api: Api, person: Actor, *scopes: Scope) -> tuple[str, str]:
    with api.database.unit_of_work() as session:
        row, secret = keys.create(session, person, name="bot", scopes=scopes, expires_at=None)
        return row.id, secret


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_an_api_key_listens_until_it_ends(ears: Ears, live: Desk, frozen_clock: Clock, how: str) -> None:
    person = live.cast.lakeside_desk
    key_id, secret = key_of(ears.api, person, Scope.CLAIMS_READ)
    ear = ears.open({"Authorization": f"Bearer {secret}"})
    ear.next()
    (event,) = cleared(live)
    ears.work()
    assert [f.item["id"] for f in ear.rest()] == [event]
    if how == "revoked":
        with ears.api.database.unit_of_work() as session:
            keys.revoke(session, person, user_id=person.id, key_id=key_id)
    else:
        frozen_clock.move(days=90)
    cleared(live)
    ears.work()
    assert (ear.rest(), ear.is_over, ear.is_complete) == ([], True, True)


def test_a_browser_listens_with_its_cookie(ears: Ears, live: Desk) -> None:
    browser = ears.api.browser(live.cast.lakeside_desk)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    ear = ears.open({"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})
    ear.next()
    cleared(live)
    ears.work()
    assert ear.shown() == [(1, "notification")]


def test_what_is_out_of_reach_by_now_is_not_sent(ears: Ears, live: Desk, cast: Cast) -> None:
    ear = ears.open(cast.rahul)
    ear.next()
    live.happen("claim_pending", by=cast.lakeside_desk)
    live.happen("claim_contested", by=cast.city_desk, at="city")
    live.tell()
    with ears.api.database.unit_of_work() as session:
        users.unassign(session, None, accounts.user(session, cast.rahul.id), cast.lakeside)
    ears.work()
    assert [(f.id, f.event, f.item["title"]) for f in ear.rest()] == [(2, "notification", "Claim Contested")]
    # The relay puts away what is out of reach.
    live.tell()
    ears.work()
    assert [(f.id, f.event, f.data["unread"]) for f in ear.rest()] == [(3, "state", 1)]


def test_a_new_name_is_shown_in_the_next_item(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    ear = ears.open(person)
    ear.next()
    with ears.api.database.unit_of_work() as session:
        users.change_details(session, None, accounts.user(session, person.id), {"name": "Front Desk"})
    cleared(live)
    asked = listed(ears.api, person)
    ears.work()
    assert [f.item for f in ear.rest()] == asked
    assert asked[0]["recipients"][0]["user_name"] == "Front Desk"


# --- refusals and limits


def test_refusals_are_ordinary_problems(ears: Ears, live: Desk) -> None:
    _, secret = key_of(ears.api, live.cast.lakeside_desk, Scope.CLAIMS_WRITE)
    for headers, status, code in (
        ({}, 401, "not_authenticated"),
        ({"Authorization": f"Bearer {secret}"}, 403, "scope_missing"),
    ):
        ear = ears.open(headers)
        assert (ear.status, ear.headers["content-type"]) == (status, "application/problem+json")
        assert f'"code": "{code}"' in ear.text
    assert ears.hub._all() == []


def test_one_user_has_a_limited_number_of_streams(ears: Ears, live: Desk) -> None:
    person = live.cast.lakeside_desk
    many = [ears.open(person) for _ in range(20)]
    refused = ears.open(person)
    assert (refused.status, refused.headers["retry-after"]) == (429, "15")
    assert '"code": "too_many_streams"' in refused.text
    assert ears.open(live.cast.meera).status == 200
    many[0].hang_up()
    assert ears.open(person).status == 200


def test_a_process_has_a_limited_number_of_streams(ears: Ears, live: Desk) -> None:
    ears.hub._most = 2
    opened = [ears.open(person) for person in (live.cast.meera, live.cast.rahul)]
    refused = ears.open(live.cast.lakeside_desk)
    assert (refused.status, '"code": "streams_full"' in refused.text) == (503, True)
    opened[0].hang_up()
    assert ears.open(live.cast.lakeside_desk).status == 200


def test_a_stream_is_charged_once(api: Api, cast: Cast, tmp_path: Any) -> None:
    strict = make_api(api.database, tmp_path, rate_limit="on", limits={"requests_per_minute": 3})
    client = strict.as_(cast.asha)
    assert [client.get(STREAM).status_code for _ in range(4)] == [200, 200, 200, 429]
    strict.app.state.gate.hasher.close()


def test_the_answer_says_that_it_is_neither_kept_nor_held_back(ears: Ears, live: Desk) -> None:
    ear = ears.open(live.cast.asha)
    assert {name: ear.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering")} == {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
    }
    assert "content-encoding" not in ear.headers


def test_an_open_stream_counts_as_answered_when_it_begins(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[tuple[int, float]] = []
    clock = count()
    monkeypatch.setattr(
        middleware, "_account", lambda _scope, status, seconds: noted.append((status, seconds))
    )
    monkeypatch.setattr(middleware.time, "perf_counter", lambda: next(clock))
    ear = ears.open(live.cast.asha)
    for _ in range(100):
        next(clock)
    ear.hang_up()
    monkeypatch.undo()
    ((status, seconds),) = noted
    assert status == 200
    assert seconds < 100


# --- the end of the server


def test_every_stream_ends_when_the_server_does(
    ears: Ears, live: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LAST_SECONDS", 0)
    people = [live.cast.lakeside_desk, *live.cast.people]
    writing, idle, *others = [ears.open(person) for person in people]
    for ear in (writing, idle, *others):
        ear.rest()
    # Neither takes anything: one while it is told something, the other only its end.
    writing.be_deaf()
    idle.be_deaf()
    cleared(live)
    ears.work()
    ears.hub.close()
    for ear in (writing, idle, *others):
        ear.settle()
        assert (ear.is_over, ear.is_complete) == (True, ear in others)
    assert ears.hub._all() == []


def test_on_a_server_that_stops_a_stream_ends_after_what_it_begins_with(api: Api, cast: Cast) -> None:
    live = Desk.of(api.database, cast)
    cleared(live, 2)
    answer = api.as_(cast.lakeside_desk).get(STREAM, headers={"Last-Event-ID": "1"})
    assert [(f.id, f.event) for f in parsed(answer.text)] == [(2, "notification")]
    assert states(api.database)[cast.lakeside_desk.id] == (2, 2, 0)
