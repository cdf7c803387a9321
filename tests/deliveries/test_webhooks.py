"""Webhooks over HTTP: made, seen, changed, rotated, tried, taken away; and what the database itself refuses of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database
from insurenz.core.errors import Invalid
from insurenz.core.ids import new_id
from insurenz.core.signing import key_of
from insurenz.deliveries.channels import Permanent
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.webhooks import service
from insurenz.deliveries.webhooks.service import MOST_PER_ORGANISATION, TEST_TYPE
from insurenz.events.models import Event
from insurenz.notifications.messages import shape
from tests.actors import Api, Cast, make_api
from tests.conftest import Clock
from tests.deliveries.hooked import AT_HOME, RULES, URL, Post, answers, hook, sender_of, to, webhook
from tests.deliveries.messages import Scripted, delivery, put, states
from tests.statements import how_many

NEW = {
    "organisation": "HOSP_002",
    "url": URL,
    "description": " Claims desk ",
    "events": ["claim_denied", "claim_approved"],
}


def made(api: Api, cast: Cast, **given: Any) -> dict[str, Any]:
    answer = api.as_(cast.admin).post("/webhooks", json={**NEW, **given})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def changed(api: Api, cast: Cast, id_: str, body: dict[str, Any], version: int | None = None) -> Any:
    version = version or api.as_(cast.admin).get(f"/webhooks/{id_}").json()["version"]
    headers = {"If-Match": f'"{version}"'}
    return api.as_(cast.admin).patch(f"/webhooks/{id_}", json=body, headers=headers)


def recorded(database: Database, id_: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    with database.read_unit() as session:
        chosen = select(Event).where(Event.subject_kind == "webhook", Event.subject_id == id_)
        return [(e.type, e.actor_id, e.data) for e in session.scalars(chosen.order_by(Event.seq))]


def test_a_webhook_is_made_and_its_secret_shown_this_once(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    answer = made(api, cast)
    secret = answer.pop("secret")
    assert len(key_of(secret)) == 32
    assert answer == {
        "id": answer["id"],
        "organisation": {
            "id": cast.lakeside.id,
            "number": "HOSP_002",
            "name": cast.lakeside.name,
            "kind": "hospital",
        },
        "url": URL,
        "description": "Claims desk",
        "events": ["claim_approved", "claim_denied"],
        "is_active": True,
        "off_because": None,
        "failing_since": None,
        "off_at": None,
        "previous_secret_until": None,
        "created_at": "2026-11-22T06:30:00Z",
        "updated_at": "2026-11-22T06:30:00Z",
        "version": 1,
    }
    for person in (cast.admin, cast.auditor):
        shown = api.as_(person).get(f"/webhooks/{answer['id']}")
        assert (shown.json(), shown.headers["etag"]) == (answer, '"1"')
        assert secret not in api.as_(person).get("/webhooks").text
    data = {"organisation": "HOSP_002", "events": ["claim_approved", "claim_denied"]}
    assert recorded(api.database, answer["id"]) == [("webhook_created", cast.admin.id, data)]


def test_webhooks_are_listed_newest_first_with_the_events_there_are(api: Api, cast: Cast) -> None:
    ids = [made(api, cast, organisation=number)["id"] for number in ("HOSP_001", "PAY_001", "HOSP_001")]
    client = api.as_(cast.auditor)
    page = client.get("/webhooks").json()
    assert [item["id"] for item in page["items"]] == ids[::-1]
    assert page["next_cursor"] is None
    assert {"claim_submitted", "claim_qc_query", "claim_message", "claim_assigned"} <= set(
        page["event_types"]
    )
    assert not [each for each in page["event_types"] if each.startswith("webhook")]
    first = client.get("/webhooks", params={"limit": 2}).json()
    second = client.get("/webhooks", params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in (*first["items"], *second["items"])] == ids[::-1]
    own = client.get("/webhooks", params={"organisation": "HOSP_001"}).json()["items"]
    assert [item["id"] for item in own] == [ids[2], ids[0]]
    assert client.get("/webhooks", params={"organisation": "HOSP_404"}).status_code == 404
    few = how_many(api.database, lambda: client.get("/webhooks?limit=1"))
    assert how_many(api.database, lambda: client.get("/webhooks")) == few


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"url": "http://claims.lakeside.example/"}, "url", "url_not_https"),
        ({"url": "ftp://claims.lakeside.example/"}, "url", "url_malformed"),
        ({"url": "claims.lakeside.example"}, "url", "url_malformed"),
        ({"url": "https://user:pw@claims.lakeside.example/"}, "url", "url_malformed"),
        ({"url": "https://claims.lakeside.example/#part"}, "url", "url_malformed"),
        ({"url": "https://claims.lakeside.example\\@127.0.0.1/"}, "url", "url_malformed"),
        ({"url": "https://claims.lakeside.example/a\r\nHost: x"}, "url", "url_malformed"),
        ({"url": "https://клиника.example/"}, "url", "url_malformed"),
        ({"url": "https://a..example/"}, "url", "url_malformed"),
        ({"url": "https://claims.lakeside.example:0/"}, "url", "url_malformed"),
        ({"url": "https://claims.lakeside.example:65536/"}, "url", "url_malformed"),
        ({"url": f"https://{'a' * 64}.example/"}, "url", "url_malformed"),
        ({"url": "https://localhost/"}, "url", "url_not_public"),
        ({"url": "https://metadata.google.internal/"}, "url", "url_not_public"),
        ({"url": "https://printer/"}, "url", "url_not_public"),
        ({"url": "https://127.0.0.1/"}, "url", "url_not_public"),
        ({"url": "https://2130706433/"}, "url", "url_malformed"),
        ({"url": "https://0177.0.0.1/"}, "url", "url_malformed"),
        ({"url": "https://0x7f.1/"}, "url", "url_malformed"),
        ({"url": "https://169.254.169.254/latest"}, "url", "url_not_public"),
        ({"url": "https://100.64.0.1/"}, "url", "url_not_public"),
        ({"url": "https://[::1]/"}, "url", "url_not_public"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url", "url_not_public"),
        ({"url": "https://[64:ff9b::7f00:1]/"}, "url", "url_not_public"),
        ({"url": "https://[fe80::1%25eth0]/"}, "url", "url_malformed"),
        ({"url": "https://[1.2.3.4]/"}, "url", "url_malformed"),
        ({"events": ["claim_eaten"]}, "events", "unknown_event"),
        ({"organisation": "HOSP_404"}, "organisation", "unknown_organisation"),
    ],
)
def test_p04_what_no_webhook_can_be_is_refused(
    api: Api, cast: Cast, given: dict[str, Any], field: str, code: str
) -> None:
    answer = api.as_(cast.admin).post("/webhooks", json={**NEW, **given})
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]
    assert api.as_(cast.admin).get("/webhooks").json()["items"] == []


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/hook", "https://10.0.0.7/", "http://claims.lan/", "https://[fd12::1]/x?y=z"],
)
def test_the_own_network_is_allowed_by_an_operator_alone(url: str) -> None:
    AT_HOME.check_url(url)
    with pytest.raises(Invalid):
        RULES.check_url(url)
    for never in ("http://169.254.169.254/", "https://[fd00:ec2::254]/", "http://0.0.0.0/"):
        with pytest.raises(Invalid):
            AT_HOME.check_url(never)


def test_an_install_follows_its_setting(database: Database, cast: Cast, tmp_path: Any) -> None:
    api = make_api(database, tmp_path, webhook_lan="on")
    assert made(api, cast, url="http://10.0.0.7/")["url"] == "http://10.0.0.7/"
    api.app.state.gate.hasher.close()


def test_an_organisation_has_so_many_webhooks_and_no_more(api: Api, cast: Cast) -> None:
    for _ in range(MOST_PER_ORGANISATION):
        hook(api.database, cast)
    answer = api.as_(cast.admin).post("/webhooks", json=NEW)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_webhooks")
    made(api, cast, organisation="HOSP_001")


def test_d04_a_webhook_is_changed_on_the_version_that_was_read(api: Api, cast: Cast) -> None:
    id_ = made(api, cast)["id"]
    unversioned = api.as_(cast.admin).patch(f"/webhooks/{id_}", json={"events": []})
    assert unversioned.status_code == 428
    answer = changed(api, cast, id_, {"events": [], "url": f"{URL}/2", "description": ""}, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["events"], answer.json()["url"]) == ([], f"{URL}/2")
    assert changed(api, cast, id_, {"description": "x"}, 1).status_code == 412
    refused = changed(api, cast, id_, {"url": "https://127.0.0.1/"}, 2)
    assert (refused.status_code, webhook(api.database, id_).url) == (422, f"{URL}/2")
    # What is as it was is no change.
    assert changed(api, cast, id_, {"events": []}, 2).json()["version"] == 2
    fields = [data["fields"] for type_, _, data in recorded(api.database, id_) if type_ == "webhook_changed"]
    assert [sorted(each) for each in fields] == [["description", "events", "url"]]


def test_while_a_webhook_is_off_it_gets_nothing_and_what_was_due_is_given_up(api: Api, cast: Cast) -> None:
    id_, post = made(api, cast)["id"], Post()
    put(api.database, to(id_))
    answer = changed(api, cast, id_, {"is_active": False})
    assert (answer.json()["is_active"], answer.json()["off_because"]) == (False, "operator")
    assert (states(api.database), delivery(api.database).last_error) == (["dead"], "webhook_off")
    # Also what another process put into the queue meanwhile.
    put(api.database, to(id_))
    sender_of(api.database, post).work()
    assert (states(api.database), post.calls) == (["dead"] * 2, [])
    assert changed(api, cast, id_, {"is_active": True}).json()["off_because"] is None
    assert api.as_(cast.admin).post(f"/webhooks/{id_}/replay").json() == {"count": 2}
    sender_of(api.database, post).work()
    assert states(api.database) == ["delivered"] * 2


def test_a_failing_webhook_says_since_when_and_until_when_and_a_new_address_begins_anew(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    id_, post = made(api, cast)["id"], Post()
    post.will(answers(500))
    put(api.database, to(id_))
    sender_of(api.database, post).work()
    shown = api.as_(cast.auditor).get(f"/webhooks/{id_}").json()
    assert (shown["failing_since"], shown["off_at"]) == ("2026-11-22T06:30:00Z", "2026-11-27T06:30:00Z")
    # How it fares is no change of it.
    assert shown["version"] == 1
    assert changed(api, cast, id_, {"description": "x"}).json()["failing_since"] is not None
    assert changed(api, cast, id_, {"url": f"{URL}/2"}).json()["failing_since"] is None


def test_a_secret_is_rotated_with_an_overlap(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    first = made(api, cast)
    client, path = api.as_(cast.admin), f"/webhooks/{first['id']}/secret"
    second = client.post(path, json={"overlap_hours": 48}).json()
    assert second["secret"] != first["secret"]
    assert second["previous_secret_until"] == "2026-11-24T06:30:00Z"
    assert webhook(api.database, first["id"]).previous_secret == first["secret"]
    third = client.post(path, json={"overlap_hours": 0}).json()
    assert third["previous_secret_until"] is None
    assert webhook(api.database, first["id"]).previous_secret is None
    assert client.post(path, json={}).json()["previous_secret_until"] == "2026-11-23T06:30:00Z"
    assert client.post(path, json={"overlap_hours": 169}).status_code == 422
    trail = recorded(api.database, first["id"])
    assert [data["overlap_seconds"] for type_, _, data in trail if "rotated" in type_] == [172800, 0, 86400]
    assert first["secret"] not in str(trail)


def test_a_test_takes_the_way_of_all_messages_and_is_followed_in_the_attempts(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    id_, other, post = made(api, cast)["id"], made(api, cast)["id"], Post()
    changed(api, cast, id_, {"is_active": False})
    answer = api.as_(cast.admin).post(f"/webhooks/{id_}/test")
    assert answer.status_code == 201
    assert (answer.json()["state"], answer.json()["category"]) == ("due", "test")
    post.will(answers(503), answers(200))
    sender_of(api.database, post).work()
    frozen_clock.move(seconds=6)
    sender_of(api.database, post).work()
    [item] = api.as_(cast.auditor).get(f"/webhooks/{id_}/attempts").json()["items"]
    assert (item["id"], item["state"], item["event"]) == (
        answer.json()["id"],
        "delivered",
        {"type": "webhook_tested", "claim_number": None},
    )
    assert [(each["outcome"], each["status_code"]) for each in item["attempts"]] == [
        ("passing", 503),
        ("delivered", 200),
    ]
    assert api.as_(cast.auditor).get(f"/webhooks/{other}/attempts").json()["items"] == []
    # The log of everything has it, too.
    [same] = api.as_(cast.auditor).get("/deliveries", params={"channel": "webhook"}).json()["items"]
    assert same == item


def test_a_test_has_the_shape_of_a_notification(api: Api, cast: Cast) -> None:
    api.as_(cast.admin).post(f"/webhooks/{made(api, cast)['id']}/test")
    body = delivery(api.database).body or {}
    event = Event(id=new_id(), type="x", subject_kind="x", subject_id=new_id(), data={})
    made_of = shape(
        event,
        title="",
        message="",
        texts={},
        recipients=[],
        read_by=[],
        is_delivered=False,
        updated_at=None,  # type: ignore[arg-type]
        base_url="",
    )
    assert (set(body), body["event_type"]) == (set(made_of), TEST_TYPE)
    assert set(body["triggered_by"]) == set(made_of["triggered_by"])


def test_attempts_are_paged_newest_first(api: Api, cast: Cast) -> None:
    id_ = made(api, cast)["id"]
    ids = put(api.database, *(to(id_) for _ in range(5)))
    client, path = api.as_(cast.auditor), f"/webhooks/{id_}/attempts"
    first = client.get(path, params={"limit": 3}).json()
    second = client.get(path, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [item["id"] for item in (*first["items"], *second["items"])] == ids[::-1]


def test_a_webhook_is_taken_away_with_what_it_was_to_get_and_its_log_stays(api: Api, cast: Cast) -> None:
    id_, post = made(api, cast)["id"], Post()
    ids = put(api.database, to(id_))
    sender_of(api.database, post).work()
    ids += put(api.database, to(id_))
    Sender(api.database, Scripted([Permanent("http_410")], name="webhook")).work()
    ids += put(api.database, to(id_), to(id_))
    assert states(api.database) == ["delivered", "dead", "due", "due"]
    sender = sender_of(api.database, post)
    leased = sender.turn((), 1)
    client = api.as_(cast.admin)
    assert client.delete(f"/webhooks/{id_}").status_code == 204
    # What is being sent arrives, and changes nothing any more.
    sender.turn([(taken, sender.send(taken)) for taken in leased], 5)
    assert states(api.database) == ["delivered", "cancelled", "cancelled", "cancelled"]
    # What was given up cannot be sent again either, and its message is gone.
    closed = [delivery(api.database, each) for each in ids[1:]]
    assert [(each.last_error, each.body) for each in closed] == [("webhook_deleted", None)] * 3
    for path in ("", "/attempts"):
        assert client.get(f"/webhooks/{id_}{path}").status_code == 404
    for path in ("/secret", "/test", "/replay"):
        assert client.post(f"/webhooks/{id_}{path}", json={}).status_code == 404
    assert client.delete(f"/webhooks/{id_}").status_code == 404
    assert len(client.get("/deliveries", params={"channel": "webhook"}).json()["items"]) == 4
    assert [type_ for type_, _, _ in recorded(api.database, id_)] == ["webhook_created", "webhook_deleted"]


def test_rotated_again_only_the_last_secret_before_still_signs(database: Database, cast: Cast) -> None:
    own = hook(database, cast)
    for _ in range(2):
        before = webhook(database, own).secret
        with database.unit_of_work() as session:
            row = session.get_one(type(webhook(database, own)), own)
            service.rotate_secret(session, cast.admin, row, overlap=timedelta(hours=1))
    assert webhook(database, own).previous_secret == before


@pytest.mark.parametrize(
    "change",
    [
        "is_active = {false}",
        "off_because = 'operator'",
        "is_active = {false}, off_because = 'mood'",
        "previous_secret = secret",
        "previous_until = created_at",
        "warned_at = created_at",
        "version = 0",
        "organisation_id = id",
    ],
)
def test_d09_the_database_refuses_what_is_wrong_with_webhooks(
    database: Database, cast: Cast, change: str
) -> None:
    hook(database, cast)
    change = change.replace("{false}", "0" if database.is_sqlite else "false")
    with database.unit_of_work() as session, pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(f"UPDATE webhooks SET {change}"))
