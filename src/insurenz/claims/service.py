"""Moving a claim along its workflow. The only place where a status is assigned."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from insurenz import workflow
from insurenz.claims import asking
from insurenz.claims.attachments import attach
from insurenz.claims.errors import answered, fields_refused
from insurenz.claims.facts import facts_of
from insurenz.claims.fields import Parsed, parse
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.submit import subject_of
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.permissions import Actor
from insurenz.core.versions import require_version
from insurenz.documents.models import Document
from insurenz.documents.receiving import StoredFile
from insurenz.events import service as events
from insurenz.events.models import Event
from insurenz.policies import service as policies

# What a claim keeps of the fields of an action.
KEPT = ("approved_amount", "resolution", "payment_reference", "status_notes", "rejection_reason")


def act(
    session: Session,
    actor: Actor,
    claim: Claim,
    action: str,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    files: Sequence[StoredFile] = (),
    if_match: str | None = None,
) -> Claim:
    """Move a claim, locked by its reader, along its workflow and record the event that announces it.

    Raises, in this order: Forbidden (role, person), StaleVersion (`if_match`), Conflict (state, window), Invalid
    or TooLarge.
    """
    fields = parse(given, claim.currency)
    if files:
        fields.values["files"] = [file.document_id for file in files]
    step = _judge(session, actor, claim, action, rules=rules, fields=fields, if_match=if_match)
    _move(session, claim, step, rules)
    upload_ids = cast("list[str]", step.values.get("upload_ids", []))
    documents = attach(session, actor, claim, files, upload_ids=upload_ids, limits=rules.documents)
    event = _announce(session, actor, claim, step, documents)
    definition = rules.definition(claim.workflow, claim.workflow_version)
    asking.follow(session, actor, claim, step, event, definition=definition)
    return claim


def act_by_target(
    session: Session,
    actor: Actor,
    claim: Claim,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    if_match: str | None,
) -> Claim:
    """Do the one action of the actor's that leads to `status`, with the other fields that were given.

    Raises as `act` does, and Invalid for an unknown status or one that several actions lead to.
    """
    definition = rules.definition(claim.workflow, claim.workflow_version)
    fields = dict(given)
    target = fields.pop("status", None)
    if not isinstance(target, str):
        raise invalid("status", "missing", "Name the status to be reached.")
    try:
        action = workflow.action_to(definition, claim.status, target[:64], actor.role)
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal
    return act(session, actor, claim, action, rules=rules, given=fields, if_match=if_match)


def offers(session: Session, actor: Actor, claim: Claim, rules: Rules) -> tuple[workflow.Offer, ...]:
    """What the actor may do with the claim now."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    return workflow.allowed(definition, claim.status, actor.role, facts_of(session, rules, actor, claim))


def refuse_early(actor: Actor, claim: Claim, action: str, rules: Rules) -> None:
    """Refuse what the actor's role never does, before a body is read. Raises Forbidden, or NotFound for no action."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    facts = workflow.Facts(actor_id=actor.id, now=clock.now(), claim_amount=claim.claim_amount)
    try:
        workflow.permit(definition, claim.status, action, actor.role, facts=facts, given={})
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal


def _judge(
    session: Session,
    actor: Actor,
    claim: Claim,
    action: str,
    *,
    rules: Rules,
    fields: Parsed,
    if_match: str | None,
) -> workflow.Step:
    definition = rules.definition(claim.workflow, claim.workflow_version)
    facts = facts_of(session, rules, actor, claim)
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
    unreadable = {problem.field for problem in fields.problems}
    return [problem for problem in refusal.problems if problem.field not in unreadable]


def _move(session: Session, claim: Claim, step: workflow.Step, rules: Rules) -> None:
    before = claim.approved_amount or 0
    for name, value in _kept(step).items():
        setattr(claim, name, value)
    claim.status = step.target
    claim.touch()
    claim.status_group = rules.definition(claim.workflow, claim.workflow_version).states[step.target].phase
    if claim.policy_id is not None:
        policies.change_cover_used(session, claim.policy_id, (claim.approved_amount or 0) - before)
    session.flush()


def _kept(step: workflow.Step) -> dict[str, Any]:
    """What the claim takes with it. A decision stands alone: neither amount nor reason of an earlier one is left."""
    kept = {name: step.values[name] for name in KEPT if name in step.values}
    is_decided = kept.get("approved_amount") is not None or "rejection_reason" in kept
    return {"approved_amount": None, "rejection_reason": None} | kept if is_decided else kept


def _announce(
    session: Session, actor: Actor, claim: Claim, step: workflow.Step, documents: Sequence[Document]
) -> Event:
    texts = {n: str(v) for n, v in step.values.items() if workflow.FIELDS[n] == "text"}
    texts |= {n: _lines(v) for n, v in step.values.items() if workflow.FIELDS[n] == "texts"}
    plain = {n: v for n, v in step.values.items() if n not in (*texts, "files", "upload_ids")}
    plain |= {"documents": [document.id for document in documents]} if documents else {}
    data = {"action": step.action, "from": step.source, "to": step.target, "outcome": step.outcome, **plain}
    return events.record(
        session,
        step.event,
        subject=subject_of(claim),
        actor=actor,
        data=data,
        texts=texts,
        version=claim.version,
    )


def _lines(value: object) -> str:
    return "\n".join(value) if isinstance(value, list) else ""
