"""Routes by which people register and passwords are set: registration, change, reset, invitation."""

from fastapi import APIRouter, Request, Response

from insurenz.accounts import links, queries, service
from insurenz.accounts.endpoints.edge import BoundedRoute, read, reauthenticated, write
from insurenz.accounts.gate import gate_of
from insurenz.accounts.links import Newcomer, Purpose
from insurenz.accounts.models import User
from insurenz.accounts.schemas import (
    AcceptedOut,
    InvitationIn,
    LinkUseIn,
    PasswordChangeIn,
    RegisterIn,
    ResetRequestIn,
    UserOut,
)
from insurenz.core.caller import Caller, CurrentUser
from insurenz.core.db import Session, after_commit
from insurenz.core.edge import Db
from insurenz.core.mail import Mail, Post
from insurenz.core.permissions import Actor
from insurenz.organisations.service import resolve

router = APIRouter(route_class=BoundedRoute, tags=["accounts"])

REGISTERED = "If the address was new, its account is ready; a mail tells."
RESET_SENT = "If an account has this address, a mail with a link is on its way."


@router.post("/auth/register", status_code=202)
async def register(request: Request, body: RegisterIn) -> AcceptedOut:
    """Open an account as a policyholder. The answer is the same when the address has one already."""
    gate = gate_of(request)
    await gate.hasher.checked(body.password, about=(body.email, body.name))
    gate.guard.count_mail(body.email)
    password_hash = await gate.hasher.hashed(body.password)

    def make(session: Session) -> None:
        is_new = service.register(session, email=body.email, name=body.name, password_hash=password_hash)
        letter = gate.letters.welcome if is_new else gate.letters.already_registered
        _send(request, session, letter(body.email))

    await write(request, make)
    return AcceptedOut(detail=REGISTERED)


@router.post("/auth/password", status_code=204)
async def change_password(request: Request, body: PasswordChangeIn, caller: Caller) -> Response:
    """Change one's password. Ends every session and API key, this one too: sign in with the new password."""
    gate = gate_of(request)
    actor: Actor = await read(request, caller.resolve)
    await reauthenticated(request, actor, body.current_password)
    await gate.hasher.checked(body.new_password, about=(actor.email, actor.name), field="new_password")
    password_hash = await gate.hasher.hashed(body.new_password)

    def change(session: Session) -> None:
        # Held first: a session that somebody ends at this moment has ended when it is looked at again.
        user = queries.user(session, actor.id, lock=True)
        caller.resolve(session)
        service.set_password(session, actor, user, password_hash=password_hash)
        _send(request, session, gate.letters.password_changed(user.email))

    await write(request, change)
    response = Response(status_code=204)
    gate.clear_session(response)
    return response


@router.post("/auth/password-reset", status_code=202)
def request_password_reset(request: Request, body: ResetRequestIn, db: Db) -> AcceptedOut:
    """Ask for a link to choose a new password. The answer is the same for every address."""
    gate = gate_of(request)
    gate.guard.count_mail(body.email)
    token, has_account = links.request_reset(db, body.email, life=gate.link_life)
    # Written in any case, so that the time it takes does not tell.
    mail = gate.letters.reset(body.email, token)
    if has_account:
        _send(request, db, mail)
    return AcceptedOut(detail=RESET_SENT)


@router.post("/auth/password-reset/confirm", status_code=204)
async def reset_password(request: Request, body: LinkUseIn) -> Response:
    """Choose a new password with the token of the link. Ends every session and API key of the account."""
    return await _use_link(request, body, "reset")


@router.post("/auth/invitations/accept", status_code=204)
async def accept_invitation(request: Request, body: LinkUseIn) -> Response:
    """Choose the first password with the token of the invitation; then sign in."""
    return await _use_link(request, body, "invitation")


@router.post("/users/invitations", status_code=201)
def invite_user(request: Request, body: InvitationIn, actor: CurrentUser, db: Db) -> UserOut:
    """Make a user and send them a link to choose a password; again for one who has not used it."""
    gate = gate_of(request)
    role, level = body.role_and_level()
    organisations = [resolve(db, reference, field="organisations") for reference in body.organisations]
    newcomer = Newcomer(body.email, body.name, role, level, organisations)
    user, token = links.invite(db, actor, newcomer, life=gate.link_life)
    _send(request, db, gate.letters.invitation(user.email, token, actor.name))
    return UserOut.of(user)


async def _use_link(request: Request, body: LinkUseIn, purpose: Purpose) -> Response:
    gate = gate_of(request)
    owner = await read(request, lambda session: links.owner(session, body.token, purpose))
    await gate.hasher.checked(body.password, about=(owner.email, owner.name))
    password_hash = await gate.hasher.hashed(body.password)

    def use(session: Session) -> None:
        user: User = links.use(session, body.token, purpose, password_hash=password_hash)
        _send(request, session, gate.letters.password_changed(user.email))

    await write(request, use)
    return Response(status_code=204)


def _send(request: Request, session: Session, mail: Mail) -> None:
    post: Post = request.app.state.post
    after_commit(session, lambda: post.put(mail))
