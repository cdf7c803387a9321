"""The facts that guards judge by: read from the claim, its policy and its past moves."""

from datetime import date
from typing import Any

from sqlalchemy import Row

from insurenz.claims.models import KIND, Claim
from insurenz.claims.rules import Rules
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.events.queries import moves
from insurenz.policies.models import Policy
from insurenz.workflow import Facts, Filing
from insurenz.workflow.guards import Move


def filing_facts(
    rules: Rules, actor: Actor, policy: Policy, *, amount: int, incident: date, claim_type: str
) -> Facts:
    """Facts of a claim that is about to be filed against a policy."""
    today = clock.today(rules.timezone)
    filing = Filing(
        policy_is_active=policy.is_active_on(today),
        policy_covers_incident=policy.start_date <= incident <= policy.end_date,
        incident_is_past=incident <= today,
        type_fits_policy=claim_type == policy.type,
        cover_amount=policy.cover_amount,
    )
    return Facts(actor_id=actor.id, now=clock.now(), claim_amount=amount, filing=filing)


def facts_of(session: Session, rules: Rules, actor: Actor, claim: Claim) -> Facts:
    """Facts of a filed claim for this actor: two statements, the policy (if it has one) and the past moves."""
    left = None if claim.policy_id is None else session.get_one(Policy, claim.policy_id).cover_left
    return facts_with(rules, actor, claim, moves(session, KIND, claim.id), cover_left=left)


def facts_with(
    rules: Rules, actor: Actor, claim: Claim | Row[Any], history: tuple[Move, ...], *, cover_left: int | None
) -> Facts:
    """Facts of a claim, or of its row in a list, whose past moves are known, and what its policy still covers (None without a policy)."""
    return Facts(
        actor_id=actor.id,
        now=clock.now(),
        claim_amount=claim.claim_amount,
        approved_amount=claim.approved_amount,
        cover_left=cover_left,
        limit=rules.limit(actor, claim.currency),
        history=history,
        appeal_days=rules.settings.appeal_days,
        contest_days=rules.settings.contest_days,
        contest_rounds=rules.settings.contest_rounds,
    )
