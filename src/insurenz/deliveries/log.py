"""What is read of the log of deliveries: its entries, and what of a channel is not delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from insurenz.core import clock
from insurenz.deliveries.models import Attempt, Delivery
from insurenz.events.models import Event


@dataclass(frozen=True)
class Entry:
    """A delivery with its newest attempts, oldest of these first, and the event it tells of."""

    delivery: Delivery
    attempts: Sequence[Attempt]
    event: Event | None = None


@dataclass(frozen=True)
class Backlog:
    """What of one channel is not delivered: `due` are those whose time has come, `waiting` those for a later time."""

    due: int = 0
    waiting: int = 0
    dead: int = 0
    oldest_due_at: datetime | None = None
    is_paused: bool = False

    @property
    def oldest_due_seconds(self) -> float:
        """For how long the oldest of those due has been so."""
        if self.oldest_due_at is None:
            return 0
        return max(0.0, (clock.now() - self.oldest_due_at).total_seconds())
