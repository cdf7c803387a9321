"""Uploads under kill -9, in both stores: what was acknowledged is there, no row lacks its object, no object stays for nothing.

./test --crash -k crash/test_uploads -s                  prints what was killed where, and what came of it
CRASH_SEED=4711 ./test --crash -k crash/test_uploads     the same kills again;  CRASH_KILLS=20 fewer of them
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from insurenz.core import clock
from insurenz.documents.sweep import sweep
from tests.crash.test_chain import KILLS, MOMENT, SEED, killed
from tests.crash.test_filing import numbers, open_database, store_of, swept_a_day_later
from tests.documents.tus import TUS, encoded, long_pdf, sha256
from tests.server import Answer, Server
from tests.stores import spools
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

POINTS = (
    "store.written",
    "request.before_commit",
    "unit.before_commit",
    "unit.after_commit",
    *[MOMENT] * 4,
)
SENDERS = 3
# The longest is kept in parts while it comes.
FILES = [long_pdf(size) for size in (20_000, 60_000, 200_000, 6_000_000)]
# So that what is to stay stays, and what is nobody's can be told from it.
HOURS = 720


@dataclass
class Sender:
    """Sends one file after the other in pieces, slowly, and goes on where the server says."""

    server: Server
    token: str
    chance: random.Random
    is_over: threading.Event
    whole: dict[str, str] = field(default_factory=dict)
    acknowledged: int = 0
    cut: int = 0
    faults: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Until it is over, and the last file to its end."""
        while not self.is_over.is_set():
            self._one(self.chance.choice(FILES))

    def _one(self, content: bytes) -> None:
        described = f"filename {encoded('bill.pdf')},sha256 {encoded(sha256(content))}"
        announced = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": described}
        place = self._insist(lambda: self._call("POST", "/uploads", announced), 201).headers["location"]
        offset = 0
        while offset < len(content):
            told = self._insist(lambda: self._call("HEAD", place, TUS), 200)
            found = int(told.headers["upload-offset"])
            if found < offset:
                self.faults.append(f"{place}: {found}, although {offset} was acknowledged")
            offset = found
            if offset < len(content):
                offset = self._piece(place, content, offset)
        told = self._insist(lambda: self._call("GET", place, {}), 200).json()
        if told["sha256"] != sha256(content):
            self.faults.append(f"{place}: other bytes")
        self.whole[told["id"]] = told["sha256"]

    def _piece(self, place: str, content: bytes, offset: int) -> int:
        size = self.chance.randint(len(content) // 10, len(content))
        piece = content[offset : offset + size]
        headers = {
            **TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(piece)),
        }
        with suppress(ConnectionError):
            answer = self._call("PATCH", place, headers, _slowly(piece))
            if answer.status == 204:
                self.acknowledged += 1
                return int(answer.headers["upload-offset"])
            # What came before a connection broke may have been noted after it was asked for.
            if answer.status not in (409, 503):
                self.faults.append(f"{answer.status}: {answer.body!r}")
        self.cut += 1
        return offset

    def _insist(self, ask: Callable[[], Answer], status: int) -> Answer:
        """The answer, whatever number of servers had to die for it."""
        while True:
            with suppress(ConnectionError):
                answer = ask()
                if answer.status == status:
                    return answer
                if answer.status < 500:
                    self.faults.append(f"{answer.status}, not {status}: {answer.body!r}")
                    raise AssertionError(self.faults[-1])
            time.sleep(0.05)

    def _call(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Answer:
        return self.server.call(method, path, token=self.token, headers=headers, body=body)


def _slowly(piece: bytes) -> Iterator[bytes]:
    step = len(piece) // 4 + 1
    for start in range(0, len(piece), step):
        yield piece[start : start + step]
        time.sleep(0.01)


@pytest.mark.crash
@pytest.mark.parametrize("store", ["local", "s3"])
def test_r01_u09_u10_uploads_survive_every_kill(tmp_path: Path, store: str) -> None:
    bucket = swift_server().environment() if store == "s3" else {}
    settings = {
        **bucket,
        "INSURENZ_DOCUMENTS__PREVIEWS": "off",
        "INSURENZ_DOCUMENTS__UPLOAD_HOURS": str(HOURS),
        "ACCESS_TOKEN_EXPIRE_MINUTES": "600",
    }
    server, chance, kills = Server(tmp_path / "data", "", settings), random.Random(SEED), Counter[str]()
    server.folder.mkdir()
    server.start()
    token, is_over = server.sign_in("asha@demo.example"), threading.Event()
    server.kill()
    senders = [Sender(server, token, random.Random(SEED + n), is_over) for n in range(SENDERS)]
    threads = [threading.Thread(target=sender.work, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        kills[killed(server, chance, POINTS)] += 1
    server.start()
    is_over.set()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    server.stop()
    counts = {
        "files": sum(len(sender.whole) for sender in senders),
        "pieces acknowledged": sum(sender.acknowledged for sender in senders),
        "pieces cut": sum(sender.cut for sender in senders),
    }
    print(f"\n{store}, CRASH_SEED={SEED}: {kills.total()} kills {dict(kills.most_common())}\n  {counts}")
    assert [fault for sender in senders for fault in sender.faults] == []
    assert [thread for thread in threads if thread.is_alive()] == []
    hold_against_each_other(server, {id_: hash_ for sender in senders for id_, hash_ in sender.whole.items()})


def hold_against_each_other(server: Server, whole: dict[str, str]) -> None:
    """Rows and objects: one of each for the other, and every file that was told to be whole is."""
    swept = swept_a_day_later(server)
    assert (swept.left_alone, swept.missing, spools(server.folder)) == (0, 0, [])
    documents = dict(numbers(server, "SELECT object_key, sha256 FROM documents"))
    parts = {key for (key,) in numbers(server, "SELECT object_key FROM upload_parts")}
    there = store_of(server)
    assert {entry.key for entry in there.entries()} == documents.keys() | parts
    assert {key: sha256(b"".join(there.read(key))) for key in documents} == documents
    uploads = numbers(server, "SELECT id, sha256 FROM documents WHERE expires_at IS NOT NULL")
    assert {str(UUID(str(id_))): hash_ for id_, hash_ in uploads} == whole
    sums = "SELECT coalesce(sum(received), 0) FROM partial_uploads"
    assert numbers(server, sums) == numbers(server, "SELECT coalesce(sum(size), 0) FROM upload_parts")
    database = open_database(server)
    later = clock.now() + timedelta(hours=HOURS + 25)
    sweep(database, there, grace=timedelta(hours=24), now=later, is_forced=True)
    database.close()
    used = {key for (key,) in numbers(server, "SELECT object_key FROM documents WHERE expires_at IS NULL")}
    assert {entry.key for entry in there.entries()} == used
    assert numbers(server, "SELECT count(*) FROM partial_uploads") == [(0,)]
