"""Reading: a subject's history page by page, its moves for the guards, and the trail of everything."""

import pytest
from sqlalchemy import event as sa_event

from insurenz.core.db import Database
from insurenz.core.errors import Invalid
from insurenz.core.ids import new_id
from insurenz.core.paging import encode
from insurenz.events.queries import history, moves, trail
from insurenz.events.service import Subject, erase_text, record
from insurenz.workflow.guards import Move
from tests.conftest import Clock
from tests.events.folding import folded_status
from tests.events.samples import MEERA, claim, moved_claim


def test_a_history_shows_every_event_of_the_subject_with_its_texts(database: Database) -> None:
    moved_claim(database, 2, remarks="of another claim")
    subject = moved_claim(database, 2, remarks="Please send the bill.")
    with database.unit_of_work() as session:
        record(session, "claim_note", subject=subject, actor=None, texts={"note": "a", "reason": "b"})
    with database.read_unit() as session:
        page = history(session, "claim", subject.id)
        assert [(e.event.seq, e.event.type, e.texts) for e in page.items] == [
            (1, "claim_moved", {"remarks": "Please send the bill."}),
            (2, "claim_moved", {"remarks": "Please send the bill."}),
            (3, "claim_note", {"note": "a", "reason": "b"}),
        ]
        assert (page.next_cursor, history(session, "user", subject.id).items) == (None, [])


def test_an_erased_text_is_shown_as_none(database: Database) -> None:
    subject = moved_claim(database, 1, remarks="Please send the bill.")
    with database.unit_of_work() as session:
        (entry,) = history(session, "claim", subject.id).items
        erase_text(session, entry.event.id, "remarks")
    with database.read_unit() as session:
        assert history(session, "claim", subject.id).items[0].texts == {"remarks": None}


def test_pages_of_a_history_miss_and_repeat_nothing(database: Database) -> None:
    subject = moved_claim(database, 7)
    with database.read_unit() as session:
        page = history(session, "claim", subject.id, limit=3)
        pages = [[e.event.seq for e in page.items]]
        while page.next_cursor:
            page = history(session, "claim", subject.id, limit=3, cursor=page.next_cursor)
            pages.append([e.event.seq for e in page.items])
        assert pages == [[1, 2, 3], [4, 5, 6], [7]]
        assert history(session, "claim", subject.id, cursor=encode([new_id()])).items == []
        with pytest.raises(Invalid):
            history(session, "claim", subject.id, cursor=encode(["3"]))


def test_a_history_leaves_out_what_it_is_told_to_and_no_cursor_tells(database: Database) -> None:
    subject = moved_claim(database, 1)
    with database.unit_of_work() as session:
        for kind in ("claim_note", "claim_note", "claim_message", "claim_note"):
            record(session, kind, subject=subject, actor=MEERA)
    with database.read_unit() as session:
        first = history(session, "claim", subject.id, without={"claim_note"}, limit=1)
        rest = history(
            session, "claim", subject.id, without={"claim_note"}, limit=1, cursor=first.next_cursor
        )
        notes = history(session, "claim", subject.id, only="claim_note", limit=2)
        assert [e.event.type for e in first.items + rest.items] == ["claim_moved", "claim_message"]
        assert (first.next_cursor, rest.next_cursor) == (encode([first.items[0].event.id]), None)
        assert [e.event.seq for e in notes.items] == [2, 3]
        assert notes.next_cursor is not None


def test_d10_a_history_takes_two_statements_however_long_it_is(database: Database) -> None:
    subjects = moved_claim(database, 2, remarks="a"), moved_claim(database, 20, remarks="a")
    statements: list[str] = []
    with database.read_unit() as session:
        sa_event.listen(session.connection(), "before_cursor_execute", lambda *a: statements.append(a[2]))
        sizes = [len(history(session, "claim", s.id).items) for s in subjects]
    reads = [statement for statement in statements if statement.startswith("SELECT")]
    assert (sizes, len(reads)) == ([2, 20], 4)


def test_the_trail_shows_the_newest_first_and_can_be_narrowed(database: Database) -> None:
    first, user = moved_claim(database, 3), Subject("user", new_id())
    with database.unit_of_work() as session:
        record(session, "user_added", subject=user, actor=MEERA)
    with database.read_unit() as session:
        page = trail(session, limit=3)
        assert [e.event.type for e in page.items] == ["user_added", "claim_moved", "claim_moved"]
        rest = trail(session, limit=3, cursor=page.next_cursor)
        assert ([e.event.version for e in rest.items], rest.next_cursor) == ([1], None)
        assert [e.event.version for e in trail(session, subject_id=first.id).items] == [3, 2, 1]
        assert [e.event.type for e in trail(session, subject_kind="user").items] == ["user_added"]
        assert len(trail(session, event_type="claim_moved").items) == 3


def test_moves_are_the_transitions_and_their_fold_is_the_status(
    database: Database, frozen_clock: Clock
) -> None:
    steps = [("submit", "new", "pending"), ("start_review", "pending", "under_review")]
    uid = new_id()
    for version, (action, source, target) in enumerate(steps, start=1):
        data = {"action": action, "from": source, "to": target}
        subject = claim(target, uid)
        with database.unit_of_work() as session:
            record(session, "claim_moved", subject=subject, actor=MEERA, data=data, version=version)
            record(session, "claim_note", subject=subject, actor=None)
        frozen_clock.move(minutes=1)
    with database.read_unit() as session:
        past = moves(session, "claim", uid)
    start = Clock().at
    assert past == (
        Move("submit", "new", "pending", MEERA.id, start),
        Move("start_review", "pending", "under_review", MEERA.id, start.replace(minute=31)),
    )
    assert folded_status(past) == subject.status == "under_review"
