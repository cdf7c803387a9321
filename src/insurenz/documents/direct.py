"""Files that their senders put straight into the bucket, in parts, by links that are signed for one part and its size.

The server begins such a sending, and completes it: it holds the parts against what was announced, reads the object back
once, looks into it, and only then has it a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from insurenz.accounts.auth import authenticate_request
from insurenz.core.db import Session
from insurenz.core.edge import answer, database_of
from insurenz.core.errors import Conflict, Invalid, NotFound, TooLarge, WrongMediaType
from insurenz.core.faults import fault
from insurenz.core.problems import validated
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectMissing, ObjectStore, StoreFailed, new_key
from insurenz.core.storage.transfers import SentPart, Transfers
from insurenz.documents import partial, uploads
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import parts_lost
from insurenz.documents.joining import gather, receiver_of
from insurenz.documents.models import Document, PartialUpload
from insurenz.documents.partial import Announced
from insurenz.documents.receiving import StoredFile
from insurenz.documents.schemas import DirectIn, DirectOut, PartOut, UnfinishedOut, UploadOut, upload_out
from insurenz.documents.standing import Standing

# Each but the last; S3 takes 10,000 of them, of at least 5 MiB.
PART_BYTES = 8 * 1024 * 1024
MOST_PARTS = 10_000
LINK_SECONDS = 3600


def transfers_of(store: ObjectStore) -> Transfers:
    """What takes files straight into the bucket. Raises Conflict where this install does not."""
    if store.transfers is None:
        raise Conflict(
            "Files come through the server here: send them to POST /uploads.", code="direct_uploads_off"
        )
    return store.transfers


def sizes(file_size: int) -> list[int]:
    """How large each part of a file is."""
    size = max(PART_BYTES, -(-file_size // MOST_PARTS))
    whole, rest = divmod(file_size, size)
    return [size] * whole + [rest] * (rest > 0)


def begin(request: Request, fields: Mapping[str, Any]) -> DirectOut:
    """Begin such a sending; gives the links of its parts. Blocks. Raises what the whole would be refused with, Conflict or StoreFailed."""
    state, database = request.app.state, database_of(request)
    settings: Settings = state.settings
    with database.read_unit() as session:
        actor = authenticate_request(request, session)
        transfers = transfers_of(state.store)
        given = validated(DirectIn, fields)
        announced = Announced(given.file_name, given.file_size, given.sha256)
        allowance = Allowance.of_files(settings)
        partial.judge(session, actor, announced, limits=settings.documents, allowance=allowance)
    key = new_key()
    name = transfers.begin(key)

    def note(session: Session) -> PartialUpload:
        actor = authenticate_request(request, session)
        allowance = Allowance.of_files(settings)
        limits = settings.documents
        return partial.begin(
            session, actor, announced, limits=limits, allowance=allowance, transfer=(key, name)
        )

    try:
        upload = database.in_unit(note)
    except BaseException:
        uploads.abort(state.store, [(key, name)])
        raise
    return _told(upload, transfers, key, name)


def _told(upload: PartialUpload, transfers: Transfers, key: str, name: str) -> DirectOut:
    links = [
        PartOut(
            number=number,
            size=size,
            url=transfers.part_link(key, name, number=number, size=size, seconds=LINK_SECONDS),
        )
        for number, size in enumerate(sizes(upload.file_size), 1)
    ]
    return DirectOut(**vars(UnfinishedOut.of(upload)), parts=links)


class Completion:
    """The end of one such sending."""

    def __init__(self, request: Request) -> None:
        self._request, self._state = request, request.app.state
        self._database, self._settings = database_of(request), request.app.state.settings
        self._store: ObjectStore = request.app.state.store

    def answered(self) -> Response:
        """The upload that the file has become, also when it is asked for again. Blocks.

        Raises NotFound, Conflict for parts that are missing or of another size, what the file is refused with, and
        StoreFailed: then it may be asked for again.
        """
        with self._database.read_unit() as session:
            actor = authenticate_request(self._request, session)
            found = partial.own(session, actor, self._request.path_params["upload_id"])
        if isinstance(found, Document):
            return answer(upload_out(found), 201)
        if found.object_key is None or found.transfer is None:
            # It comes by tus.
            raise NotFound
        key, upload = found.object_key, Standing.of(found)
        self._complete(key, found.transfer, upload)
        return self._kept(upload, self._seen(key, upload))

    def _complete(self, key: str, name: str, upload: Standing) -> None:
        transfers = transfers_of(self._store)
        parts = transfers.parts(key, name)
        if parts is not None:
            _hold(parts, upload)
            transfers.complete(key, name, parts)
        elif not self._store.has(key):
            self._give_up(upload)
            raise parts_lost()
        fault("store.written")

    def _seen(self, key: str, upload: Standing) -> StoredFile:
        """What the file is, read back once; one that is refused is gone."""
        receiver = receiver_of(self._state)
        try:
            sink = gather(receiver, upload, self._store.read(key))
            seen = sink.look_into(self._state.inspector, self._state.scanner)
        except ObjectMissing as missing:
            raise StoreFailed("it lost what was just sent") from missing
        except (Invalid, TooLarge, WrongMediaType):
            self._give_up(upload)
            raise
        finally:
            receiver.drop()
        return replace(seen, object_key=key)

    def _kept(self, upload: Standing, file: StoredFile) -> Response:
        def note(session: Session) -> Document:
            actor = authenticate_request(self._request, session)
            hours = self._settings.documents.upload_hours
            document = partial.finish_sent(session, actor, upload, file, hours=hours)
            Allowance.of_files(self._settings, file.file_size).spend(session, actor)
            fault("request.before_commit")
            return document

        return answer(UploadOut.of(self._database.in_unit(note)), 201)

    def _give_up(self, upload: Standing) -> None:
        with self._database.unit_of_work() as session:
            partial.remove(session, self._store, [upload.id])


def _hold(parts: Sequence[SentPart], upload: Standing) -> None:
    """Hold what has come against what was to come. Raises Conflict."""
    sent = {part.number: part.size for part in parts}
    wrong = [n for n, size in enumerate(sizes(upload.file_size), 1) if sent.pop(n, None) != size]
    if wrong or sent:
        named = [*wrong, *sent][:100]
        raise Conflict(
            "Parts are missing, or not as long as announced; send them, and complete it then.",
            code="parts_missing",
            extra={"parts": named},
        )
