"""One-time links: asked for or given by an admin, stored as hashes, used once within the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from insurenz.accounts import queries, service
from insurenz.accounts.models import OneTimeLink, User
from insurenz.accounts.queries import actor_of, subject_of
from insurenz.accounts.tokens import digest
from insurenz.core import clock
from insurenz.core.errors import Conflict, Invalid, invalid
from insurenz.core.ids import new_id, new_secret
from insurenz.core.permissions import Actor, Role
from insurenz.events.service import record
from insurenz.organisations.models import Organisation

Purpose = Literal["reset", "invitation"]


@dataclass(frozen=True)
class Newcomer:
    """Whom an admin invites, and where they will work."""

    email: str
    name: str
    role: Role
    level: int = 0
    organisations: Sequence[Organisation] = ()


def request_reset(session: Session, email: str, *, life: timedelta) -> tuple[str, bool]:
    """The token of a new link for the user of this address, and whether there is an active one.

    Either way the same statements are run and as much is written. An earlier link of theirs no longer works.
    """
    found = queries.by_email(session, email)
    return _replace(session, email, "reset", life), found is not None and found.is_active


def invite(session: Session, actor: Actor | None, newcomer: Newcomer, *, life: timedelta) -> tuple[User, str]:
    """Make a user without a password, or take the one who has none yet, and give the token of their link.

    Raises Conflict when they have an account already, or were invited as something else.
    """
    known = queries.by_email(session, newcomer.email)
    # Held, so that of two at once the second finds what the first has done.
    user = None if known is None else queries.user(session, known.id, lock=True)
    if user is None:
        user = service.create_user(
            session,
            actor,
            email=newcomer.email,
            name=newcomer.name,
            role=newcomer.role,
            level=newcomer.level,
        )
    elif user.password_hash is not None or not user.is_active:
        raise Conflict("A user with this e-mail address exists.", code="user_exists")
    elif (user.role, user.level) != (newcomer.role, newcomer.level):
        raise Conflict(f"They were invited as {user.role}; change the user first.", code="invited_otherwise")
    for organisation in newcomer.organisations:
        service.assign(session, actor, user, organisation)
    record(session, "user_invited", subject=subject_of(user.id), actor=actor)
    return user, _replace(session, user.email, "invitation", life)


def owner(session: Session, token: str, purpose: Purpose) -> User:
    """Whose link this is. Raises Invalid when it is unknown, used, expired, or its owner disabled."""
    found = session.scalar(
        select(User).join(OneTimeLink, OneTimeLink.user_id == User.id).where(*_usable(token, purpose))
    )
    if found is None:
        raise _spent()
    return found


def use(session: Session, token: str, purpose: Purpose, *, password_hash: str) -> User:
    """Give the owner of the link this password and spend the link; of two at once one wins. Raises Invalid."""
    user = queries.user(session, owner(session, token, purpose).id, lock=True)
    spent = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == digest(token), OneTimeLink.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if not user.is_active or not getattr(spent, "rowcount", 0):
        raise _spent()
    service.set_password(session, actor_of(user), user, password_hash=password_hash)
    # The link was mailed to this address alone.
    record(session, "address_confirmed", subject=subject_of(user.id), actor=actor_of(user))
    return user


def _replace(session: Session, email: str, purpose: Purpose, life: timedelta) -> str:
    token, now = new_secret(), clock.now()
    of_user = select(User.id).where(User.email == email, User.is_active)
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.user_id.in_(of_user), OneTimeLink.purpose == purpose, OneTimeLink.used_at.is_(None)
        )
    )
    session.execute(
        insert(OneTimeLink).values(
            id=new_id(),
            user_id=of_user.scalar_subquery(),
            purpose=purpose,
            token_hash=digest(token),
            created_at=now,
            expires_at=now + life,
        )
    )
    return token


def _usable(token: str, purpose: Purpose) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.token_hash == digest(token),
        OneTimeLink.purpose == purpose,
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > clock.now(),
        User.is_active.is_(True),
    )


def _spent() -> Invalid:
    return invalid("token", "link_invalid", "This link was used or has expired; ask for a new one.")
