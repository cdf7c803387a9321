"""What workflow definitions say of numbers: for which party claims wait in which states, and which reasons have a name."""

from collections.abc import Collection, Iterable, Mapping

from insurenz.workflow import Definition
from insurenz.workflow.vocabulary import FILERS, PROCESSOR

# States by workflow, version and the party for whom claims wait there.
Clocks = Mapping[tuple[str, int, str], Collection[str]]
# Values by the name of their field.
Reasons = Mapping[str, Collection[str]]

# The side of a claim on which a role works, under the name of its organisation.
PARTIES = {FILERS["hospital"]: "hospital", PROCESSOR: "payer"}


def clocks(definitions: Iterable[Definition]) -> Clocks:
    """The states in which claims wait for somebody."""
    found: dict[tuple[str, int, str], list[str]] = {}
    for each in definitions:
        for state in each.states.values():
            if state.clock is not None:
                key = (each.name, each.version, PARTIES.get(state.clock, state.clock))
                found.setdefault(key, []).append(state.code)
    return found


def reasons(definitions: Iterable[Definition]) -> Reasons:
    """What definitions suggest for each field: what others wrote in its place is nobody else's business."""
    found: dict[str, set[str]] = {}
    for each in definitions:
        for name, values in each.suggests.items():
            found.setdefault(name, set()).update(values)
    return found
