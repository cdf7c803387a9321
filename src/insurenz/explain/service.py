"""Who would be told of an action: the very function that tells, over an event that is never recorded."""

from dataclasses import dataclass

from insurenz import workflow
from insurenz.claims.models import Claim
from insurenz.claims.submit import subject_of
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.events.models import Event
from insurenz.notifications.batches import Batch
from insurenz.notifications.fanout import rehearse
from insurenz.notifications.telling import Telling


@dataclass(frozen=True)
class Rehearsal:
    """An action as it would be told: its event, its outcome, and everybody of its audiences."""

    action: str
    outcome: str | None
    event: Event
    batches: list[Batch]


def recipients(
    session: Session,
    actor: Actor,
    claim: Claim,
    action: str,
    *,
    outcome: str | None,
    definition: workflow.Definition,
    telling: Telling,
) -> Rehearsal:
    """Who would be told if the actor did this with the claim now, whether it is possible now or not.

    `definition` is the one that the claim pins, `outcome` is one that the action can have, None for the first of them. Raises Invalid for another action or outcome.
    """
    move = _move(definition, claim, action)
    possible = move.outcomes()
    if outcome is not None and outcome not in possible:
        known = ", ".join(each for each in possible if each) or "none"
        raise invalid("outcome", "unknown_outcome", f"Outcomes of {move.action}: {known}.")
    event = _event(actor, claim, move, outcome or possible[0])
    return Rehearsal(move.action, outcome or possible[0], event, rehearse(telling, session, event))


def _move(definition: workflow.Definition, claim: Claim, action: str) -> workflow.Transition:
    moves = definition.moves(definition.canonical(action))
    if not moves:
        known = ", ".join(definition.actions)
        raise invalid("action", "unknown_action", f"Actions of this claim's workflow: {known}.")
    now = [move for move in moves if claim.status in move.sources]
    return (now or list(moves))[0]


def _event(actor: Actor, claim: Claim, move: workflow.Transition, outcome: str | None) -> Event:
    subject = subject_of(claim)
    return Event(
        id=new_id(),
        type=move.event,
        subject_kind=subject.kind,
        subject_id=subject.id,
        claim_number=subject.claim_number,
        hospital_id=subject.hospital_id,
        payer_id=subject.payer_id,
        claimant_id=subject.claimant_id,
        hospital_name=subject.hospital_name,
        status=move.target,
        actor_id=actor.id,
        actor_name=actor.name,
        data={**subject.facts, "action": move.action, "outcome": outcome},
        occurred_at=clock.now(),
    )
