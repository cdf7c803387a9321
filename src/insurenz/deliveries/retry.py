"""When a delivery is tried again after a failure that may pass, and when it is given up."""

from collections.abc import Sequence
from datetime import timedelta

WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
# What was away for an hour gets all that waited within five minutes of its return; then it is tried for two days.
LONG_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    *[timedelta(minutes=4)] * 20,
    *[timedelta(minutes=30)] * 6,
    *[timedelta(hours=2)] * 6,
    *[timedelta(hours=5)] * 6,
)
SPREAD = 0.2
# A receiver may ask for a longer wait than it would be, but not for any length of time.
MOST_STRETCHED = 2


def wait_after(
    tries: int, spread: float, asked: timedelta | None = None, *, waits: Sequence[timedelta] = WAITS
) -> timedelta | None:
    """How long of `waits` to wait after so many failed tries (1 and more); None when there were enough.

    `spread` from 0 to 1 makes it shorter or longer by 20 % at most; `asked` is the receiver's Retry-After.
    """
    if tries > len(waits):
        return None
    base = waits[tries - 1]
    wait = base * (1 - SPREAD + 2 * SPREAD * spread)
    return wait if asked is None else max(wait, min(asked, base * MOST_STRETCHED))
