"""The facts that guards judge by: read from the claim, its policy and its past moves."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row

from insurenz.claims.dossier import Dossier
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.core import clock
from insurenz.core.permissions import Actor
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


def facts_of(rules: Rules, actor: Actor, dossier: Dossier) -> Facts:
    """Facts of a filed claim for this actor."""
    facts = facts_with(rules, actor, dossier.claim, dossier.history, cover_left=dossier.cover_left)
    return replace(facts, is_own=dossier.is_own)


def facts_with(
    rules: Rules, actor: Actor, claim: Claim | Row[Any], history: tuple[Move, ...], *, cover_left: int | None
) -> Facts:
    """Facts of a claim, or of its row in a list, whose past moves are known, and what its policy still covers (None without a policy)."""
    return Facts(
        actor_id=actor.id,
        now=clock.now(),
        claim_amount=claim.claim_amount,
        is_own=claim.user_id == actor.id,
        approved_amount=claim.approved_amount,
        cover_left=cover_left,
        limit=rules.limit(actor, claim.currency),
        history=history,
        appeal_days=rules.settings.appeal_days,
        contest_days=rules.settings.contest_days,
        contest_rounds=rules.settings.contest_rounds,
    )
