"""The delivery log over HTTP, and what an operator does with it: replay, pause."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.deliveries.body import hash_of
from insurenz.deliveries.channels import NAMES, Permanent
from insurenz.deliveries.queries import MOST_ATTEMPTS
from insurenz.deliveries.sending import LEASE, Sender
from insurenz.events.models import Event
from tests.actors import Api, Cast
from tests.conftest import Clock
from tests.deliveries.messages import BODY, DOWN, Scripted, attempts, delivery, outgoing, put, states
from tests.events.samples import moved_claim
from tests.statements import how_many

GONE = Permanent("http_410", status_code=410)


def send(database: Database, *script: Any) -> Scripted:
    channel = Scripted(list(script) or [None])
    Sender(database, channel).work()
    return channel


def events(database: Database) -> list[tuple[str, str, str | None, dict[str, Any]]]:
    """What was recorded about channels: type, subject, actor, data."""
    with database.read_unit() as session:
        rows = session.scalars(select(Event).where(Event.subject_kind == "channel").order_by(Event.seq))
        return [(row.type, row.subject_id, row.actor_id, row.data) for row in rows]


def shown(api: Api, cast: Cast, **params: Any) -> list[str]:
    answer = api.as_(cast.auditor).get("/deliveries", params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_the_log_shows_a_delivery_with_its_attempts_and_never_its_message(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    row = outgoing(next_at=frozen_clock.at)
    [delivery_id] = put(api.database, row)
    at = "2026-11-22T06:30:00Z"
    send(api.database, DOWN)
    frozen_clock.move(seconds=7)
    send(api.database)
    answer = api.as_(cast.auditor).get("/deliveries")
    assert answer.json() == {
        "items": [
            {
                "id": delivery_id,
                "event_id": row.event_id,
                "event": None,
                "channel": "external",
                "target": "service",
                "user_id": None,
                "category": "progress",
                "state": "delivered",
                "next_at": None,
                "attempt_count": 2,
                "attempts": [
                    {
                        "n": 1,
                        "started_at": at,
                        "ended_at": at,
                        "outcome": "passing",
                        "status_code": 503,
                        "error": "http_503",
                    },
                    {
                        "n": 2,
                        "started_at": "2026-11-22T06:30:07Z",
                        "ended_at": "2026-11-22T06:30:07Z",
                        "outcome": "delivered",
                        "status_code": 202,
                        "error": None,
                    },
                ],
                "last_error": None,
                "body_hash": hash_of(BODY),
                "template_version": 1,
                "created_at": at,
                "closed_at": "2026-11-22T06:30:07Z",
            }
        ],
        "next_cursor": None,
    }


def test_the_log_is_narrowed_and_paged_newest_first(api: Api, cast: Cast) -> None:
    user = cast.city_desk.id
    at_city = {"user_id": user, "target": user, "hospital_id": cast.city.id, "payer_id": cast.suraksha.id}
    rows = [outgoing(), outgoing(), outgoing(**at_city), outgoing(channel="email", **at_city)]
    ids = put(api.database, *rows)
    send(api.database, None, GONE)
    later = put(api.database, outgoing(next_at=clock.now() + timedelta(hours=9)))
    assert shown(api, cast) == [*later, *ids[::-1]]
    assert shown(api, cast, state="delivered") == [ids[0]]
    assert shown(api, cast, state="dead") == [ids[2], ids[1]]
    assert shown(api, cast, state="due") == [*later, ids[3]]
    assert shown(api, cast, state="cancelled") == []
    assert shown(api, cast, channel="external", state="dead", user_id=user) == [ids[2]]
    assert shown(api, cast, user_id=user.upper()) == [ids[3], ids[2]]
    assert shown(api, cast, event_id=rows[1].event_id) == [ids[1]]
    assert shown(api, cast, event_id=new_id()) == []
    client = api.as_(cast.admin)
    first = client.get("/deliveries", params={"limit": 3}).json()
    second = client.get("/deliveries", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for page in (first, second) for item in page["items"]] == [*later, *ids[::-1]]
    assert second["next_cursor"] is None


def test_d10_a_page_of_a_hundred_costs_as_many_statements_as_one_of_ten(api: Api, cast: Cast) -> None:
    put(api.database, count=101)
    send(api.database)
    client = api.as_(cast.auditor)
    client.get("/deliveries")
    few, many = (
        how_many(api.database, lambda n=n: client.get("/deliveries", params={"limit": n}))  # type: ignore[misc]
        for n in (10, 100)
    )
    assert few == many <= 5


def test_of_many_attempts_the_newest_are_shown(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    [delivery_id] = put(api.database)
    for _ in range(MOST_ATTEMPTS + 3):
        send(api.database, GONE)
        api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay")
    [item] = api.as_(cast.admin).get("/deliveries").json()["items"]
    assert item["attempt_count"] == MOST_ATTEMPTS + 3
    assert [attempt["n"] for attempt in item["attempts"]] == list(range(4, MOST_ATTEMPTS + 4))


@pytest.mark.parametrize(
    "query", ["state=lost", "channel=pigeon", "event_id=x", "user_id=x", "cursor=x", "limit=201", "state="]
)
def test_p01_a_malformed_question_is_refused(api: Api, cast: Cast, query: str) -> None:
    assert api.as_(cast.auditor).get(f"/deliveries?{query}").status_code == 422


def test_a_dead_delivery_is_replayed_under_its_key_and_on_record(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    row = outgoing(next_at=frozen_clock.at)
    [delivery_id] = put(api.database, row)
    send(api.database, GONE)
    frozen_clock.move(hours=1)
    answer = api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay")
    assert answer.status_code == 200
    told = answer.json()
    assert (told["id"], told["state"], told["next_at"]) == (delivery_id, "due", "2026-11-22T07:30:00Z")
    assert (told["attempt_count"], told["closed_at"], len(told["attempts"])) == (1, None, 1)
    assert send(api.database).keys == [delivery_id]
    assert [attempt[1] for attempt in attempts(api.database)] == ["permanent", "delivered"]
    [(event, _, actor, data)] = events(api.database)
    assert (event, actor) == ("delivery_replayed", cast.admin.id)
    assert data == {"delivery_id": delivery_id, "event_id": row.event_id, "channel": "external"}


def test_d01_replaying_twice_with_one_key_replays_once(api: Api, cast: Cast) -> None:
    [delivery_id] = put(api.database)
    send(api.database, GONE)
    client, key = api.as_(cast.admin), {"Idempotency-Key": "again"}
    first = client.post(f"/deliveries/{delivery_id}/replay", headers=key)
    send(api.database, GONE)
    second = client.post(f"/deliveries/{delivery_id}/replay", headers=key)
    assert (first.status_code, second.json()) == (200, first.json())
    assert (states(api.database), len(events(api.database))) == (["dead"], 1)


def test_a_delivery_that_waits_for_its_next_attempt_can_be_sent_now(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    [delivery_id] = put(api.database)
    send(api.database, DOWN)
    assert delivery(api.database).next_at > frozen_clock.at
    assert api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay").status_code == 200
    send(api.database)
    assert states(api.database) == ["delivered"]


@pytest.mark.parametrize("path", ["/deliveries/{id}/replay", "/deliveries/replay"])
def test_what_is_replayed_has_all_of_its_tries_anew(
    api: Api, cast: Cast, frozen_clock: Clock, path: str
) -> None:
    [delivery_id] = put(api.database)

    def fail(times: int) -> None:
        for _ in range(times):
            send(api.database, DOWN)
            frozen_clock.at = max(frozen_clock.at, delivery(api.database).next_at)

    fail(8)
    assert states(api.database) == ["dead"]
    answer = api.again(cast.admin).post(path.format(id=delivery_id), json={})
    assert answer.status_code == 200
    send(api.database, DOWN)
    assert timedelta(seconds=4) <= delivery(api.database).next_at - frozen_clock.at <= timedelta(seconds=6)
    frozen_clock.move(seconds=6)
    fail(6)
    assert (states(api.database), delivery(api.database).attempts) == (["due"], 15)
    fail(1)
    assert (states(api.database), len(attempts(api.database))) == (["dead"], 16)


@pytest.mark.parametrize("state", ["delivered", "cancelled"])
def test_what_is_closed_is_not_replayed(api: Api, cast: Cast, state: str) -> None:
    user = cast.auditor.id if state == "cancelled" else None
    [delivery_id] = put(api.database, outgoing(user_id=user))
    send(api.database)
    answer = api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay")
    assert (answer.status_code, answer.json()["code"]) == (409, "delivery_closed")
    assert answer.json()["detail"] == f"It is {state}: there is nothing to send again."
    assert (states(api.database), events(api.database)) == ([state], [])


def test_what_is_being_sent_is_not_replayed_until_its_lease_is_over(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    [delivery_id] = put(api.database)
    answers = []

    def replay(_sending: object) -> None:
        answers.append(api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay"))
        frozen_clock.at += LEASE
        answers.append(api.as_(cast.admin).post(f"/deliveries/{delivery_id}/replay"))

    send(api.database, replay, None)
    assert [answer.status_code for answer in answers] == [409, 200]
    assert answers[0].json()["code"] == "delivery_being_sent"
    # Its sender came back too late: the delivery is due again, and so sent a second time.
    assert states(api.database) == ["delivered"]
    assert [attempt[1] for attempt in attempts(api.database)] == ["unfinished", "delivered"]


def test_a_delivery_that_is_not_there_is_missing(api: Api, cast: Cast) -> None:
    for name in (new_id(), "x", "%00"):
        assert api.as_(cast.admin).post(f"/deliveries/{name}/replay").status_code == 404


def test_pausing_and_resuming_a_channel_is_on_record_once_each(api: Api, cast: Cast) -> None:
    client = api.as_(cast.admin)
    for is_paused in (True, True, False, False):
        body = {"channel": "external", "is_paused": is_paused}
        answer = client.post("/deliveries/pause", json=body)
        assert (answer.status_code, answer.json()) == (200, body)
    paused, resumed = events(api.database)
    assert (paused[0], resumed[0]) == ("channel_paused", "channel_resumed")
    assert paused[1:] == resumed[1:]
    assert paused[2:] == (cast.admin.id, {"channel": "external"})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"channel": "pigeon", "is_paused": True}, "channel"),
        ({"channel": "external"}, "is_paused"),
        ({"channel": "external", "is_paused": True, "until": "tomorrow"}, "until"),
    ],
)
def test_a_pause_of_nothing_is_refused(api: Api, cast: Cast, body: dict[str, Any], field: str) -> None:
    answer = api.as_(cast.admin).post("/deliveries/pause", json=body)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert events(api.database) == []


def test_the_log_says_what_a_delivery_tells_of(api: Api, cast: Cast) -> None:
    claim = moved_claim(api.database, 1)
    with api.database.read_unit() as session:
        event = session.scalars(select(Event).where(Event.subject_id == claim.id)).one()
    put(api.database, outgoing(event_id=event.id))
    [item] = api.as_(cast.auditor).get("/deliveries").json()["items"]
    assert item["event"] == {"type": "claim_moved", "claim_number": claim.claim_number}


def test_the_backlog_of_each_channel_is_shown(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    now = frozen_clock.at
    put(api.database, outgoing(next_at=now - timedelta(hours=2)))
    send(api.database, GONE)
    put(
        api.database, outgoing(next_at=now - timedelta(minutes=5)), outgoing(next_at=now - timedelta(hours=1))
    )
    put(api.database, outgoing(next_at=now + timedelta(hours=1)))
    api.as_(cast.admin).post("/deliveries/pause", json={"channel": "external", "is_paused": True})
    answer = api.as_(cast.auditor).get("/deliveries/channels").json()
    channels = {item["channel"]: item for item in answer["items"]}
    assert set(channels) == set(NAMES)
    assert channels.pop("external") == {
        "channel": "external",
        "is_configured": False,
        "is_paused": True,
        "due": 2,
        "waiting": 1,
        "dead": 1,
        "oldest_due_at": "2026-11-22T05:30:00Z",
        "oldest_due_seconds": 3600,
        "delivered_last_hour": 0,
    }
    assert {each["due"] + each["waiting"] + each["dead"] for each in channels.values()} == {0}


def test_what_was_delivered_in_the_last_hour_is_counted_to_the_second(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    put(api.database, outgoing(), outgoing(), outgoing(channel="email", target=cast.asha.id))
    Sender(api.database, Scripted()).work()
    Sender(api.database, Scripted(name="email")).work()

    def lately() -> dict[str, int]:
        items = api.again(cast.auditor).get("/deliveries/channels").json()["items"]
        return {item["channel"]: item["delivered_last_hour"] for item in items if item["delivered_last_hour"]}

    assert lately() == {"email": 1, "external": 2}
    frozen_clock.move(minutes=59, seconds=59)
    assert lately() == {"email": 1, "external": 2}
    frozen_clock.move(seconds=1)
    assert lately() == {}


def test_all_that_a_channel_gave_up_is_sent_again_under_its_keys_and_on_record(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    ids = put(api.database, *(outgoing() for _ in range(3)), outgoing(channel="email", target=cast.asha.id))
    Sender(api.database, Scripted([GONE])).work()
    Sender(api.database, Scripted([GONE], name="email")).work()
    assert states(api.database) == ["dead"] * 4
    admin = api.as_(cast.admin)
    assert api.as_(cast.auditor).post("/deliveries/replay", json={"channel": "external"}).status_code == 403
    assert (states(api.database), events(api.database)) == (["dead"] * 4, [])
    assert admin.post("/deliveries/replay", json={"channel": "external"}).json() == {"count": 3}
    assert admin.post("/deliveries/replay", json={"channel": "external"}).json() == {"count": 0}
    assert states(api.database) == ["due"] * 3 + ["dead"]
    assert sorted(send(api.database).keys) == sorted(ids[:3])
    assert admin.post("/deliveries/replay", json={}).json() == {"count": 1}
    told = [(kind, actor, data) for kind, _, actor, data in events(api.database)]
    assert sorted(told, key=str) == [
        ("deliveries_replayed", cast.admin.id, {"channel": "email", "count": 1}),
        ("deliveries_replayed", cast.admin.id, {"channel": "external", "count": 3}),
    ]


@pytest.mark.parametrize(
    ("body", "field"), [({"channel": "pigeon"}, "channel"), ({"chanel": "email"}, "chanel")]
)
def test_a_replay_of_what_is_no_channel_is_refused(
    api: Api, cast: Cast, body: dict[str, Any], field: str
) -> None:
    answer = api.as_(cast.admin).post("/deliveries/replay", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
