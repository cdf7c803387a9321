"""Who works on a claim: it is taken, handed over, released, or given to whoever asks for the next one."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from insurenz.accounts import queries as accounts
from insurenz.accounts.models import User
from insurenz.claims import queries, queue
from insurenz.claims.bodies import AssignmentIn
from insurenz.claims.errors import refuse_own
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.submit import subject_of
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, Forbidden, NotFound, invalid
from insurenz.core.permissions import STAFF, Actor, Role
from insurenz.core.problems import validated
from insurenz.core.versions import require_version
from insurenz.events import service as events
from insurenz.workflow.vocabulary import CLOSED

MOST_CANDIDATES = 200


def assign(
    session: Session, actor: Actor, claim: Claim, *, given: Mapping[str, Any], if_match: str | None
) -> Claim:
    """Give a claim, locked by its reader, to the user that `user_id` names; without one the actor takes it.

    Nobody takes what another holds; its holder or an admin hands it over. Who has it already keeps it, and nothing
    changes. Raises Forbidden (also when it is their own), StaleVersion, Conflict (closed, or another's) or Invalid, in this order.
    """
    named = given.get("user_id")
    is_take = named is None or (named == actor.id and actor.role is not Role.ADMIN)
    if is_take:
        refuse_own(actor, queries.filers_of(session, claim))
    else:
        _require_holder(actor, claim)
    require_version(if_match, claim.version, needed=False, state={"status": claim.status})
    _refuse_closed(claim)
    if is_take and claim.assignee_id not in (None, actor.id):
        raise _taken(session, claim.assignee_id)
    wanted = validated(AssignmentIn, given).user_id
    _give(session, actor, claim, actor.id if wanted is None else _assignable(session, claim, wanted))
    return claim


def release(session: Session, actor: Actor, claim: Claim, *, if_match: str | None) -> Claim:
    """Take a claim, locked by its reader, off its assignee; one that has none stays as it is.

    Raises Forbidden (neither the assignee nor an admin), StaleVersion or Conflict (closed), in this order.
    """
    _require_holder(actor, claim)
    require_version(if_match, claim.version, needed=False, state={"status": claim.status})
    if claim.assignee_id is not None:
        _refuse_closed(claim)
        _give(session, actor, claim, None)
    return claim


def candidates(session: Session, claim: Claim) -> Sequence[User]:
    """To whom the claim may be given, by name; the first 200."""
    found = accounts.who_may_work(
        session, hospital_id=claim.hospital_id, payer_id=claim.payer_id, limit=MOST_CANDIDATES
    )
    filers = queries.filers_of(session, claim)
    return [user for user in found if user.id not in filers]


def take_next(session: Session, actor: Actor, *, rules: Rules, workflow: str | None) -> Claim | None:
    """Give the actor the oldest claim in their reach that waits for a processor and is nobody's; None when none is.

    Raises Invalid for an unknown workflow.
    """
    claim = queue.oldest(session, actor, queue.waiting(rules, workflow))
    if claim is not None:
        _give(session, actor, claim, actor.id)
    return claim


def _require_holder(actor: Actor, claim: Claim) -> None:
    if claim.assignee_id not in (None, actor.id) and actor.role is not Role.ADMIN:
        raise Forbidden(
            "Another person works on this claim; they or an admin hand it over.", code="not_the_assignee"
        )


def _refuse_closed(claim: Claim) -> None:
    if claim.status_group == CLOSED:
        raise Conflict("The claim is closed; nobody works on it any more.", code="closed")


def _taken(session: Session, assignee_id: str) -> Conflict:
    holder = accounts.user(session, assignee_id)
    return Conflict(
        f"{holder.name} works on this claim already.",
        code="already_assigned",
        extra={"assignee": {"id": holder.id, "name": holder.name}},
    )


def _assignable(session: Session, claim: Claim, user_id: str) -> str:
    """The id of a user who may work on the claim. Raises Invalid: an unknown user and an unfit one are one answer."""
    with suppress(NotFound):
        user = accounts.user(session, user_id)
        if user.is_active and user.role in STAFF and user.id not in queries.filers_of(session, claim):
            queries.claim_for(session, user.as_actor(), claim.id)
            return user.id
    raise invalid(
        "user_id",
        "not_assignable",
        "Give the id of an active processor who reaches the claim, or of an admin.",
    )


def _give(session: Session, actor: Actor, claim: Claim, assignee_id: str | None) -> None:
    before = claim.assignee_id
    if assignee_id == before:
        return
    claim.assignee_id = assignee_id
    claim.touch()
    session.flush()
    events.record(
        session,
        "claim_assigned" if assignee_id else "claim_released",
        subject=subject_of(claim),
        actor=actor,
        data={"assignee_id": assignee_id, "from": before},
    )
