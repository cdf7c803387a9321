"""Reads of users and of what they reach."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, literal, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from insurenz.accounts.models import ApiKey, Assignment, User, UserSession, spelled_email
from insurenz.core import paging
from insurenz.core.db import Id
from insurenz.core.errors import NotFound, invalid
from insurenz.core.ids import is_id
from insurenz.core.permissions import OVERSEERS, Actor, Role
from insurenz.core.statements import Statement, listed
from insurenz.events.service import Subject
from insurenz.organisations.models import Kind, Organisation

Row = TypeVar("Row", User, UserSession, ApiKey)
IdColumn = InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | ColumnElement[str]


class Reach(NamedTuple):
    """The ids of the hospitals and payers that a user is assigned to."""

    hospitals: frozenset[str]
    payers: frozenset[str]

    def covers(
        self, user: Actor, hospital_id: str | None, payer_id: str | None, claimant_id: str | None
    ) -> bool:
        """Whether a claim of these is the user's own, or in their reach: the rule by which people are told of it."""
        if claimant_id == user.id or user.role is Role.ADMIN:
            return True
        if user.role is Role.HOSPITAL_USER:
            return hospital_id in self.hospitals
        if user.role is not Role.CLAIM_PROCESSOR:
            return False
        if hospital_id is None:
            return payer_id in self.payers
        return hospital_id in self.hospitals and (not self.payers or payer_id in self.payers)


NOTHING = Reach(frozenset(), frozenset())


def assigned(session: Session, user_id: str) -> Reach:
    """What a user is assigned to; one query."""
    rows = session.execute(
        select(Assignment.kind, Assignment.organisation_id).where(Assignment.user_id == user_id)
    ).all()
    return Reach(
        frozenset(organisation for kind, organisation in rows if kind == Kind.HOSPITAL),
        frozenset(organisation for kind, organisation in rows if kind == Kind.PAYER),
    )


def _of_users(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, user_id=Id)
    columns = select(Assignment.user_id, Assignment.kind, Assignment.organisation_id)
    return columns.join_from(given, Assignment, Assignment.user_id == given.c.user_id)


_OF_USERS = Statement(_of_users)


def assigned_each(session: Session, user_ids: Collection[str]) -> Mapping[str, Reach]:
    """What each of these users is assigned to; who is to nothing is missing. One query."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    for user_id, kind, organisation_id in _OF_USERS.all(session, {"user_id": ",".join(user_ids)}):
        found.setdefault(user_id, ([], []))[kind == Kind.PAYER].append(organisation_id)
    return {user_id: Reach(*map(frozenset, assigned)) for user_id, assigned in found.items()}


def is_assigned(user_id: str | IdColumn, organisation_id: IdColumn, kind: Kind) -> ColumnElement[bool]:
    """In SQL: whether the user is assigned to the organisation in this column."""
    return exists().where(
        Assignment.user_id == user_id, Assignment.kind == kind, Assignment.organisation_id == organisation_id
    )


def _has_payers(user_id: str | IdColumn) -> ColumnElement[bool]:
    """In SQL: whether the user is assigned to any payer, and so handles the claims of these alone."""
    return exists().where(Assignment.user_id == user_id, Assignment.kind == Kind.PAYER)


def reaches_hospital_claim(actor: Actor, hospital_id: IdColumn, payer_id: IdColumn) -> ColumnElement[bool]:
    """In SQL: whether a claim of this hospital and payer is in the actor's reach.

    Hospital users: their hospitals. Processors: their hospitals, and of those with payers assigned only these payers.
    Admin and auditor: all. Policyholders: none.
    """
    if actor.role in OVERSEERS:
        return true()
    at_hospital = is_assigned(actor.id, hospital_id, Kind.HOSPITAL)
    if actor.role is Role.HOSPITAL_USER:
        return at_hospital
    if actor.role is Role.CLAIM_PROCESSOR:
        at_payer = is_assigned(actor.id, payer_id, Kind.PAYER)
        return and_(at_hospital, or_(not_(_has_payers(actor.id)), at_payer))
    return false()


def reaches_retail_claim(actor: Actor, payer_id: IdColumn) -> ColumnElement[bool]:
    """In SQL: whether a retail claim of this payer is in the actor's reach as staff; own claims are the claims' matter."""
    if actor.role in OVERSEERS:
        return true()
    if actor.role is Role.CLAIM_PROCESSOR:
        return is_assigned(actor.id, payer_id, Kind.PAYER)
    return false()


def may_receive(
    user_id: IdColumn, *, hospital_id: IdColumn, payer_id: IdColumn, claimant_id: IdColumn
) -> ColumnElement[bool]:
    """In SQL: whether this person may, now, be told of a claim of this hospital (NULL: a retail claim), payer and claimant.

    They are active, and the claimant, or have the claim in their reach. Asked before each message that waited.
    """
    at_payer = is_assigned(user_id, payer_id, Kind.PAYER)
    is_of_payer = or_(and_(hospital_id.is_not(None), not_(_has_payers(user_id))), at_payer)
    is_of_hospital = or_(hospital_id.is_(None), is_assigned(user_id, hospital_id, Kind.HOSPITAL))
    reaches = or_(
        and_(User.role == Role.HOSPITAL_USER, is_assigned(user_id, hospital_id, Kind.HOSPITAL)),
        and_(User.role == Role.CLAIM_PROCESSOR, is_of_hospital, is_of_payer),
    )
    has_right = or_(User.id == claimant_id, User.role == Role.ADMIN, reaches)
    return exists().where(User.id == user_id, User.is_active, has_right)


def actor_of(user: User) -> Actor:
    """The user as an actor, for what they do outside a session (registering, resetting a password, CLI)."""
    return user.as_actor()


def subject_of(user_id: str) -> Subject:
    """The user's own chain of events."""
    return Subject(kind="user", id=user_id)


def normalised_email(text: str) -> str:
    """The one spelling of an e-mail address that is stored and compared. Raises Invalid."""
    email = spelled_email(text)
    if email is None:
        raise invalid("email", "email_invalid", "Give an e-mail address such as name@example.org.")
    return email


def by_email(session: Session, email: str) -> User | None:
    """The user with this address, already in its one spelling."""
    return session.scalar(select(User).where(User.email == email))


def known_as(session: Session, asserted: Actor) -> Actor:
    """Somebody whom another program names, under our own id when that names one of our users, by id or external uid."""
    own_id = User.id == asserted.id.lower() if is_id(asserted.id) else User.external_uid == asserted.id
    found = session.scalars(select(User.id).where(own_id)).one_or_none()
    return asserted if found is None else replace(asserted, id=found)


def user(session: Session, user_id: str, *, lock: bool = False) -> User:
    """One user, held until the unit ends when `lock`; raises NotFound."""
    if not is_id(user_id):
        raise NotFound
    chosen = select(User).where(User.id == user_id.lower())
    if lock:
        # Rows that name a user as a foreign key may be written meanwhile.
        chosen = chosen.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.scalar(chosen)
    if found is None:
        raise NotFound
    return found


def is_called(text: str) -> ColumnElement[bool]:
    """In SQL: whether this is part of a user's name or address."""
    return or_(User.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))


def users(
    session: Session,
    *,
    role: Role | None = None,
    level: int | None = None,
    is_active: bool | None = None,
    organisation_id: str | None = None,
    text: str | None = None,
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> tuple[list[User], str | None]:
    """One page of users in the order they were made, and the cursor of the next.

    `organisation_id` is one they are assigned to, `text` part of a name or address.
    """
    chosen = select(User)
    if role is not None:
        chosen = chosen.where(User.role == role)
    if level is not None:
        chosen = chosen.where(User.level == level)
    if is_active is not None:
        chosen = chosen.where(User.is_active == is_active)
    if organisation_id is not None:
        works_there = (Assignment.user_id == User.id, Assignment.organisation_id == organisation_id)
        chosen = chosen.where(exists().where(*works_there))
    if text is not None:
        chosen = chosen.where(is_called(text))
    return _page(session, chosen, User.id, cursor, limit)


def who_may_work(
    session: Session, *, hospital_id: str | None, payer_id: str | None, limit: int
) -> Sequence[User]:
    """The active admins, and the processors who reach claims of this hospital (None: retail claims) and payer; by name."""
    at_payer = is_assigned(User.id, literal(payer_id, Id), Kind.PAYER)
    reaches = at_payer
    if hospital_id is not None:
        at_hospital = is_assigned(User.id, literal(hospital_id, Id), Kind.HOSPITAL)
        reaches = and_(at_hospital, or_(not_(_has_payers(User.id)), at_payer))
    may_work = or_(User.role == Role.ADMIN, and_(User.role == Role.CLAIM_PROCESSOR, reaches))
    chosen = select(User).where(User.is_active, may_work).order_by(User.name, User.id)
    return session.scalars(chosen.limit(limit)).all()


def assignments(session: Session, user_id: str) -> Sequence[Organisation]:
    """The organisations a user is assigned to, by number."""
    chosen = select(Organisation).join(Assignment, Assignment.organisation_id == Organisation.id)
    return session.scalars(chosen.where(Assignment.user_id == user_id).order_by(Organisation.number)).all()


def live_sessions(
    session: Session, user_id: str, *, cursor: str | None, limit: int
) -> tuple[list[UserSession], str | None]:
    """One page of the sessions of a user that were not ended, oldest first; some may have timed out."""
    chosen = select(UserSession).where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
    return _page(session, chosen, UserSession.id, cursor, limit)


def api_keys(
    session: Session, user_id: str, *, cursor: str | None, limit: int
) -> tuple[list[ApiKey], str | None]:
    """One page of the API keys of a user, revoked ones too, oldest first."""
    return _page(session, select(ApiKey).where(ApiKey.user_id == user_id), ApiKey.id, cursor, limit)


def _page(
    session: Session,
    chosen: Select[Row],
    column: InstrumentedAttribute[str],
    cursor: str | None,
    limit: int,
) -> tuple[list[Row], str | None]:
    if cursor is not None:
        chosen = chosen.where(column > paging.decode_id(cursor))
    rows = list(session.scalars(chosen.order_by(column).limit(limit + 1)))
    return rows[:limit], paging.next_cursor(rows, limit, "id")


def _external(dialect: str) -> Select[*tuple[Any, ...]]:
    given = listed(dialect, user_id=Id)
    known = select(User.id, User.role, User.external_uid).join_from(given, User, User.id == given.c.user_id)
    return known.where(User.is_active, User.external_uid.is_not(None))


_EXTERNAL = Statement(_external)


def external_uids(
    session: Session,
    user_ids: Collection[str],
    *,
    hospital_id: str | None,
    payer_id: str | None,
    claimant_id: str | None,
) -> dict[str, str]:
    """The external uids of those of these users who have one and may, now, be told of a claim of these. Two queries."""
    known = _EXTERNAL.all(session, {"user_id": ",".join(user_ids)})
    reaches = assigned_each(session, [row.id for row in known])
    return {
        row.id: row.external_uid
        for row in known
        if reaches.get(row.id, NOTHING).covers(
            Actor(row.id, Role(row.role), "", ""), hospital_id, payer_id, claimant_id
        )
    }
