"""Changing what a claim says while nobody has begun to review it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from insurenz.claims.bodies import ClaimPatch
from insurenz.claims.errors import fields_refused
from insurenz.claims.facts import filing_facts
from insurenz.claims.forms import HospitalClaimPatch, spelled
from insurenz.claims.hospital import claimed
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.search import of_person
from insurenz.claims.submit import subject_of
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, Forbidden
from insurenz.core.money import parse_amount
from insurenz.core.permissions import Actor
from insurenz.core.problems import validated
from insurenz.core.versions import require_version
from insurenz.events import service as events
from insurenz.policies.models import Policy
from insurenz.workflow import FieldProblem, field_problems

INTAKE = "intake"


def require_filer(actor: Actor, claim: Claim) -> None:
    """Refuse whoever did not file the claim, which was found for them. Raises Forbidden.

    A hospital files as a whole: each of its users speaks for it.
    """
    if not _is_filer(actor, claim):
        raise Forbidden("Only who filed the claim changes what it says.", code="not_the_filer")


def changeable(actor: Actor, claim: Claim, rules: Rules) -> list[str]:
    """The fields of a claim, found for the actor, that they may change now."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    if not _is_filer(actor, claim) or definition.states[claim.status].phase != INTAKE:
        return []
    return list((HospitalClaimPatch if claim.policy_id is None else ClaimPatch).model_fields)


def _is_filer(actor: Actor, claim: Claim) -> bool:
    return actor.side == "filer" if claim.hospital_id is not None else claim.user_id == actor.id


def change_content(
    session: Session,
    actor: Actor,
    claim: Claim,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    if_match: str | None,
) -> Claim:
    """Change the given fields of a claim by its filer, judged by the same rules as filing.

    Raises Forbidden, VersionRequired, StaleVersion, Conflict (no longer in intake) or Invalid, in this order.
    """
    definition = rules.definition(claim.workflow, claim.workflow_version)
    require_filer(actor, claim)
    require_version(if_match, claim.version, state={"status": claim.status})
    if definition.states[claim.status].phase != INTAKE:
        raise Conflict("The claim is no longer in intake; its content stands.", code="not_in_intake")
    if claim.policy_id is None:
        changed = _form(claim, validated(HospitalClaimPatch, given))
    else:
        changed = _content(session, rules, actor, claim, validated(ClaimPatch, given))
    if not changed:
        return claim
    for name, value in changed.items():
        setattr(claim, name, value)
    claim.touch()
    session.flush()
    fields = ["form_data"] if claim.policy_id is None else sorted(changed)
    events.record(session, "claim_changed", subject=subject_of(claim), actor=actor, data={"fields": fields})
    return claim


def _form(claim: Claim, data: HospitalClaimPatch) -> dict[str, Any]:
    """What another form changes of a hospital claim."""
    _refuse_empty(data)
    if data.form_data is None or spelled(data.form_data.sent) == spelled(claim.form_data or {}):
        return {}
    return {
        "form_data": data.form_data.sent,
        "claim_amount": claimed(data.form_data, claim.currency),
        **of_person(data.form_data.patient_name),
    }


def _content(session: Session, rules: Rules, actor: Actor, claim: Claim, data: ClaimPatch) -> dict[str, Any]:
    """What the given fields change of a retail claim, judged by the rules of filing."""
    values = _values(claim, data)
    changed = {name: value for name, value in values.items() if value != getattr(claim, name)}
    if changed:
        _judge(session, rules, actor, claim, changed)
    return changed


def _refuse_empty(data: BaseModel) -> None:
    empty = [
        FieldProblem(name, "missing", f"{name} cannot be empty.")
        for name in data.model_fields_set
        if getattr(data, name) is None
    ]
    if empty:
        raise fields_refused(empty)


def _values(claim: Claim, data: ClaimPatch) -> dict[str, Any]:
    _refuse_empty(data)
    given = data.model_dump(exclude_unset=True)
    if "claim_amount" in given:
        given["claim_amount"] = parse_amount(
            given["claim_amount"], claim.currency, "claim_amount", at_least=1
        )
    return given


def _judge(session: Session, rules: Rules, actor: Actor, claim: Claim, changed: dict[str, Any]) -> None:
    """The guards of filing, over what the claim would then say."""
    after = {n: changed.get(n, getattr(claim, n)) for n in ("claim_type", "incident_date", "claim_amount")}
    policy = session.get_one(Policy, claim.policy_id)
    facts = filing_facts(
        rules,
        actor,
        policy,
        amount=after["claim_amount"],
        incident=after["incident_date"],
        claim_type=after["claim_type"],
    )
    definition = rules.definition(claim.workflow, claim.workflow_version)
    problems = [
        p for p in field_problems(definition, "submit", facts=facts, values=after) if p.field in changed
    ]
    if problems:
        raise fields_refused(problems)
