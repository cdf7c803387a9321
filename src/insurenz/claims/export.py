"""Claims as a table for spreadsheets, page by page, so that memory stays flat."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from insurenz.claims import answers
from insurenz.claims.pages import Page
from insurenz.core.permissions import Actor

# What makes spreadsheets take a text for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def lines(actor: Actor, pages: Iterable[Page]) -> Iterator[bytes]:
    """The table of an actor's claims as CSV (RFC 4180, UTF-8), a piece for each page.

    The first line has the API's names of the fields; of assignee, hospital and payer there is the name. A text that spreadsheets would
    take for a formula has an apostrophe before it.
    """
    columns = columns_for(actor)
    yield written([columns])
    for page in pages:
        rows = (answers.row_out(actor, row).model_dump(mode="json") for row in page.rows)
        yield written([cell(row[column]) for column in columns] for row in rows)


def columns_for(actor: Actor) -> list[str]:
    """The fields of a claim in a list that the actor sees, the number first."""
    fields = answers.row_type(actor).model_fields
    return ["claim_number", *(name for name in fields if name != "claim_number")]


def cell(value: Any) -> str:
    """A value as spreadsheets take it for what it is, never for a formula; of an object its name."""
    if value is None:
        return ""
    text = str(value["name"]) if isinstance(value, Mapping) else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def written(rows: Iterable[Sequence[str]]) -> bytes:
    """These rows as lines of CSV."""
    piece = io.StringIO()
    csv.writer(piece, lineterminator="\r\n").writerows(rows)
    return piece.getvalue().encode()
