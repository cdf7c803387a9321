"""Listeners of the live stream: inside a test, step by step; and over the network, on a server."""

import asyncio
import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal

from insurenz.core.permissions import Actor
from insurenz.notifications.hub import Hub
from tests.actors import Api
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS


@dataclass(frozen=True)
class Frame:
    """One event as it was received."""

    id: int
    event: str
    data: dict[str, Any]

    @property
    def item(self) -> Any:
        """The notification it holds."""
        return self.data["item"]


def parsed(text: str) -> list[Frame]:
    """The events of a stream, comments aside."""
    found = []
    for block in text.split("\n\n"):
        if not block or block.startswith(":"):
            continue
        lines = [line.partition(": ") for line in block.split("\n")]
        assert [name for name, _, _ in lines] == ["id", "event", "data"], block
        number, event, data = (value for _, _, value in lines)
        found.append(Frame(int(number), event, json.loads(data)))
    return found


@dataclass
class Ear:
    """One open stream, as a server's protocol holds it. A deaf one takes nothing until it hears again."""

    portal: BlockingPortal
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""
    is_over: bool = False
    is_complete: bool = False
    _begun: threading.Event = field(default_factory=threading.Event)
    _pieces: "queue.Queue[str]" = field(default_factory=queue.Queue)
    _frames: list[Frame] = field(default_factory=list)

    def open(self, app: Any, headers: dict[str, str], query: str = "") -> "Ear":
        """Ask for the stream, and wait until it has begun, or was refused."""
        self.portal.call(self._prepare)
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/notifications/stream",
            "query_string": query.encode(),
            "headers": [(n.lower().encode(), v.encode()) for n, v in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        self.portal.start_task_soon(self._run, app, scope)
        assert self._begun.wait(PATIENCE_SECONDS)
        return self

    async def _prepare(self) -> None:
        self._left, self._hears = asyncio.Event(), asyncio.Event()
        self._hears.set()

    async def _run(self, app: Any, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self._receive, self._send)
        finally:
            self.is_over = True
            self._pieces.put("")
            self._begun.set()

    async def _receive(self) -> dict[str, Any]:
        if not hasattr(self, "_asked"):
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._hears.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        piece = message["body"].decode()
        self.text += piece
        self.is_complete = not message.get("more_body", False)
        self._pieces.put(piece)
        self._begun.set()

    def next(self) -> Frame:
        """The next event; waits for it."""
        while not self._frames:
            piece = self._pieces.get(timeout=PATIENCE_SECONDS)
            assert not self.is_over or piece, "the stream has ended"
            self._frames += parsed(piece)
        return self._frames.pop(0)

    def rest(self) -> list[Frame]:
        """What has come and was not looked at yet, once everything that was on its way has arrived."""
        self.settle()
        while not self._pieces.empty():
            self._frames += parsed(self._pieces.get())
        frames, self._frames = self._frames, []
        return frames

    def shown(self) -> list[tuple[int, str]]:
        """Id and kind of what has come."""
        return [(frame.id, frame.event) for frame in self.rest()]

    def settle(self) -> None:
        """Let everything happen that is about to."""

        async def wait() -> None:
            for _ in range(20):
                await asyncio.sleep(0)

        self.portal.call(wait)

    def be_deaf(self) -> None:
        """Take nothing from now on."""
        self.portal.call(self._hears.clear)

    def hear(self) -> None:
        """Take what is sent again."""
        self.portal.call(self._hears.set)
        self.settle()

    def hang_up(self) -> None:
        """Close the connection."""
        self.portal.call(self._hears.set)
        self.portal.call(self._left.set)
        self.settle()


@dataclass
class Ears:
    """The app with its hub open, which works when it is told to; and everybody who listens."""

    api: Api
    portal: BlockingPortal
    hub: Hub
    ears: list[Ear] = field(default_factory=list)

    def open(self, who: Actor | dict[str, str], after: object = None, query: str = "") -> Ear:
        """A new stream of a person, or with these headers, from now on or after this event; `query` as in the address."""
        headers = dict(self.api.as_(who).headers) if isinstance(who, Actor) else dict(who)
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        ear = Ear(self.portal).open(self.api.app, headers, query)
        self.ears.append(ear)
        return ear

    def work(self) -> None:
        """Let the hub do what there is to do, and everything arrive."""
        self.hub.turn()
        for ear in self.ears[:1]:
            ear.settle()


@contextmanager
def ears_of(api: Api) -> Iterator[Ears]:
    """Listeners of an app; all of them gone when the block ends."""
    hub: Hub = api.app.state.hub
    with start_blocking_portal() as portal:
        hub.open()
        ears = Ears(api, portal, hub)
        try:
            yield ears
        finally:
            for ear in ears.ears:
                ear.hang_up()
            hub.close()


class Follower:
    """One stream over the network, read line by line."""

    def __init__(self, server: Server, token: str, after: int | None = None) -> None:
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_SECONDS)
        resume = f"Last-Event-ID: {after}\r\n" if after is not None else ""
        head = f"GET /notifications/stream HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{resume}\r\n"
        self.socket.sendall(head.encode())
        self._file = self.socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        while self._file.readline() not in (b"\r\n", b""):
            pass

    def next(self, seconds: float = PATIENCE_SECONDS) -> Frame | None:
        """The next event; None when the stream has ended. Raises TimeoutError."""
        until = time.monotonic() + seconds
        block: list[str] = []
        while time.monotonic() < until:
            self.socket.settimeout(max(0.01, until - time.monotonic()))
            line = self._file.readline()
            if not line:
                return None
            text = line.decode().rstrip("\r\n")
            if text.startswith(("id: ", "event: ", "data: ")):
                block.append(text)
            elif not text and len(block) == 3:
                return parsed("\n".join(block))[0]
        raise TimeoutError

    def close(self) -> None:
        """Drop the connection."""
        self.socket.close()
        self._file.close()
