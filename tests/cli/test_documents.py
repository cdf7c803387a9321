"""`insurenz documents`, and what `insurenz check` finds out about a bucket by trying it."""

import json
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from insurenz.cli import documents as cli_documents
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore, store_for
from tests import clamd
from tests.clamd import TEST_WORDS
from tests.cli.test_commands import Command
from tests.documents.test_scrub import document as whole_document
from tests.documents.test_sweep import document
from tests.stores import put
from tests.swift import swift_server

BUCKET = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "S3_BUCKET_NAME", "S3_ENDPOINT_URL")


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command on a database of its own."""
    made = Command(tmp_path)
    made("migrate")
    return made


@pytest.fixture
def store(command: Command) -> ObjectStore:
    """Its local store."""
    return store_for(Settings(_env_file=None, data_dir=command.folder / "data"))


@pytest.fixture
def database(command: Command) -> Any:
    """Its database."""
    opened = Database(f"sqlite:///{command.folder / 'data' / 'insurenz.db'}")
    yield opened
    opened.close()


def aged(command: Command, key: str) -> None:
    """Let an object be two days old."""
    os.utime(command.folder / "data" / "objects" / key, (time.time() - 48 * 3600,) * 2)


def test_u10_a_sweep_tells_what_it_removed_and_what_it_would(
    command: Command, database: Database, store: ObjectStore
) -> None:
    document(database, store)
    document(database, store, clock.now() - timedelta(seconds=1))
    orphan = put(store, b"orphan")
    aged(command, orphan)
    what = "1 objects without a row (6 bytes), 1 unused uploads, 0 leftovers."
    assert command("documents", "sweep", "--dry-run") == f"Would remove: {what} Looked at 3 objects.\n"
    assert command("documents", "sweep", "--grace", "72", "--json", "--dry-run").count('"orphans": 0') == 1
    assert command("documents", "sweep") == f"Removed: {what} Looked at 2 objects.\n"
    assert command.json("documents", "sweep") == {
        "ok": True, "is_dry": False, "objects": 1, "orphans": 0, "orphan_bytes": 0, "left_alone": 0,
        "expired": 0, "spools": 0, "missing": 0, "missing_ids": [],
    }  # fmt: skip


def test_u10_a_missing_object_is_named_and_the_exit_code_says_so(
    command: Command, database: Database, store: ObjectStore
) -> None:
    lost, key = document(database, store)
    store.delete(key)
    assert f"missing: the object of document {lost}\n" in command("documents", "sweep", code=1)
    told, _ = json.JSONDecoder().raw_decode(command("documents", "sweep", "--json", code=1))
    assert (told["ok"], told["missing_ids"]) == (False, [lost])


def test_r12_a_scrub_names_what_is_damaged_and_the_exit_code_says_so(
    command: Command, database: Database, store: ObjectStore
) -> None:
    ids = [whole_document(database, store) for _ in range(2)]
    assert command("documents", "scrub") == "Read 2 documents: each is what was sent.\n"
    (command.folder / "data" / "objects" / ids[1][1]).write_bytes(b"what was senu")
    shown = command("documents", "scrub", "--rate", "50", code=1)
    assert f"altered: the object of document {ids[1][0]}\nRead 2 documents: 1 DAMAGED.\n" in shown
    told, _ = json.JSONDecoder().raw_decode(command("documents", "scrub", "--anew", "--json", code=1))
    assert told == {
        "ok": False, "documents": 2, "read_bytes": 26, "faults": [{"document_id": ids[1][0], "wrong": "altered"}],
    }  # fmt: skip


def test_what_was_never_scanned_is_scanned_and_what_is_found_is_named(
    command: Command, database: Database, store: ObjectStore
) -> None:
    assert "There is no scanner. Name one:" in command("documents", "scan", code=1)
    whole_document(database, store)
    found, _ = whole_document(database, store, TEST_WORDS)
    with clamd.scripted() as scanner:
        shown = command("documents", "scan", CLAMD_ADDRESS=scanner.address, code=1)
        assert f"infected: document {found}\nScanned 2 documents: 1 infected.\n" in shown
        assert command.json("documents", "scan", CLAMD_ADDRESS=scanner.address)["documents"] == 0


def test_a_scrub_reads_no_faster_than_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now, waited = [100.0], []
    monkeypatch.setattr(cli_documents.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(cli_documents.time, "sleep", waited.append)
    pace = cli_documents._pace(2)
    pace(1_000_000)
    now[0] += 10
    pace(1_000_000)
    pace(20_000_000)
    assert waited == [0.5, 0.0, 1.0]


def test_a_store_that_looks_foreign_is_left_alone_until_it_is_forced(
    command: Command, store: ObjectStore
) -> None:
    orphan = put(store, b"orphan")
    aged(command, orphan)
    assert "left alone: 1 objects without a row" in command("documents", "sweep", code=1)
    assert store.has(orphan)
    assert command("documents", "sweep", "--force").startswith("Removed: 1 objects without a row (6 bytes)")
    assert not store.has(orphan)


def test_a_bucket_that_does_not_answer_stops_the_sweep_in_a_sentence(command: Command) -> None:
    given = dict(zip(BUCKET, ("a", "b", "documents", "http://127.0.0.1:9"), strict=True))
    shown = command("documents", "sweep", code=1, **given)
    assert "The document store cannot do this now (no answer); nothing was changed." in shown
    assert "Traceback" not in shown


def test_check_tries_the_bucket_and_leaves_nothing_in_it(command: Command) -> None:
    given = swift_server().environment()
    assert command.json("check", **given)["findings"] == []
    store = store_for(
        Settings(_env_file=None, data_dir=command.folder / "data", **{n.lower(): v for n, v in given.items()})
    )  # type: ignore[arg-type]
    assert list(store.entries()) == []
    assert list((command.folder / "data" / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "guessed"}, "error s3_refused: AWS_SECRET_ACCESS_KEY"),
        ({"S3_BUCKET_NAME": "not-there"}, "error s3_bucket_unknown: S3_BUCKET_NAME"),
        ({"AWS_REGION": "eu-west-1"}, "error s3_region_wrong: AWS_REGION"),
        ({"S3_ENDPOINT_URL": "http://127.0.0.1:9"}, "error s3_unreachable: S3_ENDPOINT_URL: The bucket cannot be used (no answer)."),
        ({"S3_ENDPOINT_URL": ""}, "error s3_region_missing: AWS_REGION"),
    ],
)  # fmt: skip
def test_check_says_what_keeps_a_bucket_from_working(
    command: Command, wrong: dict[str, str], told: str
) -> None:
    assert told in command("check", code=1, **swift_server().environment() | wrong)


def test_a_server_without_half_of_its_bucket_does_not_start(command: Command) -> None:
    shown = command("serve", code=1, S3_BUCKET_NAME="documents", AWS_ACCESS_KEY_ID="a", AWS_REGION="x")
    assert shown == (
        "error s3_keys_missing: AWS_SECRET_ACCESS_KEY: A bucket needs a pair of keys: an id and its secret. "
        "For example: AWS_SECRET_ACCESS_KEY=...\n"
    )
