"""U-03 on a real server: senders of too much are stopped early, and the server does not grow meanwhile."""

import http.client
import json
import select
import socket
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from tests.installs import demo_server
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS

MIB = 1024 * 1024
GIB = 1024 * MIB
HEAD = b'--B\r\nContent-Disposition: form-data; name="files"; filename="scan%d.pdf"\r\n\r\n%%PDF-1.7\n'
PIECE = b"0" * (256 * 1024)
GROWTH_MB = 50


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo world, without rate limits."""
    folder = tmp_path_factory.mktemp("limits") / "data"
    # Pictures that are made meanwhile are objects, too.
    running = demo_server(folder, request.param, INSURENZ_DOCUMENTS__PREVIEWS="off")
    yield running.start()
    running.stop()


@pytest.fixture
def asha(server: Server) -> str:
    """An access token of the policyholder."""
    return server.sign_in("asha@demo.example")


def send(
    server: Server, token: str, path: str, pieces: Iterable[bytes], length: int | None
) -> dict[str, Any]:
    """Send a body until the server has answered or hung up.

    Tells status and code, how many bytes were sent, and by how much the server's memory grew meanwhile.
    """
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{framing}\r\n"
        "Content-Type: multipart/form-data; boundary=B\r\n\r\n"
    )
    sent, before = 0, server.resident_mb()
    most = before
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS) as line:
        line.sendall(head.encode())
        for piece in pieces:
            if select.select([line], [], [], 0)[0]:
                break
            try:
                line.sendall(piece if length is not None else b"%x\r\n%s\r\n" % (len(piece), piece))
            except (BrokenPipeError, ConnectionResetError):
                break
            sent += len(piece)
            most = max(most, server.resident_mb())
        answer = _received(line)
    status, _, rest = answer.partition(b"\r\n")
    problem = json.loads(rest.partition(b"\r\n\r\n")[2])
    grown = max(most, server.resident_mb()) - before
    return {"status": int(status.split()[1]), "code": problem["code"], "sent": sent, "grown": grown}


def objects(server: Server) -> set[Path]:
    """Every file in the store and its spools."""
    return {each for each in (server.folder / "objects").rglob("*") if each.is_file()}


def _received(line: socket.socket) -> bytes:
    answer = b""
    try:
        while piece := line.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def one_file() -> Iterator[bytes]:
    """5 GB of one file."""
    yield HEAD % 1
    yield from islice(cycle([PIECE]), 5 * GIB // len(PIECE))


def many_files() -> Iterator[bytes]:
    """5 GB in files that are each small enough."""
    for number in range(5 * GIB // (9 * MIB)):
        yield HEAD % number
        yield from islice(cycle([PIECE]), 9 * MIB // len(PIECE))
        yield b"\r\n"


def one_field() -> Iterator[bytes]:
    """5 GB of a text."""
    yield b'--B\r\nContent-Disposition: form-data; name="description"\r\n\r\n'
    yield from islice(cycle([PIECE]), 5 * GIB // len(PIECE))


def many_parts() -> Iterator[bytes]:
    """10,000 fields."""
    for number in range(10_000):
        yield b'--B\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % number


def a_header() -> Iterator[bytes]:
    """5 GB of a file's name."""
    yield b'--B\r\nContent-Disposition: form-data; name="files"; filename="'
    yield from islice(cycle([PIECE]), 5 * GIB // len(PIECE))


# What is sent, and when at the latest it is refused: what lies in the buffers between both comes on top.
ON_THE_WAY = 16 * MIB
CASES: dict[str, tuple[Any, int, str, int]] = {
    "one file": (one_file, 413, "too_large", 10 * MIB),
    "many files": (many_files, 413, "request_too_large", 100 * MIB),
    "one field": (one_field, 413, "too_large", MIB),
    "many parts": (many_parts, 413, "too_many_parts", MIB),
    "a header": (a_header, 422, "invalid", MIB),
}


@pytest.mark.parametrize("path", ["/claims", "/uploads"])
@pytest.mark.parametrize("case", CASES)
def test_u03_a_body_without_end_is_refused_early_with_flat_memory(
    server: Server, asha: str, case: str, path: str
) -> None:
    pieces, status, code, most = CASES[case]
    if (case, path) == ("many files", "/uploads"):
        code, most = "too_many_files", 10 * MIB
    before = objects(server)
    told = send(server, asha, path, pieces(), None)
    assert (told["status"], told["code"]) == (status, code)
    assert told["sent"] <= most + ON_THE_WAY
    assert told["grown"] <= GROWTH_MB
    assert objects(server) == before


def test_u03_a_declared_length_of_5_gb_is_refused_before_it_is_read(server: Server, asha: str) -> None:
    told = send(server, asha, "/claims", one_file(), 5 * GIB)
    assert (told["status"], told["code"]) == (413, "body_too_large")
    assert told["sent"] <= ON_THE_WAY
    assert told["grown"] <= GROWTH_MB


def test_u03_who_may_not_send_is_told_before_the_body_is_read(server: Server) -> None:
    told = send(server, "garbage", "/claims", one_file(), None)
    assert (told["status"], told["code"]) == (401, "not_authenticated")
    assert told["sent"] <= ON_THE_WAY


def test_a_refused_form_of_declared_length_leaves_its_connection_usable(server: Server, asha: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    headers = {"Authorization": f"Bearer {asha}", "Content-Type": "multipart/form-data; boundary=B"}
    for _ in range(2):
        line.request("POST", "/uploads", HEAD % 1 + PIECE * 100, headers)
        answer = line.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (413, "too_large")
        assert answer.getheader("connection") is None
    line.close()


def test_u03_the_day_ends_in_the_middle_of_a_file(tmp_path: Path) -> None:
    more = {"INSURENZ_DOCUMENTS__MAX_DAY_BYTES": str(2 * MIB), "INSURENZ_DOCUMENTS__PREVIEWS": "off"}
    server = demo_server(tmp_path / "data", **more)
    server.start(INSURENZ_RATE_LIMIT="on")
    try:
        before = objects(server)
        told = send(server, server.sign_in("asha@demo.example"), "/uploads", one_file(), None)
        assert (told["status"], told["code"]) == (429, "daily_limit")
        assert told["sent"] <= 2 * MIB + ON_THE_WAY
        assert objects(server) == before
    finally:
        server.stop()
