"""Workflow definitions as the API shows them."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from insurenz.core.edge import Out
from insurenz.workflow import Definition
from insurenz.workflow.description import describe


class StateOut(BaseModel):
    """Where a claim can stand; `clock` is the role it waits for."""

    code: str
    phase: str
    clock: str | None
    labels: dict[str, str]


class WorkflowSummary(BaseModel):
    """A workflow that new claims can follow, with every version that claims have pinned."""

    name: str
    version: int
    versions: list[int]
    title: str
    subject: str
    states: list[StateOut]


class WorkflowList(Out):
    """Every workflow of this install."""

    items: list[WorkflowSummary]
    next_cursor: None = None


class TransitionOut(BaseModel):
    """One action: from where to where, who may, and with which fields."""

    model_config = ConfigDict(serialize_by_alias=True)

    action: str
    label: str
    sources: list[str] = Field(alias="from")
    to: str
    roles: list[str]
    requires: list[str]
    optional: list[str]
    guards: list[str]
    event: str


class DocumentAskedOut(BaseModel):
    """A document that a claim of some type should come with."""

    code: str
    label: str
    required: bool
    why: str


class TellOut(BaseModel):
    """Who is told of an event, and in which words."""

    audience: str
    receipt: bool
    channels: list[str]
    title: str
    message: str
    when: dict[str, list[str]]


class EventOut(BaseModel):
    """One type of event and everybody who is told of it."""

    event: str
    category: str
    tell: list[TellOut]


class WorkflowOut(Out):
    """A whole workflow definition."""

    name: str
    version: int
    title: str
    subject: str
    states: list[StateOut]
    transitions: list[TransitionOut]
    fields: dict[str, str]
    suggests: dict[str, list[str]]
    documents: dict[str, list[DocumentAskedOut]]
    events: list[EventOut]

    @classmethod
    def of(cls, definition: Definition) -> Self:
        """The definition as an answer."""
        return cls.model_validate(describe(definition))


def summary(definition: Definition, versions: list[int]) -> WorkflowSummary:
    """The line of a workflow in the list."""
    described = describe(definition)
    return WorkflowSummary.model_validate({**described, "versions": versions})
