"""Requests that carry files: rights first, then the body as it streams, then one unit of work, then the links.

No transaction is open while bytes come in. Objects are stored before their rows; a request that fails drops them.
"""

import asyncio
import contextvars
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import anyio
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from insurenz.accounts.auth import authenticate_request
from insurenz.core.body import declared_length, drain, hang_up, has_body, media_type, read_bounded, too_large
from insurenz.core.db import Session, after_commit
from insurenz.core.edge import answer, database_of, once
from insurenz.core.errors import AppError, SenderTooSlow, WrongMediaType, invalid
from insurenz.core.faults import fault
from insurenz.core.multipart import read_form
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.documents.allowance import Allowance
from insurenz.documents.receiving import FLUSH_BYTES, Receiver, StoredFile

# Fields of a form that are lists: repeated, once for each item.
LISTS = frozenset({"upload_ids", "missing_documents"})

Check = Callable[[Session, Actor], None]
Work = Callable[[Session, Actor, dict[str, Any], Sequence[StoredFile]], Any]


async def with_files(
    request: Request,
    *,
    check: Check,
    work: Work,
    status_code: int = 200,
    takes_one: bool = False,
    json_part: str | None = None,
) -> Response:
    """Answer a request with a JSON or multipart body, of one file when it `takes_one`.

    The `json_part` of a form, sent as a text or like a file, is a JSON object with fields.
    `check` refuses early, in a short read unit, before a body is read that is not small, or whose sender shows no
    valid signature. `work` gets the fields and the stored files in a unit of work that is committed before the answer
    is returned; it judges all that `check` does, so for a small body `check` only tells which refusal comes first. An
    answer kept for the request's key is judged when it is given again.
    """
    state = request.app.state
    limits, allowance = state.settings.documents, Allowance.of(request)
    receiver = Receiver(
        state.store,
        state.inspector,
        limits,
        allowance=allowance,
        scanner=state.scanner,
        takes_one=takes_one,
    )
    intake = _Intake(request, receiver, check=check, work=work, status_code=status_code, json_part=json_part)
    return await intake.answered()


async def beside(request: Request, work: Callable[[dict[str, Any]], Response]) -> Response:
    """Answer a request with a JSON body, or none, by work that asks the store: in the threads of uploads, to its end.

    Who may not ask is told so before the body is read; the work has to see to it again, in its own units.
    """
    await run_in_threadpool(_authenticate, request)
    given = _json_fields(await read_bounded(request, request.app.state.settings.limits.max_body_bytes))
    run = contextvars.copy_context().run
    return await asyncio.wrap_future(request.app.state.uploads.submit(run, work, given))


def _authenticate(request: Request) -> None:
    with database_of(request).read_unit() as session:
        authenticate_request(request, session)


class _Intake:
    """One such request on its way."""

    def __init__(
        self,
        request: Request,
        receiver: Receiver,
        *,
        check: Check,
        work: Work,
        status_code: int,
        json_part: str | None,
    ) -> None:
        self._request, self._receiver, self._json_part = request, receiver, json_part
        self._check, self._work, self._status_code = check, work, status_code
        self._database = database_of(request)
        self._fields: dict[str, Any] = {}
        self._is_trusted = _is_small(request) and _is_signed(request)

    async def answered(self) -> Response:
        try:
            if not self._is_trusted:
                await run_in_threadpool(self._refuse_early)
            self._fields = await _read(self._request, self._receiver, self._json_part)
        except BaseException as error:
            # Whatever went wrong, a cancelled request too: what it stored must go.
            await self._give_up()
            if isinstance(error, AppError):
                await self._refused(error)
            raise
        # In the threads of uploads: whatever holds these up holds up no other request.
        job = self._request.app.state.uploads.submit(contextvars.copy_context().run, self._write)
        try:
            return await asyncio.wrap_future(job)
        except asyncio.CancelledError:
            if job.cancelled():
                # It was still in the queue: `_write` will never run.
                await self._give_up()
            raise

    async def _give_up(self) -> None:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(self._receiver.drop)

    async def _refused(self, error: AppError) -> None:
        if isinstance(error, SenderTooSlow):
            hang_up(self._request)
        else:
            await drain(self._request)
        if self._is_trusted:
            await run_in_threadpool(self._refuse_early)

    def _refuse_early(self) -> None:
        with self._database.read_unit() as session:
            actor = authenticate_request(self._request, session)
            self._check(session, actor)
            self._receiver.allowance.learn(session, actor)

    def _write(self) -> Response:
        # In this thread to its end: who waited may be cancelled meanwhile, and must not drop what gets committed.
        try:
            self._store()
            if "idempotency-key" in self._request.headers:
                self._request.state.fingerprint = _fingerprint(self._request, self._fields, self._receiver)
            answered = self._database.in_unit(self._decide)
            fault("request.after_commit")
        except DBAPIError as error:
            # The connection broke: the commit may have happened, and a row without its object would be a loss.
            if error.connection_invalidated:
                self._receiver.keep()
            raise
        finally:
            self._receiver.drop()
        return answered

    def _store(self) -> None:
        """Make objects of the files; who may not send them is told so before what is wrong with them."""
        try:
            self._receiver.complete()
        except AppError:
            if self._is_trusted:
                self._refuse_early()
            raise

    def _decide(self, session: Session) -> Response:
        actor = authenticate_request(self._request, session)

        def decide() -> Response:
            done = self._work(session, actor, self._fields, self._receiver.files)
            return answer(done, self._status_code)

        answered = once(self._request, session, decide)
        if "idempotent-replay" not in answered.headers:
            self._receiver.allowance.spend(session, actor)
            after_commit(session, self._receiver.keep)
        fault("request.before_commit")
        return answered


def _is_signed(request: Request) -> bool:
    """Whether the caller shows a valid signature of ours: a session's token or cookie, which may have ended meanwhile."""
    identity = request.app.state.identify(request)
    return identity is not None and identity.startswith("user:")


def _is_small(request: Request) -> bool:
    """Whether the body is declared to be so small that it stays in memory until its sender was judged."""
    length = declared_length(request)
    return length is not None and length <= FLUSH_BYTES


async def _read(request: Request, receiver: Receiver, json_part: str | None) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    kind = media_type(request)
    if kind != "multipart/form-data":
        if kind != "application/json" and has_body(request):
            raise WrongMediaType("Send multipart/form-data, or application/json without files.")
        return _json_fields(await read_bounded(request, settings.limits.max_body_bytes))
    limit = settings.documents.max_request_bytes
    if (declared_length(request) or 0) > limit:
        raise too_large(limit)
    form = await read_form(
        request,
        receiver.open_file,
        relieve=receiver.relieve,
        max_bytes=limit,
        stall_seconds=settings.documents.stall_seconds,
        text_part=json_part,
        file_fields=receiver.fields,
    )
    fields = {name: values if name in LISTS else _single(name, values) for name, values in form.items()}
    return fields if json_part is None else _unfolded(fields, json_part)


def _unfolded(fields: dict[str, Any], part: str) -> dict[str, Any]:
    """The fields with those that one of them holds as JSON in its place."""
    if part not in fields:
        raise invalid(part, "missing", f"Send the fields as JSON in the part {part}.")
    beside = {name: value for name, value in fields.items() if name != part}
    folded = _json_fields(fields[part], part)
    for name in beside.keys() & folded.keys():
        _single(name, [part, name])
    return folded | beside


def _json_fields(text: str | bytes, name: str = "body") -> dict[str, Any]:
    try:
        fields = json.loads(text or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid(name, "malformed_json", f"The {name} is not JSON.") from error
    if not isinstance(fields, dict):
        raise invalid(name, "not_an_object", "Send one JSON object with the fields.")
    return fields


def _single(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise invalid(name[:64], "given_twice", "Give this field once.")
    return values[0]


def _fingerprint(request: Request, fields: dict[str, Any], receiver: Receiver) -> str:
    """What was asked, however it was spelled: other boundaries and headers give the same."""
    content = [request.method, request.url.path, fields, [file.identity() for file in receiver.files]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
