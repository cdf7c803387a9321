"""A real SMTP server that takes mails and does as its script says at each step: refuse, hang, drip, or drop the line."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.waiting import PATIENCE_SECONDS

GREETING, HELLO, SENDER, RECIPIENT, DATA, RECEIPT = (
    "greeting",
    "hello",
    "sender",
    "recipient",
    "data",
    "receipt",
)
USUAL = {
    GREETING: "220 catcher",
    HELLO: "250-catcher\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 8BITMIME",
    SENDER: "250 2.1.0 ok",
    RECIPIENT: "250 2.1.5 ok",
    DATA: "354 go on",
    RECEIPT: "250 2.0.0 kept",
}
WORDS = {"EHLO": HELLO, "HELO": HELLO, "MAIL": SENDER, "RCPT": RECIPIENT, "DATA": DATA}


STARTTLS, LOGIN = "STARTTLS", "AUTH PLAIN"
OTHER = {"QUIT": b"221 bye\r\n", STARTTLS: b"220 go on\r\n", "AUTH": b"235 2.7.0 welcome\r\n"}


class Hangup(Exception):
    """The connection is to be closed now."""


@dataclass(frozen=True)
class Step:
    """What becomes of one mail: at one step of the conversation the server does this instead of saying yes."""

    at: str = ""
    does: Callable[["Catcher", Any], None] | None = None


def takes() -> Step:
    """The mail is kept."""
    return Step()


def says(at: str, answer: str) -> Step:
    """This answer instead of a yes."""
    return Step(at, lambda _catcher, client: client.sendall(f"{answer}\r\n".encode()))


def hangs(at: str) -> Step:
    """No answer until the catcher is closed."""

    def does(catcher: "Catcher", _client: Any) -> None:
        catcher.over.wait()
        raise Hangup

    return Step(at, does)


def drips(at: str) -> Step:
    """An answer that never ends, byte by byte."""

    def does(catcher: "Catcher", client: Any) -> None:
        client.sendall(b"250-")
        while not catcher.over.wait(0.02):
            client.sendall(b"x")
        raise Hangup

    return Step(at, does)


def drops(at: str) -> Step:
    """The connection is closed instead of an answer."""

    def does(_catcher: "Catcher", _client: Any) -> None:
        raise Hangup

    return Step(at, does)


@dataclass(frozen=True)
class Caught:
    """One mail as it came, whatever was answered, and on which of the connections."""

    sender: str
    to: str
    raw: bytes
    connection: int

    @property
    def mail(self) -> EmailMessage:
        """The mail as a reader's program sees it."""
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def key(self) -> str:
        """By which it is known again."""
        return str(self.mail["Insurenz-Delivery"])


@dataclass
class Catcher:
    """Takes one step of its script for each mail, and the last one again and again.

    With a `tls` context it offers STARTTLS, and then a login that takes everybody; then, or when it is not
    `is_pipelining`, it wants to be told one thing at a time.
    """

    script: list[Step] = field(default_factory=lambda: [takes()])
    tls: ssl.SSLContext | None = None
    is_pipelining: bool = True
    # Said instead of all that is usually offered.
    offers: str = ""
    caught: list[Caught] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def settings(self) -> dict[str, Any]:
        """By which an install sends its mails here."""
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": self.port,
            "mail_from": "Claims <claims@insurer.example>",
        }

    @property
    def keys(self) -> list[str]:
        """The key of each mail that came whole."""
        return [each.key for each in self.caught]

    def will(self, *steps: Step) -> None:
        """Do so from now on."""
        self.script[:] = steps

    def hang_up(self) -> None:
        """Be gone: connections are closed, and new ones refused."""
        self.over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)

    def _accept(self) -> None:
        while not self.over.is_set():
            with suppress(OSError):
                client, _ = self._listening.accept()
                self.connections += 1
                thread = threading.Thread(target=self._serve, args=(client, self.connections), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket, number: int) -> None:
        with closing(client), suppress(OSError, Hangup):
            client.settimeout(0.05)
            step = self._next()
            self._answer(client, step, GREETING)
            if self.tls is None:
                self._talk(client, step, number, offers=self.offers)
                return
            self._talk(client, step, number, offers=STARTTLS)
            with self.tls.wrap_socket(client, server_side=True) as safe:
                self._talk(safe, step, number, offers=LOGIN)

    def _talk(self, client: socket.socket, step: Step | None, number: int, *, offers: str = "") -> None:
        sender, to = "", ""
        lines = self._lines(client)
        for line in lines:
            word, _, rest = line.decode().strip().partition(" ")
            at = WORDS.get(word.upper())
            if word.upper() == "EHLO" and offers:
                client.sendall(f"250-catcher\r\n250 {offers}\r\n".encode())
                continue
            if at is None:
                client.sendall(OTHER.get(word.upper(), b"250 ok\r\n"))
                self.logins += [rest] * (word.upper() == "AUTH")
                if word.upper() in ("QUIT", STARTTLS):
                    return
                continue
            if at == SENDER:
                step = step or self._next()
                sender = rest.partition("<")[2].partition(">")[0]
            if at == RECIPIENT:
                to = rest.partition("<")[2].partition(">")[0]
            if not self._answer(client, step, at) or at != DATA:
                continue
            raw = _written(lines)
            if raw is None:
                return
            self.caught.append(Caught(sender, to, raw, number))
            self._answer(client, step, RECEIPT)
            step = None

    def _next(self) -> Step:
        with self._lock:
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def _answer(self, client: socket.socket, step: Step | None, at: str) -> bool:
        """Whether it was the usual yes."""
        if step is not None and step.at == at and step.does is not None:
            step.does(self, client)
            return False
        usual = USUAL[at] if self.is_pipelining else USUAL[at].replace("250-PIPELINING\r\n", "")
        client.sendall(f"{usual}\r\n".encode())
        return True

    def _lines(self, client: socket.socket) -> Iterator[bytes]:
        rest = b""
        while not self.over.is_set():
            line, end, after = rest.partition(b"\n")
            if end:
                rest = after
                yield line + end
                continue
            with suppress(TimeoutError):
                received = client.recv(65536)
                if not received:
                    return
                rest += received


def _written(lines: Iterator[bytes]) -> bytes | None:
    """A mail to its end; None when it never came."""
    raw = b""
    for line in lines:
        if line == b".\r\n":
            return raw
        raw += line[1:] if line.startswith(b"..") else line
    return None


@contextmanager
def catcher(
    *, tls: ssl.SSLContext | None = None, is_pipelining: bool = True, offers: str = ""
) -> Iterator[Catcher]:
    """A catcher for one test."""
    made = Catcher(tls=tls, is_pipelining=is_pipelining, offers=offers)
    try:
        yield made
    finally:
        made.hang_up()
