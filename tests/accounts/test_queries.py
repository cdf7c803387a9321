"""The reach of each role, as formula and as SQL."""

from datetime import timedelta

import pytest
from sqlalchemy import literal, select, text
from sqlalchemy.exc import IntegrityError

from insurenz.accounts import keys, links, queries, service, sessions
from insurenz.accounts.presence import Presence
from insurenz.accounts.sessions import Terms
from insurenz.accounts.tokens import Signer
from insurenz.core.db import Database, Id, Session
from insurenz.core.permissions import Scope
from insurenz.organisations.queries import find
from tests.actors import Cast

HOSPITALS, PAYERS = ("city", "lakeside"), ("suraksha", "health")


def reached(db: Session, cast: Cast, who: str) -> set[tuple[str, str]]:
    """The pairs of hospital and payer whose claims this person reaches."""
    actor, found = getattr(cast, who), set()
    for hospital in HOSPITALS:
        for payer in PAYERS:
            ids = (literal(getattr(cast, name).id, Id) for name in (hospital, payer))
            if db.scalar(select(literal(1)).where(queries.reaches_hospital_claim(actor, *ids))):
                found.add((hospital, payer))
    return found


def retail(db: Session, cast: Cast, who: str) -> set[str]:
    actor = getattr(cast, who)
    return {
        payer
        for payer in PAYERS
        if db.scalar(
            select(literal(1)).where(
                queries.reaches_retail_claim(actor, literal(getattr(cast, payer).id, Id))
            )
        )
    }


EVERYTHING = {(h, p) for h in HOSPITALS for p in PAYERS}
CITY = {("city", p) for p in PAYERS}
LAKESIDE = {("lakeside", p) for p in PAYERS}


@pytest.mark.parametrize(
    ("who", "hospital_claims", "retail_claims"),
    [
        ("asha", set(), set()),
        ("city_desk", CITY, set()),
        ("lakeside_desk", LAKESIDE, set()),
        ("priya", CITY, set()),
        ("rahul", EVERYTHING, set()),
        ("meera", LAKESIDE, set()),
        ("arjun", set(), {"suraksha"}),
        ("admin", EVERYTHING, {"suraksha", "health"}),
        ("auditor", EVERYTHING, {"suraksha", "health"}),
    ],
)
def test_each_reaches_what_they_are_assigned_to(
    db: Session, cast: Cast, who: str, hospital_claims: set[tuple[str, str]], retail_claims: set[str]
) -> None:
    assert reached(db, cast, who) == hospital_claims
    assert retail(db, cast, who) == retail_claims


def test_a_payer_narrows_the_hospitals_of_a_processor(database: Database, cast: Cast) -> None:
    with database.unit_of_work() as session:
        rahul = queries.user(session, cast.rahul.id)
        payer = find(session, "PAY_002")
        assert payer is not None
        service.assign(session, None, rahul, payer)
        assert reached(session, cast, "rahul") == {("city", "health"), ("lakeside", "health")}
        assert retail(session, cast, "rahul") == {"health"}
        reach = queries.assigned(session, cast.rahul.id)
        assert reach.hospitals == {cast.city.id, cast.lakeside.id}
        assert reach.payers == {cast.health.id}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE users SET email = 'Asha@demo.example' WHERE email = 'asha@demo.example'",
        "UPDATE users SET email = 'asha@demo.example'",
        "UPDATE users SET email = 'nothing'",
        "UPDATE users SET name = ''",
        "UPDATE users SET role = 'root'",
        "UPDATE users SET level = 5 WHERE role = 'claim_processor'",
        "UPDATE users SET level = 1 WHERE role = 'admin'",
        "UPDATE users SET version = 0",
        "UPDATE users SET name = NULL",
        "DELETE FROM users WHERE email = 'priya@demo.example'",
        "UPDATE assignments SET kind = 'payer' WHERE kind = 'hospital'",
        "UPDATE assignments SET organisation_id = user_id",
        "INSERT INTO assignments SELECT * FROM assignments",
        "UPDATE sessions SET kind = 'other'",
        "UPDATE sessions SET refresh_hash = NULL",
        "UPDATE sessions SET ended_at = created_at",
        "UPDATE sessions SET expires_at = created_at",
        "UPDATE sessions SET refresh_generation = -1",
        "UPDATE one_time_links SET purpose = 'other'",
        "UPDATE one_time_links SET expires_at = created_at",
        "UPDATE api_keys SET expires_at = created_at",
        "UPDATE api_keys SET name = ''",
    ],
)
def test_d09_the_database_refuses_what_is_wrong_with_accounts(
    database: Database, cast: Cast, statement: str
) -> None:
    hour = timedelta(hours=1)
    terms = Terms(Signer(b"k" * 32, "HS256"), Presence(), hour, hour, hour)
    with database.unit_of_work() as session:
        user = queries.user(session, cast.asha.id)
        sessions.begin(session, terms, user, user_agent="")
        links.request_reset(session, user.email, life=hour)
        keys.create(session, cast.asha, name="k", scopes=[Scope.ACCOUNT], expires_at=None)
        session.flush()
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(statement))
