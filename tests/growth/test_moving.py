"""From the embedded default to PostgreSQL and a bucket: everything arrives as it was, or nothing has been moved."""

import base64
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts.queries import by_email
from insurenz.core.db import Base, Database
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.core.storage import LocalStore, store_for
from insurenz.events.chain import seal
from insurenz.events.relay import backlog
from insurenz.migrations import moving, runner
from tests.actors import Api, make_api, people
from tests.claims.stories import file_claim
from tests.cli.test_commands import Command
from tests.deliveries.messages import BODY, put
from tests.documents.tus import PDF, begin, send
from tests.notifications.stories import broken
from tests.postgres import new_database, postgres_server
from tests.stores import got
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

ANSWERS = (
    "/claims?limit=50",
    "/notifications?limit=50",
    "/policies/my",
    "/auth/me",
    "/notifications/unread-count",
)


def answers(api: Api, *who: Actor) -> list[Any]:
    """What people see of everything; links, which are signed anew each time, left out."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k not in ("url", "request_id")}
        return [bare(each) for each in value] if isinstance(value, list) else value

    return [bare(api.as_(each).get(path).json()) for each in who for path in ANSWERS]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an install with people, claims with documents, a file of which not all came, things told, and some not yet."""
    folder = tmp_path_factory.mktemp("embedded") / "data"
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'insurenz.db'}")
    runner.upgrade(database)
    with database.unit_of_work() as session:
        cast = people(session)
    api = make_api(database, folder)
    asha = api.as_(cast.asha)
    assert file_claim(asha, "bill.pdf", description='Brüche: 骨折 🦴, "quoted" and \\ too').status_code == 201
    assert file_claim(asha, "photo.jpg", "scan.png").status_code == 201
    send(asha, begin(asha, PDF), PDF[:500])
    while api.app.state.events.relay.turn():
        pass
    # Looked at, and sealed; then one that is not told of yet, and something that is to be sent.
    for claim in api.as_(cast.arjun).get("/claims").json()["items"]:
        assert api.as_(cast.arjun).get(f"/claims/{claim['id']}").status_code == 200
    api.app.state.access_log.flush()
    seal(database)
    assert file_claim(asha, headers={"Idempotency-Key": "kept"}).status_code == 201
    put(database)
    api.app.state.gate.hasher.close()
    database.close()
    return folder


@pytest.fixture
def install(filled: Path, tmp_path: Path) -> Command:
    """A copy of it."""
    shutil.copytree(filled, tmp_path / "data")
    return Command(tmp_path)


@pytest.fixture
def url() -> str:
    """An empty PostgreSQL database."""
    return new_database(postgres_server())


@pytest.fixture
def old(install: Command) -> Iterator[Database]:
    database = Database(f"sqlite:///{install.folder / 'data' / 'insurenz.db'}")
    yield database
    database.close()


def rows_in(url: str) -> dict[str, int]:
    with closing(Database(url)) as database:
        return moving.count_rows(database)


def test_everything_an_install_holds_is_in_postgresql_afterwards(
    install: Command, old: Database, url: str
) -> None:
    with old.read_unit() as session:
        names = ("asha@demo.example", "arjun@demo.example", "admin@demo.example")
        who = [user.as_actor() for name in names if (user := by_email(session, name))]
    api = make_api(old, install.folder / "data")
    before, rows = answers(api, *who), moving.count_rows(old)
    assert {"claims", "inbox", "access_log", "checkpoints", "idempotency_keys"} <= set(rows)
    with old.read_unit() as session:
        open_before = backlog(session)
    assert open_before > 0
    api.app.state.gate.hasher.close()
    old.close()

    told = install.json("move", "database", DATABASE_URL=url)

    assert told["ok"] is True
    assert {name: rows for name, rows in told["tables"].items() if rows} == rows == rows_in(url)
    assert install("audit", "verify", DATABASE_URL=url).startswith("Sound: ")
    with closing(Database(url)) as new:
        # What was not told yet is told now, and what was to be sent is still to be.
        with new.read_unit() as session:
            assert backlog(session) == open_before
            assert (
                session.execute(text("SELECT body FROM deliveries WHERE channel = 'external'")).scalar_one()
                == BODY
            )
        moved = make_api(new, install.folder / "data")
        assert answers(moved, *who) == before
        while moved.app.state.events.relay.turn():
            pass
        assert broken(new) == []
        assert file_claim(moved.as_(who[0]), "bill.pdf").status_code == 201
        moved.app.state.gate.hasher.close()


def test_every_table_of_the_schema_is_moved() -> None:
    assert {table.name for table in moving.TABLES} == set(Base.metadata.tables)


def test_a_server_that_still_runs_keeps_it_from_beginning(install: Command, old: Database, url: str) -> None:
    old.ping()
    assert "is in use (database is locked). Stop the server" in install(
        "move", "database", DATABASE_URL=url, code=1
    )
    old.close()
    assert "Moved" in install("move", "database", DATABASE_URL=url)


def test_a_target_that_holds_anything_stays_as_it_is(install: Command, url: str) -> None:
    assert "Moved" in install("move", "database", DATABASE_URL=url)
    before = rows_in(url)
    assert "The target already holds rows (" in install("move", "database", DATABASE_URL=url, code=1)
    assert rows_in(url) == before


@pytest.mark.parametrize(
    ("settings", "options", "why"),
    [
        ({}, (), "DATABASE_URL has to name the PostgreSQL database to move to."),
        (None, ("--from", "elsewhere.db"), "There is no SQLite database elsewhere.db."),
        (
            None,
            ("--from", "data/development-secret.key"),
            "data/development-secret.key is no SQLite database.",
        ),
    ],
)
def test_what_cannot_be_moved_is_refused_with_the_reason(
    install: Command, url: str, settings: dict[str, str] | None, options: tuple[str, ...], why: str
) -> None:
    given = {"DATABASE_URL": url} if settings is None else settings
    assert why in install("move", "database", *options, code=1, **given)


def change(install: Command, sql: str) -> None:
    with closing(sqlite3.connect(install.folder / "data" / "insurenz.db")) as connection:
        connection.execute(sql)
        connection.commit()


def test_a_row_that_does_not_fit_is_named_by_its_table_and_nothing_is_moved(
    install: Command, url: str
) -> None:
    # SQLite keeps longer texts than a column is said to hold.
    change(install, "UPDATE documents SET file_name = file_name || printf('%.300c', 'x')")
    told = install("move", "database", DATABASE_URL=url, code=1)
    assert "A row of table documents does not fit into the target (StringDataRightTruncation)." in told
    assert "xxx" not in told
    assert rows_in(url) == {}
    change(install, "UPDATE documents SET file_name = 'bill.pdf'")
    assert "Moved" in install("move", "database", DATABASE_URL=url)


def test_a_trail_that_was_not_sound_is_moved_as_it_is_and_said_to_be_so(install: Command, url: str) -> None:
    change(install, "DROP TRIGGER events_unchanged")
    change(install, "UPDATE events SET status = 'approved' WHERE type = 'claim_submitted'")
    told = install("move", "database", DATABASE_URL=url)
    assert "The trail is the same" in told
    assert "It was not sound before the move either." in told


def test_killed_before_the_commit_nothing_was_moved_and_it_can_be_called_again(
    install: Command, url: str
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("INSURENZ_", "S3_"))}
    settings = {"DATABASE_URL": url, "INSURENZ_FAULTS": "unit.before_commit=kill"}
    command = [sys.executable, "-m", "insurenz", "move", "database"]
    done = subprocess.run(
        command, env=clean | settings, cwd=install.folder, capture_output=True, timeout=PATIENCE_SECONDS
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows_in(url) == {}
    assert "Moved" in install("move", "database", DATABASE_URL=url)


# --- documents


def test_documents_are_in_the_bucket_each_with_its_hash(install: Command, old: Database) -> None:
    bucket = swift_server().environment()
    given = {name.lower(): value for name, value in bucket.items()}
    new = store_for(Settings(_env_file=None, data_dir=install.folder / "data", **given))  # type: ignore[arg-type]
    folder = LocalStore(install.folder / "data" / "objects")
    with old.read_unit() as session:
        rows = session.execute(text("SELECT id, object_key, file_name FROM documents ORDER BY id")).all()
    old.close()
    keys = [row.object_key for row in rows]
    kept = {key: got(folder, key) for key in keys}
    # One is not what it was, and one is gone.
    altered, missing = (install.folder / "data" / "objects" / key for key in keys[:2])
    altered.write_bytes(b"something else")
    missing.unlink()

    told = install("move", "documents", code=1, **bucket)

    ids = [old_id(row.id) for row in rows]
    assert f"altered: the object of document {ids[0]} is not what was uploaded\n" in told
    assert f"missing: the object of document {ids[1]}\n" in told
    assert (
        f"Moved: 1 documents ({len(kept[keys[2]])} bytes), each held against its hash; 0 were there already."
        in told
    )
    assert [entry.key for entry in new.entries()] == [keys[2]]
    altered.write_bytes(kept[keys[0]])
    missing.write_bytes(kept[keys[1]])
    again = install.json("move", "documents", **bucket)
    assert (again["ok"], again["copied"], again["already"]) == (True, 2, 1)
    assert {key: got(new, key) for key in keys} == kept
    assert {key: got(folder, key) for key in keys} == kept
    assert install.json("documents", "sweep", "--dry-run", **bucket)["missing"] == 0


def old_id(raw: str) -> str:
    """An id as SQLite keeps it, spelled as it is told."""
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def test_without_a_bucket_there_is_nowhere_to_move_documents_to(install: Command) -> None:
    assert "S3_BUCKET_NAME has to name the bucket to move to." in install("move", "documents", code=1)


KEY = "ENCRYPTION_KEY"


def test_what_is_encrypted_is_moved_with_its_key_and_not_without(install: Command, url: str) -> None:
    key = {KEY: base64.b64encode(bytes(range(32))).decode()}
    install("encryption", "rotate", **key)
    assert "Something encrypted cannot be read (no key " in install(
        "move", "database", DATABASE_URL=url, code=1
    )
    assert rows_in(url) == {}
    assert "The trail is the same" in install("move", "database", DATABASE_URL=url, **key)
    with closing(Database(url)) as new, new.read_unit() as session:
        stored = session.execute(text("SELECT description FROM claims")).scalars().all()
    assert [each for each in stored if not each.startswith("\ninsurenz:")] == []
    # A bucket encrypts by itself.
    bucket = swift_server().environment()
    assert install.json("move", "documents", DATABASE_URL=url, **key, **bucket)["copied"] == 3
