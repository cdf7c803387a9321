"""Attacks are counted and told to admins: a burst once an hour, whichever process sees it, and nobody's data with it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from insurenz.accounts.alarm import Alarm
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.metrics import ALERTS
from insurenz.core.sweeps import MANY, MOST_CALLERS, WINDOW, Sweeps
from insurenz.events import alerts
from insurenz.events.models import Alerted, Event
from insurenz.events.service import Subject
from insurenz.notifications import operations
from tests.actors import PASSWORD, Api, Cast, make_api
from tests.conftest import Clock
from tests.notifications.stories import Desk
from tests.races import at_once

KINDS = ("login_burst", "refresh_replayed", "not_found_sweep", "audit_check_failed", "document_check_failed")
KEY = b"k" * 32


@pytest.fixture
def limited(database: Database, cast: Cast, tmp_path: Path) -> Api:
    """The app with limits of three wrong passwords."""
    return make_api(database, tmp_path, rate_limit="on", limits={"failed_logins": 3})


def recorded(database: Database, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind and id of the subject, and data, of each alert."""
    with database.read_unit() as session:
        rows = session.scalars(select(Event).where(Event.type == kind).order_by(Event.id))
        return [(row.subject_kind, row.subject_id, row.data) for row in rows]


def counted(kind: str) -> float:
    return float(ALERTS.labels(kind)._value.get())


def guess(api: Api, email: str, times: int) -> list[int]:
    body = {"email": email, "password": "wrong-wrong-wrong"}
    return [api.nobody.post("/auth/login", json=body).status_code for _ in range(times)]


def miss(api: Api, person: Any, times: int) -> set[int]:
    client = api.as_(person)
    return {client.get(f"/claims/{new_id()}").status_code for _ in range(times)}


def test_every_kind_has_its_row() -> None:
    assert operations.ALERTS == KINDS
    for kind in KINDS:
        [tell] = operations.RULES[kind].told(None, None)
        assert (tell.audience, tell.channels) == ("admins", ("inbox",))


def test_two_processes_that_see_one_burst_tell_of_it_once(real_database: Database) -> None:
    subjects = [Subject("address", new_id()) for _ in range(3)]
    with real_database.unit_of_work() as session:
        alerts.tell(session, "login_burst", Subject("address", new_id()))

    def tell(subject: Subject) -> bool:
        with real_database.unit_of_work() as session:
            return alerts.tell(session, "login_burst", subject)

    for subject in subjects:
        answers = at_once(*(lambda: tell(subject) for _ in range(4)))  # noqa: B023 - called at once
        assert sorted(answers) == [False, False, False, True]
    assert len(recorded(real_database, "login_burst")) == 4


def test_an_hour_later_it_is_told_again_and_of_many_subjects_not_of_each(
    database: Database, frozen_clock: Clock
) -> None:
    own, other = Subject("user", new_id()), Subject("user", new_id())

    def tell(kind: str, subject: Subject) -> bool:
        with database.unit_of_work() as session:
            return alerts.tell(session, kind, subject)

    assert [tell("login_burst", own), tell("login_burst", other), tell("not_found_sweep", own)] == [True] * 3
    frozen_clock.move(minutes=59, seconds=59)
    assert tell("login_burst", own) is False
    frozen_clock.move(seconds=1)
    assert [tell("login_burst", own), tell("login_burst", own)] == [True, False]
    told = [tell("login_burst", Subject("user", new_id())) for _ in range(alerts.MOST)]
    assert (told.count(True), told[-1]) == (alerts.MOST - 1, False)
    frozen_clock.move(hours=1)
    assert tell("login_burst", other) is True
    with database.read_unit() as session:
        kept = session.scalar(select(func.count()).where(Alerted.kind == "login_burst"))
    assert kept == 1


def test_a06_guessing_at_one_account_is_one_notice_to_admins_that_leads_to_the_user(
    limited: Api, cast: Cast
) -> None:
    database, before = limited.database, counted("login_burst")
    desk = Desk.of(database, cast)
    assert guess(limited, "asha@demo.example", 40).count(429) == 37
    # The address was refused; the account is refused to other addresses.
    for who in ("account:asha@demo.example", "account:nobody@demo.example", "account:asha@demo.example"):
        limited.app.state.alarm.sound("login_burst", who)
    limited.app.state.alarm.flush(database)
    limited.app.state.alarm.flush(database)
    desk.tell()
    assert counted("login_burst") - before == 40
    address, user = sorted(recorded(database, "login_burst"))
    assert (address[0], address[2]) == ("address", {})
    assert user == ("user", cast.asha.id, {})
    assert desk.inbox(cast.admin) == ["Password Guessing"] * 2
    links = [each["link"] for each in limited.as_(cast.admin).get("/notifications").json()["items"]]
    assert {link.partition("/app/")[2] for link in links} == {
        f"admin/users/{cast.asha.id}",
        f"admin/audit?subject_id={address[1]}",
    }
    for person in (cast.asha, cast.auditor, cast.meera, cast.lakeside_desk):
        assert "Password Guessing" not in desk.inbox(person)


def test_an_address_is_in_no_event_and_its_id_is_known_to_this_install_alone(
    database: Database, frozen_clock: Clock
) -> None:
    for key in (KEY, KEY, b"x" * 32):
        alarm = Alarm(key)
        alarm.sound("not_found_sweep", "address:198.51.100.7")
        alarm.flush(database)
    told = recorded(database, "not_found_sweep")
    assert [(kind, data) for kind, _, data in told] == [("address", {})] * 2
    assert told[0][1] != told[1][1]
    with database.read_unit() as session:
        everything = "".join(str(vars(row)) for row in session.scalars(select(Event)))
    assert "198.51.100.7" not in everything


def test_what_cannot_be_told_now_is_told_later(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    alarm = Alarm(KEY)
    alarm.sound("not_found_sweep", "address:198.51.100.7")
    with monkeypatch.context() as broken:

        def fail(*_: Any, **__: Any) -> bool:
            raise ConnectionError

        broken.setattr(alerts, "tell", fail)
        with pytest.raises(ConnectionError):
            alarm.flush(database)
    assert recorded(database, "not_found_sweep") == []
    alarm.flush(database)
    assert len(recorded(database, "not_found_sweep")) == 1


def test_a01_a_replayed_refresh_token_is_told_with_the_end_of_its_session(api: Api, cast: Cast) -> None:
    desk, before = Desk.of(api.database, cast), counted("refresh_replayed")
    for _ in range(2):
        body = {"email": "asha@demo.example", "password": PASSWORD}
        first = api.nobody.post("/auth/login", json=body).json()["refresh_token"]
        again = {"refresh_token": first}
        codes = [api.nobody.post("/auth/refresh", json=again).status_code for _ in range(2)]
        assert codes == [200, 401]
    desk.tell()
    assert counted("refresh_replayed") - before == 2
    [(kind, uid, data)] = recorded(api.database, "refresh_replayed")
    assert (kind, uid, set(data)) == ("user", cast.asha.id, {"session_id"})
    assert desk.inbox(cast.admin) == ["Session Ended After Misuse"]
    assert "Session Ended After Misuse" not in desk.inbox(cast.asha)


def test_who_asks_for_many_claims_of_others_is_told_of_once(api: Api, cast: Cast) -> None:
    desk, before = Desk.of(api.database, cast), counted("not_found_sweep")
    assert miss(api, cast.vikram, MANY - 1) == {404}
    api.app.state.alarm.flush(api.database)
    assert recorded(api.database, "not_found_sweep") == []
    assert miss(api, cast.vikram, 2 * MANY) == {404}
    api.app.state.alarm.flush(api.database)
    desk.tell()
    assert counted("not_found_sweep") - before == 1
    assert recorded(api.database, "not_found_sweep") == [("user", cast.vikram.id, {})]
    assert desk.inbox(cast.admin) == ["Many Unknown Things Asked For"]


def test_a_key_that_sweeps_is_told_of_as_its_owner(api: Api, cast: Cast) -> None:
    made = api.as_(cast.admin).post(
        f"/users/{cast.admin.id}/api-keys", json={"name": "sync", "scopes": ["claims:read"]}
    )
    client = api.with_token(made.json()["key"])
    for _ in range(MANY + 1):
        assert client.get(f"/claims/{new_id()}").status_code == 404
    api.app.state.alarm.flush(api.database)
    assert recorded(api.database, "not_found_sweep") == [("user", cast.admin.id, {})]


def test_asking_for_one_missing_thing_again_and_again_is_no_sweep(api: Api, cast: Cast) -> None:
    client, path = api.as_(cast.vikram), f"/claims/{new_id()}"
    assert {client.get(path).status_code for _ in range(MANY + 5)} == {404}
    api.app.state.alarm.flush(api.database)
    assert recorded(api.database, "not_found_sweep") == []


def test_a_sweep_is_counted_by_window_and_caller_in_bounded_memory(frozen_clock: Clock) -> None:
    sweeps = Sweeps()
    assert [sweeps.count("a", str(n)) for n in range(MANY + 3)] == [False] * (MANY - 1) + [True] + [False] * 3
    assert [sweeps.count("b", str(n)) for n in range(MANY - 1)] == [False] * (MANY - 1)
    frozen_clock.move(seconds=WINDOW.total_seconds())
    assert sweeps.count("b", "last") is False
    for n in range(MOST_CALLERS):
        sweeps.count(f"caller {n}", "x")
    assert len(sweeps._missed) == MOST_CALLERS
    assert "a" not in sweeps._missed
