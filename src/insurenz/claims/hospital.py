"""Submitting a hospital claim: the hospital and payer it names, its number, rows, and the event that announces it."""

from collections.abc import Sequence

from insurenz import workflow
from insurenz.accounts import queries as accounts
from insurenz.claims.attachments import attached
from insurenz.claims.errors import answered
from insurenz.claims.forms import FormData, HospitalClaimIn
from insurenz.claims.models import CLAIMS, Claim
from insurenz.claims.numbering import hospital_number
from insurenz.claims.rules import Rules
from insurenz.claims.search import of_person
from insurenz.claims.submit import Filed, beginning, definition_for, insert, opening
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.money import parse_amount
from insurenz.core.permissions import Actor
from insurenz.core.statements import detached
from insurenz.documents.receiving import StoredFile
from insurenz.organisations import queries as organisations
from insurenz.organisations.models import Kind, Organisation

# Cashless treatment is the only thing that hospitals submit.
CLAIM_TYPE = "medical"


def submit(
    session: Session,
    actor: Actor,
    *,
    rules: Rules,
    data: HospitalClaimIn,
    files: Sequence[StoredFile] = (),
) -> Filed:
    """Submit a claim of a hospital of the actor's, with documents whose objects are stored, and uploads.

    Raises Invalid naming each field that does not fit, TooLarge, and Again when its number was taken.
    """
    definition = definition_for(rules, data.workflow, subject="hospital")
    hospital = _own_hospital(session, actor, data.hospital_id)
    payer = _payer_of(session, hospital, data.payer_id)
    amount = claimed(data.form_data, rules.settings.currency)
    given = data.model_dump(exclude={"workflow"})
    facts = workflow.Facts(actor_id=actor.id, now=clock.now(), claim_amount=amount)
    try:
        step = workflow.check(definition, workflow.NEW, "submit", actor.role, facts=facts, given=given)
    except workflow.Refused as refusal:
        raise answered(refusal) from refusal
    row = beginning(actor, definition, step) | {
        "claim_type": CLAIM_TYPE,
        "incident_date": clock.today(rules.timezone),
        "description": "",
        "claim_amount": amount,
        "currency": rules.settings.currency,
        "payer_id": payer.id,
        "hospital_id": hospital.id,
        **of_person(data.form_data.patient_name),
        "form_data": data.form_data.sent,
    }
    claim = detached(Claim, row | {"hospital": hospital, "payer": payer})
    documents, rows = attached(
        session, actor, claim, files, upload_ids=data.upload_ids, limits=rules.documents
    )
    # Last of all, for whoever submits another claim waits from here on until this one is committed.
    number = hospital_number(session, rules.settings.number_prefix, rules.timezone)
    claim.claim_number = row["claim_number"] = number
    insert(session, {CLAIMS: [row], **rows, **opening(actor, claim, step, documents)})
    return Filed(claim, documents)


def claimed(form: FormData, currency: str) -> int:
    """What a form claims, in minor units. Raises Invalid."""
    return parse_amount(form.claimed_amount, currency, "form_data.claimed_amount", at_least=1)


def _own_hospital(session: Session, actor: Actor, reference: str) -> Organisation:
    """The actor's hospital of this id or number. Raises Invalid: for a foreign one as for an unknown one."""
    own = accounts.assigned(session, actor.id).hospitals
    found = organisations.find(session, reference)
    if found is None or found.id not in own:
        raise invalid("hospital_id", "unknown_hospital", "Give the id or number of a hospital of yours.")
    if not found.is_active:
        raise invalid("hospital_id", "not_active", "The hospital is no longer active.")
    return found


def _payer_of(session: Session, hospital: Organisation, reference: str) -> Organisation:
    """The payer of this id or number, with which the hospital works. Raises Invalid."""
    found = organisations.find(session, reference)
    if found is None or found.kind != Kind.PAYER:
        raise invalid("payer_id", "unknown_payer", "Give the id or number of a payer.")
    if not found.is_active:
        raise invalid("payer_id", "not_active", "The payer is no longer active.")
    if not organisations.work_together(session, hospital.id, found.id):
        raise invalid("payer_id", "not_together", "Give a payer that the hospital works with.")
    return found
