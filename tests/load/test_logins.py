"""A-07: a burst of logins on a real server costs little memory, and nobody else waits for it."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.actors import PASSWORD
from tests.server import Answer, Server

QUEUE = 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on which few may wait for the password hasher, so that a burst is over soon."""
    folder = tmp_path / "data"
    folder.mkdir()
    running = Server(folder).start(INSURENZ_LIMITS__HASH_QUEUE=str(QUEUE))
    yield running
    running.kill()


def test_a07_two_hundred_logins_at_once_are_taken_or_put_off(server: Server) -> None:
    token, before = server.sign_in("asha@demo.example"), server.resident_mb()
    waits, peak, is_over = [], [before], threading.Event()

    def work_meanwhile() -> None:
        while not is_over.is_set():
            started = time.perf_counter()
            assert server.call("GET", "/policies/my", token=token).status == 200
            waits.append(time.perf_counter() - started)
            peak.append(server.resident_mb())

    def log_in(number: int) -> Answer:
        email = ("asha", "vikram", "nobody")[number % 3]
        login = {"email": f"{email}@demo.example", "password": PASSWORD}
        return server.call("POST", "/auth/login", json_body=login)

    others = threading.Thread(target=work_meanwhile)
    others.start()
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(log_in, range(200)))
    is_over.set()
    others.join()
    codes = Counter(answer.status for answer in answers)
    waits.sort()
    print(
        f"{dict(codes)}, RSS +{max(peak) - before:.0f} MB, others: {len(waits)} answers, "
        f"median {waits[len(waits) // 2] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms"
    )
    # 401 is the answer to whom the hasher found to be unknown: they, too, cost one hash.
    assert set(codes) <= {200, 401, 429, 503}
    assert codes[200] + codes[401] >= QUEUE
    assert codes[503] > 0
    put_off = [answer for answer in answers if answer.status in (429, 503)]
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in put_off)
    assert max(peak) - before <= 200
    assert len(waits) > 1
