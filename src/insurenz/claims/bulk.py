"""One action on many claims: each is judged and moved by itself, and what is refused leaves the others alone."""

from collections.abc import Mapping
from typing import Any

from insurenz.claims import queries
from insurenz.claims.bodies import BulkIn
from insurenz.claims.dossier import Dossier, dossier_of
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import BulkResult
from insurenz.claims.service import act
from insurenz.core import context
from insurenz.core.db import Session
from insurenz.core.errors import AppError, NotFound
from insurenz.core.permissions import Actor
from insurenz.core.problems import validated
from insurenz.workflow import FIELDS


def act_on_all(session: Session, actor: Actor, *, rules: Rules, given: Mapping[str, Any]) -> list[BulkResult]:
    """Do `action` on each of the `claim_ids`, with the other fields given; what became of each, in their order.

    Raises Invalid when these two, or the names of the fields, cannot be taken at all; refusals of single claims are
    told in their results.
    """
    fields = {name: value for name, value in given.items() if name in FIELDS}
    asked = validated(BulkIn, {name: value for name, value in given.items() if name not in FIELDS})
    claims = queries.claims_for(session, actor, asked.claim_ids)
    statuses = {claim.id: claim.status for claim in claims.values()}
    refusals: dict[str, AppError] = {}
    for reference in sorted(claims, key=lambda each: _turn(claims[each])):
        done = _act(session, actor, claims[reference], asked.action, rules=rules, given=fields)
        if isinstance(done, AppError):
            refusals[reference] = done
        else:
            statuses[done.claim.id] = done.claim.status
    found = {reference: statuses[claim.id] for reference, claim in claims.items()}
    refusals |= {reference: NotFound() for reference in asked.claim_ids if reference not in found}
    return [_result(each, found.get(each), refusals.get(each)) for each in asked.claim_ids]


def _turn(claim: Claim) -> tuple[str, str]:
    """The order in which claims are moved: by policy, so that two calls never wait for each other's cover."""
    return claim.policy_id or "", claim.id


def _act(
    session: Session, actor: Actor, claim: Claim, action: str, *, rules: Rules, given: Mapping[str, Any]
) -> Dossier | AppError:
    try:
        with session.begin_nested():
            dossier = dossier_of(session, actor, claim.id, lock=True)
            return act(session, actor, dossier, action, rules=rules, given=given)
    except AppError as refusal:
        return refusal


def _result(reference: str, status: str | None, refusal: AppError | None) -> BulkResult:
    return BulkResult(
        claim_id=reference,
        status=status,
        problem=refusal.problem(context.request_id.get()) if refusal else None,
    )
