"""What is done to users: made, invited, changed, disabled, assigned, given a password. Each leaves an event."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Insert, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from insurenz.accounts import sessions
from insurenz.accounts.models import ApiKey, Assignment, OneTimeLink, User
from insurenz.accounts.queries import actor_of, normalised_email, subject_of
from insurenz.core import clock
from insurenz.core.errors import Conflict, NotFound, invalid
from insurenz.core.ids import new_id
from insurenz.core.permissions import LEVELS, Actor, Role
from insurenz.events.service import Subject, record
from insurenz.organisations.models import Kind, Organisation

ASSIGNABLE = {Role.HOSPITAL_USER: {Kind.HOSPITAL}, Role.CLAIM_PROCESSOR: {Kind.HOSPITAL, Kind.PAYER}}


def create_user(
    session: Session,
    actor: Actor | None,
    *,
    email: str,
    name: str,
    role: Role,
    level: int = 0,
    password_hash: str | None = None,
    external_uid: str | None = None,
) -> User:
    """Make a user; without a password hash they come in by an invitation. Raises Conflict for a known address."""
    _check_level(role, level)
    now = clock.now()
    made = User(
        id=new_id(),
        email=normalised_email(email),
        name=name,
        role=role,
        level=level,
        is_active=True,
        password_hash=password_hash,
        external_uid=external_uid,
        version=1,
        created_at=now,
        updated_at=now,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise Conflict(
            "A user with this e-mail address (or external id) exists.", code="user_exists"
        ) from error
    _record(session, "user_registered", made.id, actor, {"role": str(role), "level": level})
    return made


def register(session: Session, *, email: str, name: str, password_hash: str) -> bool:
    """Make a policyholder of a stranger; False when the address has an account, which stays as it is.

    Either way the same statements are run, so that neither answer nor work tells which it was.
    """
    now, candidate = clock.now(), new_id()
    row = {
        "id": candidate,
        "email": normalised_email(email),
        "name": name,
        "role": Role.POLICYHOLDER,
        "level": 0,
        "is_active": True,
        "password_hash": password_hash,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    session.execute(_insert_if_new(session).values(row))
    user = session.scalars(select(User).where(User.email == row["email"])).one()
    is_new = user.id == candidate
    # A chain of its own for a repeated registration: the user's would take other statements.
    subject = subject_of(candidate) if is_new else Subject(kind="registration", id=candidate)
    event = "user_registered" if is_new else "registration_repeated"
    actor = actor_of(user) if is_new else None
    record(session, event, subject=subject, actor=actor, data={"user_id": user.id, "role": str(user.role)})
    return is_new


def set_password(session: Session, actor: Actor | None, user: User, *, password_hash: str) -> None:
    """Give a user a password, and end every access they had: sessions, API keys, open links."""
    user.password_hash = password_hash
    _touch(user)
    end_access(session, user.id, reason="password_changed")
    session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None)))
    _record(session, "password_changed", user.id, actor)


def disable(session: Session, actor: Actor | None, user: User) -> None:
    """Let a user in no more, from this moment. Raises Conflict for the last admin."""
    if not user.is_active:
        return
    _keep_an_admin(session, user)
    user.is_active = False
    _touch(user)
    end_access(session, user.id, reason="disabled")
    _record(session, "user_disabled", user.id, actor)


def enable(session: Session, actor: Actor | None, user: User) -> None:
    """Let a disabled user in again; what they had open stays ended."""
    if user.is_active:
        return
    user.is_active = True
    _touch(user)
    _record(session, "user_enabled", user.id, actor)


def change_role(session: Session, actor: Actor | None, user: User, *, role: Role, level: int) -> None:
    """Give a user another role or level, and end every access they had.

    Another role also takes their assignments: what they meant for the old one was not given to the new one.
    """
    _check_level(role, level)
    if (user.role, user.level) == (role, level):
        return
    before = {"old_role": str(user.role), "old_level": user.level}
    if user.role != role:
        _keep_an_admin(session, user)
        session.execute(delete(Assignment).where(Assignment.user_id == user.id))
    user.role, user.level = role, level
    _touch(user)
    end_access(session, user.id, reason="role_changed")
    _record(session, "role_changed", user.id, actor, {**before, "role": str(role), "level": level})


def change_details(
    session: Session, actor: Actor | None, user: User, given: Mapping[str, str | None]
) -> None:
    """Change `name` or `external_uid`. Raises Conflict when another user has that external id."""
    changed = sorted(field for field, value in given.items() if getattr(user, field) != value)
    if not changed:
        return
    try:
        with session.begin_nested():
            for field in changed:
                setattr(user, field, given[field])
            _touch(user)
    except IntegrityError as error:
        raise Conflict("Another user has this external id.", code="user_exists") from error
    _record(session, "user_changed", user.id, actor, {"fields": changed})


def assign(session: Session, actor: Actor | None, user: User, organisation: Organisation) -> bool:
    """Let a user work for a hospital or payer; False when they did already.

    Raises Invalid when their role does not work for such an organisation.
    """
    kind = Kind(organisation.kind)
    if kind not in ASSIGNABLE.get(Role(user.role), set()):
        raise invalid(
            "organisation", "role_not_assignable", f"The role {user.role} is not assigned to a {kind}."
        )
    if session.get(Assignment, (user.id, organisation.id)) is not None:
        return False
    session.add(
        Assignment(user_id=user.id, organisation_id=organisation.id, kind=kind, created_at=clock.now())
    )
    session.flush()
    _record(session, "assignment_added", user.id, actor, _about(organisation))
    return True


def unassign(session: Session, actor: Actor | None, user: User, organisation: Organisation) -> None:
    """Take an assignment back. Raises NotFound when there is none."""
    gone = session.execute(
        delete(Assignment).where(Assignment.user_id == user.id, Assignment.organisation_id == organisation.id)
    )
    if not getattr(gone, "rowcount", 0):
        raise NotFound
    _record(session, "assignment_removed", user.id, actor, _about(organisation))


def end_access(session: Session, user_id: str, *, reason: str) -> None:
    """End every session of a user and revoke every API key."""
    sessions.end_all(session, user_id, reason=reason)
    session.execute(
        update(ApiKey)
        .where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def _insert_if_new(session: Session) -> Insert:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(User).on_conflict_do_nothing(index_elements=[User.email])


def _check_level(role: Role, level: int) -> None:
    if level not in LEVELS or (level and role is not Role.CLAIM_PROCESSOR):
        raise invalid("level", "level_invalid", "Claim processors have a level of 0 to 4, others have 0.")


def _keep_an_admin(session: Session, user: User) -> None:
    if user.role != Role.ADMIN or not user.is_active:
        return
    # Locked, so that two admins who disable each other at once do not leave none.
    admins = (
        select(User.id).where(User.role == Role.ADMIN, User.is_active).order_by(User.id).with_for_update()
    )
    if session.scalars(admins).all() == [user.id]:
        raise Conflict("This is the last active admin; make another one first.", code="last_admin")


def _touch(user: User) -> None:
    user.version += 1
    user.updated_at = clock.now()


def _about(organisation: Organisation) -> dict[str, Any]:
    return {"organisation_id": organisation.id, "kind": str(organisation.kind), "number": organisation.number}


def _record(
    session: Session, event: str, user_id: str, actor: Actor | None, data: Mapping[str, Any] | None = None
) -> None:
    record(session, event, subject=subject_of(user_id), actor=actor, data=data or {})
