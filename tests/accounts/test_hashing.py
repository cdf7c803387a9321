"""Hashing behind a small pool: memory stays bounded, what is too much is refused at once, others are served."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from insurenz.accounts import passwords
from insurenz.accounts.hashing import Hasher
from insurenz.core.errors import Unavailable
from tests.actors import PASSWORD, Api, Cast
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS, soon


class Slow:
    """Stands for the hash function: holds each call until released, and counts how many are inside."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def __call__(self, password: str) -> str:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        assert self.release.wait(PATIENCE_SECONDS)
        with self._lock:
            self.inside -= 1
        return password


def test_a07_two_hash_at_once_and_what_does_not_fit_the_queue_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, hasher = Slow(), Hasher(queue=8)
    monkeypatch.setattr(passwords, "hashed", slow)

    async def storm() -> list[str | BaseException]:
        tries = [asyncio.create_task(hasher.hashed(str(n))) for n in range(200)]
        assert await asyncio.to_thread(soon, lambda: slow.inside == 2)
        slow.release.set()
        return await asyncio.gather(*tries, return_exceptions=True)

    results = asyncio.run(storm())
    refused = [r for r in results if isinstance(r, Unavailable)]
    assert (len(refused), len(results) - len(refused), slow.most) == (190, 10, 2)
    assert {r.headers["Retry-After"] for r in refused} == {"2"}
    assert asyncio.run(hasher.hashed("after")) == "after"
    hasher.close()


def test_a07_who_gives_up_waiting_frees_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, hasher = Slow(), Hasher(queue=1)
    monkeypatch.setattr(passwords, "hashed", slow)

    async def give_up() -> None:
        tries = [asyncio.create_task(hasher.hashed(str(n))) for n in range(3)]
        assert await asyncio.to_thread(soon, lambda: slow.inside == 2)
        for task in tries:
            task.cancel()
        await asyncio.gather(*tries, return_exceptions=True)
        slow.release.set()

    asyncio.run(give_up())
    assert soon(lambda: hasher._waiting == 0)
    hasher.close()


def test_a07_a_full_queue_answers_503_and_no_connection_waits(api: Api, cast: Cast) -> None:
    api.app.state.gate.hasher._waiting = 10_000
    answer = api.nobody.post("/auth/login", json={"email": "asha@demo.example", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "busy", "2")
    assert api.as_(cast.asha).get("/auth/me").status_code == 200
    api.app.state.gate.hasher._waiting = 0


@pytest.mark.load
def test_a07_two_hundred_logins_at_once_cost_little_memory_and_others_are_served(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    try:
        token, before = server.sign_in("asha@demo.example"), server.resident_mb()
        waits, peak, is_over = [], [before], threading.Event()

        def others() -> None:
            while not is_over.is_set():
                started = time.perf_counter()
                assert server.call("GET", "/auth/me", token=token).status == 200
                waits.append(time.perf_counter() - started)
                peak.append(server.resident_mb())

        def log_in(_: int) -> int:
            login = {"email": "asha@demo.example", "password": PASSWORD}
            return server.call("POST", "/auth/login", json_body=login).status

        watcher = threading.Thread(target=others)
        watcher.start()
        with ThreadPoolExecutor(200) as pool:
            codes = list(pool.map(log_in, range(200)))
        is_over.set()
        watcher.join()
    finally:
        server.stop()
    growth, p99 = max(peak) - before, sorted(waits)[int(len(waits) * 0.99)]
    print(
        f"RSS +{growth:.0f} MB, p99 of others {p99 * 1000:.0f} ms of {len(waits)}, {codes.count(200)} signed in"
    )
    assert set(codes) <= {200, 429, 503}
    assert codes.count(200) >= 66
    assert growth <= 200
    assert p99 <= 0.3
