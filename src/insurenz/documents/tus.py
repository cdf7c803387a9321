"""The tus 1.0 protocol: which requests speak it, and what their headers say."""

import base64
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from insurenz.core import idempotency
from insurenz.core.edge import Route
from insurenz.core.errors import AppError, StaleVersion, invalid
from insurenz.core.settings import Settings
from insurenz.documents.errors import BadRequest, ChecksumMismatch
from insurenz.documents.partial import Announced
from insurenz.documents.schemas import http_date
from insurenz.documents.standing import Standing

VERSION = "1.0.0"
RESUMABLE = {"Tus-Resumable": VERSION}
MEDIA_TYPE = "application/offset+octet-stream"
ALGORITHMS = ("sha256", "sha1")
LONGEST_METADATA = 4000

_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBER = re.compile(r"[0-9]{1,18}")


class TusRoute(Route):
    """A route of the protocol: of POST requests it takes those that speak it, and says its version in each answer."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is for this route; one that says another method in a header is taken at its word."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return super().matches(scope)
        headers = Headers(scope=scope)
        method = headers.get("x-http-method-override", "POST").upper()
        if "tus-resumable" not in headers or method not in (self.methods or ()):
            return Match.NONE, {}
        found, inner = super().matches({**scope, "method": method})
        if found is Match.FULL:
            scope["method"] = method
        return found, inner

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler whose every answer says the version, a refusal too."""
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response = await handle(request)
            except AppError as refusal:
                refusal.headers = {**refusal.headers, **RESUMABLE}
                raise
            response.headers.update(RESUMABLE)
            return response

        return handler

    async def _with_body(self, request: Request) -> Request:
        with_body = await super()._with_body(request)
        if "idempotency-key" in request.headers:
            # What is asked for stands in the headers.
            asked = [request.headers.get(name, "") for name in ("upload-length", "upload-metadata")]
            request.state.fingerprint = idempotency.fingerprint(
                request.method, request.url.path, "\n".join(asked).encode()
            )
        return with_body


def told(settings: Settings) -> dict[str, str]:
    """What this server can do of the protocol."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,expiration,checksum,termination",
        "Tus-Max-Size": str(settings.documents.max_file_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def require_version(request: Request) -> None:
    """Refuse what speaks another version of the protocol, or none. Raises StaleVersion."""
    if request.headers.get("tus-resumable") != VERSION:
        detail = f"Send the header Tus-Resumable: {VERSION}, the only version that is spoken here."
        raise StaleVersion(detail, code="tus_version", headers={"Tus-Version": VERSION})


def announced(request: Request) -> Announced:
    """What the headers say of a file that is to come. Raises Invalid."""
    size = number(request, "Upload-Length")
    described = request.headers.get("upload-metadata", "")
    metadata = _metadata(described)
    name = metadata.get("filename") or metadata.get("name")
    if not name:
        raise _malformed("Name the file with the key filename.")
    sha256 = metadata.get("sha256", "").lower() or None
    if sha256 and not _SHA256.fullmatch(sha256):
        raise _malformed("The value of sha256 is the hash of the whole file in hex.")
    return Announced(name, size, sha256, described)


def stands(upload: Standing) -> Response:
    """The answer of how much has come."""
    headers = {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.file_size),
        "Upload-Expires": http_date(upload.expires_at),
        "Cache-Control": "no-store",
    }
    return Response(headers=headers | ({"Upload-Metadata": upload.described} if upload.described else {}))


def number(request: Request, name: str) -> int:
    """A number of bytes that a header says. Raises Invalid."""
    text = request.headers.get(name, "")
    if not _NUMBER.fullmatch(text):
        raise invalid(name, "not_a_number", f"Send the header {name} with a number of bytes.")
    return int(text)


def _metadata(text: str) -> dict[str, str]:
    """Keys and values of the header Upload-Metadata: `key base64,key base64`."""
    if len(text) > LONGEST_METADATA:
        raise _malformed(f"Send at most {LONGEST_METADATA} characters.")
    found: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in text.split(","))):
        key, _, encoded = pair.partition(" ")
        try:
            found[key] = base64.b64decode(encoded.strip(), validate=True).decode()
        except ValueError as error:
            raise _malformed("Separate keys and base64 values by a space, and pairs by a comma.") from error
    return found


def _malformed(detail: str) -> AppError:
    return invalid("Upload-Metadata", "malformed", detail)


class Checksum:
    """What a piece is announced to hash to, and what it does."""

    def __init__(self, text: str) -> None:
        algorithm, _, encoded = text.partition(" ")
        if algorithm not in ALGORITHMS:
            raise BadRequest(f"Checksums are taken by {' and '.join(ALGORITHMS)}.", code="checksum_algorithm")
        try:
            self._announced = base64.b64decode(encoded, validate=True)
        except ValueError as error:
            raise BadRequest("The checksum is not base64.", code="checksum_malformed") from error
        self.hash = hashlib.new(algorithm, usedforsecurity=False)

    def hold(self) -> None:
        """Refuse a piece that is another one. Raises ChecksumMismatch."""
        if self.hash.digest() != self._announced:
            raise ChecksumMismatch(
                "The piece is not what was announced; nothing of it was kept. Send it again."
            )
