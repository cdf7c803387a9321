"""Claim numbers: what people quote. Access never rests on one being hard to guess."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from insurenz.claims.models import Claim, ClaimCounter
from insurenz.core import clock
from insurenz.core.db import Again, Session
from insurenz.core.ids import new_code


def retail_number(timezone: str) -> str:
    """`CLM-YYYYMMDD-XXXXXXXX` by the day of the install's zone."""
    return f"CLM-{clock.today(timezone):%Y%m%d}-{new_code(8)}"


def hospital_number(session: Session, prefix: str, timezone: str) -> str:
    """`PREFIX-YYYY-NNN`, the next one of the year in the install's zone.

    The year's counter stays locked until the unit ends, so whoever asks meanwhile waits and gets the one after.
    """
    year = clock.today(timezone).year
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    first = insert(ClaimCounter).values(year=year, given=1)
    following = first.on_conflict_do_update(
        index_elements=[ClaimCounter.year], set_={"given": ClaimCounter.given + 1}
    )
    while True:
        given = session.execute(following.returning(ClaimCounter.given)).scalar_one()
        number = f"{prefix}-{year:04}-{given:03}"
        # A counter that was put back, as by an old copy, finds its way.
        if session.scalar(select(Claim.id).where(Claim.claim_number == number)) is None:
            return number


@contextmanager
def fresh_number() -> Iterator[None]:
    """Insert a claim inside: when its number is taken the unit is begun anew, under another. Raises Again then."""
    try:
        yield
    except IntegrityError as error:
        if "claim_number" not in str(error.orig):
            raise
        raise Again from error
