"""R-15: a thousand open streams on a real server hold little memory, and no more after a while of coming and going."""

import random
import resource
import select
import socket
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.claims.stories import INCIDENT
from tests.installs import demo_server
from tests.server import Server

STREAMS, MOST_MB = 1000, 300
SOAK_SECONDS, WARM_SECONDS = 600, 120
FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "Fracture of the left wrist",
    "claim_amount": "10",
}
STATE, TOLD = b"event: state", b"event: notification"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server on which one person may open all of them."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    running = demo_server(tmp_path / "data")
    running.start(INSURENZ_LIMITS__STREAMS_PER_USER=str(STREAMS), ACCESS_TOKEN_EXPIRE_MINUTES="60")
    yield running
    running.kill()


class Crowd:
    """Many streams of one person, read by one who looks at all of them."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token, self.poll = server, token, select.epoll()
        self.sockets: dict[int, socket.socket] = {}

    def open(self, count: int) -> None:
        """Open so many more."""
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", self.server.port))
            head = (
                f"GET /notifications/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n\r\n"
            )
            one.sendall(head.encode())
            self.sockets[one.fileno()] = one
            self.poll.register(one, select.EPOLLIN)
            self.read(STATE, 1)

    def drop(self, count: int, dice: random.Random) -> None:
        """Close so many, without a word."""
        for number in dice.sample(list(self.sockets), count):
            self.poll.unregister(number)
            self.sockets.pop(number).close()

    def read(self, mark: bytes, count: int) -> None:
        """Read until so many events of this kind have come."""
        deadline = time.monotonic() + 60
        while count > 0:
            assert time.monotonic() < deadline, f"{count} are missing"
            for number, _ in self.poll.poll(1):
                piece = self.sockets[number].recv(1 << 16)
                assert piece, "a stream has ended"
                count -= piece.count(mark)

    def close(self) -> None:
        """Close all of them."""
        self.drop(len(self.sockets), random.Random(0))
        self.poll.close()


@pytest.fixture
def crowd(server: Server) -> Iterator[Crowd]:
    """A thousand streams of the processor whom filed claims are told to."""
    made = Crowd(server, server.sign_in("arjun@demo.example"))
    made.open(STREAMS)
    yield made
    made.close()


def file_claim(server: Server, token: str) -> None:
    assert server.call("POST", "/claims", token=token, json_body=FILING).status == 201


def test_r15_a_thousand_open_streams_are_told_within_300_mb(server: Server, crowd: Crowd) -> None:
    asha = server.sign_in("asha@demo.example")
    for _ in range(5):
        file_claim(server, asha)
        crowd.read(TOLD, STREAMS)
    held = server.resident_mb()
    print(f"{held:.0f} MB with {STREAMS} streams")
    assert held <= MOST_MB


@pytest.mark.full
def test_r15_ten_minutes_of_coming_and_going_take_no_memory(server: Server, crowd: Crowd) -> None:
    asha, dice = server.sign_in("asha@demo.example"), random.Random(1)
    held: list[float] = []
    began = time.monotonic()
    while time.monotonic() < began + SOAK_SECONDS:
        crowd.drop(20, dice)
        crowd.open(20)
        file_claim(server, asha)
        crowd.read(TOLD, STREAMS)
        if time.monotonic() > began + WARM_SECONDS:
            held.append(server.resident_mb())
    third = len(held) // 3
    early, late = statistics.median(held[:third]), statistics.median(held[-third:])
    print(f"{early:.1f} MB, then {late:.1f} MB")
    assert late <= early * 1.03 + 1
