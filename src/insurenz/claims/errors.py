"""How the engine's refusals are answered: each kind with its status, the legal actions, and every field."""

from collections.abc import Callable, Container, Sequence

from insurenz import workflow
from insurenz.core.errors import AppError, Conflict, FieldError, Forbidden, Invalid, NotFound
from insurenz.core.permissions import Actor
from insurenz.workflow.guards import NOT_OWN


def answered(refusal: workflow.Refused) -> AppError:
    """The problem that a refusal of the engine becomes."""
    kind = next(kind for kind in type(refusal).__mro__ if kind in _ANSWERS)
    return _ANSWERS[kind](refusal)


def refuse_own(actor: Actor, filers: Container[str | None]) -> None:
    """Refuse staff's work on a claim to who filed it or acted for them. Raises Forbidden."""
    if actor.id in filers:
        raise Forbidden(NOT_OWN.detail, code=NOT_OWN.code)


def fields_refused(problems: Sequence[workflow.FieldProblem]) -> Invalid:
    """An Invalid naming each field."""
    names = ", ".join(dict.fromkeys(problem.field for problem in problems))
    errors = [FieldError(problem.field, problem.code, problem.detail) for problem in problems]
    return Invalid(f"Not taken: {names}.", errors=errors)


def _state(refusal: workflow.Refused) -> AppError:
    legal = refusal.legal if isinstance(refusal, workflow.StateRefused) else ()
    return Conflict(refusal.detail, code=refusal.code, extra={"allowed_actions": list(legal)})


def _fields(refusal: workflow.Refused) -> AppError:
    return fields_refused(refusal.problems if isinstance(refusal, workflow.FieldsRefused) else ())


def _status(refusal: workflow.Refused) -> AppError:
    return Invalid(refusal.detail, errors=[FieldError("status", refusal.code, refusal.detail)])


_ANSWERS: dict[type, Callable[[workflow.Refused], AppError]] = {
    workflow.RoleRefused: lambda refusal: Forbidden(refusal.detail, code=refusal.code),
    workflow.PersonRefused: lambda refusal: Forbidden(refusal.detail, code=refusal.code),
    workflow.StateRefused: _state,
    workflow.FieldsRefused: _fields,
    workflow.UnknownStatus: _status,
    workflow.AmbiguousTarget: _status,
    workflow.UnknownAction: lambda refusal: NotFound(refusal.detail, code=refusal.code),
}
