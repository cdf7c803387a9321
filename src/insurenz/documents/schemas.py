"""What the API tells of a file."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from insurenz.core.edge import Out
from insurenz.documents.models import Document, PartialUpload
from insurenz.documents.standing import Standing


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


class UnfinishedOut(Out):
    """A file of which the bytes before `offset` have come; the rest is awaited until `expires_at`."""

    id: str
    file_name: str
    file_size: int
    offset: int
    sha256: str | None = Field(description="Of the whole file, as its sender announced it")
    expires_at: datetime

    @classmethod
    def of(cls, upload: PartialUpload | Standing) -> Self:
        """What is told of a file that is not whole yet."""
        told = {
            name: getattr(upload, name) for name in ("id", "file_name", "file_size", "sha256", "expires_at")
        }
        return cls(**told, offset=upload.received)


class BegunOut(UnfinishedOut):
    """A file that may come now, to the address that Location names."""

    def http_headers(self) -> dict[str, str]:
        """Where its bytes are sent to, and until when."""
        return {"Location": f"/uploads/{self.id}", "Upload-Expires": http_date(self.expires_at)}


class DirectIn(BaseModel):
    """A file that is to be sent straight to the bucket."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=255)
    file_size: int = Field(ge=0, le=2**53)
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Of the whole file; checked at the end"
    )


class PartOut(Out):
    """A part: so many bytes of the file, in order, go to its address by PUT within an hour."""

    number: int
    size: int
    url: str


class DirectOut(UnfinishedOut):
    """A file whose parts may be sent now."""

    parts: list[PartOut]


class UnfinishedList(Out):
    """Your files of which not all has come, newest first."""

    items: list[UnfinishedOut]


def upload_out(upload: PartialUpload | Document) -> UploadOut | UnfinishedOut:
    """What is told of a file that was sent ahead, whole or not."""
    return UploadOut.of(upload) if isinstance(upload, Document) else UnfinishedOut.of(upload)


def http_date(moment: datetime) -> str:
    """A moment as headers say it."""
    return format_datetime(moment, usegmt=True)


# What a file's row tells of it.
FOUND = tuple(FileOut.model_fields)


def found_of(document: Document) -> dict[str, Any]:
    """The fields of a `FileOut`."""
    return {name: getattr(document, name) for name in FOUND}
