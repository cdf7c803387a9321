"""Inbox and mirror are kept in step, whatever comes first, twice, late or not at all."""

from pathlib import Path

import pytest
from sqlalchemy import text

from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.core import ids
from insurenz.core.db import Database
from insurenz.core.permissions import Role
from insurenz.deliveries import service as deliveries
from insurenz.deliveries.firestore.collection import Failed, Seen
from insurenz.notifications import fanout, mirror, purge, service
from insurenz.work import SCHEDULE
from tests.actors import Cast, make_api, people
from tests.conftest import Clock
from tests.deliveries.messages import attempts, delivery, states
from tests.firestore.contract import holds
from tests.firestore.paper import AWAY, Mirroring, Paper, mirroring
from tests.notifications.stories import broken, count
from tests.races import at_once


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def it(database: Database, cast: Cast, paper: Paper) -> Mirroring:
    return mirroring(database, cast, paper)


def test_paper_is_a_collection(paper: Paper) -> None:
    holds(paper, paper.documents.get)


def test_a_notification_is_a_document_of_those_whom_firestore_knows(
    it: Mirroring, paper: Paper, cast: Cast
) -> None:
    ward = it.desk.hire("ward", Role.HOSPITAL_USER, cast.lakeside)
    gone = it.desk.hire("gone", Role.HOSPITAL_USER, cast.lakeside)
    it.knows(gone, "uid-gone")
    event = it.desk.happen(
        "claim_qc_query",
        by=cast.meera,
        status="qc_query",
        texts={"remarks": "The bill is cut off.", "missing_documents": "Final bill"},
        query_category="documentation",
    )
    it.desk.tell()
    it.knows(gone, None)
    it.sender.work()
    document = dict(paper.documents[event])
    at = document.pop("created_at")
    assert document.pop("updated_at") == at
    assert (at.tzinfo is not None, document.pop("claim_uuid")) == (True, document["link"].rpartition("/")[2])
    assert ward.id not in str(document)
    assert {name: value for name, value in document.items() if name != "link"} == {
        "id": event,
        "claim_id": "CSHLSIP-2026-014",
        "event_type": "claim_qc_query",
        "title": "QC Query Raised",
        "message": "Meera Iyer raised a QC query on claim CSHLSIP-2026-014.",
        "recipients": [
            {
                "user_id": "uid-desk",
                "user_email": cast.lakeside_desk.email,
                "user_role": "hospital_user",
                "user_name": cast.lakeside_desk.name,
            }
        ],
        "recipient_ids": ["uid-desk"],
        "recipient_roles": ["hospital_user"],
        "metadata": {
            "status": "qc_query",
            "remarks": "The bill is cut off.",
            "qc_query_details": {"query_category": "documentation", "missing_documents": ["Final bill"]},
        },
        "triggered_by": {
            "actor_id": cast.meera.id,
            "actor_role": "claim_processor",
            "actor_name": "Meera Iyer",
            "actor_email": "meera@demo.example",
        },
        "delivery_success": True,
        "read_by": [],
    }


def test_a_mark_made_here_is_made_there_and_taken_back(it: Mirroring, paper: Paper, cast: Cast) -> None:
    event = it.written()
    it.marks(cast.lakeside_desk, event)
    it.mirror.turn()
    assert paper.documents[event]["read_by"] == ["uid-desk"]
    it.marks(cast.lakeside_desk, event, is_read=False)
    it.mirror.turn()
    assert (paper.documents[event]["read_by"], it.unread(cast.lakeside_desk)) == ([], 1)


def test_whoever_reads_all_has_read_all_there(it: Mirroring, paper: Paper, cast: Cast) -> None:
    events = [it.written() for _ in range(3)]
    it.marks(cast.lakeside_desk, events[0])
    with it.database.unit_of_work() as session:
        service.read_all(session, cast.lakeside_desk, telling=it.desk.telling)
    while it.mirror.turn():
        pass
    assert [paper.documents[event]["read_by"] for event in events] == [["uid-desk"]] * 3
    assert count(it.database, "mirror_marks") == 0


def test_a_mark_made_there_turns_the_badge_here_once(it: Mirroring, paper: Paper, cast: Cast) -> None:
    told: list[str] = []
    object.__setattr__(it.desk.telling, "hint", told.extend)
    event = it.written()
    paper.read_by(event, "uid-desk")
    told.clear()
    it.mirror.listen()
    it.mirror.listen()
    # Streams are told of it, once; and it is not sent back.
    assert (it.unread(cast.lakeside_desk), told) == (0, [cast.lakeside_desk.id])
    assert (count(it.database, "mirror_marks"), broken(it.database)) == (0, [])


@pytest.mark.parametrize("uid", ["uid-nobody", "uid-city", "", "' OR true --", "a,b"])
def test_strangers_who_say_they_have_read_it_are_nobody(
    it: Mirroring, paper: Paper, cast: Cast, uid: str
) -> None:
    it.knows(cast.city_desk, "uid-city")
    event = it.written()
    other = it.desk.happen("claim_qc_clear", by=cast.meera, at="city")
    it.desk.tell()
    paper.read_by(event, uid)
    paper.documents["not-an-id"], paper.at["not-an-id"] = {"read_by": ["uid-desk"]}, paper.at[event]
    it.mirror.listen()
    assert (it.unread(cast.lakeside_desk), it.unread(cast.city_desk)) == (1, 1)
    # Nor is anything known there that nobody was told.
    it.mirror.take([Seen(other, ["uid-desk"], paper.at[event])])
    assert (it.unread(cast.city_desk), broken(it.database)) == (1, [])


def test_what_firestore_said_before_a_mark_here_does_not_undo_it(
    it: Mirroring, paper: Paper, cast: Cast
) -> None:
    event = it.written()
    it.marks(cast.lakeside_desk, event)
    it.mirror.turn()
    old = paper.seen()
    it.marks(cast.lakeside_desk, event, is_read=False)
    # Before the mirror knows of it, and after.
    it.mirror.take(paper.seen())
    assert it.unread(cast.lakeside_desk) == 1
    it.mirror.turn()
    it.mirror.take(old)
    assert it.unread(cast.lakeside_desk) == 1
    # Read there again, it is read.
    paper.read_by(event, "uid-desk")
    it.mirror.listen()
    assert (it.unread(cast.lakeside_desk), broken(it.database)) == (0, [])


def test_a_mark_made_while_another_is_sent_is_sent_too(
    it: Mirroring, paper: Paper, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = it.written()
    it.marks(cast.lakeside_desk, event)
    mark = paper.mark

    def slow(*args: object, **more: object) -> object:
        monkeypatch.setattr(paper, "mark", mark)
        it.marks(cast.lakeside_desk, event, is_read=False)
        return mark(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(paper, "mark", slow)
    it.mirror.turn()
    assert paper.documents[event]["read_by"] == ["uid-desk"]
    it.mirror.turn()
    assert paper.documents[event]["read_by"] == []


def test_with_the_mirror_away_nothing_is_lost_and_badges_are_right(
    it: Mirroring, paper: Paper, cast: Cast, frozen_clock: Clock
) -> None:
    early = it.written()
    paper.failure = AWAY
    late = it.written()
    for event in (early, late):
        it.marks(cast.lakeside_desk, event)
    it.mirror.turn()
    it.mirror.listen()
    it.mirror.settle()
    assert (it.unread(cast.lakeside_desk), states(it.database)) == (0, ["delivered", "due"])
    assert attempts(it.database)[-1] == (1, "passing", 503, "firestore_unavailable")
    paper.failure = None
    # The mark is there before the document is.
    it.mirror.turn()
    assert paper.documents[late].keys() == {"created_at", "read_by"}
    frozen_clock.move(minutes=5)
    it.sender.work()
    assert [paper.documents[event]["read_by"] for event in (early, late)] == [["uid-desk"]] * 2
    assert paper.documents[late]["recipient_ids"] == ["uid-desk"]
    assert broken(it.database) == []


def test_what_has_no_document_there_is_not_marked_there(it: Mirroring, paper: Paper, cast: Cast) -> None:
    emptied = it.written()
    paper.documents.clear()
    object.__setattr__(it.desk.telling, "channels", frozenset())
    told_before = it.cleared()
    object.__setattr__(it.desk.telling, "channels", frozenset({"firestore"}))
    for event in (emptied, told_before):
        it.marks(cast.lakeside_desk, event)
        it.marks(cast.lakeside_desk, event, is_read=False)
    it.mirror.turn()
    assert (paper.documents, count(it.database, "mirror_marks")) == ({}, 0)


def test_a_document_that_firestore_refuses_is_given_up_and_can_be_replayed(
    it: Mirroring, paper: Paper, cast: Cast
) -> None:
    paper.failure = Failed("firestore_invalid_argument", status_code=400, is_final=True)
    event = it.written()
    assert attempts(it.database) == [(1, "permanent", 400, "firestore_invalid_argument")]
    paper.failure = None
    with it.database.unit_of_work() as session:
        deliveries.replay_all(session, None, channel="firestore")
    it.sender.work()
    assert (delivery(it.database).state, paper.documents[event]["recipient_ids"]) == (
        "delivered",
        ["uid-desk"],
    )


def test_a_late_attempt_undoes_nothing(it: Mirroring, paper: Paper, cast: Cast) -> None:
    event = it.cleared()
    [taken] = it.sender.turn((), 1)
    it.sender.send(taken)
    paper.read_by(event, "uid-desk")
    it.sender.send(taken)
    assert (paper.documents[event]["read_by"], paper.calls) == (["uid-desk"], ["write", "write"])


def test_who_reaches_a_claim_no_longer_is_no_recipient_any_more(
    it: Mirroring, paper: Paper, cast: Cast
) -> None:
    ward = it.desk.hire("ward", Role.HOSPITAL_USER, cast.lakeside)
    it.knows(ward, "uid-ward")
    put_away, written, waiting = it.written(), it.written(), it.cleared()
    with it.database.unit_of_work() as session:
        service.archive(session, ward, put_away, telling=it.desk.telling)
    with it.database.unit_of_work() as session:
        users.unassign(session, None, accounts.user(session, ward.id), cast.lakeside)
    it.desk.tell()
    it.mirror.turn()
    it.sender.work()
    assert [paper.documents[event]["recipient_ids"] for event in (put_away, written, waiting)] == [
        ["uid-desk"]
    ] * 3
    assert broken(it.database) == []


def test_what_somebody_puts_away_stays_theirs_there(it: Mirroring, paper: Paper, cast: Cast) -> None:
    event = it.written()
    it.marks(cast.lakeside_desk, event)
    with it.database.unit_of_work() as session:
        service.archive(session, cast.lakeside_desk, event, telling=it.desk.telling)
    it.mirror.turn()
    assert (paper.documents[event]["recipient_ids"], paper.documents[event]["read_by"]) == (
        ["uid-desk"],
        ["uid-desk"],
    )


def test_who_stops_leaves_the_mirror_to_another(it: Mirroring, paper: Paper) -> None:
    loops = it.mirror.loops()
    it.mirror.turn()
    other = mirror.Mirror(it.database, it.desk.telling, paper)  # type: ignore[arg-type]
    assert other._holds() is False
    loops[1].stop()
    loops[1].run()
    assert other._holds() is True


def test_one_process_at_a_time_keeps_it_in_step(
    it: Mirroring, paper: Paper, cast: Cast, frozen_clock: Clock
) -> None:
    other = mirror.Mirror(it.database, it.desk.telling, paper)  # type: ignore[arg-type]
    event = it.written()
    it.mirror.turn()
    it.marks(cast.lakeside_desk, event)
    paper.calls.clear()
    other.turn()
    other.listen()
    assert paper.calls == []
    # The first has died; what it left is done by the other, and not by it when it comes back.
    frozen_clock.move(seconds=31)
    other.turn()
    assert paper.documents[event]["read_by"] == ["uid-desk"]
    paper.calls.clear()
    it.mirror.turn()
    it.mirror.listen()
    assert paper.calls == []


def test_of_many_processes_that_begin_at_once_one_works(real_database: Database) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    it = mirroring(real_database, cast, Paper())
    mirrors = [mirror.Mirror(real_database, it.desk.telling, Paper()) for _ in range(4)]  # type: ignore[arg-type]
    held = at_once(*(each._holds for each in mirrors))
    assert sorted(held) == [False, False, False, True]


def test_a_server_has_a_mirror_where_a_project_is_named(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    def threads(**settings: str) -> set[str]:
        made = make_api(database, tmp_path, **settings)
        made.app.state.gate.hasher.close()
        for job in SCHEDULE:
            if job.name.endswith("_mirror"):
                # Nothing is to be done, so nobody is called.
                made.app.state.work.job(job)()
        return {loop.name for loop in made.app.state.deliveries.loops}

    with_mirror, without = threads(firestore_project="claims-mirror"), threads()
    assert with_mirror - without == {"deliver_firestore", "mirror_marks", "mirror_listen"}


def test_a_document_learns_that_all_of_it_was_delivered(
    database: Database, cast: Cast, it: Mirroring, paper: Paper
) -> None:
    object.__setattr__(it.desk.telling, "channels", frozenset({"firestore", "email"}))
    event = it.written()
    it.mirror.settle()
    assert paper.documents[event]["delivery_success"] is False
    with database.unit_of_work() as session:
        done = "UPDATE deliveries SET state = 'delivered', closed_at = next_at, body = NULL"
        session.execute(text(f"{done} WHERE channel = 'email'"))
    paper.read_by(event, "uid-desk")
    it.mirror.settle()
    assert paper.documents[event]["delivery_success"] is True
    assert (paper.documents[event]["read_by"], count(database, "mirror_unsettled")) == (["uid-desk"], 0)


def test_clean_up_is_mirrored_once_the_mirror_is_there(
    it: Mirroring, paper: Paper, cast: Cast, frozen_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirror, "CLEANED_AT_ONCE", 2)
    with ids.dated(frozen_clock.at):
        old = [it.written() for _ in range(5)]
    it.marks(cast.lakeside_desk, old[0])
    paper.documents["theirs"] = {"created_at": paper.documents[old[0]]["created_at"], "read_by": []}
    it.mirror.clean_up()
    assert len(paper.documents) == 6
    paper.failure = AWAY
    frozen_clock.move(days=31)
    assert purge.clean_up(it.database, ttl_hours=720) == 5
    it.mirror.clean_up()
    assert count(it.database, "mirror_marks") == 1
    paper.failure = None
    it.mirror.clean_up()
    assert set(paper.documents) == {"theirs"}
    assert count(it.database, "mirror_marks") == 0


def test_a_large_audience_is_written_once_all_of_it_is_told(
    it: Mirroring, paper: Paper, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 3)
    hired = [it.desk.hire(f"p{n}", Role.HOSPITAL_USER, cast.lakeside) for n in range(6)]
    for n, person in enumerate(hired):
        it.knows(person, f"uid-{n}")
    event = it.written()
    assert set(paper.documents[event]["recipient_ids"]) == {"uid-desk", *(f"uid-{n}" for n in range(6))}
    assert paper.calls == ["write"]
