"""The clean-up of inboxes: what is old goes, badges are right at every commit, and all that is evidence stays."""

import os
import signal
import subprocess
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from insurenz.asgi import _loops
from insurenz.core import clock, ids
from insurenz.core.db import Database
from insurenz.core.errors import NotFound
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.deliveries.sending import Sender
from insurenz.notifications import program, purge, service
from insurenz.notifications.purge import DEFAULT_NOTIFICATION_TTL_HOURS, cleanup_expired_notifications
from tests.actors import Api
from tests.deliveries.messages import Scripted
from tests.notifications.stories import Desk, broken, count, states
from tests.statements import how_many

EVIDENCE = ("events", "event_marks", "event_texts", "notices", "told", "deliveries", "delivery_attempts")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two items."""
    monkeypatch.setattr(purge, "ROWS", {"postgresql": 2, "sqlite": 2})


def long_ago(desk: Desk, *kinds: str, days: float = 31) -> list[str]:
    """What happened at City Hospital so many days ago and was told then."""
    then = clock.now() - timedelta(days=days)
    with clock.standing_at(then), ids.dated(then):
        made = [desk.happen(kind, by=desk.cast.priya, at="city") for kind in kinds]
        desk.tell()
    return made


def evidence(database: Database) -> dict[str, int]:
    return {table: count(database, table) for table in EVIDENCE}


def test_n12_what_is_old_leaves_inboxes_and_all_that_is_evidence_stays(
    database: Database, desk: Desk
) -> None:
    desk = Desk.of(database, desk.cast, channels=frozenset({"email", "external"}))
    old = long_ago(desk, "claim_qc_query", "claim_denied")
    desk.happen("claim_qc_clear", by=desk.cast.priya, at="city")
    desk.tell()
    Sender(database, Scripted()).work()
    before = evidence(database)
    assert before["delivery_attempts"] == len(old) + 1
    assert cleanup_expired_notifications(db_override=database) == 4
    assert desk.inbox(desk.cast.city_desk) == desk.inbox(desk.cast.city_ward) == ["QC Cleared"]
    assert evidence(database) == before
    # Who was told, and why, is known of what is gone from inboxes, too.
    assert [set(desk.told(event)[0]) for event in old] == [
        {desk.cast.city_desk.id, desk.cast.city_ward.id}
    ] * 2
    assert cleanup_expired_notifications(db_override=database) == 0


def test_n05_the_badge_falls_by_what_was_unread_and_each_inbox_takes_a_rev(
    api: Api, desk: Desk, database: Database
) -> None:
    cast = desk.cast
    read, away, _unread = long_ago(desk, "claim_qc_query", "claim_denied", "claim_qc_clear")
    desk.happen("claim_approved", by=cast.priya, at="city", action="approve", outcome="full")
    desk.happen("claim_pending", by=cast.city_desk, at="city")
    desk.tell()
    client = api.as_(cast.city_desk)
    client.post(f"/notifications/{read}/read")
    client.post(f"/notifications/{away}/archive")
    assert states(database)[cast.city_desk.id] == (6, 2, 0)
    assert cleanup_expired_notifications(db_override=database) == 6
    # One change for all that went; nobody else's inbox has changed.
    assert states(database) == {
        cast.city_desk.id: (7, 1, 0), cast.city_ward.id: (5, 1, 0), cast.priya.id: (1, 1, 0), cast.rahul.id: (1, 1, 0),
    }  # fmt: skip
    assert client.get("/notifications/unread-count").json() == {"unread": 1}
    assert [item["title"] for item in client.get("/notifications").json()["items"]] == ["Claim Approved"]
    assert client.post(f"/notifications/{read}/read").status_code == 404
    assert broken(database, was_cleaned=True) == []


def test_n05_every_batch_leaves_badges_right_and_an_events_items_go_together(
    desk: Desk, database: Database, small: None
) -> None:
    long_ago(desk, "claim_qc_query", "claim_denied", "claim_qc_clear", "claim_qc_query", "claim_qc_clear")
    assert desk.cast.city_desk.id in states(database)
    seen: list[int] = []

    def look(removed: int) -> None:
        seen.append(removed)
        assert broken(database, was_cleaned=True) == []

    assert purge.clean_up(database, ttl_hours=720, progress=look) == 10
    assert (seen, count(database, "inbox")) == ([2, 4, 6, 8, 10, 10], 0)


def test_an_event_of_more_people_than_a_batch_goes_as_a_whole(
    desk: Desk, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "ROWS", {"postgresql": 1, "sqlite": 1})
    long_ago(desk, "claim_qc_query", "claim_denied")
    seen: list[int] = []
    assert purge.clean_up(database, ttl_hours=720, progress=seen.append) == 4
    assert seen == [2, 4, 4]


def test_what_is_younger_stays_to_the_hour(desk: Desk, database: Database) -> None:
    long_ago(desk, "claim_qc_query", days=3)
    assert cleanup_expired_notifications(73, db_override=database) == 0
    assert cleanup_expired_notifications(71, db_override=database) == 2


def test_what_was_told_late_stays_as_long_as_what_was_told_at_once(desk: Desk, database: Database) -> None:
    then = clock.now() - timedelta(days=90)
    with clock.standing_at(then), ids.dated(then):
        desk.happen("claim_qc_query", by=desk.cast.priya, at="city")
    desk.tell()
    assert cleanup_expired_notifications(db_override=database) == 0
    assert desk.inbox(desk.cast.city_desk) == ["QC Query Raised"]


def test_hours_that_make_no_sense_are_refused_and_nothing_goes(desk: Desk, database: Database) -> None:
    long_ago(desk, "claim_qc_query")
    for hours in (-1, 100_000):
        with pytest.raises(ValueError, match="0 to 87600"):
            cleanup_expired_notifications(hours, db_override=database)
    assert count(database, "inbox") == 2
    assert purge.count_expired(database, ttl_hours=720) == 2
    assert DEFAULT_NOTIFICATION_TTL_HOURS == Settings(_env_file=None).notification_ttl_hours == 720


def test_open_streams_are_told_whose_inboxes_changed_after_the_commit(
    desk: Desk, database: Database, small: None
) -> None:
    long_ago(desk, "claim_qc_query")
    long_ago(desk, "claim_qc_query", days=1)
    told: list[tuple[set[str], int]] = []

    def hint(users: Collection[str]) -> None:
        told.append((set(users), count(database, "inbox")))

    purge.clean_up(database, ttl_hours=720, hint=hint)
    assert told == [({desk.cast.city_desk.id, desk.cast.city_ward.id}, 2)]


def test_a_server_cleans_up_by_itself(api: Api, desk: Desk, database: Database) -> None:
    long_ago(desk, "claim_qc_query")
    (loop,) = [loop for loop in _loops(api.app) if loop.name == "notifications.clean_up"]
    loop.turn()
    assert count(database, "inbox") == 0


def test_a_program_without_a_database_of_its_own_works_on_that_of_its_environment(
    real_desk: Desk, real_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_ago(real_desk, "claim_qc_query")
    monkeypatch.setenv("DATABASE_URL", real_database.url.render_as_string(hide_password=False))
    program._opened.cache_clear()
    try:
        assert cleanup_expired_notifications() == 2
        assert program.database() is program.database()
        program.database().close()
    finally:
        program._opened.cache_clear()


def test_a_program_is_told_when_its_settings_lead_to_no_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with pytest.raises(program.NoDatabase, match="insurenz migrate"):
        cleanup_expired_notifications()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(
    desk: Desk, database: Database
) -> None:
    def statements(kinds: int) -> int:
        long_ago(desk, *["claim_qc_query"] * kinds)
        return how_many(database, lambda: cleanup_expired_notifications(db_override=database))

    assert statements(1) == statements(20) <= 5


def test_r01_n05_a_clean_up_that_is_killed_is_finished_by_the_next(
    real_desk: Desk, real_database: Database
) -> None:
    long_ago(real_desk, *["claim_qc_query", "claim_denied", "claim_qc_clear"] * 2)
    url = real_database.url.render_as_string(hide_password=False)
    left = count(real_database, "inbox")
    for point in ("unit.before_commit=kill@3", "unit.after_commit=kill@1"):
        ended = subprocess.run(
            [sys.executable, "-m", "tests.notifications.killable", url],
            env=os.environ | {"INSURENZ_FAULTS": point},
        )
        assert ended.returncode == -signal.SIGKILL
        now = count(real_database, "inbox")
        assert 0 < now < left
        assert broken(real_database, was_cleaned=True) == []
        left = now
    assert cleanup_expired_notifications(db_override=real_database) == left
    assert (count(real_database, "inbox"), broken(real_database, was_cleaned=True)) == (0, [])


def test_n05_reading_and_telling_go_on_while_inboxes_are_cleaned_up(
    real_desk: Desk, real_database: Database, small: None
) -> None:
    cast = real_desk.cast
    old = long_ago(real_desk, *["claim_qc_query", "claim_denied"] * 10)

    def reads(person: Actor) -> None:
        # Until the clean-up was faster.
        with suppress(NotFound):
            for event in reversed(old):
                with real_database.unit_of_work() as session:
                    service.mark_read(session, person, event, telling=real_desk.telling)

    def tells() -> None:
        for _ in range(10):
            real_desk.happen("claim_qc_clear", by=cast.priya, at="city")
            real_desk.tell()

    def cleans() -> None:
        cleanup_expired_notifications(db_override=real_database)

    with ThreadPoolExecutor(5) as pool:
        calls = (partial(reads, cast.city_desk), partial(reads, cast.city_ward), tells, cleans, cleans)
        for done in [pool.submit(call) for call in calls]:
            done.result()
    assert broken(real_database, was_cleaned=True) == []
    assert count(real_database, "inbox") == 20
    assert states(real_database)[cast.city_desk.id][1] == 10
