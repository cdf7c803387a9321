"""What the `async` routes of accounts do themselves, because no database connection may wait for a password hash."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from insurenz.accounts.gate import gate_of
from insurenz.accounts.models import User, UserSession
from insurenz.core import clock
from insurenz.core.edge import Route, database_of
from insurenz.core.errors import Forbidden, Unauthenticated, Unavailable, invalid
from insurenz.core.permissions import Actor
from insurenz.core.ratelimit import address_of

T = TypeVar("T")


class BoundedRoute(Route):
    """A route whose `async` endpoint has its body bounded and parsed like that of a plain one."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.reads_own_body = False


async def read(request: Request, work: Callable[[Session], T]) -> T:
    """Do a short read in a thread."""

    def run() -> T:
        with database_of(request).read_unit() as session:
            return work(session)

    return await run_in_threadpool(run)


async def write(request: Request, work: Callable[[Session], T]) -> T:
    """Do a short write in a thread; it is committed when this returns."""

    def run() -> T:
        with database_of(request).unit_of_work() as session:
            return work(session)

    return await run_in_threadpool(run)


def count_try(request: Request, email: str) -> Callable[[], None]:
    """Count one try of a password, before it costs anything; call the result to take it back.

    Raises TooManyRequests.
    """
    gate = gate_of(request)
    return gate.guard.count_try(email, address=address_of(request), device=gate.known_device(request, email))


async def verified(request: Request, user: User | None, password: str, give_back: Callable[[], None]) -> bool:
    """Whether this is the password of an active user; whoever they are, it costs one hash.

    The try is given back when it was right, or when too many hashes wait (Unavailable).
    """
    password_hash = user.password_hash if user and user.is_active else None
    try:
        is_right = await gate_of(request).hasher.verified(password_hash, password)
    except Unavailable:
        give_back()
        raise
    if is_right:
        give_back()
    return is_right


async def reauthenticated(request: Request, actor: Actor, password: str | None) -> None:
    """Refuse a change of credentials without the present password, unless the sign-in was minutes ago.

    Raises Forbidden (`reauth_required`), or Invalid for a wrong password.
    """
    row, user = await read(request, lambda session: _own(session, actor))
    if password is None:
        if clock.now() - row.created_at >= gate_of(request).fresh:
            raise Forbidden(
                "Send your current password, too: you signed in a while ago.", code="reauth_required"
            )
    elif not await verified(request, user, password, count_try(request, user.email)):
        raise invalid("current_password", "password_wrong", "This is not your current password.")


def _own(session: Session, actor: Actor) -> tuple[UserSession, User]:
    row, user = session.get(UserSession, actor.session_id or ""), session.get(User, actor.id)
    if row is None or user is None:
        raise Unauthenticated("Sign in first.")
    return row, user
