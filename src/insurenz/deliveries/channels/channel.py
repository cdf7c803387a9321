"""What a channel is: a way out of the house, to whom it leads, and the two ways in which it fails."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Any, ClassVar, Self

from insurenz.core.db import Database, Session
from insurenz.core.settings import Settings
from insurenz.deliveries.retry import WAITS

# All of one sending: connecting, sending, and waiting for the answer.
TIMEOUT_SECONDS = 15
# Timeout, too early, too many.
ABOUT_THE_MOMENT = frozenset({408, 425, 429})


class To(Enum):
    """To whom a channel leads.

    PERSON: rules of workflow definitions name it, people choose it, and each recipient is sent a message of their own.
    SERVICE: one target of the operator's, which hears of every notification once, whoever its recipients are.
    RECEIVERS: targets of many owners; each is sent one thing at a time, so that none holds up another.
    """

    PERSON = auto()
    SERVICE = auto()
    RECEIVERS = auto()


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


class Gone(Permanent):
    """There is nobody at the target any more: the delivery is cancelled, for there is nothing to send again."""


def is_about_message(status: int) -> bool:
    """Whether a status of HTTP refuses the message, which another attempt does not change: 4xx, but for those of a moment."""
    return 400 <= status < 500 and status not in ABOUT_THE_MOMENT


class Channel(ABC):
    """One way out. `name` is what deliveries are addressed by.

    What `is_private` goes to its recipient alone, and so has texts and amounts even where NOTIFICATION_TEXT is off.
    One that `has_targets` sends a few words to each target that people have given (`targets`), and nothing to others.
    """

    name: ClassVar[str]
    to: ClassVar[To]
    is_private: ClassVar[bool] = False
    has_targets: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """The channel of this install, None when the settings do not say enough of it. Connects to nothing yet."""

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, Any]:
        """By target what has to be known of these to send to them, such as addresses, as it is now.

        Asked once for all that are taken together: what is read with each sending costs more than the sending.
        """
        return {}

    @abstractmethod
    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int | None:
        """Hand the message over, within TIMEOUT_SECONDS; gives the status code of the answer, if there is such a thing.

        `key` is the same at every attempt: by it the receiver knows what it has already. Raises Passing or Permanent.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connections that are kept for the next message."""
