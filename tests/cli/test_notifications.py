"""`insurenz notifications`: the delivery log and replays, at the machine."""

import json
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.deliveries.channels import NAMES, Permanent
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.suppression import suppress
from tests.actors import make_api, people
from tests.claims.hospitals import submit
from tests.cli.test_commands import Command
from tests.deliveries.hooked import hook, to
from tests.deliveries.messages import DOWN, Scripted, put, states
from tests.notifications.stories import Desk
from tests.notifications.test_purge import long_ago


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command on a database of its own."""
    made = Command(tmp_path)
    made("migrate")
    return made


@pytest.fixture
def database(command: Command) -> Any:
    """Its database."""
    opened = Database(f"sqlite:///{command.folder / 'data' / 'insurenz.db'}")
    yield opened
    opened.close()


@pytest.fixture
def ids(database: Database) -> list[str]:
    """A delivery that arrived, two that were given up, and one that waits for its next attempt."""
    made = put(database, count=4)
    gone = Permanent("http_410")
    Sender(database, Scripted([None, gone, gone, DOWN])).work()
    return made


NONE = {
    "due": 0,
    "waiting": 0,
    "dead": 0,
    "oldest_due_at": None,
    "is_paused": False,
    "oldest_due_seconds": 0,
    "delivered_last_hour": 0,
}


def counts(**given: dict[str, Any]) -> list[dict[str, Any]]:
    """The counts of all channels, nothing but what is given."""
    return [{"channel": name, **NONE, **given.get(name, {})} for name in sorted(NAMES)]


def counts_of(command: Command, channel: str) -> Any:
    """The counts of one channel."""
    return next(each for each in command.json("notifications", "channels") if each["channel"] == channel)


def test_the_log_and_the_counts_are_shown(command: Command, ids: list[str]) -> None:
    told = command.json("notifications", "deliveries")
    assert told["channels"] == counts(external={"waiting": 1, "dead": 2, "delivered_last_hour": 1})
    assert [(row["id"], row["state"], row["attempts"]) for row in told["deliveries"]] == [
        (ids[3], "due", 1), (ids[2], "dead", 1), (ids[1], "dead", 1), (ids[0], "delivered", 1),
    ]  # fmt: skip
    table = command("notifications", "deliveries", "--state", "dead", "--limit", "1")
    assert [name in table for name in ids] == [False, False, True, False]
    assert ("http_410" in table, "oldest_due_at" in table) == (True, True)
    assert "'lost' is not a state" in command("notifications", "deliveries", "--state", "lost", code=1)


def test_an_empty_log_says_so(command: Command) -> None:
    assert command("notifications", "deliveries").endswith("\nNo deliveries.\n")
    assert command.json("notifications", "deliveries") == {"channels": counts(), "deliveries": []}


def test_one_or_all_that_were_given_up_are_replayed(
    command: Command, database: Database, ids: list[str]
) -> None:
    assert command("notifications", "replay", ids[1]) == "Due again: 1.\n"
    assert states(database) == ["delivered", "due", "dead", "due"]
    assert command.json("notifications", "replay", "--all") == {"replayed": 1}
    assert command("notifications", "replay", "--all") == "Due again: 0.\n"
    assert states(database) == ["delivered", "due", "due", "due"]
    external = counts_of(command, "external")
    assert (external["due"], external["waiting"], external["dead"]) == (2, 1, 0)
    Sender(database, channel := Scripted()).work()
    assert sorted(channel.keys) == sorted(ids[1:3])
    data = [
        json.loads(row)
        for (row,) in command.rows("SELECT data FROM events WHERE subject_kind = 'channel' ORDER BY seq")
    ]
    assert [(each.get("delivery_id"), each.get("count")) for each in data] == [(ids[1], None), (None, 1)]


def test_a_replay_of_nothing_is_told_in_words(command: Command, ids: list[str]) -> None:
    assert "Name one delivery, a --channel" in command("notifications", "replay", code=1)
    assert "or say --all" in command("notifications", "replay", ids[1], "--all", code=1)
    assert "There is nothing here" in command("notifications", "replay", new_id(), code=1)
    assert "It is delivered" in command("notifications", "replay", ids[0], code=1)


def test_a_channel_is_paused_and_resumed_and_its_dead_are_replayed(
    command: Command, database: Database, ids: list[str]
) -> None:
    assert command("notifications", "pause", "external").startswith("Paused: external.")
    assert counts_of(command, "external")["is_paused"] is True
    assert command.json("notifications", "replay", "--channel", "email") == {"replayed": 0}
    assert command.json("notifications", "replay", "--channel", "external") == {"replayed": 2}
    Sender(database, channel := Scripted()).work()
    assert channel.keys == []
    assert command("notifications", "resume", "external") == "Goes on: external.\n"
    Sender(database, channel).work()
    assert sorted(channel.keys) == sorted(ids[1:3])
    for refused in (("pause", "pigeon"), ("resume", "pigeon"), ("replay", "--channel", "pigeon")):
        assert f"there are: {', '.join(NAMES)}" in command("notifications", *refused, code=1)


def test_all_that_one_webhook_did_not_get_is_replayed(command: Command, database: Database) -> None:
    with database.unit_of_work() as session:
        cast = people(session)
    own, other = hook(database, cast), hook(database, cast, url="https://other.example/")
    ids = put(database, to(own), to(own), to(other))
    Sender(database, Scripted([Permanent("http_410")], name="webhook")).work()
    assert command.json("notifications", "replay", "--webhook", own) == {"replayed": 2}
    Sender(database, channel := Scripted(name="webhook")).work()
    assert sorted(channel.keys) == sorted(ids[:2])
    assert "There is nothing here" in command("notifications", "replay", "--webhook", new_id(), code=1)


def test_who_is_not_written_to_is_listed_and_written_to_again(command: Command, database: Database) -> None:
    with database.unit_of_work() as session:
        cast = people(session)
        suppress(session, cast.asha.id, "email", reason="bounced")
    [row] = command.json("notifications", "suppressions")
    assert (row["email"], row["channel"], row["reason"]) == ("asha@demo.example", "email", "bounced")
    lift = ("notifications", "suppressions", "--lift")
    assert "Told again by every channel" in command(*lift, "Asha@demo.example")
    assert command("notifications", "suppressions") == "Everybody is written to.\n"
    assert "There is nothing here" in command(*lift, "asha@demo.example", code=1)
    assert "Nobody has the address" in command(*lift, "who@x.example", code=1)


def test_n12_a_clean_up_tells_what_it_removed_and_what_it_would(command: Command, database: Database) -> None:
    with database.unit_of_work() as session:
        cast = people(session)
    long_ago(Desk.of(database, cast), "claim_qc_query", "claim_denied")
    assert (
        command("notifications", "cleanup", "--dry-run")
        == "Would remove: 4 notifications older than 720 hours.\n"
    )
    assert command.json("notifications", "cleanup", "--ttl-hours", "800") == {
        "is_dry": False, "ttl_hours": 800, "removed": 0,
    }  # fmt: skip
    assert command.rows("SELECT count(*) FROM inbox") == [(4,)]
    told = command.json("notifications", "cleanup", NOTIFICATION_TTL_HOURS="100")
    assert told == {"is_dry": False, "ttl_hours": 100, "removed": 4}
    assert command("notifications", "cleanup") == "Removed: 0 notifications older than 720 hours.\n"
    assert command.rows("SELECT count(*), sum(unread) FROM inbox CROSS JOIN inbox_state") == [(0, None)]
    assert command.rows("SELECT count(*) FROM told") == [(2,)]


def test_who_would_be_told_can_be_asked_at_the_machine(
    command: Command, database: Database, tmp_path: Path
) -> None:
    with database.unit_of_work() as session:
        cast = people(session)
    api = make_api(database, tmp_path / "api")
    number = submit(api.as_(cast.lakeside_desk), hospital_id="HOSP_002").json()["claim_number"]
    api.app.state.gate.hasher.close()
    found = command.json("notifications", "explain", number, "answer_query", "--as", "meera@demo.example")
    assert {each["user_name"] for each in found["recipients"]} == {"Rahul Verma"}
    left_out = [(each["user_name"], each["reason"]) for each in found["excluded"] if not each["channel"]]
    assert left_out == [("Meera Iyer", "actor")]
    everybody = command.json("notifications", "explain", number, "answer_query")
    assert {each["user_name"] for each in everybody["recipients"]} == {"Rahul Verma", "Meera Iyer"}
    assert "works_for_hospital" in command("notifications", "explain", number, "clear")
    assert "Actions of this claim's workflow" in command("notifications", "explain", number, "dance", code=1)
    assert "Nobody has the address" in command(
        "notifications", "explain", number, "clear", "--as", "who@x.example", code=1
    )
