"""Definitions are pinned at the start: a version keeps its text, and older ones stay for the claims that follow them."""

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from insurenz.core.db import Database, Session
from insurenz.definitions import service
from insurenz.definitions.errors import PinnedTextChanged
from insurenz.definitions.models import WorkflowDefinition
from insurenz.definitions.queries import stored
from insurenz.workflow import Definition, Registry, UnknownWorkflow, load, load_registry


def registry() -> Registry:
    return load_registry()


def with_retail(text: str) -> Registry:
    """The shipped definitions with another retail instead of the shipped one."""
    shipped = registry()
    other = replace(load(text), common=shipped.common.events)
    kept = {key: value for key, value in shipped.versions.items() if key[0] != "retail"}
    return replace(
        shipped,
        newest={**shipped.newest, "retail": other},
        versions={**kept, ("retail", other.version): other},
    )


def retail() -> Definition:
    return registry().current("retail")


def raised() -> str:
    return retail().source.text.replace("version: 2", "version: 3", 1).replace("Start review", "Begin review")


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(WorkflowDefinition)) or 0


def test_the_first_start_keeps_name_version_and_text_of_each(db: Session) -> None:
    service.pin(db, registry())
    kept = stored(db)
    assert set(kept) >= {("retail", 2), ("hospital", 5), ("common", 3)}
    row = kept["retail", 2]
    assert row.text == retail().source.text
    assert row.sha256 == hashlib.sha256(row.text.encode()).hexdigest()


def test_later_starts_change_nothing(db: Session) -> None:
    service.pin(db, registry())
    before = {key: (row.text, row.first_seen_at) for key, row in stored(db).items()}
    service.pin(db, registry())
    db.expire_all()
    assert {key: (row.text, row.first_seen_at) for key, row in stored(db).items()} == before


def test_the_same_version_with_another_text_refuses_to_start_and_says_what_to_do(db: Session) -> None:
    service.pin(db, registry())
    before = count(db)
    changed = with_retail(retail().source.text + "\n# a harmless remark\n")
    with pytest.raises(PinnedTextChanged, match=r"retail version 2 .* give the new text `version: 3`"):
        service.pin(db, changed)
    assert count(db) == before


def test_a_raised_version_starts_and_older_claims_keep_theirs(db: Session) -> None:
    service.pin(db, registry())
    running = service.pin(db, with_retail(raised()))
    assert running.current("retail").version == 3
    labels = [running.pinned("retail", version).moves("start_review")[0].label for version in (2, 3)]
    assert labels == ["Start review", "Begin review"]
    old = service.definition(db, running, "retail", 2)
    assert (old.version, "claim_message" in old.common) == (2, True)


def test_a_version_pinned_by_a_process_started_later_is_read_from_the_database(db: Session) -> None:
    running = service.pin(db, registry())
    service.pin(db, with_retail(raised()))
    assert service.definition(db, running, "retail", 3).moves("start_review")[0].label == "Begin review"


def test_a_version_that_nobody_ever_had_is_unknown(db: Session) -> None:
    running = service.pin(db, registry())
    with pytest.raises(UnknownWorkflow, match="retail version 7"):
        service.definition(db, running, "retail", 7)


def test_a_version_that_a_newer_process_pinned_is_found_by_an_older_one(database: Database) -> None:
    with database.unit_of_work() as session:
        older = service.Definitions(database, service.pin(session, registry()))
    with database.unit_of_work() as session:
        service.pin(session, with_retail(raised()))
    labels = [older.pinned("retail", version).transitions[1].label for version in (2, 3, 3)]
    assert labels == ["Start review", "Begin review", "Begin review"]
    assert older.current("retail").version == 2
    with pytest.raises(UnknownWorkflow):
        older.pinned("retail", 4)
