"""The demo world is what its page promises, loaded once and never in production."""

from datetime import date

import pytest

from insurenz.accounts import passwords
from insurenz.accounts.models import Assignment, User
from insurenz.accounts.queries import actor_of, by_email
from insurenz.core.db import Session
from insurenz.demo import world
from insurenz.demo.people import PASSWORD, years_from
from insurenz.events.models import Event
from insurenz.organisations.models import Organisation
from insurenz.organisations.queries import partners
from insurenz.policies.models import Policy

TODAY = date(2026, 11, 22)
PEOPLE = {
    "asha@demo.example": ("policyholder", []),
    "vikram@demo.example": ("policyholder", []),
    "desk@city.demo.example": ("hospital_user", ["HOSP_001"]),
    "ward@city.demo.example": ("hospital_user", ["HOSP_001"]),
    "desk@lakeside.demo.example": ("hospital_user", ["HOSP_002"]),
    "priya@demo.example": ("claim_processor_l1", ["HOSP_001"]),
    "rahul@demo.example": ("claim_processor_l3", ["HOSP_001", "HOSP_002"]),
    "meera@demo.example": ("claim_processor", ["HOSP_002"]),
    "arjun@demo.example": ("claim_processor_l2", ["PAY_001"]),
    "admin@demo.example": ("admin", []),
    "auditor@demo.example": ("auditor", []),
}
YEAR = (date(2025, 11, 22), date(2027, 11, 22))
POLICIES = {
    "POL-DEMO-0001": ("asha@demo.example", "medical", "active", 500_000_00, *YEAR),
    "POL-DEMO-0002": ("asha@demo.example", "vehicle", "active", 300_000_00, *YEAR),
    "POL-DEMO-0003": (
        "asha@demo.example",
        "medical",
        "ended",
        400_000_00,
        date(2025, 1, 1),
        date(2025, 12, 31),
    ),
    "POL-DEMO-0004": ("vikram@demo.example", "property", "active", 1_000_000_00, *YEAR),
}


def load(db: Session) -> bool:
    return world.load(db, today=TODAY, is_production=False)


def test_everybody_is_there_with_role_level_and_assignments(db: Session) -> None:
    assert load(db)
    found = {}
    for user in db.query(User):
        numbers = (
            db.query(Organisation.number)
            .join(Assignment, Assignment.organisation_id == Organisation.id)
            .filter(Assignment.user_id == user.id)
        )
        found[user.email] = (actor_of(user).role_shown, sorted(number for (number,) in numbers))
    assert found == PEOPLE


def test_everybody_signs_in_with_the_one_password(db: Session) -> None:
    load(db)
    hashes = {user.password_hash for user in db.query(User)}
    assert len(hashes) == 1
    assert passwords.verified(hashes.pop(), PASSWORD)


def test_both_hospitals_work_with_both_payers(db: Session) -> None:
    load(db)
    names = {o.number: (o.name, [p.number for p in partners(db, o)]) for o in db.query(Organisation)}
    assert names == {
        "HOSP_001": ("City Hospital", ["PAY_001", "PAY_002"]),
        "HOSP_002": ("Lakeside Clinic", ["PAY_001", "PAY_002"]),
        "PAY_001": ("Suraksha General", ["HOSP_001", "HOSP_002"]),
        "PAY_002": ("Health Insurance Ltd", ["HOSP_001", "HOSP_002"]),
    }


def test_the_policies_are_there_from_a_year_before_to_a_year_after(db: Session) -> None:
    load(db)
    emails = {user.id: user.email for user in db.query(User)}
    found = {
        p.number: (emails[p.holder_id], p.type, p.status, p.cover_amount, p.start_date, p.end_date)
        for p in db.query(Policy)
    }
    assert found == POLICIES
    assert {(p.currency, p.cover_used) for p in db.query(Policy)} == {("INR", 0)}
    payer = db.query(Organisation).filter_by(number="PAY_001").one()
    assert {p.payer_id for p in db.query(Policy)} == {payer.id}


def test_it_is_loaded_once(db: Session) -> None:
    load(db)
    before = (db.query(User).count(), db.query(Policy).count(), db.query(Event).count())
    assert (load(db), world.is_loaded(db), world.is_empty(db)) == (False, True, False)
    assert (db.query(User).count(), db.query(Policy).count(), db.query(Event).count()) == before


def test_p09_production_refuses_it(db: Session) -> None:
    with pytest.raises(world.DemoRefused, match="refused in production"):
        world.load(db, today=TODAY, is_production=True)
    assert (world.is_loaded(db), world.is_empty(db)) == (False, True)
    assert by_email(db, "admin@demo.example") is None


def test_a_leap_day_has_its_year_before_and_after() -> None:
    assert [years_from(date(2028, 2, 29), n) for n in (-1, 1, 4)] == [
        date(2027, 2, 28),
        date(2029, 2, 28),
        date(2032, 2, 29),
    ]


def test_loading_hashes_one_password_not_eleven(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    real = passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda password: calls.append(password) or real(password))
    load(db)
    assert len(calls) == 1
