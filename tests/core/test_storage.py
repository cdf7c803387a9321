"""The object stores, by one contract for both: whole or not at all, and never outside their place."""

import os
import shutil
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insurenz.core.errors import Unavailable
from insurenz.core.storage import LocalStore, ObjectMissing, ObjectStore, StoreFailed, new_key, syncing
from insurenz.core.storage.encrypted import HEAD_BYTES, TAG_BYTES, EncryptedStore
from tests.stores import got, make_store, put, sha256, spools
from tests.waiting import PATIENCE_SECONDS

MB = 1024 * 1024


@pytest.fixture(params=["local", "encrypted", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store of each kind, and a local one that encrypts."""
    return make_store(request.param, tmp_path)


LONG_AGO = timedelta(hours=-1)
SOON = timedelta(hours=1)


def test_an_object_is_read_as_it_was_written(store: ObjectStore) -> None:
    key = new_key()
    writer = store.create(key)
    writer.write([b"one", b"two"])
    writer.write([b"three"])
    writer.commit(sha256(b"onetwothree"))
    assert got(store, key) == b"onetwothree"


@pytest.mark.parametrize("size", [1, 5 * MB, 5 * MB + 1, 12 * MB])
def test_an_object_of_any_size_is_the_same_when_it_is_read(store: ObjectStore, size: int) -> None:
    content = os.urandom(size)
    key = put(store, content)
    pieces = list(store.read(key))
    assert b"".join(pieces) == content
    assert max(len(piece) for piece in pieces) < 3 * MB


def test_what_was_written_lies_in_the_spool_and_nobody_sees_it_before_commit(
    store: ObjectStore, tmp_path: Path
) -> None:
    key = new_key()
    writer = store.create(key)
    assert spools(tmp_path) == []
    writer.write([b"ha"])
    writer.write([b"lf"])
    assert (writer.path.read_bytes(), spools(tmp_path)) == (b"half", [writer.path])
    assert (store.has(key), list(store.entries())) == (False, [])
    with pytest.raises(ObjectMissing):
        store.read(key)
    writer.abort()
    assert (store.has(key), list(store.entries()), spools(tmp_path)) == (False, [], [])


def test_a_commit_leaves_the_object_and_no_spool(store: ObjectStore, tmp_path: Path) -> None:
    key = put(store, b"whole")
    assert (store.has(key), spools(tmp_path)) == (True, [])


def test_an_abort_after_commit_changes_nothing(store: ObjectStore) -> None:
    key = new_key()
    writer = store.create(key)
    writer.write([b"whole"])
    writer.commit(sha256(b"whole"))
    writer.abort()
    assert got(store, key) == b"whole"


def test_an_object_without_a_byte_is_none(store: ObjectStore, tmp_path: Path) -> None:
    writer = store.create(new_key())
    with pytest.raises(ValueError, match="nothing was written"):
        writer.commit(sha256(b""))
    writer.abort()
    assert (list(store.entries()), spools(tmp_path)) == ([], [])


def test_what_is_deleted_is_gone_and_deleting_twice_is_harmless(store: ObjectStore) -> None:
    key, other = put(store, b"x"), put(store, b"y")
    store.delete(key)
    store.delete(key)
    assert ([entry.key for entry in store.entries()], store.has(key)) == ([other], False)
    with pytest.raises(ObjectMissing):
        store.read(key)


@pytest.mark.parametrize(
    "key",
    ["../../etc/passwd", "/etc/passwd", "2026/../x", "2026//x", "2026/.incoming", "a b", "a\0", "a\\b", ""],
)
def test_a_key_cannot_lead_outside(store: ObjectStore, key: str) -> None:
    for call in (store.create, store.read, store.has, store.delete):
        with pytest.raises(ValueError, match="outside"):
            call(key)


def test_every_object_is_listed_with_its_size_and_time(store: ObjectStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    keys = {put(store, b"x" * size): size for size in (1, 2, 3)}
    unfinished = store.create(new_key())
    unfinished.write([b"x"])
    entries = list(store.entries())
    unfinished.abort()
    around = HEAD_BYTES + TAG_BYTES if isinstance(store, EncryptedStore) else 0
    assert {entry.key: entry.size - around for entry in entries} == keys
    assert [
        e for e in entries if not before <= e.modified_at <= datetime.now(UTC) + timedelta(seconds=5)
    ] == []


def test_the_objects_of_a_day_are_listed_and_no_others(store: ObjectStore) -> None:
    names = ["2026/11/02/a", "2026/11/02/b", "2026/11/22/c", "2027/11/02/d"]
    for name in names:
        put(store, b"x", name)
    listed = {
        day: sorted(e.key for e in store.entries(day))
        for day in ("2026/11/02", "2026/11", "2026/11/2", "2025/01/01")
    }
    assert listed == {"2026/11/02": names[:2], "2026/11": names[:3], "2026/11/2": [], "2025/01/01": []}


def test_more_objects_than_a_page_of_a_listing_are_all_listed(store: ObjectStore) -> None:
    keys = {put(store, b"x") for _ in range(105)}
    assert {entry.key for entry in store.entries()} == keys


def test_what_a_crash_left_half_written_is_found_by_its_age(store: ObjectStore) -> None:
    crashed = store.create(new_key())
    crashed.write([b"half"])
    now = datetime.now(UTC)
    assert list(store.leftovers(now + LONG_AGO)) == []
    assert list(store.leftovers(now + SOON)) == [crashed.path]
    crashed.abort()
    assert list(store.leftovers(now + SOON)) == []


def test_many_write_at_the_same_time(store: ObjectStore, tmp_path: Path) -> None:
    contents = [bytes([n]) * (n * 1000 + 1) for n in range(32)]
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda content: put(store, content), contents))
    assert [got(store, key) for key in keys] == contents
    assert spools(tmp_path) == []


def test_a_store_hands_out_no_links_unless_told_to(store: ObjectStore) -> None:
    assert store.link(put(store, b"x"), seconds=60, headers={}) is None


def test_keys_are_random_under_their_day() -> None:
    first, second = new_key(), new_key()
    assert first != second
    assert len(first.split("/")) == 4


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    """An empty local store."""
    return LocalStore(tmp_path / "objects")


def full(_handle: int) -> None:
    raise OSError(28, "No space left on device")


def test_r05_a_disk_that_takes_nothing_is_a_clean_refusal(local: LocalStore, tmp_path: Path) -> None:
    (tmp_path / "objects" / ".incoming").rmdir()
    with pytest.raises(Unavailable) as refusal:
        local.create(new_key()).write([b"x"])
    assert (refusal.value.status, refusal.value.code, refusal.value.headers["Retry-After"]) == (
        503,
        "store_failed",
        "2",
    )


@pytest.mark.parametrize("call", ["fdatasync", "fsync"])
def test_r05_a_disk_that_fills_up_at_the_last_moment_leaves_nothing_unfinished(
    local: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    put(local, b"the folder of the day is there")
    writer = local.create(new_key())
    writer.write([b"x"])
    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(Unavailable, match=r"\(No space left on device\)"):
            writer.commit(sha256(b"x"))
    writer.abort()
    assert spools(tmp_path) == []
    assert got(local, put(local, b"y")) == b"y"


class Syncs:
    """Stands in for fsync of folders: holds the first one up, counts them, and knows which names they made durable."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.durable = 0, set[str]()
        self.first_began, self.go_on = threading.Event(), threading.Event()
        self.joined = joined = threading.Semaphore(0)
        self.error: OSError | None = None

        class Watched(Future[None]):
            def result(self, timeout: float | None = None) -> None:
                joined.release()
                super().result(timeout)

        monkeypatch.setattr(syncing, "Future", Watched)
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, folder: int) -> None:
        self.count += 1
        names = os.listdir(folder)
        if self.count == 1:
            self.first_began.set()
            assert self.go_on.wait(PATIENCE_SECONDS)
        elif self.error is not None:
            raise self.error
        self.durable.update(names)


def commit_while_syncing(local: LocalStore, syncs: Syncs) -> "list[Future[bool]]":
    """One commit, and 7 more while its folder is being synced; whether each name was durable when it returned."""

    def commit() -> bool:
        return put(local, b"x").rpartition("/")[2] in syncs.durable

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(commit)
        assert syncs.first_began.wait(PATIENCE_SECONDS)
        others = [pool.submit(commit) for _ in range(7)]
        for _ in range(6):
            # The seventh syncs for them all.
            assert syncs.joined.acquire(timeout=PATIENCE_SECONDS)
        syncs.go_on.set()
    return [first, *others]


def test_those_who_commit_at_the_same_time_share_a_sync_that_began_after_their_renames(
    local: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(local, b"the folder of the day is there")
    syncs = Syncs(monkeypatch)
    assert [each.result() for each in commit_while_syncing(local, syncs)] == [True] * 8
    assert syncs.count == 2


def test_a_sync_that_fails_fails_everybody_who_shared_it(
    local: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(local, b"the folder of the day is there")
    syncs = Syncs(monkeypatch)
    syncs.error = OSError(5, "Input/output error")
    first, *others = commit_while_syncing(local, syncs)
    assert first.result() is True
    assert [type(other.exception()) for other in others] == [StoreFailed] * 7
    assert syncs.count == 2
    syncs.error = None
    put(local, b"and the next one is tried anew")
    assert syncs.count == 3


def test_the_folder_of_a_day_is_made_durable_once(
    local: LocalStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(syncing, "_sync", synced.append)
    put(local, b"x", "2026/11/22/a")
    put(local, b"y", "2026/11/22/b")
    top = tmp_path / "objects"
    day = top / "2026" / "11" / "22"
    assert synced == [top, top / "2026", day.parent, day, day]


def test_folders_that_somebody_removed_are_made_again(local: LocalStore, tmp_path: Path) -> None:
    put(local, b"x", "2026/11/22/a")
    shutil.rmtree(tmp_path / "objects" / "2026")
    assert got(local, put(local, b"y", "2026/11/22/b")) == b"y"
