"""Backup and restore: what was backed up is there again, whole and proven, or nothing has been restored."""

import base64
import json
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from insurenz.accounts.queries import by_email
from insurenz.backups import making
from insurenz.backups.folder import sha256_of
from insurenz.core import vault
from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from insurenz.documents.models import Document
from insurenz.migrations import moving, runner
from tests.actors import make_api
from tests.cli.test_commands import Command
from tests.growth.test_moving import answers, filled
from tests.postgres import new_database, postgres_server
from tests.stores import make_store, put
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

__all__ = ["filled"]

KEY, ANOTHER_KEY = (base64.b64encode(bytes(range(n, n + 32))).decode() for n in (0, 1))


@pytest.fixture
def install(filled: Path, tmp_path: Path) -> Command:
    """An install in use, of its own."""
    folder = tmp_path / "old"
    shutil.copytree(filled, folder / "data")
    return Command(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Command:
    """A machine without anything."""
    folder = tmp_path / "new"
    folder.mkdir()
    return Command(folder)


@pytest.fixture
def backup(install: Command, tmp_path: Path) -> Path:
    """A backup of the install."""
    install("backup", str(tmp_path / "backup"))
    return tmp_path / "backup"


def seen(database: Database, folder: Path) -> list[Any]:
    """What people see of an install."""
    with database.read_unit() as session:
        names = ("asha@demo.example", "arjun@demo.example", "admin@demo.example")
        who: list[Actor] = [user.as_actor() for name in names if (user := by_email(session, name))]
    api = make_api(database, folder)
    found = answers(api, *who)
    api.app.state.gate.hasher.close()
    return found


def unfinished(database: Database) -> tuple[int, int]:
    """How many files are to come of which not all has, and how many parts of them."""
    rows = moving.count_rows(database)
    return rows.get("partial_uploads", 0), rows.get("upload_parts", 0)


def embedded(command: Command) -> Database:
    return Database(f"sqlite:///{command.folder / 'data' / 'insurenz.db'}")


def log_of_another(folder: Path) -> None:
    """Leave what a database leaves that was killed, and then taken away alone."""
    file = folder / "insurenz.db"
    file.unlink()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE another (x)")
        log = file.with_name("insurenz.db-wal").read_bytes()
    file.unlink()
    file.with_name("insurenz.db-wal").write_bytes(log)


def is_empty(command: Command) -> bool:
    """Whether a SQLite install has no database, nor leftovers of one."""
    return list((command.folder / "data").glob("*.db*")) == []


def killed(command: Command, fault: str, *arguments: str, **settings: str) -> None:
    """Run a command that is killed at a point."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("INSURENZ_", "S3_"))}
    given = clean | settings | {"INSURENZ_FAULTS": f"{fault}=kill"}
    line = [sys.executable, "-m", "insurenz", *arguments]
    done = subprocess.run(line, env=given, cwd=command.folder, capture_output=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_r12_from_folder_to_bucket_and_back_everything_is_as_it_was(
    install: Command, empty: Command, backup: Path, tmp_path: Path
) -> None:
    """SQLite and a folder, restored to PostgreSQL and a bucket; a backup of these, restored to SQLite and a folder."""
    with closing(embedded(install)) as old:
        before = seen(old, install.folder / "data")
        assert unfinished(old) == (1, 1)
        with old.read_unit() as session:
            sent = session.scalars(select(func.sum(Document.file_size))).one()
    grown = {"DATABASE_URL": new_database(postgres_server()), **swift_server().environment()}

    told = empty.json("restore", str(backup), **grown)

    manifest = json.loads((backup / "manifest.json").read_text())
    assert (told["ok"], told["documents"], told["is_upgraded"]) == (True, 3, False)
    assert (told["rows"], manifest["documents"]) == (sum(manifest["rows"].values()), 3)
    assert manifest["documents_bytes"] == sent
    # For its owner's eyes alone.
    assert stat.S_IMODE(backup.stat().st_mode) == 0o700
    with closing(Database(grown["DATABASE_URL"])) as new:
        assert seen(new, empty.folder / "data") == before
        # Whoever sends it is told that there is nothing of it, and begins anew.
        assert unfinished(new) == (0, 0)
    again = tmp_path / "again"
    assert "3 documents" in empty("backup", str(again), **grown)
    last = Command(tmp_path / "last")
    last.folder.mkdir()
    shown = last("restore", str(again))
    assert "Proven: trail, rows and documents are what was backed up.\n" in shown
    with closing(embedded(last)) as new:
        assert seen(new, last.folder / "data") == before
    assert last("audit", "verify").startswith("Sound: ")
    assert last("documents", "scrub") == "Read 3 documents: each is what was sent.\n"
    assert last.json("documents", "sweep", "--dry-run")["missing"] == 0


def test_r12_what_was_damaged_before_is_named_and_everything_else_is_saved(
    install: Command, empty: Command, tmp_path: Path
) -> None:
    with closing(embedded(install)) as database, database.read_unit() as session:
        rows = session.execute(select(Document.id, Document.object_key).order_by(Document.id)).all()
    objects = install.folder / "data" / "objects"
    (objects / rows[0].object_key).unlink()
    content = bytearray((objects / rows[1].object_key).read_bytes())
    content[100] ^= 1
    (objects / rows[1].object_key).write_bytes(content)
    shown = install("backup", str(tmp_path / "backup"), code=1)
    for row in rows[:2]:
        assert f"damaged: the object of document {row.id} is missing or not what was sent\n" in shown
    told = empty("restore", str(tmp_path / "backup"))
    assert "Damaged before the backup already: 2 documents.\nProven: " in told
    # Rot of the backup itself is another matter.
    (tmp_path / "backup" / "objects" / rows[2].object_key).write_bytes(b"rot")
    shutil.rmtree(empty.folder / "data")
    shown = empty("restore", str(tmp_path / "backup"), code=1)
    assert f"missing: the object of document {rows[2].id}\n" in shown
    assert "NOT PROVEN." in shown


# --- broken off


@pytest.mark.crash
def test_r12_a_backup_that_is_killed_has_no_name(install: Command, empty: Command, tmp_path: Path) -> None:
    killed(install, "backup.written", "backup", str(tmp_path / "backup"))
    assert not (tmp_path / "backup").exists()
    assert "a backup is being made, or was broken off" in install("backup", str(tmp_path / "backup"), code=1)
    shutil.rmtree(tmp_path / "backup.partial")
    killed(install, "store.written", "backup", str(tmp_path / "backup"))
    # Before the manifest it is no backup by any name.
    shown = empty("restore", str(tmp_path / "backup.partial"), code=1)
    assert "is no backup, or one that was broken off." in shown
    assert not (empty.folder / "data").exists() or is_empty(empty)


def test_a_backup_that_fails_leaves_nothing(
    install: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "backup.partial"))

    monkeypatch.setattr(making.documents, "copy", full)
    before = sorted(tmp_path.iterdir())
    shown = install("backup", str(tmp_path / "backup"), code=1)
    assert shown.strip() == f"{tmp_path / 'backup.partial'}: No space left on device. Nothing was made."
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.crash
@pytest.mark.parametrize("point", ["store.written", "restore.objects", "restore.before_rename"])
def test_r12_a_restore_that_is_killed_leaves_an_empty_install_and_goes_on(
    empty: Command, backup: Path, point: str
) -> None:
    killed(empty, point, "restore", str(backup))
    assert not (empty.folder / "data" / "insurenz.db").exists()
    assert empty.json("restore", str(backup))["ok"] is True
    assert list((empty.folder / "data").glob("restoring.db*")) == []


@pytest.mark.crash
def test_r12_killed_before_postgresql_commits_nothing_was_restored(empty: Command, backup: Path) -> None:
    url = {"DATABASE_URL": new_database(postgres_server())}
    killed(empty, "unit.before_commit", "restore", str(backup), **url)
    with closing(Database(url["DATABASE_URL"])) as database, database.read_unit() as session:
        assert session.scalar(text("SELECT count(*) FROM users")) == 0
    assert empty.json("restore", str(backup), **url)["ok"] is True


# --- refused


def test_an_install_that_holds_anything_stays_as_it_is(
    install: Command, empty: Command, backup: Path
) -> None:
    with closing(embedded(install)) as database:
        before = seen(database, install.folder / "data")
    assert "The database already holds rows (" in install("restore", str(backup), code=1)
    with closing(embedded(install)) as database:
        assert seen(database, install.folder / "data") == before
        database.ping()
        assert "is in use (database is locked). Stop the server" in install("restore", str(backup), code=1)
    (empty.folder / "data" / "objects" / "2026" / "11" / "22").mkdir(parents=True)
    (empty.folder / "data" / "objects" / "2026" / "11" / "22" / ("x" * 43)).write_bytes(b"another's")
    assert "already holds objects of another install" in empty("restore", str(backup), code=1)
    assert is_empty(empty)
    # A schema without rows is as good as nothing.
    shutil.rmtree(empty.folder / "data")
    empty("migrate")
    log_of_another(empty.folder / "data")
    assert "Proven: " in empty("restore", str(backup))
    with closing(embedded(empty)) as database, closing(embedded(install)) as before_it:
        assert seen(database, empty.folder / "data") == seen(before_it, install.folder / "data")


def test_an_install_of_another_version_is_neither_restored_into_nor_brought_to_the_present(
    empty: Command, backup: Path
) -> None:
    url = new_database(postgres_server())
    with closing(Database(url)) as older:
        runner.upgrade(older, "20261122_core")
        assert "it is of another version." in empty("restore", str(backup), code=1, DATABASE_URL=url)
        with older.read_unit() as session:
            assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == ["20261122_core"]


def test_a_backup_is_never_written_over(install: Command, backup: Path) -> None:
    before = sha256_of(backup / "insurenz.db")
    assert "is there already; name a new one." in install("backup", str(backup), code=1)
    assert sha256_of(backup / "insurenz.db") == before


def change(backup: Path, **what: Any) -> None:
    """Change what the manifest says."""
    manifest = json.loads((backup / "manifest.json").read_text())
    (backup / "manifest.json").write_text(json.dumps(manifest | what))


def test_what_is_not_what_was_backed_up_is_refused(empty: Command, backup: Path) -> None:
    database, kept = backup / "insurenz.db", (backup / "manifest.json").read_text()
    change(backup, format=2, version="9.0")
    assert "was made by another version of this program (9.0)." in empty("restore", str(backup), code=1)
    (backup / "manifest.json").write_text("{")
    assert "manifest.json is damaged." in empty("restore", str(backup), code=1)
    (backup / "manifest.json").write_text(kept)
    content = bytearray(database.read_bytes())
    content[5000] ^= 1
    database.write_bytes(content)
    assert "insurenz.db is not what was backed up: its hash is another one." in empty(
        "restore", str(backup), code=1
    )
    assert is_empty(empty)


# --- other versions, and keys


def test_r12_an_older_backup_is_brought_to_the_present_schema(empty: Command, backup: Path) -> None:
    with closing(Database(f"sqlite:///{backup / 'insurenz.db'}")) as old:
        runner.downgrade(old, "20261128_documents")
    change(backup, revision="20261128_documents", database_sha256=sha256_of(backup / "insurenz.db"))
    shown = empty("restore", str(backup))
    assert "brought from 20261128_documents to the present schema.\nProven: " in shown
    assert "is at the present schema" in empty("migrate")


def test_a_newer_backup_is_refused(empty: Command, backup: Path) -> None:
    with closing(Database(f"sqlite:///{backup / 'insurenz.db'}")) as newer, newer.unit_of_work() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '20991231_later'"))
    change(
        backup, revision="20991231_later", version="9.0", database_sha256=sha256_of(backup / "insurenz.db")
    )
    assert "The backup was made by a newer version (9.0)" in empty("restore", str(backup), code=1)
    assert is_empty(empty)


def test_a_backup_of_what_is_encrypted_holds_nothing_in_plain_and_needs_its_key(
    install: Command, empty: Command, tmp_path: Path
) -> None:
    install("encryption", "rotate", ENCRYPTION_KEY=KEY)
    backup = tmp_path / "backup"
    # Another that the install could read with is not needed.
    shown = install("backup", str(backup), ENCRYPTION_KEY=f"{KEY},{ANOTHER_KEY}")
    assert "Not in it, to be kept apart: JWT_SECRET_KEY, ENCRYPTION_KEY" in shown
    key_id = vault.Vault.of(KEY).keys[0].id
    assert f"It can be read with the key {key_id} of ENCRYPTION_KEY only.\n" in shown
    everything = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    assert (b"%PDF-" in everything, "Brüche".encode() in everything, KEY.encode() in everything) == (
        False,
    ) * 3
    assert "add that to ENCRYPTION_KEY" in empty("restore", str(backup), code=1)
    assert is_empty(empty)
    assert empty.json("restore", str(backup), ENCRYPTION_KEY=KEY)["ok"] is True
    vault.use("")


def test_of_a_bucket_with_copies_of_its_own_the_database_is_enough(
    install: Command, empty: Command, tmp_path: Path
) -> None:
    bucket = swift_server().environment()
    install("move", "documents", **bucket)
    assert "without the 3 documents" in install(
        "backup", str(tmp_path / "backup"), "--database-only", **bucket
    )
    assert not (tmp_path / "backup" / "objects").exists()
    # What has come into the bucket since is no hindrance.
    put(make_store("local", tmp_path, **{name.lower(): value for name, value in bucket.items()}), b"later")
    assert "Proven: " in empty("restore", str(tmp_path / "backup"), **bucket)
