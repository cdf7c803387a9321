"""Moving a claim along its workflow. The only place where a status is assigned."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import bindparam, update

from insurenz import workflow
from insurenz.claims import asking
from insurenz.claims.attachments import attached
from insurenz.claims.dossier import Dossier
from insurenz.claims.errors import answered, fields_refused
from insurenz.claims.facts import facts_of
from insurenz.claims.fields import Parsed, parse
from insurenz.claims.marking import unmarkable
from insurenz.claims.models import CLAIMS, QUERIES, Claim
from insurenz.claims.queries import Attached, in_order
from insurenz.claims.rules import Rules
from insurenz.claims.submit import subject_of
from insurenz.core import clock
from insurenz.core.db import Session, ring_after_commit
from insurenz.core.errors import invalid
from insurenz.core.permissions import Actor
from insurenz.core.statements import Change, Rows, detached, write_together
from insurenz.core.versions import require_version
from insurenz.documents.models import Document
from insurenz.documents.receiving import StoredFile
from insurenz.events import service as events
from insurenz.events.service import End, Recording
from insurenz.policies import service as policies
from insurenz.policies.models import Policy
from insurenz.workflow.guards import Move
from insurenz.workflow.vocabulary import MARKS

# What a claim keeps of the fields of an action, and all that a move writes of it.
KEPT = ("approved_amount", "resolution", "payment_reference", "status_notes", "rejection_reason")
_MOVED = (*KEPT, "status", "status_group", "version", "updated_at", "due_at")
_MOVE = (
    update(CLAIMS)
    .where(CLAIMS.c.id == bindparam("claim"))
    .values({name: bindparam(f"claim_{name}") for name in _MOVED})
    .returning(CLAIMS.c.id)
)


class _Made(NamedTuple):
    """A move that was made and is yet to be written: the claim after it, its event, and what was asked after it."""

    claim: Claim
    recording: Recording
    followed: asking.Followed


def act(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    action: str,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    files: Sequence[StoredFile] = (),
    if_match: str | None = None,
) -> Dossier:
    """Move a claim, locked by its reader, along its workflow and record the event that announces it; how it then stands.

    Raises, in this order: Forbidden (role, person), StaleVersion (`if_match`), Conflict (state, window), Invalid
    or TooLarge, and Conflict when another approval took what was left of the cover.
    """
    claim = dossier.claim
    fields = parse(given, claim.currency)
    fields.problems += unmarkable(fields.values.get(MARKS) or [], dossier.documents)
    if files:
        fields.values["files"] = [file.document_id for file in files]
    step = _judge(actor, dossier, action, rules=rules, fields=fields, if_match=if_match)
    upload_ids = cast("list[str]", step.values.get("upload_ids", []))
    documents, rows = attached(
        session,
        actor,
        claim,
        files,
        upload_ids=upload_ids,
        limits=rules.documents,
        held=len(dossier.documents),
    )
    made = _made(actor, dossier, step, documents, rules)
    policy, event = _write(session, dossier, made, rows), made.recording.event
    return dossier._replace(
        claim=made.claim,
        history=(*dossier.history, Move(step.action, step.source, step.target, actor.id, event.occurred_at)),
        documents=in_order([*dossier.documents, *(Attached(each, None) for each in documents)]),
        asked=made.followed.asked,
        policy=policy,
        end=End(event.hash, event.seq),
    )


def act_by_target(
    session: Session,
    actor: Actor,
    dossier: Dossier,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    if_match: str | None,
) -> Dossier:
    """Do the one action of the actor's that leads to `status`, with the other fields that were given.

    Raises as `act` does, and Invalid for an unknown status or one that several actions lead to.
    """
    claim = dossier.claim
    definition = rules.definition(claim.workflow, claim.workflow_version)
    fields = dict(given)
    target = fields.pop("status", None)
    if not isinstance(target, str):
        raise invalid("status", "missing", "Name the status to be reached.")
    try:
        action = workflow.action_to(definition, claim.status, target[:64], actor.role)
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal
    return act(session, actor, dossier, action, rules=rules, given=fields, if_match=if_match)


def offers(actor: Actor, dossier: Dossier, rules: Rules) -> tuple[workflow.Offer, ...]:
    """What the actor may do with the claim now."""
    claim = dossier.claim
    definition = rules.definition(claim.workflow, claim.workflow_version)
    return workflow.allowed(definition, claim.status, actor.role, facts_of(rules, actor, dossier))


def refuse_early(actor: Actor, claim: Claim, action: str, rules: Rules) -> None:
    """Refuse what the actor's role never does, before a body is read. Raises Forbidden, or NotFound for no action."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    facts = workflow.Facts(
        actor_id=actor.id,
        now=clock.now(),
        claim_amount=claim.claim_amount,
        is_own=claim.user_id == actor.id,
    )
    try:
        workflow.permit(definition, claim.status, action, actor.role, facts=facts, given={})
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal


def _judge(
    actor: Actor,
    dossier: Dossier,
    action: str,
    *,
    rules: Rules,
    fields: Parsed,
    if_match: str | None,
) -> workflow.Step:
    claim = dossier.claim
    definition = rules.definition(claim.workflow, claim.workflow_version)
    facts = facts_of(rules, actor, dossier)
    try:
        workflow.permit(definition, claim.status, action, actor.role, facts=facts, given=fields.values)
        require_version(if_match, claim.version, needed=False, state={"status": claim.status})
        step = workflow.check(definition, claim.status, action, actor.role, facts=facts, given=fields.values)
    except workflow.FieldsRefused as refusal:
        raise fields_refused((*fields.problems, *_unless_parsed(refusal, fields))) from refusal
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal
    if fields.problems:
        raise fields_refused(fields.problems)
    return step


def _unless_parsed(refusal: workflow.FieldsRefused, fields: Parsed) -> list[workflow.FieldProblem]:
    """The engine's problems without "missing" of fields that were given, but could not be read."""
    unreadable = {problem.field.partition(".")[0] for problem in fields.problems}
    return [problem for problem in refusal.problems if problem.field not in unreadable]


def _made(
    actor: Actor, dossier: Dossier, step: workflow.Step, documents: Sequence[Document], rules: Rules
) -> _Made:
    """The claim as it is after a step, and what announces that; nothing is written yet."""
    before = dossier.claim
    definition = rules.definition(before.workflow, before.workflow_version)
    phase = definition.states[step.target].phase
    claim = detached(
        Claim,
        vars(before)
        | _kept(step)
        | {
            "status": step.target,
            "status_group": phase,
            "version": before.version + 1,
            "updated_at": clock.now(),
            "due_at": asking.due_after(step, definition),
        },
    )
    recording = _announced(actor, claim, step, documents, dossier.end)
    followed = asking.followed(dossier.asked, actor, claim, step, recording, definition=definition)
    return _Made(claim, recording, followed)


def _write(session: Session, dossier: Dossier, made: _Made, rows: Rows) -> Policy | None:
    """Write a move with the rows of its documents; gives the claim's policy with the cover that it then uses."""
    claim, policy = made.claim, dossier.policy
    more = (claim.approved_amount or 0) - (dossier.claim.approved_amount or 0)
    changes = [
        Change(_MOVE, {"claim": claim.id} | {f"claim_{name}": getattr(claim, name) for name in _MOVED}),
        *made.recording.changes,
        *made.followed.changes,
    ]
    if policy is not None and more:
        changes.append(policies.change_cover_used(policy.id, more))
    written = write_together(session, changes, {**rows, **made.recording.rows, QUERIES: made.followed.rows})
    ring_after_commit(session)
    if policy is None or not more:
        return policy
    return detached(Policy, vars(policy) | {"cover_used": policies.cover_used(written[-1], more)})


def _kept(step: workflow.Step) -> dict[str, Any]:
    """What the claim takes with it. A decision stands alone: neither amount nor reason of an earlier one is left."""
    kept = {name: step.values[name] for name in KEPT if name in step.values}
    is_decided = kept.get("approved_amount") is not None or "rejection_reason" in kept
    return {"approved_amount": None, "rejection_reason": None} | kept if is_decided else kept


def _announced(
    actor: Actor, claim: Claim, step: workflow.Step, documents: Sequence[Document], end: End | None
) -> Recording:
    texts = {n: str(v) for n, v in step.values.items() if workflow.FIELDS[n] == "text"}
    texts |= {n: _lines(v) for n, v in step.values.items() if workflow.FIELDS[n] == "texts"}
    plain = {n: v for n, v in step.values.items() if n not in (*texts, "files", "upload_ids", MARKS)}
    plain |= {"documents": [document.id for document in documents]} if documents else {}
    data = {"action": step.action, "from": step.source, "to": step.target, "outcome": step.outcome, **plain}
    return events.following(
        step.event,
        subject=subject_of(claim),
        actor=actor,
        end=end,
        data=data,
        texts=texts,
        version=claim.version,
    )


def _lines(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else ""
