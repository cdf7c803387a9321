"""The object store as the product sees it: write once under a fresh key, read in pieces, delete."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from insurenz.core import clock
from insurenz.core.ids import new_secret

CHUNK = 1024 * 1024


class ObjectMissing(Exception):
    """No object has this key."""


class ObjectWriter(Protocol):
    """One object on its way in; nobody sees it before `commit`."""

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces."""

    def commit(self) -> None:
        """Make the object durable and visible; after this it survives a crash."""

    def abort(self) -> None:
        """Give the object up; leaves nothing. Harmless after `commit`."""


class ObjectStore(Protocol):
    """Keeps objects under keys that are never reused. Raises core.errors.Unavailable when it cannot work now."""

    def create(self, key: str) -> ObjectWriter:
        """Begin a new object."""

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in pieces; raises ObjectMissing before the first one."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""


def new_key() -> str:
    """A fresh key: the day, then 256 random bits. It never holds a user's file name."""
    return f"{clock.now():%Y/%m/%d}/{new_secret()}"
