"""Copying objects to another store: previews go along, what has lost them has them made again, and damage is named."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from insurenz.core.db import Database
from insurenz.core.storage import ObjectStore
from insurenz.documents.models import Document
from insurenz.documents.moving import Moved, copy
from insurenz.documents.previews import preview_keys
from tests.documents.test_scrub import document
from tests.stores import got, make_store, put


def with_preview(database: Database, store: ObjectStore, kind: str) -> tuple[str, str]:
    """A document that has been made a preview of this kind."""
    document_id, key = document(database, store)
    for each in preview_keys(key, kind):
        put(store, f"preview {each}".encode(), each)
    with database.unit_of_work() as session:
        session.execute(update(Document).where(Document.id == document_id).values(preview=kind))
    return document_id, key


def kinds(database: Database) -> dict[str, str | None]:
    with database.read_unit() as session:
        return dict(session.execute(select(Document.id, Document.preview)).all())


def test_previews_go_along_and_those_that_are_lost_are_made_again(
    database: Database, store: ObjectStore, tmp_path: Path
) -> None:
    source = make_store("local", tmp_path / "source")
    picture, words, bare = (with_preview(database, source, kind) for kind in ("image", "text", "none"))
    lost = with_preview(database, source, "image")
    source.delete(f"{lost[1]}-large")
    assert copy(database, source, store) == Moved(copied=4, copied_bytes=4 * 13, without_preview=1)
    for key in (picture[1], words[1]):
        for each in preview_keys(key, "text"):
            assert got(store, each) == f"preview {each}".encode()
    assert got(store, f"{picture[1]}-small") == f"preview {picture[1]}-small".encode()
    assert kinds(database) == {picture[0]: "image", words[0]: "text", bare[0]: "none", lost[0]: None}
    assert copy(database, source, store) == Moved(already=4)


def test_an_object_that_does_not_decrypt_is_altered_and_the_others_are_copied(
    database: Database, store: ObjectStore, tmp_path: Path
) -> None:
    source = make_store("encrypted", tmp_path / "source")
    damaged, whole = document(database, source), document(database, source)
    file = tmp_path / "source" / "objects" / damaged[1]
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    assert copy(database, source, store) == Moved(copied=1, copied_bytes=13, altered_ids=[damaged[0]])
    assert [entry.key for entry in store.entries()] == [whole[1]]


def test_more_than_a_page(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insurenz.documents.moving.PAGE", 3)
    source, target = (make_store("local", tmp_path / name) for name in ("source", "target"))
    for _ in range(7):
        document(database, source)
    told: list[int] = []
    assert copy(database, source, target, told.append).copied == 7
    assert told == [1, 2, 3, 4, 5, 6, 7]
