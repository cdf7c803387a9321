"""Fields of actions as they come in, read by their kind; what cannot be read is told with all other problems."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from insurenz.core.db import is_storable
from insurenz.core.errors import Invalid
from insurenz.core.money import parse_amount
from insurenz.workflow import FIELDS, FieldProblem

MAX_TEXT = 5000
MAX_WORD = 200


@dataclass
class Parsed:
    """Values the engine can judge, and the fields that could not be read."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)


def parse(given: Mapping[str, Any], currency: str) -> Parsed:
    """Read each given field; unknown ones are passed on for the engine to refuse."""
    parsed = Parsed()
    for name, value in given.items():
        try:
            parsed.values[name] = _read(name, value, currency)
        except Invalid as error:
            parsed.problems += [FieldProblem(name, e.code, e.detail) for e in error.errors]
        except ValueError as error:
            parsed.problems.append(FieldProblem(name, "malformed", str(error)))
    return parsed


def _read(name: str, value: Any, currency: str) -> Any:
    kind = FIELDS.get(name)
    if value is None or kind is None:
        return value
    if kind == "amount":
        return parse_amount(value if isinstance(value, str | int | float) else "", currency, name)
    if kind in ("text", "word", "choice", "id"):
        return _text(value, MAX_TEXT if kind == "text" else MAX_WORD)
    return value


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise ValueError("Send a text.")  # noqa: TRY004 - told to the caller with the other problems
    if len(value) > longest or not is_storable(value):
        raise ValueError(f"A text of at most {longest} characters, without U+0000 and lone surrogates.")
    return value
