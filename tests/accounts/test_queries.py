"""The reach of each role, as formula and as SQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import cast as sql_cast
from sqlalchemy import literal, select, text
from sqlalchemy.exc import IntegrityError

from insurenz.accounts import keys, links, queries, service, sessions
from insurenz.accounts.presence import Presence
from insurenz.accounts.sessions import Terms
from insurenz.accounts.tokens import Signer
from insurenz.core.db import Database, Id, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Role, Scope
from insurenz.organisations.models import Organisation
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


# Who may be told of a claim, by hand: of a hospital (c: City, l: Lakeside) with its payer (s: Suraksha, h: Health), or of
# a retail claim of Vikram's (v) or Asha's (a) with its payer. `nila` handles City and Lakeside for Health alone, `omar`
# City's claims with Suraksha, and Suraksha's retail claims.
MAY_RECEIVE = """
who            c+s c+h l+s l+h v+s v+h a+s
asha           no  no  no  no  no  no  yes
vikram         no  no  no  no  yes yes no
city_desk      yes yes no  no  no  no  no
city_ward      yes yes no  no  no  no  no
lakeside_desk  no  no  yes yes no  no  no
priya          yes yes no  no  no  no  no
rahul          yes yes yes yes no  no  no
meera          no  no  yes yes no  no  no
arjun          no  no  no  no  yes no  yes
nila           no  yes no  yes no  yes no
omar           yes no  no  no  yes no  yes
admin          yes yes yes yes yes yes yes
auditor        no  no  no  no  no  no  no
"""


def may_receive(session: Session, cast: Cast, user_id: str) -> list[str]:
    """The answers in the order of the columns."""
    columns = MAY_RECEIVE.split("\n")[1].split()[1:]
    ids = {"c": cast.city.id, "l": cast.lakeside.id, "s": cast.suraksha.id, "h": cast.health.id}
    people = {"v": cast.vikram.id, "a": cast.asha.id}
    answers = [
        asked(session, user_id, hospital_id=ids.get(of), payer_id=ids[payer], claimant_id=people.get(of))
        for of, _, payer in columns
    ]
    return ["yes" if is_told else "no" for is_told in answers]


def asked(session: Session, user_id: str, **ids: str | None) -> bool:
    """What the database answers of these ids, as if they stood in a row."""
    columns: dict[str, Any] = {name: sql_cast(literal(id_, Id), Id) for name, id_ in ids.items()}
    return bool(session.scalar(select(queries.may_receive(literal(user_id, Id), **columns))))


def processor(session: Session, name: str, *firms: Organisation) -> str:
    made = service.create_user(
        session, None, email=f"{name}@demo.example", name=name, role=Role.CLAIM_PROCESSOR
    )
    for firm in firms:
        service.assign(session, None, made, firm)
    return made.id


def test_z08_each_may_be_told_of_what_they_reach_and_only_while_they_are_active(
    database: Database, cast: Cast
) -> None:
    expected = {name: row for name, *row in map(str.split, MAY_RECEIVE.strip().splitlines()[1:])}
    with database.unit_of_work() as session:
        ids = {name: getattr(cast, name).id for name in expected if hasattr(cast, name)}
        ids["nila"] = processor(session, "nila", cast.city, cast.lakeside, cast.health)
        ids["omar"] = processor(session, "omar", cast.city, cast.suraksha)
        assert {name: may_receive(session, cast, ids[name]) for name in expected} == expected
        for user_id in ids.values():
            queries.user(session, user_id).is_active = False
        session.flush()
        assert {name: may_receive(session, cast, ids[name]) for name in expected} == dict.fromkeys(
            expected, ["no"] * 7
        )


def test_z08_what_is_not_there_gives_nobody_a_right(db: Session, cast: Cast) -> None:
    ids = {"hospital_id": cast.city.id, "payer_id": cast.suraksha.id, "claimant_id": None}
    nothing = dict.fromkeys(ids)
    assert asked(db, new_id(), **ids) is False
    assert asked(db, cast.city_desk.id, **ids | {"payer_id": None}) is True
    people = (cast.asha, cast.city_desk, cast.arjun, cast.auditor)
    assert [asked(db, person.id, **nothing) for person in people] == [False] * 4
