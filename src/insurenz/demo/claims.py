"""How a claim of the demo world is written down: what was filed, with which papers, and what happened to it then."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from insurenz.demo.papers import Photo, Sheet

ASHA, VIKRAM, PRIYA, RAHUL, MEERA, ARJUN = (
    f"{name}@demo.example" for name in ("asha", "vikram", "priya", "rahul", "meera", "arjun")
)
CITY_DESK, CITY_WARD, LAKESIDE_DESK = (
    f"{name}.demo.example" for name in ("desk@city", "ward@city", "desk@lakeside")
)

# What a step does when it is no action of the workflow.
TAKE, MESSAGE, NOTE, VERIFICATION, DOCUMENT = "take", "message", "note", "verification", "document"


@dataclass(frozen=True)
class Step:
    """What somebody does, so many days ago and at that time of the day: an action of the workflow, or one of the above.

    `fields` are those of the action, of which `due_in` days become its `due_at`, with a `paper` that is sent with it; a
    `body` of messages and notes; the `file` that is judged, or that is replaced by the `paper`.
    """

    ago: int
    at: str
    who: str
    does: str
    fields: Mapping[str, Any]


class _Papers:
    """What follows from the papers of a claim."""

    papers: tuple[Sheet | Photo, ...]
    steps: tuple[Step, ...]

    @property
    def amount(self) -> int:
        """What is claimed, in whole units: all that the filed sheets ask for."""
        return sum(paper.total for paper in self.papers if isinstance(paper, Sheet))

    @property
    def later(self) -> tuple[Sheet | Photo, ...]:
        """Papers that are added after the filing."""
        return tuple(step.fields["paper"] for step in self.steps if "paper" in step.fields)


@dataclass(frozen=True)
class Story(_Papers):
    """A claim against a policy of its holder. Its name is for good: by it a claim that is there is told."""

    name: str
    policy: str
    incident: int
    ago: int
    at: str
    description: str
    papers: tuple[Sheet | Photo, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Stay(_Papers):
    """A claim of a hospital for a patient, who came `incident` days ago. It is told by its name as well.

    `form` is what the desk knows of the patient besides the amount, the payer and the day of admission.
    """

    name: str
    desk: str
    payer: str
    incident: int
    ago: int
    at: str
    form: Mapping[str, Any]
    papers: tuple[Sheet | Photo, ...]
    steps: tuple[Step, ...] = ()


def step(ago: int, at: str, who: str, does: str, **fields: Any) -> Step:
    """One row of what happened."""
    return Step(ago, at, who, does, fields)
