"""What the API tells of a file."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from insurenz.core.edge import Out
from insurenz.documents.models import Document


class FileOut(Out):
    """A file and what its inspection found: `pages` of texts, `width` and `height` of images."""

    id: str
    file_name: str
    file_type: str
    file_size: int
    sha256: str
    uploaded_at: datetime
    pages: int | None
    width: int | None
    height: int | None
    is_encrypted: bool = Field(
        description="Locked with a password; of a PDF that opens without one the `pages` are known"
    )
    has_active_content: bool = Field(description="Holds scripts, macros or embedded files")
    scan_state: str


class UploadIn(BaseModel):
    """An upload has no fields beside its file."""

    model_config = ConfigDict(extra="forbid")


class UploadOut(FileOut):
    """A file sent ahead; unused, it ends at `expires_at`."""

    expires_at: datetime

    @classmethod
    def of(cls, document: Document) -> "UploadOut":
        """What is told of a document that waits to be used."""
        return cls.model_validate(found_of(document) | {"expires_at": document.expires_at})


# What a file's row tells of it.
FOUND = tuple(FileOut.model_fields)


def found_of(document: Document) -> dict[str, Any]:
    """The fields of a `FileOut`."""
    return {name: getattr(document, name) for name in FOUND}
