"""Cursor paging: a page, and an opaque mark of where the next one starts."""

import base64
import binascii
import json
from typing import Annotated, Any

from fastapi import Query

from insurenz.core.errors import AppError, invalid
from insurenz.core.ids import is_id

Limit = Annotated[int, Query(ge=1, le=200, description="How many rows at most")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before")]

DEFAULT_LIMIT = 50


def encode(position: list[Any]) -> str:
    """The cursor of a position in the order of the list."""
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *, size: int = 1) -> list[str]:
    """The position in a cursor: `size` texts. Raises Invalid for anything else."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        position = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        position = None
    if (
        not isinstance(position, list)
        or len(position) != size
        or not all(isinstance(p, str) for p in position)
    ):
        raise refused()
    return position


def decode_id(cursor: str) -> str:
    """The id in a cursor. Raises Invalid for anything else."""
    (position,) = decode(cursor)
    if not is_id(position):
        raise refused()
    return position


def refused() -> AppError:
    """What a cursor is answered with that is not of this list."""
    return invalid("cursor", "cursor_invalid", "Use the next_cursor of the page before, unchanged.")


def next_cursor(rows: list[Any], limit: int, *keys: str) -> str | None:
    """The cursor after `rows` (fetched with one more than `limit`), or None on the last page."""
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return encode([str(getattr(last, key)) for key in keys])
