"""Filing a retail claim: policy checks, number, rows, and the event that announces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from insurenz import workflow
from insurenz.claims.attachments import attached
from insurenz.claims.bodies import ClaimIn
from insurenz.claims.errors import answered
from insurenz.claims.facts import filing_facts
from insurenz.claims.models import CLAIMS, KIND, Claim
from insurenz.claims.numbering import fresh_number, retail_number
from insurenz.claims.rules import Rules
from insurenz.claims.search import of_person
from insurenz.core import clock
from insurenz.core.db import Session, ring_after_commit
from insurenz.core.errors import NotFound, invalid
from insurenz.core.ids import new_id
from insurenz.core.money import parse_amount
from insurenz.core.permissions import Actor
from insurenz.core.statements import Rows, detached, insert_together
from insurenz.documents.models import Document
from insurenz.documents.receiving import StoredFile
from insurenz.events import service as events
from insurenz.policies.models import Policy
from insurenz.policies.queries import held_policy

# How claims come about, by the subject of their workflow.
FILED = {"policy": "filed against a policy", "hospital": "submitted by a hospital"}


@dataclass(frozen=True)
class Filed:
    """A claim that was just filed, with what is known of it without asking the database. It belongs to no session.

    `cover_left` is what its policy still covers, None without a policy.
    """

    claim: Claim
    documents: Sequence[Document]
    cover_left: int | None = None


def submit(
    session: Session, actor: Actor, *, rules: Rules, data: ClaimIn, files: Sequence[StoredFile] = ()
) -> Filed:
    """File a claim against a policy of the actor's, with documents whose objects are stored, and uploads.

    Raises Invalid naming each field that does not fit the policy, TooLarge, and Again when its number was taken.
    """
    policy = _own_policy(session, actor, data.user_policy_id)
    definition = definition_for(rules, data.workflow, subject="policy")
    amount = parse_amount(data.claim_amount, policy.currency, "claim_amount", at_least=1)
    facts = filing_facts(
        rules, actor, policy, amount=amount, incident=data.incident_date, claim_type=data.claim_type
    )
    given = data.model_dump(exclude={"workflow"}) | {"claim_amount": amount}
    try:
        step = workflow.check(definition, workflow.NEW, "submit", actor.role, facts=facts, given=given)
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal
    row = beginning(actor, definition, step) | {
        "claim_number": retail_number(rules.timezone),
        "claim_type": data.claim_type,
        "incident_date": data.incident_date,
        "description": data.description,
        "claim_amount": amount,
        "currency": policy.currency,
        "policy_id": policy.id,
        "payer_id": policy.payer_id,
        **of_person(actor.name),
    }
    claim = detached(Claim, row)
    documents, rows = attached(
        session, actor, claim, files, upload_ids=data.upload_ids, limits=rules.documents
    )
    insert(session, {CLAIMS: [row], **rows, **opening(actor, claim, step, documents)})
    return Filed(claim, documents, policy.cover_left)


def subject_of(claim: Claim) -> events.Subject:
    """The claim as the subject of its events; a hospital claim must have been read with its hospital.

    Whoever submits for a patient at the desk of a hospital is no claimant.
    """
    hospital = None if claim.hospital_id is None else claim.hospital
    return events.Subject(
        kind=KIND,
        id=claim.id,
        claim_number=claim.claim_number,
        hospital_id=claim.hospital_id,
        payer_id=claim.payer_id,
        claimant_id=claim.user_id if hospital is None else None,
        hospital_name=None if hospital is None else hospital.name,
        status=claim.status,
        # Whoever reacts to the event finds by these who is to be told, and how amounts are written.
        facts={
            "workflow": claim.workflow,
            "workflow_version": claim.workflow_version,
            "currency": claim.currency,
        },
    )


def _own_policy(session: Session, actor: Actor, reference: str) -> Policy:
    try:
        return held_policy(session, actor, reference)
    except NotFound as missing:
        raise invalid(
            "user_policy_id", "unknown_policy", "Give the id or number of a policy of yours."
        ) from missing


def definition_for(rules: Rules, name: str, *, subject: str) -> workflow.Definition:
    """The definition that a new claim of this workflow follows. Raises Invalid when it is none for such a subject."""
    try:
        definition = rules.definitions.current(name)
    except workflow.UnknownWorkflow as unknown:
        raise invalid("workflow", "unknown_workflow", str(unknown)) from unknown
    if definition.subject != subject:
        filed = FILED[subject]
        raise invalid("workflow", "wrong_subject", f"Claims of the workflow {name} are not {filed}.")
    return definition


def beginning(actor: Actor, definition: workflow.Definition, step: workflow.Step) -> dict[str, Any]:
    """What every claim begins with, as columns."""
    now = clock.now()
    return {
        "id": new_id(),
        "workflow": definition.name,
        "workflow_version": definition.version,
        "version": 1,
        "status": step.target,
        "status_group": definition.states[step.target].phase,
        "user_id": actor.id,
        "created_at": now,
        "updated_at": now,
    }


def opening(actor: Actor, claim: Claim, step: workflow.Step, documents: Sequence[Document]) -> Rows:
    """The rows of the event that announces a new claim."""
    data = {
        "action": step.action,
        "from": step.source,
        "to": step.target,
        "claim_amount": claim.claim_amount,
        "claim_type": claim.claim_type,
        "incident_date": claim.incident_date.isoformat(),
        "documents": [document.id for document in documents],
    }
    return events.opening(
        step.event, subject=subject_of(claim), actor=actor, data=data, version=claim.version
    )


def insert(session: Session, rows: Rows) -> None:
    """Write a new claim with all that belongs to it. Raises Again when its number was taken."""
    with fresh_number():
        insert_together(session, rows)
    ring_after_commit(session)
