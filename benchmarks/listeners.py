"""People who listen, and an event that all of them are told of at once. Runs with the settings of an install around it.

    listeners.py STATE [--count 5000]

makes as many people of one hospital, writes their access tokens to STATE, and waits: for each line on standard input it
puts one notification into every inbox, in one transaction, lets the servers know, and prints the clock of the commit.
"""

import argparse
import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from seed import _token
from sqlalchemy import insert

from insurenz.accounts.models import Assignment, User
from insurenz.accounts.tokens import Signer
from insurenz.cli.opening import open_database, open_settings
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.permissions import Role
from insurenz.core.secret import server_secret
from insurenz.events.service import Subject, append
from insurenz.migrations import runner, state
from insurenz.notifications import inboxes
from insurenz.notifications.hints import CHANNEL, EVERYBODY
from insurenz.notifications.models import NOTICES, TOLD
from insurenz.organisations import service as organisations
from insurenz.organisations.models import Kind, Organisation

WORDS = {"title": "QC Query Raised", "message": "Meera Iyer raised a QC query on claim CSHLSIP-2026-014."}


def main() -> None:
    """Make the people, then tell them as often as is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("state", type=Path)
    arguments.add_argument("--count", type=int, default=5000)
    given = arguments.parse_args()
    settings = open_settings()
    database = open_database(settings, is_prepared=False)
    if not state.is_current(database):
        runner.upgrade(database)
    signer = Signer(server_secret(settings), settings.jwt_algorithm)
    hospital, people, tokens = _people(database, signer, given.count)
    given.state.write_text(json.dumps(tokens))
    print("ready", flush=True)
    for _line in sys.stdin:
        print(_tell(database, hospital, people), flush=True)
    database.close()


def _people(database: Database, signer: Signer, count: int) -> tuple[Organisation, list[str], list[str]]:
    # Long enough ago to be nobody of whom the server has to learn again.
    now = clock.now() - timedelta(days=1)
    with database.unit_of_work() as session:
        hospital = organisations.create(session, None, kind=Kind.HOSPITAL, name="Lakeside", number="HOSP_001")
        people = [_person(number, now) for number in range(count)]
        session.add_all(people)
        session.flush()
        at = {"organisation_id": hospital.id, "kind": Kind.HOSPITAL, "created_at": now}
        session.execute(insert(Assignment), [{"user_id": person.id} | at for person in people])
        tokens = [_token(session, signer, person, now) for person in people]
        return hospital, [person.id for person in people], tokens


def _person(number: int, now: datetime) -> User:
    return User(
        id=new_id(),
        email=f"desk{number}@bench.example",
        name=f"Desk {number}",
        role=Role.HOSPITAL_USER,
        level=0,
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _tell(database: Database, hospital: Organisation, people: list[str]) -> float:
    """What a fan-out writes, of a type that the server's own fan-out does not know; gives the clock after the commit."""
    number, now = "CSHLSIP-2026-014", clock.now()
    subject = Subject(
        "claim", new_id(), number, hospital_id=hospital.id, hospital_name=hospital.name, status="qc_query"
    )
    with database.unit_of_work() as session:
        event = append(
            session, "told_by_bench", subject=subject, actor=None, texts={"remarks": "Which ward?"}
        )
        key = {"event_id": event.id, "audience": "hospital_users"}
        notice = WORDS | {"category": "action_needed", "is_receipt": False}
        session.execute(insert(NOTICES), [key | notice | {"subject_id": subject.id, "claim_number": number}])
        told = {"batch": 0, "last_user_id": None, "excluded": [], "at": now}
        recipients = [[user_id, "works_for_hospital", {}] for user_id in people]
        session.execute(insert(TOLD), [key | told | {"recipients": recipients}])
        post = inboxes.Post(event.id, "hospital_users", event.type, "action_needed", event.status, people)
        inboxes.put(session, [post], at=now)
    committed = time.monotonic()
    with psycopg.connect(str(database.url.set(drivername="postgresql").render_as_string(False))) as session:
        session.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"bench {EVERYBODY}"))
    return committed


if __name__ == "__main__":
    main()
