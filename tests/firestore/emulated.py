"""Stories with the real client and the emulator; run by test_emulator.py in a network of its own."""

import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from insurenz.core import clock, ids
from insurenz.core.background import start_all, stop_all
from insurenz.core.db import Database
from insurenz.deliveries.firestore import collection as firestore
from insurenz.deliveries.firestore.collection import NAME, Collection, Failed
from insurenz.deliveries.retry import LONG_WAITS
from insurenz.notifications import mirror, purge
from tests.actors import people
from tests.deliveries.messages import attempts, states
from tests.firestore.contract import holds
from tests.firestore.emulator import PROJECT, Emulator
from tests.firestore.paper import Mirroring, mirroring
from tests.notifications.stories import broken
from tests.waiting import soon

emulator = Emulator()


class Front:
    """A front end of the operator's, by the real client."""

    def __init__(self) -> None:
        from google.cloud import firestore as google

        self._google, self._client = google, google.Client(project=PROJECT)
        self._documents = self._client.collection(NAME)

    def newest(self, uid: str, most: int) -> list[str]:
        """The ids of somebody's newest notifications."""
        is_theirs = self._google.FieldFilter("recipient_ids", "array_contains", uid)
        chosen = self._documents.where(filter=is_theirs).order_by("created_at", direction="DESCENDING")
        return [each.id for each in chosen.limit(most).stream()]

    def document(self, id_: str) -> dict[str, Any] | None:
        """A document as it is."""
        found: dict[str, Any] | None = self._documents.document(id_).get().to_dict()
        return found

    def reads(self, id_: str, uid: str) -> None:
        """Somebody marks one as read."""
        self._documents.document(id_).update({"read_by": self._google.ArrayUnion([uid])})

    def listen(self, uid: str, heard: dict[str, dict[str, Any]]) -> Callable[[], None]:
        """Keep the documents of somebody as they come; gives what ends it."""
        is_theirs = self._google.FieldFilter("recipient_ids", "array_contains", uid)
        chosen = self._documents.where(filter=is_theirs).order_by("created_at", direction="DESCENDING")

        def keep(documents: Any, _changes: Any, _at: Any) -> None:
            heard.update({each.id: each.to_dict() for each in documents})

        unsubscribe: Callable[[], None] = chosen.limit(50).on_snapshot(keep).unsubscribe
        return unsubscribe

    def close(self) -> None:
        self._client.close()


@contextmanager
def install() -> Iterator[tuple[Mirroring, Front]]:
    """An install that mirrors into the emulator, and a front end; the emulator is empty."""
    emulator.start()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(sys.argv[1], f"{folder}/test.db")
        database = Database(f"sqlite:///{folder}/test.db")
        with database.unit_of_work() as session:
            cast = people(session)
        it, front = mirroring(database, cast, Collection(PROJECT, "(default)")), Front()
        try:
            yield it, front
        finally:
            emulator.stop()
            it.collection.close()
            front.close()
            database.close()


def answers(it: Mirroring) -> bool:
    """Whether the client is connected: it waits a little longer after each attempt that failed."""
    try:
        it.collection.before(clock.now(), after=None, most=1)
    except Failed:
        return False
    return True


def keeps_its_contract() -> None:
    with install() as (it, front):
        holds(it.collection, front.document)


def shows_a_front_end_its_newest() -> None:
    with install() as (it, front):
        events = []
        for minute in range(3):
            with clock.standing_at(clock.now() + timedelta(minutes=minute)):
                events.append(it.written())
        assert front.newest("uid-desk", 2) == events[:0:-1]
        assert front.newest("uid-city", 2) == []
        document = front.document(events[0]) or {}
        assert (document["claim_id"], document["read_by"], document["delivery_success"]) == (
            "CSHLSIP-2026-014",
            [],
            True,
        )
        assert abs((document["created_at"] - clock.now()).total_seconds()) < 60


def keeps_marks_in_step_while_it_listens() -> None:
    with install() as (it, front):
        desk = it.desk.cast.lakeside_desk
        loops = it.mirror.loops()
        start_all(loops)
        try:
            theirs, ours = it.written(), it.written()
            assert it.unread(desk) == 2
            front.reads(theirs, "uid-stranger")
            front.reads(theirs, "uid-desk")
            assert soon(lambda: it.unread(desk) == 1)
            it.marks(desk, ours)
            assert soon(lambda: (front.document(ours) or {})["read_by"] == ["uid-desk"])
            it.marks(desk, ours, is_read=False)
            assert soon(lambda: (front.document(ours) or {})["read_by"] == [])
            assert it.unread(desk) == 1
        finally:
            stop_all(loops)
        assert [loop.is_alive() for loop in loops] == [False] * len(loops)
        assert broken(it.database) == []


def loses_nothing_while_it_is_down() -> None:
    with install() as (it, front):
        desk = it.desk.cast.lakeside_desk
        emulator.stop()
        first, second = it.written(), it.cleared()
        it.marks(desk, first)
        it.mirror.turn()
        it.mirror.listen()
        it.mirror.settle()
        assert attempts(it.database) == [(1, "passing", 503, "firestore_unavailable")]
        assert (states(it.database), it.unread(desk)) == (["due", "due"], 1)
        emulator.start()
        assert soon(lambda: answers(it))
        it.mirror.turn()
        with clock.standing_at(clock.now() + 2 * LONG_WAITS[0]):
            it.sender.work()
        assert states(it.database) == ["delivered"] * 2
        assert [(front.document(each) or {})["read_by"] for each in (first, second)] == [["uid-desk"], []]
        # What listens comes back by itself, whatever it has missed.
        loops = it.mirror.loops()
        start_all(loops)
        try:
            front.reads(second, "uid-desk")
            assert soon(lambda: it.unread(desk) == 0)
        finally:
            stop_all(loops)
        assert broken(it.database) == []


def waits_for_no_answer_for_long() -> None:
    firestore.CALL_SECONDS = 0.5
    with install() as (it, front):
        emulator.hang()
        event = it.written()
        assert attempts(it.database) == [(1, "passing", 504, "firestore_deadline_exceeded")]
        emulator.go_on()
        with clock.standing_at(clock.now() + 2 * LONG_WAITS[0]):
            it.sender.work()
        # The first attempt may have arrived after all.
        assert (states(it.database), (front.document(event) or {})["recipient_ids"]) == (
            ["delivered"],
            ["uid-desk"],
        )


def is_cleaned_up() -> None:
    with install() as (it, front):
        month_ago = clock.now() - timedelta(days=31)
        with clock.standing_at(month_ago), ids.dated(month_ago):
            old = [it.written() for _ in range(3)]
        new = it.written()
        assert purge.clean_up(it.database, ttl_hours=720) == 3
        emulator.hang()
        firestore.CALL_SECONDS = 0.3
        it.mirror.clean_up()
        emulator.go_on()
        firestore.CALL_SECONDS = 7
        it.mirror.clean_up()
        assert [front.document(each) is None for each in (*old, new)] == [True, True, True, False]


STORIES = (keeps_its_contract, shows_a_front_end_its_newest, keeps_marks_in_step_while_it_listens)
OF_BAD_DAYS = (loses_nothing_while_it_is_down, waits_for_no_answer_for_long, is_cleaned_up)


def main() -> None:
    """Tell the stories of these names on copies of a migrated database; a line of each says whether it holds."""
    mirror.TURN_SECONDS = 0.1
    for story in (each for each in STORIES + OF_BAD_DAYS if each.__name__ in sys.argv[2:]):
        usual = firestore.CALL_SECONDS
        try:
            story()
            print(f"{story.__name__}: holds", flush=True)
        except Exception:  # noqa: BLE001 - each story is told, and judged by the test of its name
            print(f"{story.__name__}: {traceback.format_exc()}", flush=True)
        finally:
            firestore.CALL_SECONDS = usual
            emulator.stop()


if __name__ == "__main__":
    main()
