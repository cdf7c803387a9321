"""Query parameters of a request: each once, and none that its route does not take."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel

# As many as are told of: each tells of all that are known.
MOST_TOLD, NAME = 40, 64
TWICE = ("given_twice", "Give it once: nobody could tell which counts.")


def taken_by(dependant: Any) -> frozenset[str] | None:
    """The names that a route takes one by one; None when it takes none, or a model of them that refuses others itself."""
    fields = list(_fields(dependant))
    is_model = any(_is_model(field.field_info.annotation) for field in fields)
    return None if is_model or not fields else frozenset(str(field.alias) for field in fields)


def judge(request: Request, taken: frozenset[str] | None) -> None:
    """Refuse what would be misread without a word: a parameter given twice, or a misspelled one that limits nothing.

    Raises RequestValidationError.
    """
    given = Counter(name for name, _ in request.query_params.multi_items())
    wrong = {name: TWICE for name, times in given.items() if times > 1}
    if taken is not None and (others := given.keys() - taken):
        unknown = ("extra_forbidden", f"There is no such parameter; known: {', '.join(sorted(taken))}.")
        wrong |= {name: unknown for name in given if name in others}
    if wrong:
        told = islice(wrong.items(), MOST_TOLD)
        raise RequestValidationError(
            [{"loc": ("query", name[:NAME]), "type": code, "msg": said} for name, (code, said) in told]
        )


def _fields(dependant: Any) -> Iterator[Any]:
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _fields(each)


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
