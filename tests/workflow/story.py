"""A claim without a database: it lives through the engine, move by move, as the tests tell it to."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from insurenz.workflow import NEW, Definition, Facts, Filing, Move, Offer, Step, allowed, check, load_registry

REGISTRY = load_registry()
RETAIL = REGISTRY.current("retail")
HOSPITAL = REGISTRY.current("hospital")
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
COVERED = Filing(
    policy_is_active=True,
    policy_covers_incident=True,
    incident_is_past=True,
    type_fits_policy=True,
    cover_amount=500_000,
)

# What each action needs, written by hand.
FIELDS: dict[str, dict[str, dict[str, object]]] = {
    "retail": {
        "submit": {
            "user_policy_id": "POL-DEMO-0001",
            "claim_type": "medical",
            "incident_date": "2026-11-02",
            "description": "Fracture of the left wrist",
            "claim_amount": 100_000,
        },
        "start_review": {},
        "approve": {},
        "reject": {"status_notes": "Not covered"},
        "complete": {},
        "withdraw": {},
        "appeal": {"reason": "The bill was read wrongly"},
    },
    "hospital": {
        "submit": {
            "hospital_id": "HOSP_001",
            "payer_id": "PAY_001",
            "form_data": {"payer_name": "Suraksha General"},
        },
        "raise_query": {"remarks": "Which ward?", "query_category": "clinical"},
        "answer_query": {"query_response": "Ward 4"},
        "request_info": {"remarks": "Send the bill"},
        "provide_info": {"response": "Attached"},
        "clear": {},
        "approve": {},
        "deny": {"remarks": "Not covered", "rejection_reason": "exclusion"},
        "contest": {"contest_reason": "It is covered"},
    },
}
WHO = {"P": "policyholder", "H": "hospital_user", "C": "claim_processor", "A": "admin", "U": "auditor"}


@dataclass
class Story:
    """One claim; `act` moves it, `check` only asks."""

    definition: Definition
    status: str = NEW
    approved_amount: int | None = None
    cover_left: int | None = None
    history: tuple[Move, ...] = ()
    now: datetime = START

    def facts(self, actor: str, limit: int | None = None) -> Facts:
        """What the engine may know."""
        return Facts(
            actor_id=actor,
            now=self.now,
            claim_amount=100_000,
            approved_amount=self.approved_amount,
            cover_left=self.cover_left,
            limit=limit,
            history=self.history,
            filing=COVERED if self.definition.subject == "policy" else None,
        )

    def check(
        self, role: str, action: str, by: str = "", *, limit: int | None = None, **given: object
    ) -> Step:
        """Asks the engine, with the needed fields filled in and `given` over them."""
        fields = {**FIELDS[self.definition.name][action], **given}
        return check(
            self.definition, self.status, action, role, facts=self.facts(by or role, limit), given=fields
        )

    def act(self, role: str, action: str, by: str = "", **given: object) -> Step:
        """Does it, as the claims service does."""
        step = self.check(role, action, by, **given)
        move = Move(step.action, step.source, step.target, by or role, self.now)
        self.history, self.status = (*self.history, move), step.target
        if "approved_amount" in step.values:
            amount = step.values["approved_amount"]
            assert amount is None or isinstance(amount, int)
            self.approved_amount = amount
        return step

    def tell(self, *lines: str) -> "Story":
        """Several moves, each as `role action [by]` with the role's letter."""
        for line in lines:
            letter, action, *by = line.split()
            self.act(WHO[letter], action, *by)
        return self

    def open_to(self, role: str, by: str = "", limit: int | None = None) -> tuple[Offer, ...]:
        """What the engine offers."""
        return allowed(self.definition, self.status, role, self.facts(by or role, limit))

    def later(self, **delta: float) -> "Story":
        """Lets time pass."""
        self.now += timedelta(**delta)
        return self

    def copy(self) -> "Story":
        """The same claim, to try something on."""
        return replace(self)


def retail(*lines: str) -> Story:
    """A retail claim after these moves."""
    return Story(RETAIL).tell(*lines)


def hospital(*lines: str) -> Story:
    """A hospital claim after these moves."""
    return Story(HOSPITAL).tell(*lines)
