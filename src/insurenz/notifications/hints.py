"""Hints that inboxes have changed: to the streams of this process, and by LISTEN and NOTIFY or Redis to those of others.

A hint says who, never what. A lost one costs the time to the hub's next look, nothing else.
"""

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from insurenz.core.background import Loop
from insurenz.core.db import Database
from insurenz.core.ids import new_secret
from insurenz.events.wake import Listen, Notify

CHANNEL = "insurenz_inboxes"
EVERYBODY = "*"
# More than these do not fit into a NOTIFY, which takes less than 8,000 bytes.
MOST_USERS = 150

# Takes the ids of users whose inboxes have changed; None for anybody's.
Heard = Callable[[Collection[str] | None], None]


class Outbox:
    """What this process has to tell others, gathered into one message; its own, coming back, it knows."""

    def __init__(self) -> None:
        self.flag = threading.Event()
        self._lock = threading.Lock()
        self._sender = new_secret(6)
        self._users: set[str] = set()

    def put(self, user_ids: Collection[str]) -> None:
        """Tell that the inboxes of these users have changed."""
        with self._lock:
            self._users.update(user_ids)
        self.flag.set()

    def take(self) -> str | None:
        """The message about all that was put since the last one; None when that is nothing."""
        with self._lock:
            users, self._users = self._users, set()
        if not users:
            return None
        names = EVERYBODY if len(users) > MOST_USERS else ",".join(users)
        return f"{self._sender} {names}"

    def understood(self, message: str) -> Collection[str] | None:
        """Whom a message is about, None for everybody; nobody when it is one's own."""
        sender, _, names = message.partition(" ")
        if sender == self._sender:
            return ()
        return None if names in (EVERYBODY, "") else names.split(",")


@dataclass(frozen=True)
class Hints:
    """`tell` says here and elsewhere whose inboxes have changed; `loops` carry it from and to other processes."""

    tell: Callable[[Collection[str]], None]
    loops: Sequence[Loop]


def hints(database: Database, redis_url: str | None, heard: Heard | None) -> Hints:
    """Hints to what hears them in this process, and to other processes that serve the same database.

    A process that keeps no streams hears nothing (None), and tells all the same.
    """
    outbox = Outbox()
    understood = None if heard is None else lambda message: heard(outbox.understood(message))
    loops = _loops(database, redis_url, outbox, understood)

    def tell(user_ids: Collection[str]) -> None:
        if heard is not None:
            heard(user_ids)
        if loops:
            outbox.put(user_ids)

    return Hints(tell, loops)


def _loops(
    database: Database, redis_url: str | None, outbox: Outbox, heard: Callable[[str], None] | None
) -> Sequence[Loop]:
    if redis_url:
        from insurenz.notifications import redis_hints  # noqa: PLC0415 - needs the extra [redis]

        return redis_hints.loops(redis_url, outbox, heard)
    if database.is_sqlite:
        # Its one server is the only process that keeps streams.
        return ()
    tell = Notify("tell_hints", database, CHANNEL, wake=outbox.flag, payload=outbox.take)
    return (tell,) if heard is None else (Listen("hear_hints", database, CHANNEL, heard), tell)
