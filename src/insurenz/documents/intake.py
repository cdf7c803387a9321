"""Requests that carry files: rights first, then the body as it streams, then one unit of work, then the links.

No transaction is open while bytes come in. Objects are stored before their rows; a request that fails drops them.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import anyio
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from insurenz.accounts.auth import authenticate_request
from insurenz.core.body import declared_length, drain, read_bounded, too_large
from insurenz.core.db import Session, after_commit
from insurenz.core.edge import answer, database_of, once
from insurenz.core.errors import AppError, SenderTooSlow, WrongMediaType, invalid
from insurenz.core.faults import fault
from insurenz.core.multipart import read_form
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.documents.receiving import Receiver, StoredFile

Check = Callable[[Session, Actor], None]
Work = Callable[[Session, Actor, dict[str, Any], Sequence[StoredFile]], Any]


async def with_files(request: Request, *, check: Check, work: Work, status_code: int = 200) -> Response:
    """Answer a request with a JSON or multipart body.

    `check` refuses early, in a short read unit, before the body is read. `work` gets the fields and the stored files
    in a unit of work that is committed before the answer is returned.
    """
    database = database_of(request)

    def refuse_early() -> None:
        with database.read_unit() as session:
            check(session, authenticate_request(request, session))

    def decide(session: Session) -> Response:
        actor = authenticate_request(request, session)
        answered = once(
            request, session, lambda: answer(work(session, actor, fields, receiver.files), status_code)
        )
        if "idempotent-replay" not in answered.headers:
            after_commit(session, receiver.keep)
        fault("request.before_commit")
        return answered

    def write() -> Response:
        # In this thread to its end: who waited may be cancelled meanwhile, and must not drop what gets committed.
        try:
            receiver.complete()
            request.state.fingerprint = _fingerprint(request, fields, receiver)
            answered = database.in_unit(decide)
            fault("request.after_commit")
        except DBAPIError as error:
            # The connection broke: the commit may have happened, and a row without its object would be a loss.
            if error.connection_invalidated:
                receiver.keep()
            raise
        finally:
            receiver.drop()
        return answered

    receiver = Receiver(request.app.state.store, request.app.state.settings.documents)
    try:
        await run_in_threadpool(refuse_early)
        fields = await _read(request, receiver)
    except BaseException as error:
        # Whatever went wrong, a cancelled request too: what it stored must go.
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(receiver.drop)
        if isinstance(error, AppError) and not isinstance(error, SenderTooSlow):
            await drain(request)
        raise
    return await run_in_threadpool(write)


async def _read(request: Request, receiver: Receiver) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return _json_fields(await read_bounded(request, settings.limits.max_body_bytes))
    if kind != "multipart/form-data":
        raise WrongMediaType("Send multipart/form-data, or application/json without files.")
    limit = settings.documents.max_request_bytes
    if (declared_length(request) or 0) > limit:
        raise too_large(limit)
    form = await read_form(
        request,
        receiver.open_file,
        relieve=receiver.relieve,
        max_bytes=limit,
        stall_seconds=settings.documents.stall_seconds,
    )
    return {name: _single(name, values) for name, values in form.items()}


def _json_fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid("body", "malformed_json", "The body is not JSON.") from error
    if not isinstance(fields, dict):
        raise invalid("body", "not_an_object", "Send one JSON object with the fields.")
    return fields


def _single(name: str, values: list[str]) -> str:
    if len(values) > 1:
        raise invalid(name[:64], "given_twice", "Give this field once.")
    return values[0]


def _fingerprint(request: Request, fields: dict[str, Any], receiver: Receiver) -> str:
    """What was asked, however it was spelled: other boundaries and headers give the same."""
    content = [request.method, request.url.path, fields, [file.identity() for file in receiver.files]]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
