"""Named guards: pure judgements over the facts of a claim, each one about the person, the state, a window or a field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from insurenz.workflow.definition import Definition, Transition
from insurenz.workflow.vocabulary import CLOSED, DECIDED


@dataclass(frozen=True)
class Move:
    """One past move of a claim."""

    action: str
    source: str
    target: str
    actor_id: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What a policy says to a claim that is being filed against it."""

    policy_is_active: bool
    policy_covers_incident: bool
    incident_is_past: bool
    type_fits_policy: bool
    cover_amount: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that guards may know of a claim and of who acts on it. Amounts in minor units, times aware.

    `is_own` says that the actor filed the claim, or acted for who did; `approved_amount` is the one that stands, before
    this move; `cover_left` what the policy still covers, None without a policy; `limit` what the actor may approve, None for anything; `history` every past move, oldest
    first; `filing` only while a claim is being filed against a policy.
    """

    actor_id: str
    now: datetime
    claim_amount: int
    is_own: bool = False
    approved_amount: int | None = None
    cover_left: int | None = None
    limit: int | None = None
    history: tuple[Move, ...] = ()
    filing: Filing | None = None
    appeal_days: int = 30
    contest_days: int = 30
    contest_rounds: int = 2


@dataclass(frozen=True)
class Case:
    """What a guard judges. `values` is None while no fields are given: could any be accepted?"""

    definition: Definition
    transition: Transition
    status: str
    facts: Facts
    values: Mapping[str, object] | None

    @property
    def amount(self) -> int | None:
        """The amount to be approved; without fields the smallest there is."""
        amount = 1 if self.values is None else self.values.get("approved_amount")
        return amount if isinstance(amount, int) else None


class Kind(Enum):
    """What a guard is about, which decides how a refusal is answered, and when."""

    PERSON = "person"
    STATE = "state"
    WINDOW = "window"
    FIELD = "field"


@dataclass(frozen=True)
class Guard:
    """A named rule. `holds` judges it; `detail` is what a refused caller reads; `field` the field it is about."""

    name: str
    kind: Kind
    holds: Callable[[Case], bool]
    code: str
    detail: str
    field: str | None = None
    subject: str | None = None


# What the past says: all of it is read from the history, nothing is kept beside it.


def _phase(definition: Definition, status: str) -> str | None:
    state = definition.states.get(status)
    return state.phase if state else None


def earlier_decider(definition: Definition, history: tuple[Move, ...]) -> str | None:
    """Who made the decision that is now disputed; None when none is."""
    decider = barred = None
    for move in history:
        if _phase(definition, move.target) == DECIDED:
            decider, barred = move.actor_id, None
        elif _phase(definition, move.source) == DECIDED and _phase(definition, move.target) != CLOSED:
            barred = decider
    return barred


def remembered_state(definition: Definition, history: tuple[Move, ...]) -> str | None:
    """The state before the detour that the claim is on; None when it is on none."""
    state = None
    for move in reversed(history):
        transitions = definition.moves(move.action, source=move.source)
        if not any(transition.remember for transition in transitions):
            break
        state = move.source
    return state


def times_done(history: tuple[Move, ...], action: str) -> int:
    """How often an action was done."""
    return sum(move.action == action for move in history)


# The windows, by the fact that says how many days they are open.
WINDOWS: Mapping[str, str] = {"within_appeal_days": "appeal_days", "within_contest_days": "contest_days"}


def closes_at(case: Case) -> datetime | None:
    """Until when the windows of a transition are open, to the second; None when it has none."""
    days = [getattr(case.facts, WINDOWS[name]) for name in case.transition.guards if name in WINDOWS]
    return case.facts.history[-1].at + timedelta(days=min(days)) if days else None


def _within(case: Case, days: int) -> bool:
    """Whether the claim came to its present state at most so many days ago, to the second."""
    if not case.facts.history or case.facts.history[-1].target != case.status:
        raise ValueError(f"the history does not lead to {case.status}, so its window is unknown")
    return case.facts.now - case.facts.history[-1].at <= timedelta(days=days)


def _filed(case: Case, judge: Callable[[Filing], bool]) -> bool:
    if case.facts.filing is None:
        if case.values is None:
            return True
        raise ValueError(f"{case.transition.action} cannot be judged without facts.filing")
    return judge(case.facts.filing)


# The guards.


def _not_own(case: Case) -> bool:
    return not case.facts.is_own


def _within_limit(case: Case) -> bool:
    limit = case.facts.limit
    return limit is None or case.amount is None or case.amount <= limit


def _another_decider(case: Case) -> bool:
    return earlier_decider(case.definition, case.facts.history) != case.facts.actor_id


def _only_once(case: Case) -> bool:
    return times_done(case.facts.history, case.transition.action) == 0


def _contest_rounds(case: Case) -> bool:
    return times_done(case.facts.history, case.transition.action) < case.facts.contest_rounds


def _partly_approved(case: Case) -> bool:
    approved = case.facts.approved_amount
    return approved is not None and approved < case.facts.claim_amount


def _qc_was_clear(case: Case) -> bool:
    """What could be done before the detour can be done after it."""
    before = remembered_state(case.definition, case.facts.history)
    return any(case.transition.action == move.action for move in case.definition.moves(source=before or ""))


def _amount_within_claim(case: Case) -> bool:
    return case.amount is None or 0 < case.amount <= case.facts.claim_amount


def _amount_within_cover_left(case: Case) -> bool:
    left = case.facts.cover_left
    return left is None or case.amount is None or case.amount <= left


def _partial_needs_notes(case: Case) -> bool:
    if case.values is None or case.amount is None or case.amount >= case.facts.claim_amount:
        return True
    return "status_notes" in case.values


def _amount_within_cover(case: Case) -> bool:
    amount = 1 if case.values is None else case.values.get("claim_amount")
    return not isinstance(amount, int) or _filed(case, lambda filing: 0 < amount <= filing.cover_amount)


GUARDS: Mapping[str, Guard] = {
    guard.name: guard
    for guard in (
        Guard("within_limit", Kind.PERSON, _within_limit, "over_limit",
              "The amount is above what you may approve."),
        Guard("another_decider", Kind.PERSON, _another_decider, "another_person_needed",
              "You made the decision that is disputed; another person has to decide now."),
        Guard("only_once", Kind.STATE, _only_once, "only_once",
              "This can be done once, and has been done."),
        Guard("contest_rounds", Kind.STATE, _contest_rounds, "rounds_used_up",
              "The claim has been contested as often as it can be."),
        Guard("partly_approved", Kind.STATE, _partly_approved, "fully_approved",
              "The claim was approved in full."),
        Guard("qc_was_clear", Kind.STATE, _qc_was_clear, "qc_not_clear",
              "Quality was not cleared before the information was asked for."),
        Guard("within_appeal_days", Kind.WINDOW, lambda case: _within(case, case.facts.appeal_days), "too_late",
              "The time in which this decision could be appealed is over."),
        Guard("within_contest_days", Kind.WINDOW, lambda case: _within(case, case.facts.contest_days), "too_late",
              "The time in which this denial could be contested is over."),
        Guard("amount_within_claim", Kind.FIELD, _amount_within_claim, "out_of_range",
              "The approved amount must be above 0 and at most the claimed amount.", "approved_amount"),
        Guard("amount_within_cover_left", Kind.FIELD, _amount_within_cover_left, "over_cover",
              "The approved amount is above what the policy still covers.", "approved_amount"),
        Guard("partial_needs_notes", Kind.FIELD, _partial_needs_notes, "missing",
              "Less than claimed is approved, so status_notes must give the reason.", "status_notes"),
        Guard("policy_active", Kind.FIELD,
              lambda case: _filed(case, lambda filing: filing.policy_is_active), "policy_not_active",
              "The policy is not active.", "user_policy_id", "policy"),
        Guard("policy_covers_incident", Kind.FIELD,
              lambda case: _filed(case, lambda filing: filing.policy_covers_incident), "not_covered",
              "The policy does not cover the day of the incident.", "incident_date", "policy"),
        Guard("incident_not_in_future", Kind.FIELD,
              lambda case: _filed(case, lambda filing: filing.incident_is_past), "in_future",
              "The incident date lies in the future.", "incident_date", "policy"),
        Guard("claim_type_fits", Kind.FIELD,
              lambda case: _filed(case, lambda filing: filing.type_fits_policy), "type_not_covered",
              "The policy does not cover claims of this type.", "claim_type", "policy"),
        Guard("amount_within_cover", Kind.FIELD, _amount_within_cover, "over_cover",
              "The claimed amount must be above 0 and at most the cover of the policy.", "claim_amount", "policy"),
    )
}  # fmt: skip

NOT_OWN = Guard("not_own", Kind.PERSON, _not_own, "own_claim",
                 "You filed this claim, or acted for its filer; another person has to work on it.")  # fmt: skip


def guards_of(case: Case) -> tuple[Guard, ...]:
    """What judges a move: the guards that its row names, and for staff, who may have been filers before, that it is not their own."""
    named = tuple(GUARDS[name] for name in case.transition.guards)
    return named if case.definition.filer in case.transition.roles else (NOT_OWN, *named)
