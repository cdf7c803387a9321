"""What a channel is: a way out of the house, and the two ways in which it fails."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from insurenz.core.db import Session
from insurenz.deliveries.retry import WAITS

# All of one sending: connecting, sending, and waiting for the answer.
TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class Sending:
    """One message to one target: a user's id, or what the channel calls its target; `found` is what it looked up of it."""

    id: str
    event_id: str
    target: str
    user_id: str | None
    category: str
    found: Any = None


class Failure(Exception):
    """It was not delivered; `reason` is a code word, without anything of the message or the answer."""

    def __init__(self, reason: str, *, status_code: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status_code = reason, status_code


class Passing(Failure):
    """It may go better later; `retry_after` is when the receiver would like it again, `waits` how long it is retried."""

    def __init__(
        self,
        reason: str,
        retry_after: timedelta | None = None,
        *,
        status_code: int | None = None,
        waits: Sequence[timedelta] = WAITS,
    ) -> None:
        super().__init__(reason, status_code=status_code)
        self.retry_after, self.waits = retry_after, waits


class Permanent(Failure):
    """The same message will not be taken another time either."""


class Channel(Protocol):
    """One way out. `name` is what deliveries are addressed by."""

    name: str

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, Any]:
        """By target what has to be known of these to send to them, such as addresses, as it is now.

        Asked once for all that are taken together: what is read with each sending costs more than the sending.
        """
        return {}

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int | None:
        """Hand the message over, within TIMEOUT_SECONDS; gives the status code of the answer, if there is such a thing.

        `key` is the same at every attempt: by it the receiver knows what it has already. Raises Passing or Permanent.
        """
