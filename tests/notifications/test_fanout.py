"""The fan-out: exactly the right people, each once, in the right words, whatever fails and however many they are."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.core import faults
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.events.models import EventMark
from insurenz.events.service import Subject, record
from insurenz.notifications import fanout
from tests.notifications.stories import ABSENT, Desk, broken, count, happen, states
from tests.statements import how_many

# By hand: who of the cast is told of what happens at Lakeside Clinic (payer Suraksha), done by whom, in which words.
AT_LAKESIDE = [
    ("claim_pending", "lakeside_desk", ["meera", "rahul"], "Claim Submitted",
     "Lakeside Clinic submitted claim CSHLSIP-2026-014."),
    ("claim_qc_query", "meera", ["lakeside_desk"], "QC Query Raised",
     "Meera Iyer raised a QC query on claim CSHLSIP-2026-014."),
    ("claim_qc_answered", "lakeside_desk", ["meera", "rahul"], "QC Query Answered",
     "Lakeside Clinic answered the QC query on claim CSHLSIP-2026-014."),
    ("claim_need_more_info", "rahul", ["lakeside_desk"], "More Information Needed",
     "Rahul Verma needs more information on claim CSHLSIP-2026-014."),
    ("claim_need_more_info_response", "lakeside_desk", ["meera", "rahul"], "More Information Provided",
     "Lakeside Clinic provided more information on claim CSHLSIP-2026-014."),
    ("claim_contested", "lakeside_desk", ["meera", "rahul"], "Claim Contested",
     "Lakeside Clinic contested the denial of claim CSHLSIP-2026-014."),
    ("claim_qc_clear", "meera", ["lakeside_desk"], "QC Cleared",
     "Meera Iyer cleared the quality check of claim CSHLSIP-2026-014."),
    ("claim_approved", "rahul", ["lakeside_desk"], "Claim Approved",
     "Rahul Verma approved claim CSHLSIP-2026-014."),
    ("claim_denied", "meera", ["lakeside_desk"], "Claim Denied",
     "Meera Iyer denied claim CSHLSIP-2026-014."),
]  # fmt: skip


def told_of(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """Everybody of the cast who has something in their inbox, and what."""
    found = {
        name: desk.items(person) for name, person in vars(desk.cast).items() if isinstance(person, Actor)
    }
    return {name: items for name, items in found.items() if items}


@pytest.mark.parametrize(("event", "by", "who", "title", "message"), AT_LAKESIDE)
def test_n02_each_hospital_event_reaches_exactly_whom_the_product_names(
    desk: Desk, event: str, by: str, who: list[str], title: str, message: str
) -> None:
    desk.happen(event, by=getattr(desk.cast, by))
    desk.tell()
    assert told_of(desk) == {name: [(title, message)] for name in who}
    assert broken(desk.database) == []


def test_a_processor_with_payers_hears_of_these_alone_and_one_without_of_all(desk: Desk) -> None:
    cast = desk.cast
    mine = desk.hire("mine", Role.CLAIM_PROCESSOR, cast.lakeside, cast.suraksha)
    other = desk.hire("other", Role.CLAIM_PROCESSOR, cast.lakeside, cast.health)
    both = desk.hire("both", Role.CLAIM_PROCESSOR, cast.lakeside, cast.suraksha, cast.health)
    elsewhere = desk.hire("elsewhere", Role.CLAIM_PROCESSOR, cast.suraksha)
    idle = desk.hire("idle", Role.CLAIM_PROCESSOR)
    desk.happen("claim_pending", by=cast.lakeside_desk)
    desk.tell()
    got = {
        person.name: len(desk.inbox(person)) for person in (mine, other, both, elsewhere, idle, cast.meera)
    }
    assert got == {"Mine": 1, "Other": 0, "Both": 1, "Elsewhere": 0, "Idle": 0, "Meera Iyer": 1}


def test_n02_who_was_left_out_is_kept_with_the_reason(desk: Desk) -> None:
    cast = desk.cast
    gone = desk.hire("gone", Role.HOSPITAL_USER, cast.lakeside, is_active=False)
    # A hospital user who acts on what their own hospital is told of.
    event = desk.happen("claim_qc_query", by=cast.lakeside_desk)
    desk.tell()
    assert desk.told(event) == ({}, {gone.id: "disabled", cast.lakeside_desk.id: "actor"})
    assert (told_of(desk), count(desk.database, "inbox")) == ({}, 0)


def test_n02_a_channel_that_is_not_there_is_suppressed_with_the_reason(desk: Desk) -> None:
    event = desk.happen("claim_qc_query", by=desk.cast.meera)
    desk.tell()
    recipients, excluded = desk.told(event)
    nowhere = {"email": "not_configured", **ABSENT}
    assert recipients == {desk.cast.lakeside_desk.id: ("works_for_hospital", nowhere)}
    assert excluded == {}


def test_a_message_reaches_the_other_side_and_an_assignment_the_assignee(desk: Desk) -> None:
    cast = desk.cast
    desk.happen("claim_message", by=cast.meera, side="staff")
    desk.happen("claim_message", by=cast.lakeside_desk, side="filer")
    desk.happen("claim_assigned", by=cast.admin, assignee_id=cast.rahul.id)
    desk.tell()
    assert {name: [title for title, _ in items] for name, items in told_of(desk).items()} == {
        "lakeside_desk": ["New Message"],
        "meera": ["New Message"],
        "rahul": ["Claim Assigned", "New Message"],
    }


def test_whoever_takes_a_claim_themself_is_not_told_so(desk: Desk) -> None:
    event = desk.happen("claim_assigned", by=desk.cast.rahul, assignee_id=desk.cast.rahul.id)
    desk.tell()
    assert desk.told(event) == ({}, {desk.cast.rahul.id: "actor"})


def test_z08_somebody_disabled_before_the_fan_out_is_not_told(desk: Desk) -> None:
    event = desk.happen("claim_pending", by=desk.cast.lakeside_desk)
    with desk.database.unit_of_work() as session:
        users.disable(session, None, accounts.user(session, desk.cast.meera.id))
        users.disable(session, None, accounts.user(session, desk.cast.lakeside_desk.id))
    desk.tell()
    recipients, excluded = desk.told(event)
    # That the actor is gone by now loses nobody their notice.
    assert (set(recipients), excluded) == ({desk.cast.rahul.id}, {desk.cast.meera.id: "disabled"})


def test_a_claim_that_lives_elsewhere_is_told_by_the_newest_rules(desk: Desk) -> None:
    subject = Subject(
        "external", new_id(), "HIS-77", hospital_id=desk.cast.city.id, hospital_name="City Hospital"
    )
    with desk.database.unit_of_work() as session:
        record(session, "claim_pending", subject=subject, actor=None)
    desk.tell()
    assert desk.items(desk.cast.priya) == [("Claim Submitted", "City Hospital submitted claim HIS-77.")]


def test_n13_the_same_transition_twice_is_one_event_and_one_notice(desk: Desk) -> None:
    cast, given = (
        desk.cast,
        {"by": desk.cast.meera, "version": 2, "subject_id": "01a00000-0000-7000-8000-000000000001"},
    )
    desk.happen("claim_qc_query", **given)
    with pytest.raises(IntegrityError), desk.database.unit_of_work() as session:
        happen(session, cast, "claim_qc_query", **given)
    desk.tell()
    assert desk.inbox(cast.lakeside_desk) == ["QC Query Raised"]


@pytest.mark.parametrize("size", [7, 8, 9])
def test_a_large_audience_is_told_in_batches_each_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 4)
    people = [desk.hire(f"p{n}", Role.HOSPITAL_USER, desk.cast.lakeside) for n in range(size)]
    event = desk.happen("claim_approved", by=desk.cast.meera, action="approve", outcome="full")
    turns = 0
    while desk.relay.turn():
        turns += 1
        assert broken(desk.database) == []
        assert count(desk.database, "inbox") == min(4 * turns, size + 1)
    assert {person.name: desk.inbox(person) for person in [*people, desk.cast.lakeside_desk]} == {
        person.name: ["Claim Approved"] for person in [*people, desk.cast.lakeside_desk]
    }
    assert len(desk.told(event)[0]) == size + 1
    # Nobody looks at it again.
    assert desk.relay.turn() is False


def test_a_large_audience_lets_the_others_have_their_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 2)
    monkeypatch.setattr(fanout, "AT_ONCE", 4)
    for n in range(5):
        desk.hire(f"p{n}", Role.HOSPITAL_USER, desk.cast.lakeside)
    for _ in range(3):
        desk.happen("claim_qc_clear", by=desk.cast.meera)
    desk.tell()
    assert (count(desk.database, "inbox"), broken(desk.database)) == (18, [])
    assert desk.inbox(desk.cast.lakeside_desk) == ["QC Cleared"] * 3


def test_somebody_in_two_audiences_of_an_event_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = desk.telling.definitions.current("hospital").rule("claim_pending")
    assert rule is not None
    tell = rule.tell[0]
    both = replace(rule, tell=(tell, replace(tell, audience="assignee")))
    monkeypatch.setattr(type(desk.telling), "rule", lambda _self, _event: both)
    for most in (1, 50):
        monkeypatch.setattr(fanout, "BATCH", most)
        event = desk.happen("claim_pending", by=desk.cast.lakeside_desk, assignee_id=desk.cast.rahul.id)
        desk.tell()
        assert (set(desk.told(event)[0]), desk.told(event)[1]) == (
            {desk.cast.meera.id, desk.cast.rahul.id},
            {desk.cast.rahul.id: "told_already"},
        )
    assert (broken(desk.database), states(desk.database)[desk.cast.rahul.id]) == ([], (2, 2, 0))


def test_a_turn_costs_as_many_statements_for_many_events_as_for_one(desk: Desk) -> None:
    def one_turn(events: int) -> int:
        for _ in range(events):
            desk.happen("claim_qc_query", by=desk.cast.meera)
        return how_many(desk.database, desk.relay.turn)

    # SQLite inserts each row by itself, which is no way to a server.
    per_row = 4 if desk.database.is_sqlite else 0
    first = one_turn(1)
    assert one_turn(10) <= first + 9 * per_row


def test_n01_what_was_rolled_back_is_told_to_nobody(desk: Desk) -> None:
    with pytest.raises(RuntimeError), desk.database.unit_of_work() as session:
        happen(session, desk.cast, "claim_pending", by=desk.cast.lakeside_desk)
        raise RuntimeError
    desk.tell()
    assert (told_of(desk), count(desk.database, "notices")) == ({}, 0)


@pytest.mark.parametrize("point", ["fanout.before_batch", "fanout.after_batch", "relay.consumed"])
def test_r02_a_fan_out_that_fails_leaves_nothing_and_is_done_again(desk: Desk, point: str) -> None:
    desk.happen("claim_pending", by=desk.cast.lakeside_desk)
    faults.plan(f"{point}=fail")
    try:
        desk.relay.turn()
    finally:
        faults.plan("")
    assert [count(desk.database, table) for table in ("notices", "told", "inbox", "inbox_state")] == [0] * 4
    with desk.database.unit_of_work() as session:
        session.execute(text("UPDATE event_marks SET next_at = NULL"))
    desk.tell()
    assert (desk.inbox(desk.cast.meera), broken(desk.database)) == (["Claim Submitted"], [])


def test_r02_relays_side_by_side_tell_everybody_once(real_desk: Desk, real_database: Database) -> None:
    cast, is_over = real_desk.cast, threading.Event()
    kinds = ["claim_pending", "claim_qc_query", "claim_qc_answered", "claim_qc_clear"]

    def write(n: int) -> None:
        for place in ("lakeside", "city", "lakeside"):
            real_desk.happen(kinds[n % 4], at=place)

    def work(_: int) -> None:
        desk = Desk.of(real_database, cast)
        while desk.relay.turn() or not is_over.is_set():
            pass

    with ThreadPoolExecutor(7) as pool:
        relays = [pool.submit(work, n) for n in range(3)]
        try:
            list(pool.map(write, range(16)))
        finally:
            is_over.set()
        for relay in relays:
            relay.result()
    real_desk.tell()
    assert broken(real_database) == []
    got = {name: len(items) for name, items in told_of(real_desk).items()}
    # Of the 16 rounds 8 are told to processors, 8 to hospitals; two of the three claims of each are Lakeside's.
    assert got == {
        "lakeside_desk": 16, "city_desk": 8, "city_ward": 8, "meera": 16, "rahul": 24, "priya": 8,
    }  # fmt: skip


def test_unknown_workflows_stop_nobody_else(desk: Desk) -> None:
    """An event whose definition is nowhere to be found waits for its retry; the others of its turn are told."""
    with desk.database.unit_of_work() as session:
        lost = Subject("claim", new_id(), "X-1", facts={"workflow": "nowhere", "workflow_version": 1})
        record(session, "claim_pending", subject=lost, actor=None)
    desk.happen("claim_pending", by=desk.cast.lakeside_desk)
    desk.tell()
    assert desk.inbox(desk.cast.meera) == ["Claim Submitted"]
    with desk.database.read_unit() as session:
        (open_,) = session.scalars(select(EventMark).where(EventMark.done_at.is_(None))).all()
        assert (open_.type, open_.last_error) == ("claim_pending", "UnknownWorkflow")


def test_an_event_of_a_claim_that_this_process_does_not_know_is_not_passed_over(desk: Desk) -> None:
    """A type of a workflow that another process, started later, has pinned: it is looked at, whatever it is called."""
    event = desk.happen("claim_escalated", by=desk.cast.meera)
    looked_at: list[str] = []
    rule = type(desk.telling).rule
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(desk.telling), "rule", lambda self, event: looked_at.append(event.id) or rule(self, event)
        )
        desk.tell()
    assert looked_at == [event]
    assert count(desk.database, "inbox") == 0
