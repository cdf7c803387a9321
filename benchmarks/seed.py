"""Fills a measured install: policyholders with a policy and a session each, a desk of processors, and claims to act on.

Runs with the settings of the install in its environment, on a database of its own that it may fill at will:

    seed.py STATE [--holders 1000] [--desk 1] [--claims 0]
    seed.py STATE --filled COUNT          instead: the claims of claims_fill.py, and one who reads many of them
    seed.py STATE --inboxes COUNT HOURS   instead: the notifications of inbox_fill.py, and everybody who has some
    seed.py STATE --hospitals SIZE ...    more: for each size a hospital with so many users, and claims of theirs

STATE is the JSON file that `adapters/product.py` reads: access tokens, policy numbers, and ids of pending claims.
What is there already is kept; another call adds claims.
"""

import argparse
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from insurenz.accounts import service as accounts
from insurenz.accounts.models import Assignment, User, UserSession
from insurenz.accounts.tokens import Kind as TokenKind
from insurenz.accounts.tokens import Signer, digest
from insurenz.asgi import create_app
from insurenz.claims import hospital as hospital_claims
from insurenz.claims.bodies import ClaimIn
from insurenz.claims.forms import HospitalClaimIn
from insurenz.claims.models import Claim
from insurenz.claims.submit import submit
from insurenz.cli.opening import open_database, open_settings
from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Role
from insurenz.migrations import runner, state
from insurenz.organisations import service as organisations
from insurenz.organisations.models import Kind, Organisation
from insurenz.policies.models import Policy, PolicyStatus, PolicyType

PAYER = "PAY_001"
LIFE = timedelta(days=365)
# In minor units: so much that no run uses it up.
COVER = 10**15
CLAIMS_IN_A_UNIT = 100
# Each is cleared, then approved.
CLAIMS_OF_A_HOSPITAL = 150


def main() -> None:
    """Seed the install of the environment's settings."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("state", type=Path)
    arguments.add_argument("--holders", type=int, default=1000)
    arguments.add_argument("--desk", type=int, default=1)
    arguments.add_argument("--claims", type=int, default=0)
    arguments.add_argument("--filled", type=int, default=0)
    arguments.add_argument("--inboxes", type=int, nargs=2, default=())
    arguments.add_argument("--hospitals", type=int, nargs="*", default=())
    given = arguments.parse_args()
    settings = open_settings()
    database = open_database(settings, is_prepared=False)
    readers = _filled(database, given.filled) if given.filled else {}
    readers |= _inboxes(database, *given.inboxes) if given.inboxes else {}
    if not state.is_current(database):
        runner.upgrade(database)
    app = create_app(settings, database)
    if given.state.exists():
        seeded = json.loads(given.state.read_text())
    elif readers:
        signer = app.state.gate.terms.signer
        seeded = {"claims": []} | {name: _signed_in(database, signer, ids) for name, ids in readers.items()}
    else:
        seeded = people(database, app.state.gate.terms.signer, given.holders, given.desk)
    seeded["claims"] += pending_claims(database, app.state.rules, given.claims)
    seeded.setdefault("hospitals", {}).update(
        {str(size): _hospital(database, app, size) for size in given.hospitals}
    )
    given.state.write_text(json.dumps(seeded))
    database.close()


def _filled(database: Database, count: int) -> dict[str, list[str]]:
    """So many claims in an empty database; a processor who works for half of the payers and some hospitals."""
    import claims_fill  # noqa: PLC0415 - it takes a while, and most runs do without

    return {"processors": [claims_fill.fill(database, count)["tpa"]]}


def _inboxes(database: Database, count: int, hours: int) -> dict[str, list[str]]:
    """So many notifications in an empty database; those who read them, by the names the adapter has for them."""
    import inbox_fill  # noqa: PLC0415 - it takes a while, and most runs do without

    people = inbox_fill.fill(database, count, hours)
    return {
        "tokens": [*people.holders],
        "frequent": [*people.holders[: inbox_fill.FREQUENT]],
        "processors": [each for desk in people.desks[:-1] for each in desk],
        "busiest": [people.busiest],
    }


def _signed_in(database: Database, signer: Signer, ids: list[str]) -> list[str]:
    now = clock.now()
    with database.unit_of_work() as session:
        return [_token(session, signer, session.get_one(User, each), now) for each in ids]


def people(database: Database, signer: Signer, count: int, desk: int) -> dict[str, Any]:
    """One payer, so many processors, and so many policyholders; what the adapter needs to act as them."""
    now = clock.now()
    with database.unit_of_work() as session:
        payer = organisations.create(session, None, kind=Kind.PAYER, name="Suraksha General", number=PAYER)
        processor = accounts.create_user(
            session, None, email="processor@bench.example", name="Priya", role=Role.CLAIM_PROCESSOR, level=4
        )
        accounts.assign(session, None, processor, payer)
        others = [_person(f"desk{n}", Role.CLAIM_PROCESSOR, now, level=1) for n in range(1, desk)]
        session.add_all(others)
        session.flush()
        works = {"organisation_id": payer.id, "kind": Kind.PAYER, "created_at": now}
        if others:
            session.execute(insert(Assignment), [works | {"user_id": each.id} for each in others])
        holders = [_person(f"holder{n}", Role.POLICYHOLDER, now) for n in range(1, count + 1)]
        session.add_all(holders)
        session.flush()
        policies = [_policy(number, holder, payer, now) for number, holder in enumerate(holders, 1)]
        session.add_all(policies)
        return {
            "processors": [_token(session, signer, processor, now)],
            "tokens": [_token(session, signer, holder, now) for holder in holders],
            "policies": [policy.number for policy in policies],
            "claims": [],
        }


def pending_claims(database: Database, rules: Any, count: int) -> list[str]:
    """The ids of so many new claims, filed by one policyholder after the other."""
    with database.read_unit() as session:
        held = select(User, Policy.number).join(Policy, Policy.holder_id == User.id).order_by(Policy.number)
        filers = [(holder.as_actor(), number) for holder, number in session.execute(held)]
    for first in range(0, count, CLAIMS_IN_A_UNIT):
        with database.unit_of_work() as session:
            for number in range(first, min(first + CLAIMS_IN_A_UNIT, count)):
                actor, policy = filers[number % len(filers)]
                submit(session, actor, rules=rules, data=_claim(policy))
    with database.read_unit() as session:
        # Ids sort in the order they were made.
        return list(session.scalars(select(Claim.id).order_by(Claim.id.desc()).limit(count)))


def _hospital(database: Database, app: Any, size: int) -> dict[str, Any]:
    """A hospital with so many users, who are told what its one processor decides; and its pending claims."""
    now = clock.now()
    with database.unit_of_work() as session:
        payer = organisations.create(session, None, kind=Kind.PAYER, name=f"Payer of {size}")
        hospital = organisations.create(
            session, None, kind=Kind.HOSPITAL, name=f"Hospital of {size}", works_with=[payer.id]
        )
        people = [_person(f"user{n}-of-{size}", Role.HOSPITAL_USER, now) for n in range(size)]
        processor = _person(f"processor-of-{size}", Role.CLAIM_PROCESSOR, now, level=4)
        session.add_all([*people, processor])
        session.flush()
        works = {"organisation_id": hospital.id, "kind": Kind.HOSPITAL, "created_at": now}
        session.execute(insert(Assignment), [works | {"user_id": each.id} for each in (*people, processor)])
        filer, data = people[0].as_actor(), _hospital_claim(hospital, payer)
        for _ in range(CLAIMS_OF_A_HOSPITAL):
            hospital_claims.submit(session, filer, rules=app.state.rules, data=data)
        return {"id": hospital.id, "processor": _token(session, app.state.gate.terms.signer, processor, now)}


def _person(name: str, role: Role, now: datetime, level: int = 0) -> User:
    return User(
        id=new_id(),
        email=f"{name}@bench.example",
        name=name.title(),
        role=role,
        level=level,
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _policy(number: int, holder: User, payer: Organisation, now: datetime) -> Policy:
    return Policy(
        id=new_id(),
        number=f"POL-BENCH-{number:06d}",
        holder_id=holder.id,
        payer_id=payer.id,
        type=PolicyType.MEDICAL,
        status=PolicyStatus.ACTIVE,
        start_date=date(2020, 1, 1),
        end_date=date(2099, 12, 31),
        cover_amount=COVER,
        cover_used=0,
        currency="INR",
        version=1,
        created_at=now,
        updated_at=now,
    )


def _token(session: Session, signer: Signer, user: User, now: datetime) -> str:
    """An access token of a session that both outlive every run; signing in would hash a password each time."""
    row = UserSession(
        id=new_id(),
        user_id=user.id,
        kind="bearer",
        created_at=now,
        last_seen_at=now,
        expires_at=now + LIFE,
        user_agent="bench",
        refresh_hash=digest(new_id()),
        refresh_generation=0,
    )
    session.add(row)
    return signer.token(
        TokenKind.ACCESS, user_id=user.id, session_id=row.id, issued_at=now, expires_at=now + LIFE
    )


def _claim(policy: str) -> ClaimIn:
    return ClaimIn(
        user_policy_id=policy,
        claim_type="medical",
        incident_date=date(2026, 2, 5),
        description="Emergency treatment",
        claim_amount="5000",
    )


def _hospital_claim(hospital: Organisation, payer: Organisation) -> HospitalClaimIn:
    form = {"patient_name": "Ravi Kumar", "claimed_amount": "5000", "payer_name": payer.name}
    return HospitalClaimIn.model_validate(
        {"hospital_id": hospital.id, "payer_id": payer.id, "form_data": form}
    )


if __name__ == "__main__":
    main()
