"""The tus 1.0 protocol: what its headers say, and the pieces of files as they stream in.

Each piece is an object before it is a row, and a row before it is acknowledged; what came of a piece whose connection
broke is kept, too. The last bytes of a file are acknowledged when the file was looked into and is a document.
"""

import asyncio
import base64
import contextvars
import hashlib
import re
from collections.abc import Callable, Coroutine
from typing import Any

import anyio
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from insurenz.accounts.auth import authenticate_request
from insurenz.core import idempotency
from insurenz.core.body import declared_length, drain, hang_up, patience
from insurenz.core.db import Session, after_commit
from insurenz.core.edge import Route, database_of
from insurenz.core.errors import AppError, Conflict, SenderTooSlow, StaleVersion, WrongMediaType, invalid
from insurenz.core.faults import fault
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.documents import partial
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import BadRequest, ChecksumMismatch, refused, wrong_offset
from insurenz.documents.joining import joined
from insurenz.documents.partial import PART_BYTES, Announced
from insurenz.documents.pieces import Piece
from insurenz.documents.receiving import FLUSH_BYTES
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
    size = _number(request, "Upload-Length")
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


def _number(request: Request, name: str) -> int:
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


class Arrival:
    """The body of one PATCH on its way in."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self._request, self._settings = request, state.settings
        self._database, self._store = database_of(request), state.store
        self._upload: Standing
        self._piece: Piece
        self._checksum: _Checksum | None = None

    async def answered(self) -> Response:
        """Take the bytes and answer how far the file has come; raises what it, or what it has become, is refused with."""
        try:
            await run_in_threadpool(self._refuse_early)
        except AppError:
            await drain(self._request)
            raise
        self._piece = Piece(self._store)
        try:
            return await self._read()
        except (ClientDisconnect, SenderTooSlow) as error:
            if isinstance(error, SenderTooSlow):
                hang_up(self._request)
            await self._keep_what_came()
            raise
        except AppError:
            await drain(self._request)
            raise
        finally:
            # Whatever was kept is no longer in it.
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._piece.drop)

    def _refuse_early(self) -> None:
        with self._database.read_unit() as session:
            actor = authenticate_request(self._request, session)
            upload = partial.standing(session, actor, self._request.path_params["upload_id"])
            require_version(self._request)
            self._judge(upload)
            partial.require_room(session, upload)
            allowance = Allowance.of_files(self._settings)
            allowance.learn(session, actor)
            allowance.take(declared_length(self._request) or 0, upload.file_name)
        self._upload = upload

    def _judge(self, upload: Standing) -> None:
        headers = self._request.headers
        if upload.transfer is not None:
            raise Conflict("This file goes straight to the bucket.", code="sent_directly")
        if headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
            raise WrongMediaType(f"Send the bytes as {MEDIA_TYPE}.")
        if _number(self._request, "Upload-Offset") != upload.received:
            raise wrong_offset(upload.received)
        if (declared_length(self._request) or 0) > upload.file_size - upload.received:
            raise _too_long(upload)
        if "upload-checksum" in headers:
            self._checksum = _Checksum(headers["upload-checksum"])

    async def _read(self) -> Response:
        stream = self._request.stream()
        while await self._next_piece(stream):
            await self._keep()
        if self._checksum is not None:
            self._checksum.hold()
        return await self._end()

    async def _next_piece(self, stream: Any) -> bool:
        """Take what comes in up to the size of a part; False when all has come."""
        # Outside of it nobody waits for the sender, but the sender for the store.
        async with patience(self._settings.documents.stall_seconds) as moved:
            async for data in stream:
                self._take(data)
                if self._piece.waiting >= FLUSH_BYTES:
                    await run_in_threadpool(self._piece.spool)
                moved()
                # A piece with a checksum is kept as one, or not at all.
                if self._piece.size >= PART_BYTES and not self._is_whole and self._checksum is None:
                    return True
        return False

    def _take(self, data: bytes) -> None:
        if self._upload.received + self._piece.size + len(data) > self._upload.file_size:
            raise _too_long(self._upload)
        self._piece.write(data)
        if self._checksum is not None:
            self._checksum.hash.update(data)

    @property
    def _is_whole(self) -> bool:
        return self._upload.received + self._piece.size == self._upload.file_size

    async def _keep_what_came(self) -> None:
        """Keep what came before the connection broke, unless nobody can say any more whether it came as it left."""
        if self._checksum is None and self._piece.size and not self._is_whole:
            with anyio.CancelScope(shield=True):
                await self._keep()

    async def _end(self) -> Response:
        """The body has ended: keep its last piece, or make a document of a file that is whole with it."""
        if self._is_whole and self._piece.size:
            await self._in_thread(self._finish)
        elif self._piece.size:
            await self._keep()
        upload = self._upload
        headers = {"Upload-Offset": str(upload.received), "Upload-Expires": http_date(upload.expires_at)}
        return Response(status_code=204, headers=headers)

    async def _keep(self) -> None:
        await self._in_thread(self._append)

    async def _in_thread(self, work: Callable[[Piece], None]) -> None:
        """Do it in the threads of uploads, to its end: who waited may be cancelled meanwhile."""
        piece, self._piece = self._piece, Piece(self._store)
        run = contextvars.copy_context().run
        job = self._request.app.state.uploads.submit(run, self._owning, work, piece)
        try:
            await asyncio.wrap_future(job)
        finally:
            if job.cancelled():
                with anyio.CancelScope(shield=True):
                    await run_in_threadpool(piece.drop)

    def _owning(self, work: Callable[[Piece], None], piece: Piece) -> None:
        try:
            work(piece)
        except DBAPIError as error:
            # The connection broke: the commit may have happened, and a row without its object would be a loss.
            if error.connection_invalidated:
                piece.keep()
            raise
        finally:
            piece.drop()

    def _append(self, piece: Piece) -> None:
        """Object first, row second."""
        upload, hours = self._upload, self._settings.documents.upload_hours
        piece.store()

        def note(session: Session) -> Any:
            actor = authenticate_request(self._request, session)
            ends = partial.append(session, actor, upload, size=piece.size, object_key=piece.key, hours=hours)
            self._spend(session, actor, piece)
            after_commit(session, piece.keep)
            return ends

        ends = self._database.in_unit(note)
        self._upload = upload.moved(piece.size, ends)

    def _finish(self, piece: Piece) -> None:
        upload, hours = self._upload, self._settings.documents.upload_hours
        with joined(self._request.app.state, upload, piece) as receiver:

            def note(session: Session) -> Any:
                actor = authenticate_request(self._request, session)
                document = partial.finish(
                    session, actor, upload, receiver.files[0], store=self._store, hours=hours
                )
                self._spend(session, actor, piece)
                fault("request.before_commit")
                after_commit(session, receiver.keep)
                return document.expires_at

            ends = self._database.in_unit(note)
        self._upload = upload.moved(piece.size, ends)

    def _spend(self, session: Session, actor: Actor, piece: Piece) -> None:
        Allowance.of_files(self._settings, piece.size).spend(session, actor)


class _Checksum:
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


def _too_long(upload: Standing) -> AppError:
    return refused("too_long", upload.file_name, limit=upload.file_size)
