"""Makes one file of the pieces it came in, and looks into it as into any file."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import Request
from sqlalchemy.exc import DBAPIError

from insurenz.accounts.auth import authenticate_request
from insurenz.core.db import Database, Session
from insurenz.core.edge import database_of
from insurenz.core.errors import Conflict, Invalid, TooLarge, WrongMediaType
from insurenz.core.storage import ObjectMissing, ObjectStore
from insurenz.documents import partial, tus
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import parts_lost, refused
from insurenz.documents.pieces import Piece
from insurenz.documents.receiving import FLUSH_BYTES, Incoming, Receiver
from insurenz.documents.standing import Standing

log = logging.getLogger("insurenz.documents")


@contextmanager
def joined(request: Request, upload: Standing, last: Piece) -> Iterator[Receiver]:
    """A receiver that holds the whole file, stored, looked into and scanned; what no row keeps after the block is dropped.

    A file that is refused ends with all that came of it. Raises what it is refused with, as `partial.append` does
    when somebody else has gone on with it meanwhile, or Unavailable: then what came before the last piece stays.
    """
    database, store = database_of(request), request.app.state.store
    receiver = receiver_of(request.app.state)
    try:
        try:
            gather(receiver, upload, _content(database, store, upload, last))
            receiver.complete()
        except (Invalid, TooLarge, WrongMediaType, Conflict):
            # Was it no longer as it was seen, what was looked into was not the file.
            with database.unit_of_work() as session:
                partial.give_up(session, authenticate_request(request, session), upload, store=store)
            raise
        yield receiver
    except DBAPIError as error:
        if error.connection_invalidated:
            receiver.keep()
        raise
    finally:
        receiver.drop()


def stand(request: Request) -> Standing:
    """How much has come of a file. One whose beginning is not in the store, or in this one, ends: it begins anew. Blocks.

    Raises NotFound, StoreFailed.
    """
    database, store = database_of(request), request.app.state.store
    with database.read_unit() as session:
        upload = _standing(request, session)
        tus.require_version(request)
        first = partial.parts_of(session, upload.id)[:1]
    if not first or store.has(first[0]):
        return upload
    with database.unit_of_work() as session:
        partial.remove(session, store, [upload.id])
    with database.read_unit() as session:
        # It may have become whole meanwhile.
        return _standing(request, session)


def _standing(request: Request, session: Session) -> Standing:
    actor = authenticate_request(request, session)
    return partial.standing(session, actor, request.path_params["upload_id"])


def receiver_of(state: Any) -> Receiver:
    """A receiver of one file, whose bytes are counted elsewhere."""
    settings = state.settings
    return Receiver(
        state.store,
        state.inspector,
        settings.documents,
        allowance=Allowance(None, settings.timezone),
        scanner=state.scanner,
        takes_one=True,
    )


def gather(receiver: Receiver, upload: Standing, content: Iterator[bytes]) -> Incoming:
    """Take the whole of a file into a receiver. Raises what its bytes alone are refused with."""
    sink, found = receiver.open_file("file", upload.file_name), hashlib.sha256()
    for data in content:
        found.update(data)
        sink.write(memoryview(data))
        if sink.waiting >= FLUSH_BYTES:
            sink.spool()
    if upload.sha256 not in (None, found.hexdigest()):
        raise refused("sha256_mismatch", upload.file_name)
    sink.close()
    return sink


def _content(database: Database, store: ObjectStore, upload: Standing, last: Piece) -> Iterator[bytes]:
    with database.read_unit() as session:
        keys = partial.parts_of(session, upload.id)
    try:
        for key in keys:
            yield from store.read(key)
    except ObjectMissing as missing:
        log.exception("part missing", extra={"upload_id": upload.id})
        raise parts_lost() from missing
    yield from last.content()
