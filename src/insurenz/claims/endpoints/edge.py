"""What the routes of claims have in common: the claim a request is about, the rules, and the note of who looked."""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request

from insurenz.accounts.auth import authenticate_request
from insurenz.claims import queries
from insurenz.claims.content import require_filer
from insurenz.claims.dossier import Dossier, dossier_of
from insurenz.claims.models import KIND, Claim
from insurenz.claims.rules import Rules
from insurenz.core.db import Session
from insurenz.core.edge import deferred
from insurenz.core.permissions import Actor, require


def rules_of(request: Request) -> Rules:
    """The claim rules this app was built with."""
    rules: Rules = request.app.state.rules
    return rules


def note(request: Request, actor: Actor, kind: str, subject_id: str, *, what: str) -> None:
    """Take note of who looked at what; it is written within a second."""
    request.app.state.access_log.note(actor_id=actor.id, subject_kind=kind, subject_id=subject_id, what=what)


def note_daily(request: Request, actor: Actor, kind: str, subject_id: str, *, what: str) -> None:
    """As `note`, the first time on a day."""
    log = request.app.state.access_log
    log.note_daily(actor_id=actor.id, subject_kind=kind, subject_id=subject_id, what=what)


def note_foreign(request: Request, actor: Actor, claims: Iterable[Any], *, what: str) -> int:
    """Take note of which claims somebody saw that are not their own; gives how many.

    A patient's claim is nobody's own, not even theirs who submitted it.
    """
    seen = [claim.id for claim in claims if claim.user_id != actor.id or claim.hospital_id is not None]
    request.app.state.access_log.note_all(actor_id=actor.id, subject_kind=KIND, subject_ids=seen, what=what)
    return len(seen)


@deferred(0)
def _rules(request: Request, _session: Session) -> Rules:
    return rules_of(request)


def actor_of_request(request: Request, session: Session) -> Actor:
    """The caller: already known when the endpoint names them, too."""
    known: Actor | None = getattr(request.state, "actor", None)
    return known or authenticate_request(request, session)


def _found(request: Request, session: Session, *, lock: bool) -> Claim:
    actor = actor_of_request(request, session)
    claim = queries.claim_for(session, actor, request.path_params["claim_id"], lock=lock)
    require(actor, request.state.operation)
    return claim


def _stands(request: Request, session: Session, *, lock: bool) -> Dossier:
    actor = actor_of_request(request, session)
    dossier = dossier_of(session, actor, request.path_params["claim_id"], lock=lock)
    require(actor, request.state.operation)
    return dossier


def _own(request: Request, session: Session) -> Claim:
    claim = _found(request, session, lock=True)
    require_filer(actor_of_request(request, session), claim)
    return claim


RulesNow = Annotated[Rules, Depends(_rules)]
ClaimInPath = Annotated[Claim, Depends(deferred(2)(partial(_found, lock=False)))]
LockedClaim = Annotated[Claim, Depends(deferred(2)(partial(_found, lock=True)))]
OwnClaim = Annotated[Claim, Depends(deferred(2)(_own))]
DossierInPath = Annotated[Dossier, Depends(deferred(2)(partial(_stands, lock=False)))]
LockedDossier = Annotated[Dossier, Depends(deferred(2)(partial(_stands, lock=True)))]
