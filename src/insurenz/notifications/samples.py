"""Samples of the mails of an install: everything that its workflow definitions mail, told of a claim that is made up."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from insurenz.core.permissions import Role
from insurenz.events.models import Event
from insurenz.notifications.messages import about
from insurenz.notifications.outgoing import finished
from insurenz.workflow import Definition, EventRule, Tell, Transition
from insurenz.workflow.vocabulary import NEW

CHANNEL = "email"
AT = datetime(2026, 11, 26, 4, 5, tzinfo=UTC)
READER, EVENT, CLAIM = (f"01a00000-0000-7000-8000-00000000000{n}" for n in range(1, 4))
NUMBERS = {"policy": "CLM-20261126-7KQ2M9XD", "hospital": "CSHLSIP-2026-014"}
AUDIENCES: Mapping[str, Role] = {"claimant": Role.POLICYHOLDER, "hospital_users": Role.HOSPITAL_USER}
TEXTS = {
    "remarks": "The final bill is cut off at the bottom.\nPlease scan it again, all pages.",
    "missing_documents": "Final bill\nDischarge summary",
    "query_response": "The whole bill is attached, with the summary of the discharge.",
    "response": "The doctor's letter is attached.",
    "rejection_reason": "Waiting period",
    "contest_reason": "The policy was renewed without a break, so no waiting period applies.",
    "status_notes": "Room rent is covered up to 5,000 a day.\nThe rest of the bill is covered in full.",
}
FACTS = {
    "claim_amount": 1825000,
    "approved_amount": 1500000,
    "currency": "INR",
    "claim_type": "medical",
    "incident_date": "2026-11-02",
    "payment_reference": "NEFT-4471029",
    "query_category": "documentation",
    "due_at": "2026-11-30T12:30:00+00:00",
    "documents": ["01a00000-0000-7000-8000-00000000000d"] * 2,
}


@dataclass(frozen=True)
class Person:
    """Who reads a sample."""

    id: str
    role: Role
    email: str = "you@example.org"
    name: str = "Asha Rao"
    level: int = 0


@dataclass(frozen=True)
class Sample:
    """One mail of an install: its name, whose category it is, and the body of its delivery."""

    name: str
    category: str
    user_id: str
    body: Mapping[str, Any]


def samples(definitions: Iterable[Definition], base_url: str) -> Iterator[Sample]:
    """One of each rule that mails somebody, of each workflow; names are `event`, `event.action.outcome` or so.

    What several workflows tell alike comes once.
    """
    seen = set()
    for definition in definitions:
        for rule in (*definition.events.values(), *definition.common.values()):
            for tell in (tell for tell in rule.tell if CHANNEL in tell.channels):
                sample = _sample(definition, rule, tell, base_url)
                if sample.name not in seen:
                    seen.add(sample.name)
                    yield sample


def _sample(definition: Definition, rule: EventRule, tell: Tell, base_url: str) -> Sample:
    move = _move(definition, rule, tell)
    reader = _reader(definition, tell)
    event = _event(definition, rule, move, _outcome(tell, move))
    texts = {name: TEXTS[name] for name in move.takes if name in TEXTS} if move else {}
    made = finished(event, tell, texts, [reader], base_url=base_url, with_text=True) | {"about": about(event)}
    return Sample(_name(definition, rule, tell, reader), rule.category, reader.id, made)


def _name(definition: Definition, rule: EventRule, tell: Tell, reader: Person) -> str:
    name = ".".join((rule.event, *tell.actions[:1], *tell.outcomes[:1]))
    if reader.role is Role.CLAIM_PROCESSOR:
        return f"{name}@staff"
    is_common = rule.event in definition.common
    return f"{name}@hospital" if is_common and reader.role is Role.HOSPITAL_USER else name


def _reader(definition: Definition, tell: Tell) -> Person:
    audience = tell.audience
    if audience == "other_side":
        return Person(READER, Role(definition.filer))
    return Person(READER, AUDIENCES.get(audience, Role.CLAIM_PROCESSOR))


def _move(definition: Definition, rule: EventRule, tell: Tell) -> Transition | None:
    """The first move that this rule speaks of; None for an event beside the moves."""
    for move in definition.transitions:
        outcomes = move.outcomes() if move.event == rule.event else ()
        if any(tell.fits(move.action, outcome) for outcome in outcomes):
            return move
    return None


def _outcome(tell: Tell, move: Transition | None) -> str | None:
    if move is None:
        return None
    return next(outcome for outcome in move.outcomes() if tell.fits(move.action, outcome))


def _event(definition: Definition, rule: EventRule, move: Transition | None, outcome: str | None) -> Event:
    takes = {} if move is None else {name: FACTS[name] for name in _facts(move)}
    moved = {} if move is None else {"action": move.action, "outcome": outcome}
    return Event(
        id=EVENT,
        type=rule.event,
        subject_kind="claim",
        subject_id=CLAIM,
        claim_number=NUMBERS[definition.subject],
        hospital_name="Lakeside Clinic",
        status=next(iter(definition.states)) if move is None else move.target,
        actor_name="Meera Iyer",
        data={"currency": FACTS["currency"], **moved, **takes},
        occurred_at=AT,
    )


def _facts(move: Transition) -> Iterable[str]:
    """The facts that an event of this move has."""
    if NEW in move.sources:
        yield from ("claim_amount", "claim_type", "incident_date")
    if "files" in move.takes:
        yield "documents"
    yield from (name for name in move.takes if name in FACTS and name != "claim_amount")
