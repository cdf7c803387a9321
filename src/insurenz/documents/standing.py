"""How far a file has come that is sent in pieces."""

from dataclasses import dataclass, replace
from datetime import datetime

from insurenz.core import clock
from insurenz.documents.models import Document, PartialUpload


@dataclass(frozen=True)
class Standing:
    """How many bytes of a file were `received`: all of them once it is whole and waits to be used.

    With a `transfer` it goes straight to the store.
    """

    id: str
    file_name: str
    file_size: int
    received: int
    expires_at: datetime
    described: str = ""
    sha256: str | None = None
    transfer: str | None = None

    @classmethod
    def of(cls, found: PartialUpload | Document) -> "Standing":
        """Of a file that is not whole yet, or is not used yet."""
        if isinstance(found, Document):
            ends = found.expires_at or clock.now()
            return cls(found.id, found.file_name, found.file_size, found.file_size, ends, sha256=found.sha256)
        return cls(**{name: getattr(found, name) for name in cls.__dataclass_fields__})

    def moved(self, size: int, ends: datetime) -> "Standing":
        """After so many bytes more."""
        return replace(self, received=self.received + size, expires_at=ends)
