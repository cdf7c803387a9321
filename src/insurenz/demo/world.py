"""Loads the people of the demo world by the product's own service functions, once, and knows what of it is there."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from insurenz.accounts import passwords
from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.accounts.models import User
from insurenz.core.findings import Finding
from insurenz.core.operations import DemoPerson, DemoWorld
from insurenz.demo.people import ADMIN, COVERS, CURRENCY, FIRMS, PASSWORD, PAYER, PEOPLE, period
from insurenz.events import service as events
from insurenz.events.models import Event
from insurenz.organisations import service as organisations
from insurenz.organisations.models import Kind, Organisation
from insurenz.policies import service as policies

FOUND_IN_PRODUCTION = Finding(
    "demo_in_production",
    "error",
    "DATABASE_URL",
    "This database holds the demo people, whose password is public. Production needs a database of its own.",
    "DATABASE_URL=postgresql://insurenz:PASSWORD@127.0.0.1:5432/insurenz",
)

# What is there of the demo world's claims is told by the trail, which nobody can change: an event for each of them, and
# one for all. Its subject is no row, but a name.
LOADED, KIND, WHOLE = "demo_loaded", "demo", "all claims"
_NAMES = uuid.UUID("6f1d5f3c-2f0e-5d9b-9d2e-0c7c1a8e4b11")


class DemoRefused(Exception):
    """The demo world cannot be loaded here."""


def is_loaded(session: Session) -> bool:
    """Whether this database holds the demo world, with people whose password everybody knows."""
    return accounts.by_email(session, ADMIN) is not None


def shown(session: Session) -> DemoWorld | None:
    """The people one can sign in as, where they are."""
    if not is_loaded(session):
        return None
    people = [DemoPerson(email=p.email, name=p.name, role=p.role_shown) for p in PEOPLE]
    return DemoWorld(password=PASSWORD, people=people)


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet: the first start."""
    return session.scalar(select(User.id).limit(1)) is None


def mark_of(name: str) -> events.Subject:
    """The subject of the event that tells that this part of the demo world is there."""
    return events.Subject(kind=KIND, id=str(uuid.uuid5(_NAMES, name)))


def marked(session: Session) -> set[str]:
    """The ids of the marks that are there."""
    return set(session.scalars(select(Event.subject_id).where(Event.subject_kind == KIND)))


def is_whole(session: Session) -> bool:
    """Whether the claims of the demo world are there, too."""
    return mark_of(WHOLE).id in marked(session)


def claims_there(session: Session) -> int:
    """How many claims of the demo world have been filed."""
    return len(marked(session) - {mark_of(WHOLE).id})


def load(session: Session, *, today: date, is_production: bool) -> bool:
    """Load the people, organisations and policies of the demo world; False when they are there already.

    All of it or nothing, in the caller's unit. Raises DemoRefused in production.
    """
    if is_production:
        raise DemoRefused("Demo people have a public password, so they are refused in production.")
    if is_loaded(session):
        return False
    firms = _load_firms(session)
    people = _load_people(session, firms)
    for cover in COVERS:
        start, end = period(cover, today)
        policies.create(
            session,
            None,
            number=cover.number,
            holder_id=people[cover.holder].id,
            payer=PAYER,
            type=cover.type,
            status=cover.status,
            start_date=start,
            end_date=end,
            cover_amount=cover.amount,
            currency=CURRENCY,
        )
    return True


def _load_firms(session: Session) -> dict[str, Organisation]:
    """Both hospitals work with both payers."""
    payers = [firm.number for firm in FIRMS if firm.kind is Kind.PAYER]
    made = {}
    for firm in sorted(FIRMS, key=lambda firm: firm.kind is Kind.HOSPITAL):
        works_with = payers if firm.kind is Kind.HOSPITAL else []
        made[firm.number] = organisations.create(
            session, None, kind=firm.kind, name=firm.name, number=firm.number, works_with=works_with
        )
    return made


def _load_people(session: Session, firms: dict[str, Organisation]) -> dict[str, User]:
    # One hash for all: the password is the same and public, and hashing is slow on purpose.
    password_hash = passwords.hashed(PASSWORD)
    made = {}
    for person in PEOPLE:
        user = users.create_user(
            session,
            None,
            email=person.email,
            name=person.name,
            role=person.role,
            level=person.level,
            password_hash=password_hash,
        )
        for number in person.works_for:
            users.assign(session, None, user, firms[number])
        made[person.email] = user
    return made
