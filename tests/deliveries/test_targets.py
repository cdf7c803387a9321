"""Devices and chats over HTTP: added, renewed, confirmed, tried, taken away; whose they are, and when they end."""

from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.accounts import queries
from insurenz.accounts import service as users
from insurenz.core import vault
from insurenz.core.db import Database
from insurenz.core.errors import Invalid
from insurenz.deliveries.models import Delivery, Target
from insurenz.events.models import Event
from tests.actors import Api, Cast, make_api
from tests.conftest import Clock
from tests.deliveries.devices import CHATS, RULES, SERVICE, browser, chat, subscribed, text_of
from tests.notifications.stories import Desk

ON = {"push": {"enabled": "on"}, "chat": {"ways": "sms: json://127.0.0.1:9/{to}", "schemes": "tgram"}}
NUMBER = {"name": "My phone", "way": "sms", "to": "+919800000000"}


@pytest.fixture
def telling(database: Database, cast: Cast, tmp_path: Any) -> Api:
    """The app of an install with Web Push and chats."""
    return make_api(database, tmp_path, **ON)


def devices(api: Api, person: Any) -> list[str]:
    return [each["name"] for each in api.as_(person).get("/notifications/devices").json()["items"]]


def keep(api: Api, person: Any, **given: Any) -> Any:
    return api.as_(person).post("/notifications/devices", json=browser().subscription(**given))


def recorded(database: Database) -> list[tuple[str, str, str | None]]:
    with database.read_unit() as session:
        rows = session.scalars(select(Event).where(Event.type.like("target_%")).order_by(Event.seq))
        return [(row.type, row.subject_id, row.actor_id) for row in rows]


def code_in(database: Database) -> str:
    """The code that is on its way."""
    with database.read_unit() as session:
        row = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    return str(((row and row.body) or {})["code"])


def test_a_device_is_kept_listed_renewed_and_removed(telling: Api, cast: Cast, frozen_clock: Clock) -> None:
    one = browser()
    client = telling.as_(cast.asha)
    made = client.post("/notifications/devices", json=one.subscription())
    assert made.status_code == 201
    shown = made.json()
    assert shown == {
        "id": shown["id"],
        "name": "Firefox on Linux",
        "language": "en",
        "fingerprint": shown["fingerprint"],
        "created_at": "2026-11-22T06:30:00Z",
    }
    listed = client.get("/notifications/devices").json()
    assert (listed["items"], listed["next_cursor"], len(listed["server_key"])) == ([shown], None, 87)
    for secret in (one.endpoint, *one.keys.values()):
        assert secret not in made.text + client.get("/notifications/devices").text
    again = client.post("/notifications/devices", json=one.subscription(name="Phone", language="hi")).json()
    assert (again["id"], again["name"], again["language"]) == (shown["id"], "Phone", "hi")
    assert client.delete(f"/notifications/devices/{shown['id']}").status_code == 204
    assert devices(telling, cast.asha) == []
    who = (cast.asha.id, cast.asha.id)
    assert recorded(telling.database) == [("target_added", *who), ("target_removed", *who)]


def test_a_browser_somebody_else_signs_in_with_is_theirs_no_longer(telling: Api, cast: Cast) -> None:
    assert keep(telling, cast.asha).status_code == 201
    assert keep(telling, cast.vikram, name="Shared").status_code == 201
    assert (devices(telling, cast.asha), devices(telling, cast.vikram)) == ([], ["Shared"])


def test_a_stranger_finds_and_moves_nothing(telling: Api, cast: Cast) -> None:
    [device] = subscribed(telling.database, cast.asha, browser())
    number = chat(telling.database, cast.asha)
    client = telling.as_(cast.vikram)
    calls = [
        client.delete(f"/notifications/devices/{device}"),
        client.delete(f"/notifications/chats/{number}"),
        client.post(f"/notifications/chats/{number}/test"),
        client.post(f"/notifications/chats/{number}/confirm", json={"code": "123456"}),
        # A chat is no device.
        telling.as_(cast.asha).delete(f"/notifications/devices/{number}"),
    ]
    assert [call.status_code for call in calls] == [404] * 5
    with telling.database.read_unit() as session:
        assert len(session.scalars(select(Target)).all()) == 2


def refusal(check: Any, *given: Any) -> tuple[str, str]:
    """The field and the code of what is refused."""
    with pytest.raises(Invalid) as refused:
        check(*given)
    [error] = refused.value.errors
    return error.field, error.code


GOOD = browser()


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("updates.push.services.mozilla.com/x", "url_malformed"),
        (f"{SERVICE}/a b", "url_malformed"),
        ("https://u@updates.push.services.mozilla.com/x", "url_malformed"),
        ("https://updates.push.services.mozilla.com:99999/x", "url_malformed"),
        ("http://updates.push.services.mozilla.com/x", "url_not_https"),
        ("https://evil.example/x", "service_unknown"),
        ("https://push.services.mozilla.com.evil.example/x", "service_unknown"),
        ("https://xpush.services.mozilla.com/x", "service_unknown"),
        ("https://169.254.169.254/latest", "service_unknown"),
    ],
)
def test_an_endpoint_is_the_address_of_a_push_service_that_is_known(endpoint: str, code: str) -> None:
    assert refusal(RULES.check, endpoint, GOOD.keys) == ("endpoint", code)


def test_keys_are_those_of_a_browser() -> None:
    def of(**wrong: str) -> tuple[str, str]:
        return refusal(RULES.check, GOOD.endpoint, GOOD.keys | wrong)

    assert of(auth="short") == ("keys.auth", "key_malformed")
    assert of(p256dh="????") == ("keys.p256dh", "key_malformed")
    assert of(p256dh=text_of(b"\x04" + bytes(64))) == ("keys.p256dh", "key_malformed")


def test_what_is_no_subscription_is_refused_by_name(telling: Api, cast: Cast) -> None:
    for wrong, field in (
        ({"endpoint": "https://evil.example/x"}, "endpoint"),
        ({"keys": {"auth": "x"}}, "keys.p256dh"),
        ({"name": " "}, "name"),
        ({"language": "fr"}, "language"),
    ):
        answer = keep(telling, cast.asha, **wrong)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])
    assert devices(telling, cast.asha) == []


def test_where_web_push_is_off_nobody_can_ask_for_it(api: Api, cast: Cast) -> None:
    assert api.as_(cast.asha).get("/notifications/devices").json()["server_key"] is None
    answer = keep(api, cast.asha)
    assert (answer.status_code, answer.json()["code"]) == (409, "push_off")
    answer = api.as_(cast.asha).post("/notifications/chats", json=NUMBER)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "way_unknown")


def test_nobody_has_more_devices_than_the_limit(telling: Api, cast: Cast) -> None:
    subscribed(telling.database, cast.asha, *(browser(f"b{n}") for n in range(20)))
    answer = keep(telling, cast.asha)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_targets")
    # One that is there is renewed all the same.
    there = browser("b7").subscription()
    assert telling.as_(cast.asha).post("/notifications/devices", json=there).status_code == 201


def test_a_device_ends_with_the_session_it_was_added_in(telling: Api, cast: Cast) -> None:
    desk = Desk.of(telling.database, cast, channels=frozenset({"push"}))
    keep(telling, cast.asha)
    [other] = subscribed(telling.database, cast.vikram, browser("vikrams"))
    desk.tell()
    assert devices(telling, cast.asha) == ["Firefox on Linux"]
    assert telling.as_(cast.asha).post("/auth/logout").status_code == 204
    desk.tell()
    with telling.database.read_unit() as session:
        assert list(session.scalars(select(Target.id))) == [other]


def test_signing_out_elsewhere_keeps_the_device_at_hand(telling: Api, cast: Cast) -> None:
    desk = Desk.of(telling.database, cast, channels=frozenset({"push"}))
    subscribed(
        telling.database,
        cast.asha.__class__(**{**vars(cast.asha), "session_id": other_session()}),
        browser("other"),
    )
    keep(telling, cast.asha)
    assert telling.as_(cast.asha).delete("/auth/sessions").status_code == 204
    desk.tell()
    assert devices(telling, cast.asha) == ["Firefox on Linux"]


def other_session() -> str:
    """A session that is over."""
    return "01a216c4-059d-7dbc-9b94-000000000000"


@pytest.mark.parametrize("end", ["password", "disabled"])
def test_whoever_is_thrown_out_is_told_on_no_device(telling: Api, cast: Cast, end: str) -> None:
    desk = Desk.of(telling.database, cast, channels=frozenset({"push"}))
    keep(telling, cast.asha)
    number = chat(telling.database, cast.asha)
    with telling.database.unit_of_work() as session:
        person = queries.user(session, cast.asha.id)
        if end == "password":
            users.set_password(session, cast.admin, person, password_hash="x")
        else:
            users.disable(session, cast.admin, person)
    desk.tell()
    with telling.database.read_unit() as session:
        # A number is a person's and not a session's; of whoever is disabled it is asked at each sending.
        assert list(session.scalars(select(Target.id))) == [number]


def test_a_number_is_told_once_its_code_was_given(telling: Api, cast: Cast, frozen_clock: Clock) -> None:
    client = telling.as_(cast.asha)
    made = client.post("/notifications/chats", json=NUMBER | {"language": "hi"})
    shown = made.json()
    assert (made.status_code, shown) == (201, {
        "id": shown["id"], "name": "My phone", "language": "hi", "way": "sms", "ends_with": "0000",
        "is_confirmed": False, "created_at": "2026-11-22T06:30:00Z",
    })  # fmt: skip
    code, path = code_in(telling.database), f"/notifications/chats/{shown['id']}"
    early = client.post(f"{path}/test")
    assert (early.status_code, early.json()["code"]) == (409, "target_unconfirmed")
    wrong = client.post(f"{path}/confirm", json={"code": f"{(int(code) + 1) % 1_000_000:06}"})
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "code_wrong")
    right = client.post(f"{path}/confirm", json={"code": code})
    assert (right.status_code, right.json()["is_confirmed"]) == (200, True)
    assert client.post(f"{path}/test").status_code == 204
    listed = client.get("/notifications/chats").json()
    assert [each["is_confirmed"] for each in listed["items"]] == [True]
    assert listed["ways"] == [{"name": "sms", "is_address": False}, {"name": "tgram", "is_address": True}]
    again = client.post("/notifications/chats", json=NUMBER)
    assert (again.status_code, again.json()["code"]) == (409, "target_known")
    assert [kind for kind, *_ in recorded(telling.database)] == [
        "target_added", "target_tried", "target_confirmed", "target_tried",
    ]  # fmt: skip


def test_an_old_code_is_none_and_a_new_one_can_be_had(telling: Api, cast: Cast, frozen_clock: Clock) -> None:
    client = telling.as_(cast.asha)
    id_ = client.post("/notifications/chats", json=NUMBER).json()["id"]
    code = code_in(telling.database)
    frozen_clock.move(minutes=16)
    answer = client.post(f"/notifications/chats/{id_}/confirm", json={"code": code})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "code_wrong")
    assert client.post("/notifications/chats", json=NUMBER).json()["id"] == id_
    fresh = {"code": code_in(telling.database)}
    assert client.post(f"/notifications/chats/{id_}/confirm", json=fresh).status_code == 200


def test_codes_can_neither_be_guessed_nor_poured_over_a_number(
    database: Database, cast: Cast, tmp_path: Any
) -> None:
    api = make_api(database, tmp_path, rate_limit="on", **ON)
    client = api.as_(cast.asha)
    id_ = client.post("/notifications/chats", json=NUMBER).json()["id"]
    path = f"/notifications/chats/{id_}/confirm"
    wrong = {"code": f"{(int(code_in(database)) + 1) % 1_000_000:06}"}
    assert [client.post(path, json=wrong).status_code for _ in range(11)] == [422] * 10 + [429]
    assert client.post(path, json={"code": code_in(database)}).status_code == 429
    again = [client.post("/notifications/chats", json=NUMBER).status_code for _ in range(10)]
    assert again == [201] * 9 + [429]
    api.app.state.gate.hasher.close()


@pytest.mark.parametrize(
    ("way", "to", "field", "code"),
    [
        ("fax", "1", "way", "way_unknown"),
        ("json", "json://127.0.0.1:9200/_all", "way", "way_unknown"),
        ("sms", "../../admin", "to", "target_malformed"),
        ("sms", "+91 98", "to", "target_malformed"),
        ("sms", "0?verify=no", "to", "target_malformed"),
        ("tgram", "json://127.0.0.1:9200/_all", "to", "target_malformed"),
        ("tgram", "tgram://bot/1?rto=600", "to", "target_malformed"),
        ("tgram", "tgram://bot/1#x", "to", "target_malformed"),
    ],
)
def test_people_can_give_no_address_that_leads_elsewhere(way: str, to: str, field: str, code: str) -> None:
    assert refusal(CHATS.check, way, to) == (field, code)


def test_endpoints_keys_and_numbers_lie_in_the_database_encrypted(database: Database, cast: Cast) -> None:
    vault.use(text_of(bytes(range(32))).replace("-", "+").replace("_", "/") + "=")
    try:
        one = browser("secret-endpoint")
        subscribed(database, cast.asha, one)
        chat(database, cast.asha, to="+919812345678")
        with database.read_unit() as session:
            stored = str(session.execute(text("SELECT address FROM targets")).all())
            kept = [target.address for target in session.scalars(select(Target).order_by(Target.id))]
    finally:
        vault.use("")
    assert not [part for part in ("secret-endpoint", one.keys["p256dh"], "9812345678") if part in stored]
    assert kept == [{"endpoint": one.endpoint, **one.keys}, {"way": "sms", "to": "+919812345678"}]
