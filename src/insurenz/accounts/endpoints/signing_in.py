"""Routes by which sessions begin, are refreshed, shown and ended."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Header, Request, Response

from insurenz.accounts import csrf, passwords, queries, sessions
from insurenz.accounts.endpoints.edge import BoundedRoute, count_try, read, verified, write
from insurenz.accounts.gate import gate_of
from insurenz.accounts.models import User, UserSession
from insurenz.accounts.schemas import (
    Email,
    LoginIn,
    MeOut,
    Password,
    RefreshIn,
    SessionList,
    SessionOut,
    TokensOut,
)
from insurenz.accounts.sessions import Tokens
from insurenz.accounts.tokens import digest
from insurenz.core import clock
from insurenz.core.caller import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db
from insurenz.core.errors import NotFound, Unauthenticated
from insurenz.core.ids import is_id
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit

router = APIRouter(route_class=BoundedRoute, prefix="/auth", tags=["accounts"])

UserAgent = Annotated[str, Header()]


@dataclass(frozen=True)
class _Proof:
    """The hash that a password was right for, and its successor when it was made with outdated parameters."""

    user_id: str
    password_hash: str
    better_hash: str | None


@router.post("/login")
async def login(request: Request, response: Response, body: LoginIn, user_agent: UserAgent = "") -> TokensOut:
    """Sign in: an access token for the next minutes, and a refresh token for the next access token."""
    return await _tokens(request, response, body, user_agent)


@router.post("/token")
async def login_form(
    request: Request,
    response: Response,
    username: Annotated[Email, Form()],
    password: Annotated[Password, Form()],
    *,
    grant_type: Annotated[str, Form(pattern="^password$")] = "password",
    user_agent: UserAgent = "",
) -> TokensOut:
    """The same as an OAuth2 form, for the page of the API docs."""
    return await _tokens(request, response, LoginIn(email=username, password=password), user_agent)


@router.post("/web-login")
async def login_web(request: Request, response: Response, body: LoginIn, user_agent: UserAgent = "") -> MeOut:
    """Sign in from the web app: the session travels in a cookie that no script can read."""
    gate = gate_of(request)
    csrf.check_origin(request, gate.origins)
    proof = await _proof(request, body)

    def begin(session: Session) -> tuple[str, MeOut]:
        user = _still(session, proof)
        cookie = sessions.begin_with_cookie(session, gate.terms, user, user_agent=user_agent)
        return cookie, MeOut.of(user, queries.assignments(session, user.id))

    cookie, me = await write(request, begin)
    gate.set_session(response, cookie)
    gate.remember_device(request, response, body.email)
    return me


@router.post("/refresh")
async def refresh(
    request: Request,
    body: RefreshIn,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> TokensOut:
    """New tokens for a refresh token, which then is used up: whoever sends it again ends the session.

    With an `Idempotency-Key`, the same token sent again gives the same next one, in case the answer was lost.
    """
    gate, arrived_at = gate_of(request), clock.now()
    with gate.refreshes.arrive(digest(body.refresh_token)) as company:
        tokens = await write(
            request,
            lambda session: sessions.refresh(
                session,
                gate.terms,
                body.refresh_token,
                arrived_at=arrived_at,
                key=idempotency_key,
                company=company,
            ),
        )
    if tokens is None:
        raise Unauthenticated(
            "This refresh token was used before; the session has been ended.", code="refresh_replayed"
        )
    return _out(tokens)


@router.post("/logout", status_code=204)
def logout(request: Request, actor: CurrentUser, db: Db) -> Response:
    """End this session at once."""
    sessions.sign_out(db, actor, session_id=actor.session_id or "")
    return _signed_out(request)


@router.get("/me")
def me(actor: CurrentUser, db: Db) -> MeOut:
    """Who is signed in, and which hospitals and payers they work for."""
    return MeOut.of(queries.user(db, actor.id), queries.assignments(db, actor.id))


@router.get("/sessions")
def list_sessions(
    request: Request, actor: CurrentUser, db: Db, *, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> SessionList:
    """Where one is signed in."""
    terms = gate_of(request).terms
    rows, following = queries.live_sessions(db, actor.id, cursor=cursor, limit=limit)
    return SessionList(
        items=[
            SessionOut.of(
                row,
                last_seen_at=terms.presence.session_seen(row.id, row.last_seen_at),
                current=actor.session_id,
            )
            for row in rows
            if terms.is_alive(row)
        ],
        next_cursor=following,
    )


@router.delete("/sessions", status_code=204)
def end_other_sessions(actor: CurrentUser, db: Db) -> None:
    """Sign out everywhere else."""
    sessions.sign_out_elsewhere(db, actor)


@router.delete("/sessions/{session_id}", status_code=204)
def end_session(session_id: str, actor: CurrentUser, db: Db) -> None:
    """Sign out at one place."""
    row = db.get(UserSession, session_id.lower()) if is_id(session_id) else None
    if row is None or row.user_id != actor.id:
        raise NotFound
    sessions.sign_out(db, actor, session_id=row.id)


async def _tokens(request: Request, response: Response, body: LoginIn, user_agent: str) -> TokensOut:
    gate = gate_of(request)
    proof = await _proof(request, body)
    tokens = await write(
        request,
        lambda session: sessions.begin(session, gate.terms, _still(session, proof), user_agent=user_agent),
    )
    gate.remember_device(request, response, body.email)
    return _out(tokens)


async def _proof(request: Request, body: LoginIn) -> _Proof:
    """Check the password, with no connection held while it is hashed. Raises Unauthenticated alike for all."""
    give_back = count_try(request, body.email)
    user = await read(request, lambda session: queries.by_email(session, body.email))
    is_right = await verified(request, user, body.password, give_back)
    if user is None or user.password_hash is None or not is_right:
        raise _wrong()
    is_old = passwords.is_outdated(user.password_hash)
    better = await gate_of(request).hasher.hashed(body.password) if is_old else None
    return _Proof(user.id, user.password_hash, better)


def _still(session: Session, proof: _Proof) -> User:
    """The user, locked, if nothing that was proved has changed meanwhile."""
    user = queries.user(session, proof.user_id, lock=True)
    if not user.is_active or user.password_hash != proof.password_hash:
        raise _wrong()
    if proof.better_hash is not None:
        user.password_hash = proof.better_hash
    return user


def _wrong() -> Unauthenticated:
    return Unauthenticated("E-mail address and password do not match.", code="bad_credentials")


def _out(tokens: Tokens) -> TokensOut:
    return TokensOut(
        access_token=tokens.access_token, refresh_token=tokens.refresh_token, expires_in=tokens.expires_in
    )


def _signed_out(request: Request) -> Response:
    response = Response(status_code=204)
    if "authorization" not in request.headers:
        gate_of(request).clear_session(response)
    return response
