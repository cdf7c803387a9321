"""Who a request comes from: the session or API key it names, looked up anew each time."""

import hmac
from dataclasses import replace
from typing import NoReturn

from fastapi import FastAPI, Request
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from insurenz.accounts import csrf
from insurenz.accounts.gate import Gate, gate_for, gate_of
from insurenz.accounts.models import ApiKey, User, UserSession
from insurenz.accounts.queries import actor_of
from insurenz.accounts.tokens import API_KEY_MARK, Claims, Kind, api_key_prefix, digest
from insurenz.core import clock
from insurenz.core.caller import CurrentUser
from insurenz.core.caller import authenticated as authenticate_request
from insurenz.core.errors import Unauthenticated
from insurenz.core.permissions import UNATTENDED, Actor, Role, Scope
from insurenz.core.ratelimit import address_of
from insurenz.core.secret import server_secret
from insurenz.core.settings import Settings
from insurenz.core.statements import Statement

__all__ = ["CurrentUser", "authenticate", "authenticate_request", "equip", "identify", "token_ends_at"]

SESSION_AND_USER = Statement(
    select(
        UserSession.id,
        UserSession.kind,
        UserSession.last_seen_at,
        UserSession.expires_at,
        UserSession.ended_at,
        User.id.label("user_id"),
        User.role,
        User.name,
        User.email,
        User.level,
    )
    .join(User, User.id == UserSession.user_id)
    .where(UserSession.id == bindparam("session"), User.id == bindparam("user"), User.is_active)
)


def equip(app: FastAPI, settings: Settings) -> Gate:
    """Give the app what accounts needs, and the functions by which the edge knows its callers."""
    gate = gate_for(settings, server_secret(settings), app.state.limiter)
    app.state.gate = gate
    app.state.authenticate = authenticate
    app.state.identify = identify
    app.state.alarm = gate.alarm
    return gate


def authenticate(request: Request, session: Session) -> Actor:
    """The caller, by bearer token, API key or cookie; one query. Raises Unauthenticated, or Forbidden (`csrf`)."""
    gate = gate_of(request)
    token = _bearer(request)
    if token is not None and token.startswith(API_KEY_MARK):
        return _by_key(request, session, token)
    claims = _claims(request, gate)
    if token is not None:
        return _by_session(request, session, claims, "bearer")
    if gate.cookie not in request.cookies:
        raise Unauthenticated("Sign in first.")
    if claims is not None:
        csrf.check(request, gate.origins)
    return _by_session(request, session, claims, "cookie")


def identify(request: Request) -> str | None:
    """Whom to charge for this request, from what is signed or was proven; None when there is nobody but an address."""
    gate = gate_of(request)
    token = _bearer(request)
    if token is not None and token.startswith(API_KEY_MARK):
        # An invented key would else be charged to nobody: each time to another one.
        return f"key:{api_key_prefix(token)}" if digest(token) in gate.proven_keys else None
    claims = _claims(request, gate)
    return f"user:{claims.user_id}" if claims else None


def token_ends_at(request: Request) -> float | None:
    """When the token of an authenticated request expires, as a timestamp; None for an API key, whose row says it."""
    claims = _claims(request, gate_of(request))
    return claims.expires_at if claims else None


def _claims(request: Request, gate: Gate) -> Claims | None:
    """What the request's token says, read once for a request; None when it says nothing valid."""
    if not hasattr(request.state, "claims"):
        token, signer = _bearer(request), gate.terms.signer
        request.state.claims = (
            signer.read(Kind.COOKIE, request.cookies.get(gate.cookie, ""))
            if token is None
            else signer.read(Kind.ACCESS, token)
        )
    claims: Claims | None = request.state.claims
    return claims


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _by_session(request: Request, session: Session, claims: Claims | None, kind: str) -> Actor:
    if claims is None:
        _refuse()
    gate = gate_of(request)
    named = {"session": claims.session_id, "user": claims.user_id}
    found = SESSION_AND_USER.first(session, named)
    if found is None or found.kind != kind or not gate.terms.is_alive(found):
        _refuse()
    if request.state.operation not in UNATTENDED:
        gate.terms.presence.touch_session(claims.session_id)
    return Actor(
        found.user_id,
        Role(found.role),
        found.name,
        found.email,
        level=found.level,
        session_id=claims.session_id,
    )


def _by_key(request: Request, session: Session, token: str) -> Actor:
    prefix = api_key_prefix(token)
    found = session.execute(
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(ApiKey.prefix == prefix, ApiKey.revoked_at.is_(None), User.is_active)
    ).one_or_none()
    is_right = found is not None and hmac.compare_digest(found[0].secret_hash, digest(token))
    if found is None or not is_right or clock.now() >= found[0].expires_at:
        if identify(request) is not None:
            # Right once, and charged to itself: what is wrong counts against the address, like an invented key.
            request.app.state.limiter.charge(f"address:{address_of(request)}", is_write=True)
        _refuse()
    gate = gate_of(request)
    gate.proven_keys.add(found[0].secret_hash)
    gate.terms.presence.touch_key(found[0].id)
    return replace(actor_of(found[1]), scopes=frozenset(map(Scope, found[0].scopes)), key_id=found[0].id)


def _refuse() -> NoReturn:
    raise Unauthenticated("The session has ended, or the credentials are not valid; sign in again.")
