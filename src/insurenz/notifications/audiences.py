"""Who belongs to an audience: one indexed read for each organisation that is told, never a look at all users."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, Integer, Select, bindparam, exists, not_, or_, select
from sqlalchemy.orm import aliased

from insurenz.accounts.models import Assignment, User
from insurenz.core.db import Id, Session
from insurenz.core.permissions import Role
from insurenz.core.statements import Statement, listed
from insurenz.events.models import Event
from insurenz.organisations.models import Kind

# Before every id there is.
FIRST = "00000000-0000-0000-0000-000000000000"

# In one word why somebody is told.
CLAIMANT, ASSIGNEE, ADMINISTERS = "claimant", "assignee", "administers"
WORKS_FOR_HOSPITAL, HANDLES_HOSPITAL, HANDLES_PAYER = (
    "works_for_hospital",
    "handles_hospital",
    "handles_payer",
)

_PERSON = (User.id, User.email, User.name, User.role, User.level, User.is_active)


def _members(kind: Kind, role: Role) -> Select[*tuple[Any, ...]]:
    """The people of this role at one organisation, in the order of their ids, from one of them on."""
    return (
        select(*_PERSON)
        .join(Assignment, Assignment.user_id == User.id)
        .where(
            Assignment.organisation_id == bindparam("organisation", type_=Id),
            Assignment.kind == kind,
            Assignment.user_id > bindparam("after", type_=Id),
            # As it is spelled no index of roles is asked: it would be, for each of them, where nothing is known of the
            # tables yet, as after an import.
            User.role.concat("") == role,
        )
        .order_by(Assignment.user_id)
        .limit(bindparam("most", type_=Integer))
    )


# Somebody assigned to payers handles the claims of these alone, in each of their hospitals.
_Own = aliased(Assignment)
_HAS_PAYERS = exists().where(_Own.user_id == User.id, _Own.kind == Kind.PAYER)
_HAS_PAYER = exists().where(
    _Own.user_id == User.id, _Own.kind == Kind.PAYER, _Own.organisation_id == bindparam("payer", type_=Id)
)

_HOSPITAL_USERS = Statement(_members(Kind.HOSPITAL, Role.HOSPITAL_USER))
_HOSPITAL_PROCESSORS = Statement(
    _members(Kind.HOSPITAL, Role.CLAIM_PROCESSOR).where(or_(not_(_HAS_PAYERS), _HAS_PAYER))
)
_PAYER_PROCESSORS = Statement(_members(Kind.PAYER, Role.CLAIM_PROCESSOR))
_ADMINS = Statement(
    select(*_PERSON)
    .where(User.role == Role.ADMIN, User.id > bindparam("after", type_=Id))
    .order_by(User.id)
    .limit(bindparam("most", type_=Integer))
)


def _these(dialect: str) -> Executable:
    given = listed(dialect, user_id=Id)
    return select(*_PERSON).join(given, given.c.user_id == User.id)


_PEOPLE = Statement(_these)


@dataclass(frozen=True)
class Audience:
    """The people an event is told to, by what makes them so: one of them, those of an organisation, or all admins.

    `reason` says in one word why somebody is among them.
    """

    reason: str
    person_id: str | None = None
    hospital_id: str | None = None
    payer_id: str | None = None

    @property
    def is_one_person(self) -> bool:
        """Whether nobody else can belong to it."""
        return self.person_id is not None


def audience_of(event: Event, name: str) -> Audience | None:
    """The audience that a definition calls so, for this event; None when there is nobody it could mean."""
    if name == "other_side":
        name = _other_side(event)
    if name == "admins":
        return Audience(ADMINISTERS)
    if name == "assignee":
        return _person(ASSIGNEE, event.data.get("assignee_id"))
    if name == "claimant":
        return _person(CLAIMANT, event.claimant_id)
    if event.hospital_id is not None:
        is_filer = name == "hospital_users"
        reason = WORKS_FOR_HOSPITAL if is_filer else HANDLES_HOSPITAL
        return Audience(reason, hospital_id=event.hospital_id, payer_id=None if is_filer else event.payer_id)
    return Audience(HANDLES_PAYER, payer_id=event.payer_id) if event.payer_id else None


def members(session: Session, audience: Audience, *, after: str = FIRST, most: int) -> Sequence[Any]:
    """Those of an audience of many with ids after this one, at most so many, in the order of their ids.

    Each has `id, email, name, role, level, is_active`.
    """
    given = {"after": after, "most": most}
    if audience.reason == ADMINISTERS:
        return _ADMINS.all(session, given)
    if audience.hospital_id is None:
        return _PAYER_PROCESSORS.all(session, given | {"organisation": audience.payer_id})
    given |= {"organisation": audience.hospital_id}
    if audience.reason == WORKS_FOR_HOSPITAL:
        return _HOSPITAL_USERS.all(session, given)
    return _HOSPITAL_PROCESSORS.all(session, given | {"payer": audience.payer_id})


def people(session: Session, ids: Collection[str]) -> dict[str, Any]:
    """The people with these ids, as `members` gives them."""
    if not ids:
        return {}
    return {row.id: row for row in _PEOPLE.all(session, {"user_id": ",".join(ids)})}


def _person(reason: str, person_id: str | None) -> Audience | None:
    return Audience(reason, person_id=person_id) if person_id else None


def _other_side(event: Event) -> str:
    if event.data.get("side") != "staff":
        return "processors"
    return "claimant" if event.hospital_id is None else "hospital_users"
