"""The local object store: whole or not at all, and never outside its folder."""

from pathlib import Path

import pytest

from insurenz.core.errors import Unavailable
from insurenz.core.storage import LocalStore, ObjectMissing, new_key


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    """An empty store."""
    return LocalStore(tmp_path / "objects")


def files(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "objects").rglob("*") if path.is_file()]


def test_an_object_is_read_as_it_was_written(store: LocalStore) -> None:
    key, writer = new_key(), None
    writer = store.create(key)
    writer.write([b"one", b"two"])
    writer.write([b"three"])
    writer.commit()
    assert b"".join(store.read(key)) == b"onetwothree"


def test_nothing_is_seen_before_commit_and_nothing_stays_after_abort(
    store: LocalStore, tmp_path: Path
) -> None:
    key = new_key()
    writer = store.create(key)
    writer.write([b"half"])
    with pytest.raises(ObjectMissing):
        store.read(key)
    writer.abort()
    assert files(tmp_path) == []


def test_an_abort_after_commit_changes_nothing(store: LocalStore) -> None:
    key = new_key()
    writer = store.create(key)
    writer.write([b"whole"])
    writer.commit()
    writer.abort()
    assert b"".join(store.read(key)) == b"whole"


def test_deleting_twice_is_harmless(store: LocalStore, tmp_path: Path) -> None:
    key = new_key()
    writer = store.create(key)
    writer.write([b"x"])
    writer.commit()
    store.delete(key)
    store.delete(key)
    assert files(tmp_path) == []


def test_a_key_cannot_lead_outside(store: LocalStore) -> None:
    with pytest.raises(ValueError, match="outside"):
        store.read("../../etc/passwd")


def test_a_disk_that_takes_nothing_is_a_clean_refusal(store: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "objects" / ".incoming").rmdir()
    with pytest.raises(Unavailable) as refusal:
        store.create(new_key()).write([b"x"])
    assert (refusal.value.status, refusal.value.code, refusal.value.headers["Retry-After"]) == (
        503,
        "store_failed",
        "2",
    )


def test_keys_are_random_under_their_day() -> None:
    first, second = new_key(), new_key()
    assert first != second
    assert len(first.split("/")) == 4
