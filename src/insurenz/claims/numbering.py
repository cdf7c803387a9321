"""Claim numbers: what people quote. Access never rests on one being hard to guess."""

from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.ids import new_code

TRIES = 5


def retail_number(timezone: str) -> str:
    """`CLM-YYYYMMDD-XXXXXXXX` by the day of the install's zone."""
    return f"CLM-{clock.today(timezone):%Y%m%d}-{new_code(8)}"


def insert_with_number(session: Session, number: Callable[[], str], insert: Callable[[str], None]) -> None:
    """Insert a row under a fresh number; a clash is tried again under another and never shown.

    `insert` writes the row in a savepoint. Raises the last IntegrityError when it is not about the number.
    """
    for attempt in range(TRIES):
        taken = number()
        try:
            with session.begin_nested():
                insert(taken)
        except IntegrityError as error:
            if "claim_number" not in str(error.orig) or attempt == TRIES - 1:
                raise
        else:
            return
