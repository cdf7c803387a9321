"""Waking the relay for what other processes commit: a look at SQLite's change counter, LISTEN and NOTIFY on PostgreSQL.

A wake-up carries no ids. A lost one costs the time to the relay's next sweep, nothing else.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import PoolProxiedConnection, text
from sqlalchemy.exc import SQLAlchemyError

from insurenz.core.background import Loop
from insurenz.core.bell import EVENTS
from insurenz.core.db import Database, Session

CHANNEL = "insurenz_events"
WORKER = "insurenz worker"
LOOK_SECONDS = 0.1
LISTEN_SECONDS = 0.5
# Hints of this time become one NOTIFY: at a thousand commits a second it is still a hundred.
GATHER_SECONDS = 0.01
# The process that commits has a relay: others only take what that one has left by then.
OTHERS_SECONDS = 0.25


def watchers(database: Database, flag: threading.Event) -> list[Loop]:
    """Loops that set `flag` when another process committed and tell other processes of commits of this one."""
    if database.is_sqlite:
        return [_Look(database, flag)]
    return [
        listener(database, flag),
        Notify(
            "notify",
            database,
            CHANNEL,
            wake=database.bell.listen(EVENTS),
            payload=lambda: "",
            gather=OTHERS_SECONDS,
        ),
    ]


def listener(database: Database, flag: threading.Event, *, known_as: str = "") -> Loop:
    """The loop that sets `flag` at each NOTIFY of another process; on PostgreSQL, where its connection has this name."""
    return Listen("listen", database, CHANNEL, lambda _payload: flag.set(), known_as=known_as)


def count_workers(session: Session) -> int:
    """How many workers live: each listens under their name, with or without a broker."""
    named = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :name"
    )
    count: int = session.execute(named, {"name": WORKER}).scalar_one()
    return count


def ring_elsewhere(database: Database) -> None:
    """Wake the relays of other processes, after a commit of a program that has no threads; a failure only costs time."""
    if not database.is_sqlite:
        with suppress(SQLAlchemyError), database.engine.connect() as connection:
            connection.execute(text(f"NOTIFY {CHANNEL}"))
            connection.commit()


class _OwnConnection(Loop, ABC):
    """A loop with a connection of its own outside the pool: opened anew after an error, closed at the end."""

    def __init__(
        self,
        name: str,
        database: Database,
        *,
        interval: float,
        wake: threading.Event | None = None,
        gather: float = 0,
    ) -> None:
        super().__init__(name, self._turn, interval=interval, wake=wake, gather=gather)
        self._database = database
        self._held: PoolProxiedConnection | None = None

    def run(self) -> None:
        """Turn until `stop`, then hang up."""
        try:
            super().run()
        finally:
            self._hang_up()

    @abstractmethod
    def use(self, connection: Any) -> bool:
        """One turn on the driver's connection; True to turn again at once."""

    def begin(self, connection: Any) -> None:
        """Prepare a connection that was just opened."""

    def _turn(self) -> bool:
        try:
            if self._held is None:
                self._held = self._database.engine.raw_connection()
                self._held.detach()
                self.begin(self._held.dbapi_connection)
            return self.use(self._held.dbapi_connection)
        except Exception:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()


class _Look(_OwnConnection):
    """SQLite: asks the database's change counter, which costs no lock and no reading of a page."""

    def __init__(self, database: Database, flag: threading.Event) -> None:
        super().__init__("look", database, interval=LOOK_SECONDS)
        self._flag, self._seen = flag, -1

    def begin(self, connection: Any) -> None:
        # The counter means nothing to another connection, so a new one counts as a change.
        self._seen = -1

    def use(self, connection: Any) -> bool:
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._seen:
            self._seen = version
            self._flag.set()
        return False


class Listen(_OwnConnection):
    """PostgreSQL: calls `heard` with the payload of each NOTIFY on the channel by any process, this one included.

    With an empty one after connecting: whatever was told while nobody listened.
    """

    def __init__(
        self, name: str, database: Database, channel: str, heard: Callable[[str], None], *, known_as: str = ""
    ) -> None:
        super().__init__(name, database, interval=1)
        self._channel, self._heard, self._known_as = channel, heard, known_as

    def begin(self, connection: Any) -> None:
        connection.autocommit = True
        if self._known_as:
            connection.execute("SELECT set_config('application_name', %s, false)", (self._known_as,))
        connection.execute(f"LISTEN {self._channel}")
        self._heard("")

    def use(self, connection: Any) -> bool:
        for told in connection.notifies(timeout=LISTEN_SECONDS, stop_after=1):
            self._heard(told.payload)
        return True


class Notify(_OwnConnection):
    """PostgreSQL: tells every process what `payload` gives when `wake` is set, never inside a request or transaction.

    When it gives None there is nothing to tell.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        channel: str,
        *,
        wake: threading.Event,
        payload: Callable[[], str | None],
        gather: float = GATHER_SECONDS,
    ) -> None:
        super().__init__(name, database, interval=60, wake=wake, gather=gather)
        self._channel, self._payload = channel, payload

    def begin(self, connection: Any) -> None:
        connection.autocommit = True

    def use(self, connection: Any) -> bool:
        payload = self._payload()
        if payload is not None:
            connection.execute("SELECT pg_notify(%s, %s)", (self._channel, payload))
        return False
