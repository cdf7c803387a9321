"""Workflows as data: definitions read from YAML, and a pure engine that says who may do what, when."""

from insurenz.workflow.definition import (
    CommonEvents,
    Definition,
    EventRule,
    Registry,
    Source,
    State,
    Tell,
    Transition,
)
from insurenz.workflow.description import describe
from insurenz.workflow.engine import Offer, Step, action_to, allowed, check, field_problems, is_open, permit
from insurenz.workflow.guards import Facts, Filing, Move
from insurenz.workflow.loading import load, load_registry, with_pinned
from insurenz.workflow.refusals import (
    AmbiguousTarget,
    DefinitionError,
    FieldProblem,
    FieldsRefused,
    PersonRefused,
    Refused,
    RoleRefused,
    StateRefused,
    TooLate,
    UnknownAction,
    UnknownStatus,
    UnknownWorkflow,
    WorkflowError,
)
from insurenz.workflow.vocabulary import FIELDS, NEW

__all__ = [
    "FIELDS",
    "NEW",
    "AmbiguousTarget",
    "CommonEvents",
    "Definition",
    "DefinitionError",
    "EventRule",
    "Facts",
    "FieldProblem",
    "FieldsRefused",
    "Filing",
    "Move",
    "Offer",
    "PersonRefused",
    "Refused",
    "Registry",
    "RoleRefused",
    "Source",
    "State",
    "StateRefused",
    "Step",
    "Tell",
    "TooLate",
    "Transition",
    "UnknownAction",
    "UnknownStatus",
    "UnknownWorkflow",
    "WorkflowError",
    "action_to",
    "allowed",
    "check",
    "field_problems",
    "is_open",
    "describe",
    "load",
    "load_registry",
    "permit",
    "with_pinned",
]
