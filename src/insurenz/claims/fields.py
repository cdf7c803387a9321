"""Fields of actions as they come in, read by their kind; what cannot be read is told with all other problems."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from insurenz.claims.bodies import MarksIn
from insurenz.core import clock
from insurenz.core.db import is_storable
from insurenz.core.errors import Invalid, invalid
from insurenz.core.money import parse_amount
from insurenz.core.problems import validated
from insurenz.workflow import FIELDS, FieldProblem
from insurenz.workflow.vocabulary import RESOLUTIONS

MAX_TEXT = 5000
MAX_WORD = 200
MAX_TEXTS = 50
MAX_IDS = 100


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
            parsed.problems += [FieldProblem(e.field, e.code, e.detail) for e in error.errors]
        except ValueError as error:
            parsed.problems.append(FieldProblem(name, "malformed", str(error)))
    return parsed


def _read(name: str, value: Any, currency: str) -> Any:
    kind = FIELDS.get(name)
    if value is None or kind is None:
        return value
    if kind == "amount":
        return parse_amount(value if isinstance(value, str | int | float) else "", currency, name)
    if kind == "choice" and name == "resolution" and value not in RESOLUTIONS:
        raise ValueError(f"One of {', '.join(RESOLUTIONS)}.")
    if kind in ("text", "word", "choice", "id"):
        return _text(value, MAX_TEXT if kind == "text" else MAX_WORD)
    if kind not in _READERS:
        raise ValueError("This field is not taken here.")
    return _READERS[kind](name, value)


def _list(value: Any, most: int) -> list[str]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"Send a list of at most {most} texts.")
    return [_text(item, MAX_WORD) for item in value]


def _line(text: str) -> str:
    # They are told as lines of one text.
    line = text.strip()
    if len(line.splitlines()) != 1:
        raise ValueError(f"Each is a text of one line, of 1 to {MAX_WORD} characters.")
    return line


def _time(name: str, value: Any) -> str:
    try:
        at = datetime.fromisoformat(_text(value, MAX_WORD))
        moment = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise ValueError("Send a time with its zone, such as 2026-11-22T06:30:00Z.")
    if moment <= clock.now():
        raise invalid(name, "in_past", "Send a time to come.")
    return moment.isoformat()


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise ValueError("Send a text.")  # noqa: TRY004 - told to the caller with the other problems
    if len(value) > longest or not is_storable(value):
        raise ValueError(f"A text of at most {longest} characters, without U+0000 and lone surrogates.")
    return value


_READERS: Mapping[str, Callable[[str, Any], Any]] = {
    "texts": lambda _, value: [_line(item) for item in _list(value, MAX_TEXTS)],
    "ids": lambda _, value: _list(value, MAX_IDS),
    "time": _time,
    "marks": lambda name, value: validated(MarksIn, {name: value}).model_dump()[name],
}
