"""What the workflow refuses, as pure exceptions that carry all that a caller must be told.

WorkflowError
├── DefinitionError       a definition file is wrong: file, place, what would be right
├── UnknownWorkflow       no definition of that name, or not in that version
└── Refused               somebody tried to move a claim; has `code` and `detail`
    ├── UnknownAction     no transition of the definition is called so          (404)
    ├── UnknownStatus     no state of the definition is called so               (422, field `status`)
    ├── AmbiguousTarget   several actions lead there: `actions`                 (422, field `status`)
    ├── RoleRefused       a role that never has this action, whatever the state (403)
    ├── PersonRefused     the role has it, but not this person                  (403)
    ├── StateRefused      not from this state, or a guard of it: `legal`        (409)
    │   └── TooLate       the window has closed                                 (409, code `too_late`)
    └── FieldsRefused     missing, unknown or wrong fields: `problems`          (422)
"""

from dataclasses import dataclass


class WorkflowError(Exception):
    """Anything this package refuses."""


class DefinitionError(WorkflowError):
    """A definition that cannot be used; its text names the file, the place and what would be right."""

    def __init__(self, file: str, place: str, problem: str) -> None:
        super().__init__(": ".join(part for part in (file, place, problem) if part))
        self.file, self.place, self.problem = file, place, problem


class UnknownWorkflow(WorkflowError):
    """No definition of this name, or not in this version."""

    def __init__(self, name: str, version: int | None, known: tuple[str, ...]) -> None:
        wanted = name if version is None else f"{name} version {version}"
        super().__init__(f"There is no workflow {wanted}; known: {', '.join(known)}.")
        self.name, self.version, self.known = name, version, known


class Refused(WorkflowError):
    """A move that may not be made. `code` is stable, `detail` is a sentence for the caller."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class UnknownAction(Refused):
    """The definition has no such action."""

    def __init__(self, action: str, known: tuple[str, ...]) -> None:
        super().__init__("unknown_action", f"There is no action {action}; known: {', '.join(known)}.")
        self.action, self.known = action, known


class UnknownStatus(Refused):
    """The definition has no such state."""

    def __init__(self, status: str, known: tuple[str, ...]) -> None:
        super().__init__("unknown_status", f"There is no status {status}; known: {', '.join(known)}.")
        self.status, self.known = status, known


class AmbiguousTarget(Refused):
    """Several actions lead from here to that status, so the caller must name one of `actions`."""

    def __init__(self, status: str, actions: tuple[str, ...]) -> None:
        super().__init__("ambiguous", f"Several actions lead to {status}; name one: {', '.join(actions)}.")
        self.status, self.actions = status, actions


class RoleRefused(Refused):
    """The caller's role never has this action."""

    def __init__(self, what: str, role: str) -> None:
        super().__init__("role_not_allowed", f"{what} is not open to the role {role}.")
        self.role = role


class PersonRefused(Refused):
    """The role may, this person may not: over their limit, or not another person than before."""


class StateRefused(Refused):
    """The claim's state or past does not allow it; `legal` are the caller's actions that are possible now."""

    def __init__(self, code: str, detail: str, *, legal: tuple[str, ...]) -> None:
        super().__init__(code, f"{detail} Possible now: {', '.join(legal) or 'nothing'}.")
        self.legal = legal


class TooLate(StateRefused):
    """The time in which this could be done is over."""


@dataclass(frozen=True)
class FieldProblem:
    """One field that was refused."""

    field: str
    code: str
    detail: str


class FieldsRefused(Refused):
    """Fields that are missing, not taken by the action, or wrong: all of them at once."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        super().__init__("invalid", " ".join(problem.detail for problem in problems))
        self.problems = problems
