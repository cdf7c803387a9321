"""The database: engine, column types, and the two units in which all work on it is done."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from pydantic_core import from_json
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Session

from insurenz.core.bell import EVENTS, Bell
from insurenz.core.errors import Unavailable
from insurenz.core.faults import fault

__all__ = [
    "Again",
    "Base",
    "Database",
    "Id",
    "Json",
    "Session",
    "UtcDateTime",
    "after_commit",
    "is_storable",
    "ring_after_commit",
]

Id = Uuid(as_uuid=False)
Json = JSON().with_variant(JSONB(), "postgresql")

# lock_timeout and statement_timeout bound what one request can hold; UTC keeps times equal on every server. Plans are
# for pages in memory or on a disk that does not turn, and for answers that are short: compiling would take longer.
POSTGRESQL_OPTIONS = (
    "-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30s -c random_page_cost=1.1 -c jit=off"
)
# A server that vanished without a word, as one does whose machine lost its power, is noticed in this time.
POSTGRESQL_PATIENCE = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
# Statements that a connection keeps prepared: more than there are of those that requests run.
PREPARED = 400
# Of being idle: what is used all the time is seen to be broken by who uses it, and all others with it.
LOOK_AFTER_SECONDS = 0.5
NEVER = 2**31
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)


def is_storable(text: str) -> bool:
    """Whether both databases keep the text as it is: no U+0000, which PostgreSQL refuses, and no lone surrogates."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time to the microsecond; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every table; constraints are named alike on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UnitSession(Session):
    """A session of one unit, with what is to be called once that unit has committed, and its database's bell."""

    def __init__(self, *args: Any, bell: Bell, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bell = bell
        self.calls: list[Callable[[], None]] = []
        self.rings: set[str] = set()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Run `call` after the unit of work around `session` has committed; never when it rolls back.

    Not SQLAlchemy's `after_commit` event: that one also fires when a savepoint is released.
    """
    if not isinstance(session, UnitSession):
        raise TypeError("after_commit needs the session of a unit of work")
    session.calls.append(call)


def ring_after_commit(session: Session, what: str = EVENTS) -> None:
    """Ring the bell of the session's database for this after the commit, once however often a unit asks for it."""
    if not isinstance(session, UnitSession):
        raise TypeError("ring_after_commit needs the session of a unit of work")
    if what not in session.rings:
        session.rings.add(what)
        session.calls.append(partial(session.bell.ring, what))


class Again(Unavailable):
    """The unit met a clash that is over when it is begun anew (a random number that was taken)."""

    def __post_init__(self) -> None:
        self.detail = self.detail or "Another request was faster; nothing was changed. Send the same again."
        super().__post_init__()


T = TypeVar("T")
TRIES = 5


class Database:
    """One database, SQLite or PostgreSQL, and the units of work on it. Only this class commits."""

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = _normalised(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.bell = Bell()
        self.engine = (
            _sqlite_engine(self.url, pool_size) if self.is_sqlite else _postgresql_engine(self.url, pool_size)
        )
        # Writers of one process queue here: SQLite's own waiting sleeps in growing steps, and unfairly.
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()
        self._writers: Engine | Connection = self.engine.execution_options(is_writer=True)
        self._readers: Engine | Connection = (
            self.engine if self.is_sqlite else _postgresql_readers(self.url, pool_size)
        )
        self._snapshots: Engine | Connection = (
            self.engine
            if self.is_sqlite
            else self._readers.execution_options(isolation_level="REPEATABLE READ")
        )

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """A session that may write: commits when the block ends, then runs the calls of `after_commit`.

        Rolls back and runs none of them when the block raises. On SQLite it takes the write lock with its first
        statement (BEGIN IMMEDIATE), so that it never fails in the middle.
        """
        with self._turn, self._session(self._writers) as session:
            yield session
            fault("unit.before_commit")
            session.commit()
        fault("unit.after_commit")
        for call in session.calls:
            call()

    def in_unit(self, work: Callable[[Session], T]) -> T:
        """What `work` gives in a unit of work, which is begun anew when it raises Again, up to five times in all."""
        tries = TRIES
        while True:
            tries -= 1
            try:
                with self.unit_of_work() as session:
                    return work(session)
            except Again:
                if not tries:
                    raise

    @contextmanager
    def read_unit(self) -> Iterator[Session]:
        """A session that only reads; whatever it changed is rolled back."""
        with self._session(self._readers) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A read unit in which every statement sees the database as it was at the first."""
        with self._session(self._snapshots) as session:
            yield session

    def _session(self, bind: Engine | Connection) -> UnitSession:
        if isinstance(bind, Connection):
            return UnitSession(
                bind, bell=self.bell, expire_on_commit=False, join_transaction_mode="create_savepoint"
            )
        return UnitSession(bind, bell=self.bell, expire_on_commit=False, autoflush=True)

    @classmethod
    def on_connection(cls, database: "Database", connection: Connection) -> "Database":
        """The same database with every unit inside the open transaction of `connection` (for tests)."""
        inside = cls.__new__(cls)
        inside.__dict__ |= database.__dict__ | {
            "_turn": nullcontext(),
            "_writers": connection,
            "_readers": connection,
            "_snapshots": connection,
            "bell": Bell(),
        }
        return inside

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
        if isinstance(self._readers, Engine):
            self._readers.dispose()


def _normalised(url: str) -> URL:
    parsed = make_url(url)
    if parsed.drivername in ("postgres", "postgresql"):
        return parsed.set(drivername="postgresql+psycopg")
    return parsed


def _postgresql_engine(
    url: URL, pool_size: int, *, options: str = "", prepares_after: int = 5, **more: Any
) -> Engine:
    # SQLite does without the driver, and starts sooner.
    from psycopg import OperationalError  # noqa: PLC0415
    from psycopg.pq import TransactionStatus  # noqa: PLC0415
    from psycopg.types.string import TextLoader  # noqa: PLC0415

    options = f"{POSTGRESQL_OPTIONS} {options}"
    told = {"options": options, "prepare_threshold": prepares_after, "application_name": "insurenz"}
    # What the address says itself counts.
    told |= {name: value for name, value in POSTGRESQL_PATIENCE.items() if name not in url.query}
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=10,
        pool_recycle=1800,
        pool_use_lifo=True,
        connect_args=told,
        json_deserializer=from_json,
        **more,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # Ids are texts here: making a UUID of each, and a text of that, would cost more than all else of a row.
        connection.adapters.register_loader("uuid", TextLoader)
        # The driver drops what was first prepared for what comes new, not what is seldom used.
        connection.prepared_max = PREPARED

    @event.listens_for(engine, "rollback")
    def _roll_back(connection: Connection) -> None:
        # At the end of a reading, or for a refusal: the driver's own makes it forget all it has prepared. After an error of
        # the database that is right: what failed may stand on the server alone, or be of a table that was altered.
        if connection.invalidated:
            return
        link: Any = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
        if link.transaction_status == TransactionStatus.INTRANS:
            link.exec_(b"ROLLBACK")

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _look(connection: Any, record: Any, _pooled: Any) -> None:
        if time.monotonic() - record.info.get("idle_since", time.monotonic()) < LOOK_AFTER_SECONDS:
            return
        # One that the server closed meanwhile, as when it was restarted, costs a look and no request. There may be last
        # words of it before the end.
        try:
            connection.pgconn.consume_input()
            connection.pgconn.consume_input()
        except OperationalError as error:
            raise InvalidatePoolError from error

    return engine


def _postgresql_readers(url: URL, pool_size: int) -> Engine:
    """Connections of read units: each statement by itself, as READ COMMITTED sees it anyway, without BEGIN and ROLLBACK.

    The server refuses every write on them.
    """
    return _postgresql_engine(
        url,
        pool_size,
        options="-c default_transaction_read_only=on",
        # Never by itself. What is not prepared is planned for its very values: on them it depends which index of a
        # list is of use. A `Statement` that reads by keys is prepared, and planned once.
        prepares_after=NEVER,
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
    )


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=4,
        pool_timeout=10,
        connect_args={"check_same_thread": False},
        json_deserializer=from_json,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` says which kind.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        is_writer = connection.get_execution_options().get("is_writer", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writer else "BEGIN")

    return engine
