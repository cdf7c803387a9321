"""Days as the API takes them: `2026-11-02`, and no other spelling."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
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


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
