"""Fills a throwaway database with people and any number of notifications, as the fan-out would have left them.

    PYTHONPATH=src python benchmarks/inbox_fill.py sqlite:////tmp/bench.db 10000000 [HOURS]

They are spread over the hours (700, within which none is cleared) until now. Of ten notifications four are a
policyholder's, five are read by the five processors of a payer, and one is told to the one processor of another payer.
Half are read. Badges and revs are as they must be, and the words are those of the definition; but the claims do not
exist, and the hash chains do not verify.
"""

import json
import random
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from claims_fill import NOW, add_all, id_at, user_row
from sqlalchemy import Connection, insert, text

from insurenz import workflow
from insurenz.accounts.models import Assignment, User
from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.permissions import Role
from insurenz.migrations import runner
from insurenz.notifications.decisions import NOT_CONFIGURED
from insurenz.organisations.models import Kind, Organisation

HOLDERS, PAYERS, DESK = 1000, 10, 5
# These file half of all claims: a page of theirs is full even where there are only ten thousand notifications.
FREQUENT = 25
HOURS = 700
# Each place in time has the events of two claims, told to ten.
TOLD_AT_ONCE = 10
HASH = "0" * 64
COLUMNS = {
    "events": "id seq type subject_kind subject_id claim_number version payer_id claimant_id status actor_id"
    " actor_role actor_name actor_email data occurred_at prev_hash hash",
    "event_texts": "event_id name salt body hash",
    "event_marks": "event_id type subject_kind subject_id seq done_at attempts",
    "notices": "event_id audience category is_receipt title message subject_id claim_number",
    "told": "event_id batch audience recipients excluded at",
    "inbox": "user_id event_id rev audience type category status created_at read_at archived_at",
}
IDS = {"id", "event_id", "subject_id", "payer_id", "claimant_id", "user_id"}

Put = Callable[[str, tuple[Any, ...]], None]


@dataclass(frozen=True)
class People:
    """Ids of those with an inbox. The last payer is the one whose only processor is told of every tenth notification."""

    holders: Sequence[str]
    payers: Sequence[str]
    desks: Sequence[Sequence[str]]

    @property
    def busiest(self) -> str:
        """The processor with a tenth of all notifications."""
        return self.desks[-1][0]


@dataclass
class Inbox:
    """What the head of one inbox counts."""

    last_rev: int = 0
    unread: int = 0


@dataclass(frozen=True)
class Move:
    """One step in the life of a claim; `of_staff` when a processor has made it."""

    type: str
    action: str
    source: str
    status: str
    version: int
    of_staff: bool
    note: str | None = None


FILED = Move("claim_submitted", "submit", "new", "pending", 1, of_staff=False)
REVIEWED = Move("claim_status_updated", "start_review", "pending", "under_review", 2, of_staff=True)
APPROVED = Move(
    "claim_status_updated", "approve", "under_review", "approved", 3, of_staff=True, note="As it was claimed."
)


@dataclass
class Claim:
    """Whose claim it is, and who handles it."""

    id: str
    number: str
    payer_id: str
    claimant_id: str
    desk: Sequence[str]


@dataclass
class Filling:
    """Makes the rows, and counts every inbox."""

    put: Put
    dice: random.Random
    people: People
    definition: workflow.Definition
    inboxes: dict[str, Inbox] = field(default_factory=dict)

    def fill(self, count: int, start: datetime, end: datetime) -> None:
        """So many notifications between two times, oldest first."""
        places = count // TOLD_AT_ONCE
        step = (end - start) / places
        for n in range(places):
            at = start + step * n
            claim = self._claim(2 * n, at, n % PAYERS)
            for nth, move in enumerate((FILED, REVIEWED, APPROVED)):
                self._happen(claim, move, at + step * nth / 4)
            at += step * 3 / 4
            self._happen(self._claim(2 * n + 1, at, PAYERS), FILED, at)

    def _claim(self, number: int, at: datetime, payer: int) -> Claim:
        holders = self.people.holders
        who = self.dice.randrange(FREQUENT if number // 2 % 2 else len(holders))
        id_, named = id_at(at, self.dice), f"CLM-{at:%Y%m%d}-{number:08}"
        return Claim(id_, named, self.people.payers[payer], holders[who], self.people.desks[payer])

    def _happen(self, claim: Claim, move: Move, at: datetime) -> None:
        event_id, when = id_at(at, self.dice), f"{at:%Y-%m-%d %H:%M:%S.%f}"
        self._record(claim, move, event_id, when)
        rule = self.definition.rule(move.type)
        tells = rule.told(move.action, "full" if move is APPROVED else None) if rule else ()
        for batch, tell in enumerate(tells):
            is_one = tell.audience == "claimant"
            told = [claim.claimant_id] if is_one else claim.desk
            reason = "claimant" if is_one else "handles_payer"
            channels = {name: NOT_CONFIGURED for name in tell.channels if name != "inbox"}
            recipients = json.dumps([[user_id, reason, channels] for user_id in told])
            category, message = rule.category, tell.message.format(claim_number=claim.number)
            words = (category, tell.receipt, tell.title, message, claim.id, claim.number)
            self.put("notices", (event_id, tell.audience, *words))
            self.put("told", (event_id, batch, tell.audience, recipients, "[]", when))
            for user_id in told:
                self._deliver(user_id, event_id, (tell.audience, move.type, category, move.status, when))

    def _record(self, claim: Claim, move: Move, event_id: str, when: str) -> None:
        who, role = (
            (claim.desk[0], "claim_processor_l1") if move.of_staff else (claim.claimant_id, "policyholder")
        )
        facts = {"workflow": "retail", "workflow_version": 2, "currency": "INR"}
        data = facts | {"action": move.action, "from": move.source, "to": move.status}
        subject = ("claim", claim.id)
        event = (event_id, move.version, move.type, *subject, claim.number, move.version)
        parties = (claim.payer_id, claim.claimant_id, move.status, who, role, "Somebody", "who@bench.example")
        self.put("events", (*event, *parties, json.dumps(data), when, HASH, HASH))
        self.put("event_marks", (event_id, move.type, *subject, move.version, when, 1))
        if move.note:
            self.put("event_texts", (event_id, "status_notes", "salt", move.note, HASH))

    def _deliver(self, user_id: str, event_id: str, shared: tuple[str, ...]) -> None:
        """Put it into an inbox, where every other one was read at once, and one in fifty put away after that."""
        inbox = self.inboxes.setdefault(user_id, Inbox())
        drawn = self.dice.getrandbits(8)
        is_read, is_archived = drawn < 128, drawn < 5
        inbox.last_rev += 1 + is_read + is_archived
        inbox.unread += not is_read
        when = shared[-1]
        times = (when if is_read else None, when if is_archived else None)
        self.put("inbox", (user_id, event_id, inbox.last_rev, *shared, *times))


class Writer(ABC):
    """Writes rows of several tables at once, without their indexes, which are made in the end."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @contextmanager
    def writing(self) -> Iterator[Put]:
        """What takes a table and a row; everything is in once the block has ended."""
        with self.database.engine.connect() as connection:
            indexes = dict(
                tuple(row) for row in connection.execute(text(self.INDEXES), {"tables": list(COLUMNS)})
            )
        self._run(f"DROP INDEX {name}" for name in indexes)
        with self._rows() as put:
            yield put
        self._run(indexes.values())

    # Name and statement of each index that is no constraint.
    INDEXES = ""

    @abstractmethod
    def _rows(self) -> Any: ...

    @abstractmethod
    def _run(self, statements: Any) -> None: ...


class Copying(Writer):
    """PostgreSQL: one COPY for each table, all at the same time."""

    INDEXES = (
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid::regclass::text = ANY(:tables)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
    )

    @contextmanager
    def _rows(self) -> Iterator[Put]:
        with ExitStack() as stack:
            copies = {table: self._copy(stack, table) for table in COLUMNS}
            yield lambda table, row: copies[table](row)

    def _copy(self, stack: ExitStack, table: str) -> Callable[[Sequence[Any]], None]:
        connection = stack.enter_context(self.database.engine.begin())
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        cursor = connection.connection.cursor()
        columns = COLUMNS[table].replace(" ", ", ")
        write: Callable[[Sequence[Any]], None] = stack.enter_context(
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN")
        ).write_row
        return write

    def _run(self, statements: Iterator[str]) -> None:
        with self.database.engine.begin() as connection:
            for setting in ("statement_timeout = 0", "maintenance_work_mem = '1GB'"):
                connection.execute(text(f"SET LOCAL {setting}"))
            for statement in statements:
                connection.execute(text(statement))


class Inserting(Writer):
    """SQLite: large batches in one transaction, which no disk is asked to confirm."""

    INDEXES = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({})"
    )
    AT_ONCE = 20_000

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.INDEXES = self.INDEXES.format(", ".join(f"'{table}'" for table in COLUMNS))

    @contextmanager
    def _rows(self) -> Iterator[Put]:
        with self._hurrying() as connection:
            waiting: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}

            def put(table: str, row: tuple[Any, ...]) -> None:
                waiting[table].append(row)
                if len(waiting[table]) == self.AT_ONCE:
                    self._insert(connection, table, waiting[table])

            yield put
            for table, rows in waiting.items():
                self._insert(connection, table, rows)

    def _insert(self, connection: Any, table: str, rows: list[tuple[Any, ...]]) -> None:
        columns = COLUMNS[table].split()
        # As the column type keeps ids: without dashes.
        places = ", ".join("replace(?, '-', '')" if name in IDS else "?" for name in columns)
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        rows.clear()

    @contextmanager
    def _hurrying(self) -> Iterator[Any]:
        connection = self.database.engine.raw_connection()
        connection.detach()
        for pragma in (
            "journal_mode = OFF",
            "synchronous = OFF",
            "cache_size = -2000000",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()

    def _run(self, statements: Iterator[str]) -> None:
        with self._hurrying() as connection:
            for statement in statements:
                connection.execute(statement)


def fill(database: Database, count: int, hours: float = HOURS) -> People:
    """Migrate an empty database, and fill it with so many notifications of the last hours; gives whose they are."""
    runner.upgrade(database)
    dice, now = random.Random(count), clock.now()
    with database.unit_of_work() as session:
        people = _people(session, dice)
    database.close()
    writer = Inserting(database) if database.is_sqlite else Copying(database)
    definition = workflow.load_registry().current("retail")
    with writer.writing() as put:
        filling = Filling(put, dice, people, definition)
        filling.fill(count, now - timedelta(hours=hours), now)
    with database.unit_of_work() as session:
        _heads(session, filling.inboxes)
    with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        _settle(connection, is_sqlite=database.is_sqlite)
    return people


def _people(session: Session, dice: random.Random) -> People:
    holders = add_all(
        session, User, dice, [user_row(f"holder{n}@bench.example", Role.POLICYHOLDER) for n in range(HOLDERS)]
    )
    numbers = range(PAYERS + 1)
    organisations = [
        {"kind": Kind.PAYER, "number": f"PAY_{n:03}", "name": f"Payer {n}", "is_active": True}
        for n in numbers
    ]
    payers = add_all(session, Organisation, dice, organisations)
    return People(holders, payers, [_desk(session, dice, n, payers[n]) for n in numbers])


def _desk(session: Session, dice: random.Random, number: int, payer: str) -> Sequence[str]:
    size = 1 if number == PAYERS else DESK
    rows = [user_row(f"desk{number}-{n}@bench.example", Role.CLAIM_PROCESSOR) for n in range(size)]
    ids = add_all(session, User, dice, rows)
    kind = {"organisation_id": payer, "kind": Kind.PAYER, "created_at": NOW}
    session.execute(insert(Assignment), [{"user_id": user_id} | kind for user_id in ids])
    return ids


def _heads(session: Session, inboxes: dict[str, Inbox]) -> None:
    state = text(
        "INSERT INTO inbox_state (user_id, last_rev, unread, seen_rev) VALUES (:id, :rev, :unread, 0)"
    )
    is_sqlite = session.connection().dialect.name == "sqlite"
    for user_id, inbox in inboxes.items():
        key = user_id.replace("-", "") if is_sqlite else user_id
        session.execute(state, {"id": key, "rev": inbox.last_rev, "unread": inbox.unread})


def _settle(connection: Connection, *, is_sqlite: bool) -> None:
    if is_sqlite:
        connection.execute(text("ANALYZE"))
        return
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("VACUUM ANALYZE"))


if __name__ == "__main__":
    started = time.perf_counter()
    fill(Database(sys.argv[1]), int(sys.argv[2]), *map(float, sys.argv[3:]))
    print(f"{time.perf_counter() - started:.1f} s")
