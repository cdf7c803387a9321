"""Policies: who can have one, what can be changed, and a cover that is never used beyond its end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from insurenz.core.db import Database, Session
from insurenz.core.errors import Invalid, NotFound
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.core.statements import write_together
from insurenz.events.models import Event
from insurenz.policies import service
from insurenz.policies.errors import CoverUsedUp, NumberTaken
from insurenz.policies.models import Policy, PolicyStatus, PolicyType
from insurenz.policies.queries import policy_for
from tests.actors import Cast, people


def make(session: Session, cast: Cast, **other: Any) -> Policy:
    given: dict[str, Any] = {
        "number": "POL-TEST-0001",
        "holder_id": cast.asha.id,
        "payer": "PAY_001",
        "type": PolicyType.MEDICAL,
        "start_date": date(2026, 1, 1),
        "end_date": date(2026, 12, 31),
        "cover_amount": "1000.00",
        "currency": "INR",
    }
    return service.create(session, cast.admin, **(given | other))


def test_a_new_policy_covers_all_and_leaves_an_event(db: Session, cast: Cast) -> None:
    made = make(db, cast, number=None)
    assert (made.cover_amount, made.cover_used, made.cover_left, made.version) == (100_000, 0, 100_000, 1)
    assert made.number.startswith("POL-")
    event = db.query(Event).filter_by(subject_kind="policy", subject_id=made.id).one()
    assert (event.type, event.actor_id, event.claimant_id) == ("policy_created", cast.admin.id, cast.asha.id)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"holder_id": "nobody"}, "user_id", "unknown_policyholder"),
        ({"holder_id": new_id()}, "user_id", "unknown_policyholder"),
        ({"payer": "HOSP_001"}, "payer_id", "unknown_payer"),
        ({"payer": "PAY_999"}, "payer_id", "unknown_payer"),
        ({"end_date": date(2025, 12, 31)}, "end_date", "before_start"),
        ({"cover_amount": "0"}, "cover_amount", "out_of_range"),
        ({"cover_amount": "1.001"}, "cover_amount", "too_precise"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(
    db: Session, cast: Cast, wrong: dict[str, Any], field: str, code: str
) -> None:
    before = db.query(Policy).count()
    with pytest.raises(Invalid) as refused:
        make(db, cast, **wrong)
    assert [(e.field, e.code) for e in refused.value.errors] == [(field, code)]
    assert db.query(Policy).count() == before


def test_staff_hold_no_policies(db: Session, cast: Cast) -> None:
    with pytest.raises(Invalid):
        make(db, cast, holder_id=cast.priya.id)


def test_a_number_is_given_once(db: Session, cast: Cast) -> None:
    made = make(db, cast)
    with pytest.raises(NumberTaken):
        make(db, cast, holder_id=cast.vikram.id)
    assert db.query(Policy).filter_by(number=made.number).one().holder_id == cast.asha.id


def test_a_strangers_policy_is_missing(db: Session, cast: Cast) -> None:
    made = make(db, cast)
    for reference in (made.id, made.id.upper(), made.number):
        assert policy_for(db, cast.asha, reference, lock=True).id == made.id
        assert policy_for(db, cast.auditor, reference).id == made.id
    strangers: list[Actor] = [cast.vikram, cast.city_desk, cast.priya, cast.arjun]
    for actor in strangers:
        for reference in (made.id, made.number):
            with pytest.raises(NotFound):
                policy_for(db, actor, reference)
    for reference in ("", "POL-", "POL-NONE", "x'; --", "\0", new_id()):
        with pytest.raises(NotFound):
            policy_for(db, cast.admin, reference)


def use_cover(session: Session, policy_id: str, by: int) -> int:
    session.flush()
    [returned] = write_together(session, [service.change_cover_used(policy_id, by)], {})
    return service.cover_used(returned, by)


def test_cover_is_used_and_given_back(db: Session, cast: Cast) -> None:
    made = make(db, cast)
    assert [use_cover(db, made.id, 60_000), use_cover(db, made.id, 40_000)] == [60_000, 100_000]
    with pytest.raises(CoverUsedUp):
        use_cover(db, made.id, 1)
    use_cover(db, made.id, -40_000)
    with pytest.raises(ValueError, match="less than 60001"):
        use_cover(db, made.id, -60_001)
    db.expire_all()
    found = policy_for(db, cast.asha, made.number)
    assert (found.cover_used, found.version) == (60_000, 1)


def test_a_cover_cannot_fall_below_what_is_used(db: Session, cast: Cast) -> None:
    made = make(db, cast)
    use_cover(db, made.id, 60_000)
    locked = policy_for(db, cast.admin, made.id, lock=True)
    with pytest.raises(Invalid):
        service.change(db, cast.admin, locked, cover_amount="599.99")
    service.change(db, cast.admin, locked, cover_amount="600", status=PolicyStatus.SUSPENDED)
    assert (locked.cover_left, locked.status, locked.version) == (0, "suspended", 2)
    service.change(db, cast.admin, locked, cover_amount="600")
    assert locked.version == 2


def test_only_an_active_policy_that_has_begun_takes_claims(db: Session, cast: Cast) -> None:
    made = make(db, cast)
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 10))
    assert [made.is_active_on(day) for day in days] == [False, True, True, True]
    made.status = PolicyStatus.ENDED
    assert [made.is_active_on(day) for day in days] == [False] * 4


@pytest.mark.parametrize(
    "change",
    [
        "cover_used = -1",
        "cover_used = cover_amount + 1",
        "cover_amount = 0",
        "status = 'lapsed'",
        "type = 'life'",
        "end_date = '2020-01-01'",
        "number = '1'",
        "version = 0",
        "currency = 'IN'",
    ],
)
def test_d07_d09_the_database_itself_keeps_policies_right(db: Session, cast: Cast, change: str) -> None:
    made = make(db, cast)
    db.flush()
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(text(f"UPDATE policies SET {change} WHERE number = :number"), {"number": made.number})


def test_d07_parallel_uses_never_exceed_the_cover(real_database: Database) -> None:
    with real_database.unit_of_work() as session:
        policy_id = make(session, people(session)).id

    def use(_: int) -> bool:
        try:
            with real_database.unit_of_work() as session:
                use_cover(session, policy_id, 7_000)
        except CoverUsedUp:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = sum(pool.map(use, range(24)))
    with real_database.read_unit() as session:
        assert (won, session.get_one(Policy, policy_id).cover_used) == (14, 98_000)
