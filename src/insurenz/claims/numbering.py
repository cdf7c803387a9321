"""Claim numbers: what people quote. Access never rests on one being hard to guess."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from insurenz.core import clock
from insurenz.core.db import Again
from insurenz.core.ids import new_code


def retail_number(timezone: str) -> str:
    """`CLM-YYYYMMDD-XXXXXXXX` by the day of the install's zone."""
    return f"CLM-{clock.today(timezone):%Y%m%d}-{new_code(8)}"


@contextmanager
def fresh_number() -> Iterator[None]:
    """Insert a claim inside: when its number is taken the unit is begun anew, under another. Raises Again then."""
    try:
        yield
    except IntegrityError as error:
        if "claim_number" not in str(error.orig):
            raise
        raise Again from error
