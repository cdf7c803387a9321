"""The one clock: aware UTC times to the microsecond, and days in the install's own zone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from insurenz.core import ids


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _source()


def today(zone: str) -> date:
    """The present day in an IANA zone such as `Asia/Kolkata`."""
    return now().astimezone(ZoneInfo(zone)).date()


def seconds_left(zone: str) -> int:
    """Whole seconds until the present day of an IANA zone has ended, at least 1."""
    there = ZoneInfo(zone)
    midnight = datetime.combine(today(zone) + timedelta(days=1), time(), there)
    return max(1, ceil((midnight.astimezone(UTC) - now()).total_seconds()))


def is_zone(name: str) -> bool:
    """Whether this is a zone of the IANA list."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def use(source: Callable[[], datetime] | None) -> None:
    """Set where time comes from (tests move it); None restores the system clock."""
    global _source
    _source = source or _system


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let it be this moment inside, for the whole process, also by its ids: what is told of the past happens then."""
    before = _source
    use(lambda: moment)
    try:
        with ids.dated(moment):
            yield
    finally:
        use(before)
