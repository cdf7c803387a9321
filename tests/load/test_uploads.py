"""Many large uploads at once in both stores, and a quick server while bombs are looked into: the figures, printed.

./test --load -k load/test_uploads -s
"""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.documents.samples import pdf_of_packed_objects, png, png_header, png_picture
from tests.documents.tus import TUS, encoded, long_pdf, sha256
from tests.installs import demo_server
from tests.server import Answer, Server
from tests.swift import swift_server

CLIENTS, SIZE = 16, 10_000_000
# Of all that they send at once.
MOST_GROWTH_MB = CLIENTS * SIZE / 2 / 1024 / 1024
PIECE = 2 * 1024 * 1024
READS, SENDERS = 1000, 4


@contextmanager
def watched(server: Server) -> Iterator[list[float]]:
    """What the server's process holds meanwhile, in MiB."""
    seen, is_over = [server.resident_mb()], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.02):
            seen.append(server.resident_mb())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield seen
    finally:
        is_over.set()
        watching.join()


def send_form(server: Server, token: str, content: bytes, name: str = "bill.pdf") -> Answer:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body, kind = (
        head.encode() + content + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    return server.call("POST", "/uploads", token=token, body=body, headers=kind)


def send_pieces(server: Server, token: str, content: bytes, piece: int = PIECE) -> Answer:
    described = f"filename {encoded('bill.pdf')},sha256 {encoded(sha256(content))}"
    announced = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": described}
    place = server.call("POST", "/uploads", token=token, headers=announced).headers["location"]
    kind = {**TUS, "Content-Type": "application/offset+octet-stream"}
    for start in range(0, len(content), piece):
        headers = kind | {"Upload-Offset": str(start)}
        answer = server.call(
            "PATCH", place, token=token, headers=headers, body=content[start : start + piece]
        )
        assert answer.status == 204, answer.body
    return server.call("GET", place, token=token)


@pytest.mark.load
@pytest.mark.parametrize("store", ["local", "s3"])
def test_u03_sixteen_clients_send_ten_megabytes_each_and_memory_stays_flat(
    tmp_path: Path, store: str
) -> None:
    bucket = swift_server().environment() if store == "s3" else {}
    server = demo_server(tmp_path / "data", "sqlite", **bucket, INSURENZ_DOCUMENTS__PREVIEWS="off").start()
    try:
        token, content = server.sign_in("asha@demo.example"), long_pdf(SIZE)
        ways: dict[str, Callable[[Server, str, bytes], Answer]] = {
            "in forms": send_form,
            "by tus in pieces of 2 MiB": send_pieces,
            "by tus in one piece": partial(send_pieces, piece=SIZE),
        }
        send_form(server, token, content)
        for way, send in ways.items():
            started = time.monotonic()
            with watched(server) as seen, ThreadPoolExecutor(CLIENTS) as clients:
                answers = list(
                    clients.map(lambda _n, send=send: send(server, token, content), range(CLIENTS))
                )
            assert {answer.json()["sha256"] for answer in answers} == {sha256(content)}
            took, growth = time.monotonic() - started, max(seen) - seen[0]
            print(
                f"\n{store}, {way}: {seen[0]:.0f} MiB before, at most {max(seen):.0f} ({growth:+.0f}); {took:.1f} s"
            )
            assert growth < MOST_GROWTH_MB
    finally:
        server.stop()


@pytest.mark.load
def test_u04_the_server_stays_quick_while_bombs_are_looked_into(tmp_path: Path) -> None:
    bombs = {
        "bomb.pdf": pdf_of_packed_objects(150),
        "bomb.png": png(png_header(30_000, 30_000), png_picture(1000)),
    }
    server = demo_server(tmp_path / "data", "sqlite").start()
    try:
        token, is_over = server.sign_in("asha@demo.example"), threading.Event()
        quiet = read(server, token)
        refusals: list[tuple[int, str]] = []

        def throw(number: int) -> None:
            name, content = list(bombs.items())[number % len(bombs)]
            while not is_over.is_set():
                answer = send_form(server, token, content, name)
                refusals.append((answer.status, answer.json().get("code", "")))

        with watched(server) as seen, ThreadPoolExecutor(SENDERS) as senders:
            thrown = [senders.submit(throw, number) for number in range(SENDERS)]
            busy = read(server, token)
            is_over.set()
        for each in thrown:
            each.result()
        for name, times in (("quiet", quiet), ("under bombs", busy)):
            print(f"\n{name}: {describe(times)}", end="")
        print(f"\n{len(refusals)} bombs refused; the server held {seen[0]:.0f} to {max(seen):.0f} MiB")
        assert refusals
        assert set(refusals) <= {(422, "bomb"), (503, "inspection_busy")}
    finally:
        server.stop()


def read(server: Server, token: str) -> list[float]:
    """How long each of many reads takes, in milliseconds."""
    times = []
    for _ in range(READS):
        started = time.perf_counter()
        assert server.call("GET", "/claims", token=token).status == 200
        times.append((time.perf_counter() - started) * 1000)
    return times


def describe(times: list[float]) -> str:
    """Middle and slow ones."""
    cuts = statistics.quantiles(times, n=100)
    return f"p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms"
