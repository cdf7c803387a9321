"""Rows of documents, to be written after their objects are safe, and how a document is streamed."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from insurenz.core import clock
from insurenz.core.errors import NotFound
from insurenz.core.metrics import ALERTS
from insurenz.core.permissions import Actor
from insurenz.core.storage import ObjectMissing, ObjectStore
from insurenz.documents.models import Document
from insurenz.documents.receiving import StoredFile
from insurenz.documents.sniff import TYPES

log = logging.getLogger("insurenz.documents")


def content(store: ObjectStore, document: Document) -> Iterator[bytes]:
    """The bytes of a document as sent, in pieces. Raises NotFound, and alerts, when its object is not there."""
    try:
        return store.read(document.object_key)
    except ObjectMissing as missing:
        log.exception("object missing", extra={"document_id": document.id})
        ALERTS.labels("object_missing").inc()
        raise NotFound("The file of this document cannot be found.", code="object_missing") from missing


def download_headers(document: Document, size: int) -> dict[str, str]:
    """Headers under which a file of a stranger is safe to open: nosniff, sandboxed, and as a download."""
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in " .-_" else "_" for c in document.file_name)
    return {
        **safe_headers(TYPES[document.file_type].media_type),
        "Content-Length": str(size),
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(document.file_name, safe='')}",
    }


def safe_headers(media_type: str) -> dict[str, str]:
    """Headers that let what is made of a file do nothing but be shown."""
    return {
        "Content-Type": media_type,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }


def new_document(actor: Actor, file: StoredFile) -> dict[str, Any]:
    """The row of a file whose object is stored."""
    return {
        "id": file.document_id,
        "object_key": file.object_key,
        "file_name": file.file_name,
        "file_type": file.file_type,
        "file_size": file.file_size,
        "sha256": file.sha256,
        "uploaded_by": actor.id,
        "uploaded_at": clock.now(),
        **vars(file.findings),
        "scan_state": file.scan_state,
        "verification": "unverified",
    }
