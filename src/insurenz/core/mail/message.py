"""A mail as the product means it, how it is spelled on the wire, and the port through which it leaves."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import lru_cache
from typing import Protocol

from insurenz.core import clock
from insurenz.core.ids import new_id, new_secret

# RFC 5322 allows lines of 998 characters; what is longer, or not ASCII, is sent quoted-printable.
MOST_LINE = 990
MOST_SUBJECT = 200


class MailFailed(Exception):
    """The mail was not taken; `reason` is a code word. `is_permanent` says that trying again is useless.

    `code` is that of the server's answer, `is_unknown_address` that there is nobody at this address.
    """

    def __init__(
        self, reason: str, *, is_permanent: bool, code: int | None = None, is_unknown_address: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason, self.is_permanent, self.code = reason, is_permanent, code
        self.is_unknown_address = is_unknown_address


@dataclass(frozen=True)
class Mail:
    """One mail to one person, as plain text and HTML.

    `key` makes its Message-ID, so that the same mail sent again is known as such; without one it has a new one.
    `headers` are further ones in ASCII.
    """

    to: str
    subject: str
    text: str
    html: str
    key: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def spelled(self, sender: str) -> bytes:
        """The MIME message. Line breaks in a header are dropped: they would start a header of their own."""
        boundary = f"part_{new_secret(12)}"
        written = _sender(sender)
        named = {
            "From": written,
            "To": one_line(self.to),
            "Subject": _encoded(one_line(self.subject)[:MOST_SUBJECT]),
            "Date": formatdate(clock.now().timestamp(), usegmt=True),
            "Message-ID": f"<{self.key or new_id()}@{address_of(sender).rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            **{name: one_line(value) for name, value in self.headers.items()},
            "MIME-Version": "1.0",
            "Content-Type": f'multipart/alternative; boundary="{boundary}"',
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode("ascii")
        parts = [_part(boundary, kind, text) for kind, text in (("plain", self.text), ("html", self.html))]
        return b"".join([head, b"\r\n", *parts, f"--{boundary}--\r\n".encode()])


class Mailer(Protocol):
    """Hands one mail over; returns when it is taken, raises MailFailed when it is not."""

    def send(self, mail: Mail) -> int | None:
        """Hand over one mail; gives the code of the server's answer, if there is a server."""

    def close(self) -> None:
        """Let go what is kept for the next mail."""


def one_line(text: str) -> str:
    """The text without line breaks and other characters that are not seen."""
    return "".join(each for each in " ".join(text.split()) if each.isprintable())


@lru_cache(maxsize=8)
def address_of(sender: str) -> str:
    """The bare address in `Name <address>`."""
    return parseaddr(sender)[1] or "no-reply@localhost"


@lru_cache(maxsize=8)
def _sender(sender: str) -> str:
    return formataddr((one_line(parseaddr(sender)[0]), address_of(sender)))


def _encoded(text: str) -> str:
    """A text in a header: as it is, or in the words of RFC 2047."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8").encode(linesep="\r\n")


def _part(boundary: str, kind: str, text: str) -> bytes:
    lines = text.splitlines()
    raw = "".join(f"{line}\r\n" for line in lines).encode()
    encoding = "7bit"
    if not raw.isascii() or max(map(len, lines), default=0) > MOST_LINE:
        encoding, raw = "quoted-printable", binascii.b2a_qp(raw, istext=True)
    head = (
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
    )
    # The line break before a boundary is part of the boundary.
    return b"".join([head.encode(), b"\r\n\r\n", raw, b"\r\n"])
