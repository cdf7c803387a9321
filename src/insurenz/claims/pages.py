"""Pages and counts of the claims that somebody may see, by filters; a cursor continues the list it came from alone."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row

from insurenz.claims import listing
from insurenz.claims.filters import ClaimFilters, ClaimsToExport
from insurenz.claims.listing import Order, Position
from insurenz.claims.rules import Rules
from insurenz.claims.selection import selected
from insurenz.core import paging
from insurenz.core.db import Session
from insurenz.core.ids import is_id
from insurenz.core.money import MAX_MINOR
from insurenz.core.permissions import Actor


@dataclass(frozen=True)
class Page:
    """Claims with the names of their assignee, hospital and payer, and the cursor of the next page."""

    rows: Sequence[Row[Any]]
    next_cursor: str | None


def page(
    session: Session, actor: Actor, asked: ClaimsToExport, rules: Rules, *, limit: int, cursor: str | None
) -> Page:
    """The claims after a cursor. Raises Invalid for filters that cannot be taken, and for a cursor of another list."""
    selection = selected(session, actor, asked, rules)
    order, mark = Order.of(asked.sort, selection), _mark(asked)
    after = None if cursor is None else _position(cursor, order, mark)
    rows = listing.page_of_claims(session, selection, order, limit=limit, after=after)
    following = _cursor(rows[limit - 1], order, mark) if len(rows) > limit else None
    return Page(rows[:limit], following)


def counts(
    session: Session, actor: Actor, filters: ClaimFilters, rules: Rules
) -> dict[tuple[str, str, str], int]:
    """How many claims there are by workflow, status group and status. Raises as `page` does."""
    return listing.counts(session, selected(session, actor, filters, rules))


def _mark(asked: ClaimsToExport) -> str:
    """What tells the cursors of one list from those of another."""
    what = asked.model_dump(mode="json", exclude={"limit", "cursor"}, exclude_none=True)
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


def _cursor(row: Row[Any], order: Order, mark: str) -> str:
    value = getattr(row, order.columns[0].key)
    return paging.encode([mark, value.isoformat() if isinstance(value, date) else str(value), row.id])


def _position(cursor: str, order: Order, mark: str) -> Position:
    """The place in the order that a cursor names. Raises Invalid for a cursor of another list."""
    is_of, value, claim_id = paging.decode(cursor, size=3)
    try:
        position = Position(_READ[order.columns[0].key](value), claim_id)
    except (ValueError, OverflowError) as error:
        raise paging.refused() from error
    if is_of != mark or not is_id(claim_id):
        raise paging.refused()
    return position


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC)


def _minor(value: str) -> int:
    if len(value) > len(str(MAX_MINOR)):
        raise ValueError("more than any amount")
    return int(value)


# How the value of an order's column is read from a cursor.
_READ: Mapping[str, Callable[[str], Any]] = {
    "id": str,
    "created_at": _moment,
    "updated_at": _moment,
    "claim_amount": _minor,
    "due_at": _moment,
    "incident_date": date.fromisoformat,
}
