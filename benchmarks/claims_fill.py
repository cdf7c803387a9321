"""Fills a throwaway database with people, organisations and any number of claims, as plain rows without events.

    PYTHONPATH=src python benchmarks/claims_fill.py sqlite:////tmp/bench.db 100000

The same number gives the same claims on SQLite and PostgreSQL. Their words have known frequencies (`WORDS`, `RARE`).
"""

import random
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

from psycopg.types.json import Json
from sqlalchemy import event, insert, text

from insurenz.accounts.models import Assignment, User
from insurenz.claims.models import Claim
from insurenz.core.db import Base, Database, Session
from insurenz.core.permissions import Role
from insurenz.migrations import runner
from insurenz.organisations.models import Kind, Organisation
from insurenz.policies.models import Policy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YEARS = 3
PAYERS, HOSPITALS = 10, 12
# One in so many claims has the word; the rare one stands in as many claims as there are, up to twenty.
WORDS = {"treatment": 2, "fracture": 20, "ligament": 200, "concussion": 2000}
RARE, RARE_CLAIMS = "zygomatic", 20
FORM = {"patient_name": "Asha Nair", "claimed_amount": "18250", "payer_name": "Suraksha General"}
_HEADS = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"]
_TAILS = [
    "ran",
    "lot",
    "mir",
    "sen",
    "tab",
    "vok",
    "zul",
    "pin",
    "dar",
    "gem",
    "hos",
    "jil",
    "kel",
    "nor",
    "wex",
]
FILLER = [head + tail for head in _HEADS for tail in _TAILS]
_TEXT = random.Random(1).choices(FILLER, k=10_000)
GIVEN = [
    "Asha",
    "Vikram",
    "Nisha",
    "Thomas",
    "Farida",
    "Priya",
    "Rahul",
    "Meera",
    "Arjun",
    "Lakshmi",
    "Sanjay",
    "Kavita",
    "Imran",
    "Leela",
    "Rohan",
    "Tara",
]
FAMILY = [
    "Nair",
    "Singh",
    "Kapoor",
    "Mathew",
    "Khan",
    "Menon",
    "Verma",
    "Iyer",
    "Rao",
    "Pillai",
    "Gupta",
    "Das",
    "Shah",
    "Bose",
    "Patel",
    "Reddy",
]

Choice = list[tuple[str, str, int]]
# (status, phase, weight) of the claims of the last month, and of those before.
NEW_RETAIL: Choice = [("pending", "intake", 60), ("under_review", "review", 30), ("approved", "decided", 10)]
OLD_RETAIL: Choice = [
    ("completed", "closed", 850),
    ("approved", "decided", 60),
    ("rejected", "decided", 80),
    ("under_review", "review", 7),
    ("pending", "intake", 3),
]
NEW_HOSPITAL: Choice = [
    ("qc_pending", "intake", 50),
    ("qc_query", "waiting", 20),
    ("qc_answered", "answered", 20),
    ("qc_clear", "review", 10),
]
OLD_HOSPITAL: Choice = [
    ("claim_approved", "decided", 850),
    ("claim_denial", "decided", 140),
    ("claim_contested", "disputed", 5),
    ("need_more_info", "waiting", 5),
]


def id_at(moment: datetime, dice: random.Random) -> str:
    """A UUIDv7 of this moment."""
    stamp, drawn = int(moment.timestamp() * 1000), dice.getrandbits(12)
    digits = f"{stamp:012x}7{drawn:03x}{0b10 << 62 | dice.getrandbits(62):016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def fill(database: Database, count: int) -> dict[str, str]:
    """Migrate an empty database, and fill it with `count` claims; gives the ids of some who read them."""
    runner.upgrade(database)
    dice = random.Random(count)
    with database.unit_of_work() as session:
        payers, hospitals = _organisations(session, dice)
        readers = _readers(session, dice, payers, hospitals)
        policies = _holders(session, dice, max(1000, count // 100), payers)
    rows = _claims(dice, count, policies, hospitals, readers["processor"])
    if database.is_sqlite:
        _insert(database, rows)
    else:
        _copy(database, rows)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("VACUUM ANALYZE"))
    return readers | {"holder": policies[0]["user_id"]}


def add_all(
    session: Session, table: type[Base], dice: random.Random, rows: list[dict[str, Any]]
) -> list[str]:
    """Insert rows with ids of a time before all claims; gives the ids."""
    before = NOW - timedelta(days=366 * YEARS)
    full = [
        {"id": id_at(before, dice), "created_at": before, "updated_at": before, "version": 1} | r
        for r in rows
    ]
    session.execute(insert(table), full)
    return [row["id"] for row in full]


def _organisations(session: Session, dice: random.Random) -> tuple[list[str], list[str]]:
    def rows(kind: Kind, mark: str, count: int) -> list[dict[str, Any]]:
        return [
            {"kind": kind, "number": f"{mark}_{n:03}", "name": f"{kind.title()} {n}", "is_active": True}
            for n in range(1, count + 1)
        ]

    payers = add_all(session, Organisation, dice, rows(Kind.PAYER, "PAY", PAYERS))
    return payers, add_all(session, Organisation, dice, rows(Kind.HOSPITAL, "HOSP", HOSPITALS))


def user_row(email: str, role: Role) -> dict[str, Any]:
    name = email.partition("@")[0].title()
    return {"email": email, "name": name, "role": role, "level": 0, "is_active": True}


def _readers(
    session: Session, dice: random.Random, payers: list[str], hospitals: list[str]
) -> dict[str, str]:
    """Those whose lists are measured, by what they reach."""
    works_for = {
        "admin": (Role.ADMIN, [], []),
        "processor": (Role.CLAIM_PROCESSOR, payers[:1], []),
        "small_processor": (Role.CLAIM_PROCESSOR, payers[-1:], []),
        "tpa": (Role.CLAIM_PROCESSOR, payers[:5], hospitals[:4]),
        "desk": (Role.HOSPITAL_USER, [], hospitals[:1]),
    }
    emails = [user_row(f"{name}@bench.example", role) for name, (role, *_) in works_for.items()]
    ids = dict(zip(works_for, add_all(session, User, dice, emails), strict=True))
    assigned = [
        {"user_id": ids[name], "organisation_id": each, "kind": kind, "created_at": NOW}
        for name, (_, of_payers, of_hospitals) in works_for.items()
        for kind, organisations in ((Kind.PAYER, of_payers), (Kind.HOSPITAL, of_hospitals))
        for each in organisations
    ]
    session.execute(insert(Assignment), assigned)
    return ids


def _holders(session: Session, dice: random.Random, count: int, payers: list[str]) -> list[dict[str, str]]:
    """Policyholders with a policy each: as whom, with which payer."""
    ids = add_all(
        session, User, dice, [user_row(f"p{n}@bench.example", Role.POLICYHOLDER) for n in range(count)]
    )
    # Large payers and small ones: a third of all policies, a sixth, ...
    payer_of = dice.choices(payers, weights=[1 / (n + 1) for n in range(len(payers))], k=count)
    fixed = {
        "type": "medical",
        "status": "active",
        "start_date": (NOW - timedelta(days=366 * YEARS)).date(),
        "end_date": (NOW + timedelta(days=365)).date(),
        "cover_amount": 10**12,
        "cover_used": 0,
        "currency": "INR",
    }
    rows = [
        fixed | {"number": f"POL-{n}", "holder_id": holder, "payer_id": payer}
        for n, (holder, payer) in enumerate(zip(ids, payer_of, strict=True))
    ]
    policies = add_all(session, Policy, dice, rows)
    return [
        {"policy_id": policy, "user_id": row["holder_id"], "payer_id": row["payer_id"]}
        for policy, row in zip(policies, rows, strict=True)
    ]


def _claims(
    dice: random.Random,
    count: int,
    policies: list[dict[str, str]],
    hospitals: list[str],
    processor: str,
) -> Iterator[dict[str, Any]]:
    """Claims, oldest first, evenly spread over the years until now."""
    rare = set(dice.sample(range(count), min(RARE_CLAIMS, count)))
    start, step = NOW - timedelta(days=365 * YEARS), timedelta(days=365 * YEARS) / count
    for n in range(count):
        at = start + step * n
        is_new = at > NOW - timedelta(days=30)
        hospital = dice.choice(hospitals) if dice.random() < 0.3 else None
        choice = (
            (NEW_HOSPITAL if is_new else OLD_HOSPITAL) if hospital else (NEW_RETAIL if is_new else OLD_RETAIL)
        )
        status, phase, _ = dice.choices(choice, weights=[weight for *_, weight in choice])[0]
        is_taken = phase == "review" and dice.random() < 0.02
        moved = at if phase == "intake" else min(NOW, at + timedelta(hours=dice.expovariate(1 / 200)))
        yield (
            dice.choice(policies)
            | {
                "id": id_at(at, dice),
                "claim_number": f"CLM-{at:%Y%m%d}-{n:08}" if hospital is None else f"CSHLSIP-{at:%Y}-{n:03}",
                "workflow": "hospital" if hospital else "retail",
                "workflow_version": 4 if hospital else 2,
                "version": 1,
                "status": status,
                "status_group": phase,
                "claim_type": dice.choice(("medical", "medical", "medical", "vehicle", "property", "travel")),
                "incident_date": (at - timedelta(days=dice.expovariate(1 / 20))).date(),
                "description": _description(dice, is_rare=n in rare),
                "claim_amount": int(dice.lognormvariate(14, 1.2)) + 1,
                "currency": "INR",
                "hospital_id": hospital,
                "form_data": None if hospital is None else FORM,
                "assignee_id": processor if is_taken else None,
                "person_name": f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",
                "created_at": at,
                "updated_at": moved,
            }
            | ({} if hospital is None else {"policy_id": None})
        )


def _description(dice: random.Random, *, is_rare: bool) -> str:
    start, length = int(dice.random() * 9_000), 8 + int(dice.random() * 22)
    words = _TEXT[start : start + length]
    words += [word for word, one_in in WORDS.items() if dice.random() * one_in < 1]
    return " ".join([*words, RARE] if is_rare else words).capitalize()


def _insert(database: Database, rows: Iterator[dict[str, Any]]) -> None:
    """In large transactions that no disk is asked to confirm."""

    def hurry(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -500000")

    database.close()
    event.listen(database.engine, "connect", hurry)
    while batch := list(islice(rows, 50_000)):
        with database.unit_of_work() as session:
            session.execute(insert(Claim.__table__), batch)
    event.remove(database.engine, "connect", hurry)
    database.close()


def _copy(database: Database, rows: Iterator[Mapping[str, Any]]) -> None:
    """By COPY, without looking up each foreign key; the index of the words is made afterwards, which is quicker."""
    first = next(rows)
    with database.engine.begin() as connection:
        for setting in ("statement_timeout = 0", "session_replication_role = replica"):
            connection.execute(text(f"SET LOCAL {setting}"))
        connection.execute(text("DROP INDEX ix_claims_words"))
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY claims ({', '.join(first)}) FROM STDIN") as copy:
            for row in chain([first], rows):
                copy.write_row([Json(v) if isinstance(v, dict) else v for v in map(row.get, first)])
        connection.execute(text("CREATE INDEX ix_claims_words ON claims USING gin (words)"))


if __name__ == "__main__":
    started = time.perf_counter()
    print(fill(Database(sys.argv[1]), int(sys.argv[2])))
    print(f"{time.perf_counter() - started:.1f} s")
