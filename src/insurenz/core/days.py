"""Days as the API takes them: `2026-11-02`, and no other spelling; and moments, with their zone."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)


def _day(value: object) -> object:
    # Other spellings would be read as seconds since 1970.
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
        except ValueError:
            value = None
    if not isinstance(value, date) or not FIRST_DAY <= value <= LAST_DAY:
        raise PydanticCustomError("date_malformed", "A day is a text such as 2026-11-02.")
    return value


def _moment(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        # On the first or the last day of all calendars, in a zone in which it is that day already, or still.
        raise PydanticCustomError(
            "moment_malformed", "A moment is a text such as 2026-11-02T06:30:00Z."
        ) from error


Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
