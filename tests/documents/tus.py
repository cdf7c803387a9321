"""A client of tus 1.0, in the words of the tests."""

import base64
import hashlib
import random
from typing import Any

from tests.claims.stories import DATA

TUS = {"Tus-Resumable": "1.0.0"}
PDF = (DATA / "bill.pdf").read_bytes()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def long_pdf(size: int) -> bytes:
    """A PDF of this size: what follows its last line is not looked at."""
    head, tail = PDF.rsplit(b"startxref", 1)
    filling = size - len(PDF) - 2
    return (
        head
        + b"%"
        + random.Random(size).randbytes(filling).translate(bytes(97 + n % 26 for n in range(256)))
        + (b"\n" + b"startxref" + tail)
    )


def announce(client: Any, content: bytes, name: str = "bill.pdf", **changes: str) -> Any:
    """Announce a file."""
    described = f"filename {encoded(name)},sha256 {encoded(sha256(content))}"
    headers = {**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": described, **changes}
    return client.post("/uploads", headers=headers)


def begin(client: Any, content: bytes, name: str = "bill.pdf", **changes: str) -> str:
    """Announce a file; gives its address."""
    answer = announce(client, content, name, **changes)
    assert answer.status_code == 201, answer.text
    place: str = answer.headers["location"]
    return place


def send(client: Any, place: str, data: bytes, offset: int = 0, **headers: str) -> Any:
    """Send a piece."""
    given = {
        **TUS,
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
        **headers,
    }
    return client.patch(place, content=data, headers=given)


def head(client: Any, place: str) -> Any:
    return client.head(place, headers=TUS)


def offset_of(client: Any, place: str) -> int:
    return int(head(client, place).headers["upload-offset"])
