"""The object store as the product sees it: write once under a fresh key, read in pieces, delete, list."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from insurenz.core import clock
from insurenz.core.errors import Unavailable
from insurenz.core.ids import new_secret

if TYPE_CHECKING:
    from insurenz.core.storage.transfers import Transfers

CHUNK = 1024 * 1024

_SHAPE = re.compile(r"(\d{4}/\d{2}/\d{2}/[A-Za-z0-9_-]{43})(?:-[a-z]{1,10})?")
_SAFE = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")


class ObjectMissing(Exception):
    """No object has this key."""


class StoreFailed(Unavailable):
    """The object store cannot work now; `reason` is its own word for why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"The document store cannot do this now ({reason}); nothing was changed.", code="store_failed"
        )


class ObjectDamaged(StoreFailed):
    """One object cannot be read, though the store works: the disk has lost it, or it does not decrypt."""


class Entry(NamedTuple):
    """An object that lies in a store."""

    key: str
    size: int
    modified_at: datetime


class ObjectWriter(Protocol):
    """One object on its way in: spooled to a local file first, and seen by nobody before `commit`."""

    @property
    def path(self) -> Path:
        """The spool: it holds all that was written so far, and is there from the first `write` to `commit` or `abort`."""

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces."""

    def commit(self, sha256: str) -> None:
        """Make the object durable and visible; after this it survives a crash.

        `sha256` is of all that was written, in hex: a store that sends the bytes elsewhere holds what it sends against it.
        """

    def abort(self) -> None:
        """Give the object up; leaves nothing. Harmless after `commit`."""


class ObjectStore(Protocol):
    """Keeps objects under keys that are never reused. Everything raises StoreFailed when it cannot be done now.

    `transfers` is None where nobody but the server sends objects.
    """

    @property
    def transfers(self) -> "Transfers | None":
        """Objects that others send to the store themselves."""

    def create(self, key: str) -> ObjectWriter:
        """Begin a new object."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces; raises ObjectMissing before the first one."""

    def has(self, key: str) -> bool:
        """Whether the object is there."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Every object, or those under whole leading parts of their keys such as the day `2026/11/22`; in no order."""

    def leftovers(self, older_than: datetime) -> Iterator[Path]:
        """Spools that nobody has written to since: a crash left them."""

    def link(self, key: str, *, seconds: int, headers: Mapping[str, str]) -> str | None:
        """An address at which the store itself hands out the object with these headers; None when it hands out nothing."""


def new_key() -> str:
    """A fresh key: the day, then 256 random bits. It never holds a user's file name."""
    return f"{clock.now():%Y/%m/%d}/{new_secret()}"


def main_key(key: str) -> str | None:
    """The key that `new_key` made: this one, or the one that this one stands beside as `KEY-name`.

    None for what it cannot have made: what else lies in a store is not ours to touch.
    """
    found = _SHAPE.fullmatch(key)
    return found and found[1]


def checked(key: str) -> str:
    """The key; raises ValueError when it could lead outside the store."""
    if _SAFE.fullmatch(key) is None:
        raise ValueError("a key leads outside the store")
    return key
