"""Pieces of files as they stream in.

Each piece is an object before it is a row, and a row before it is acknowledged; what came of a piece whose connection
broke is kept, too. The last bytes of a file are acknowledged when the file was looked into and is a document.
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from datetime import datetime

import anyio
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from insurenz.accounts.auth import authenticate_request
from insurenz.core.body import declared_length, drain, hang_up, media_type, patience
from insurenz.core.db import Session, after_commit
from insurenz.core.edge import database_of
from insurenz.core.errors import AppError, Conflict, SenderTooSlow, WrongMediaType
from insurenz.core.faults import fault
from insurenz.core.permissions import Actor
from insurenz.documents import partial, tus
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import refused, wrong_offset
from insurenz.documents.joining import joined
from insurenz.documents.models import Document
from insurenz.documents.partial import PART_BYTES
from insurenz.documents.pieces import Piece
from insurenz.documents.receiving import FLUSH_BYTES
from insurenz.documents.schemas import http_date
from insurenz.documents.standing import Standing


class Arrival:
    """The body of one PATCH on its way in."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self._request, self._settings = request, state.settings
        self._database, self._store = database_of(request), state.store
        self._upload: Standing
        self._piece: Piece
        self._checksum: tus.Checksum | None = None

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
            tus.require_version(self._request)
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
        if media_type(self._request) != tus.MEDIA_TYPE:
            raise WrongMediaType(f"Send the bytes as {tus.MEDIA_TYPE}.")
        if tus.number(self._request, "Upload-Offset") != upload.received:
            raise wrong_offset(upload.received)
        if (declared_length(self._request) or 0) > upload.file_size - upload.received:
            raise _too_long(upload)
        if "upload-checksum" in headers:
            self._checksum = tus.Checksum(headers["upload-checksum"])

    async def _read(self) -> Response:
        stream = self._request.stream()
        while await self._next_piece(stream):
            await self._keep()
        if self._checksum is not None:
            self._checksum.hold()
        return await self._end()

    async def _next_piece(self, stream: AsyncIterator[bytes]) -> bool:
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

        def note(session: Session) -> datetime:
            actor = authenticate_request(self._request, session)
            ends = partial.append(session, actor, upload, size=piece.size, object_key=piece.key, hours=hours)
            self._spend(session, actor, piece)
            after_commit(session, piece.keep)
            return ends

        ends = self._database.in_unit(note)
        self._upload = upload.moved(piece.size, ends)

    def _finish(self, piece: Piece) -> None:
        upload, hours = self._upload, self._settings.documents.upload_hours
        with joined(self._request, upload, piece) as receiver:

            def note(session: Session) -> Document:
                actor = authenticate_request(self._request, session)
                document = partial.finish(
                    session, actor, upload, receiver.files[0], store=self._store, hours=hours
                )
                self._spend(session, actor, piece)
                fault("request.before_commit")
                after_commit(session, receiver.keep)
                return document

            self._upload = Standing.of(self._database.in_unit(note))

    def _spend(self, session: Session, actor: Actor, piece: Piece) -> None:
        Allowance.of_files(self._settings, piece.size).spend(session, actor)


def _too_long(upload: Standing) -> AppError:
    return refused("too_long", upload.file_name, limit=upload.file_size)
