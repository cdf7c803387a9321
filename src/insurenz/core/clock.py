"""The one clock: aware UTC times to the microsecond, and days in the install's own zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware and in UTC."""
    return _source()


def today(zone: str) -> date:
    """The present day in an IANA zone such as `Asia/Kolkata`."""
    return now().astimezone(ZoneInfo(zone)).date()


def use(source: Callable[[], datetime] | None) -> None:
    """Set where time comes from (tests move it); None restores the system clock."""
    global _source
    _source = source or _system
