"""Days as moments: the period that is looked at, and the days, weeks or months it is cut into. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Bucket = Literal["day", "week", "month"]

# Without a first day: the last so many days.
DAYS = 90
# A chart with more bars than this is not read; each is a part of one statement.
MOST_BUCKETS = 120
# Up to so many days a period is cut into days, and into weeks, unless asked otherwise.
MOST_DAYS, MOST_DAYS_OF_WEEKS = 31, 182


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both counted, in an IANA zone."""

    first: date
    last: date
    zone: str

    @classmethod
    def of(cls, first: date | None, last: date | None, *, today: date, zone: str) -> "Period":
        """What was asked for: until today, and from `DAYS` days before its end, unless told otherwise."""
        end = today if last is None else last
        return cls(end - timedelta(days=DAYS - 1) if first is None else first, end, zone)

    @property
    def days(self) -> int:
        """How many days it has; none or fewer when it ends before it begins."""
        return (self.last - self.first).days + 1

    @property
    def bucket(self) -> Bucket:
        """What it is best cut into."""
        if self.days <= MOST_DAYS:
            return "day"
        return "week" if self.days <= MOST_DAYS_OF_WEEKS else "month"

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment, and the first one after it."""
        return self.midnight(self.first), self.midnight(self.last + timedelta(days=1))

    def midnight(self, day: date) -> datetime:
        """When a day begins."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def buckets(self, bucket: Bucket) -> Sequence["Period"]:
        """Its days, weeks (from Monday) or months, oldest first; the first and the last may be parts of one."""
        found, first = [], self.first
        while first <= self.last:
            following = _NEXT[bucket](first)
            found.append(Period(first, min(following - timedelta(days=1), self.last), self.zone))
            first = following
        return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


# The first day of the bucket after that of a day.
_NEXT: Mapping[Bucket, Callable[[date], date]] = {
    "day": lambda day: day + timedelta(days=1),
    "week": lambda day: day + timedelta(days=7 - day.weekday()),
    "month": _next_month,
}
