"""The collection of notifications in a Firestore: written, marked, listened to, cleaned; needs the extra [firestore]."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

NAME = "claims_notifications"
READ_BY, RECIPIENT_IDS = "read_by", "recipient_ids"
# Each call, of which writing a document takes two at most.
CALL_SECONDS = 7
# A connection that died without a word is noticed after so long; what was missed comes with the next.
LISTEN_SECONDS = 600
# By which Firestore says that it will tell no more.
REMOVED = 2
HEARD_AT_ONCE = 200
MOST_IN_BATCH = 400
# What is about the message itself; anything else may be better in an hour, if only because somebody put a setting right.
FINAL = frozenset({"invalid_argument", "out_of_range"})
# How listening ends that nothing is wrong with.
ENDED = frozenset({"firestore_deadline_exceeded", "firestore_cancelled"})


class Failed(Exception):
    """Firestore has not done it; `reason` is a code word such as `firestore_unavailable`."""

    def __init__(self, reason: str, *, status_code: int | None = None, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.status_code, self.is_final = reason, status_code, is_final


class Seen(NamedTuple):
    """Who has read a notification by what Firestore says, and as of when."""

    id: str
    read_by: Sequence[str]
    at: datetime


@dataclass
class Collection:
    """One for each process; made without connecting. All of it raises Failed, and may be called from any thread."""

    project: str
    database: str
    credentials: Path | None = None

    def __post_init__(self) -> None:
        self._stream: Any = None
        # Where listening goes on after a connection has ended.
        self._resume = b""

    def write(self, id_: str, document: Mapping[str, Any]) -> None:
        """Let the document be there, and be so; who has read it already is kept."""
        at = self._document(id_)
        if not self._create(at, document):
            told = {name: value for name, value in document.items() if name != READ_BY}
            with _failing():
                at.update(told, retry=None, timeout=CALL_SECONDS)

    def mark(
        self, id_: str, *, created_at: datetime | None, read: Sequence[str], unread: Sequence[str]
    ) -> datetime | None:
        """Let these uids be among those who have read it, and those not; gives as of when Firestore has it so.

        In whatever order marks and the document itself come, nothing undoes another. `created_at` is the time of a
        document that may be still to come; with None there is nothing to mark when it is not there.
        """
        from google.cloud.firestore import ArrayRemove, ArrayUnion  # noqa: PLC0415

        at = self._document(id_)
        as_of = None
        for change, uids in ((ArrayUnion, read), (ArrayRemove, unread)):
            if not uids:
                continue
            while (done := self._update(at, {READ_BY: change(list(uids))})) is None:
                if created_at is None:
                    return None
                # It is found by clean-up, should the document itself never come.
                self._create(at, {"created_at": created_at, READ_BY: []})
            as_of = done
        return as_of

    def forget(self, id_: str, uids: Sequence[str]) -> None:
        """Let these be no recipients of a document any more, if it is there."""
        from google.cloud.firestore import ArrayRemove  # noqa: PLC0415

        self._update(self._document(id_), {RECIPIENT_IDS: ArrayRemove(list(uids))})

    def set(self, id_: str, values: Mapping[str, Any]) -> None:
        """Change fields of a document, if it is there."""
        self._update(self._document(id_), values)

    def before(self, moment: datetime, *, after: datetime | None, most: int) -> list[tuple[str, datetime]]:
        """Id and time of the oldest documents from before a moment, at most so many; `after` goes on from a time."""
        from google.cloud.firestore import FieldFilter  # noqa: PLC0415

        query = self._client.collection(NAME).where(filter=FieldFilter("created_at", "<", moment))
        if after is not None:
            query = query.where(filter=FieldFilter("created_at", ">", after))
        chosen = query.order_by("created_at").limit(most).select(["created_at"])
        with _failing():
            found = list(chosen.stream(retry=None, timeout=CALL_SECONDS))
        return [(each.id, _plain(each.get("created_at"))) for each in found]

    def delete(self, ids: Sequence[str]) -> None:
        """Delete documents; those that are not there are no matter."""
        for start in range(0, len(ids), MOST_IN_BATCH):
            batch = self._client.batch()
            for id_ in ids[start : start + MOST_IN_BATCH]:
                batch.delete(self._document(id_))
            with _failing():
                batch.commit(retry=None, timeout=CALL_SECONDS)

    def listen(self, heard: Callable[[Sequence[Seen]], object]) -> None:
        """Call `heard` with every document, then with each that changes, until `hang_up` or for some minutes.

        The next call goes on where this one ended, unless that was a failure.
        """
        over = threading.Event()
        try:
            with _failing():
                self._stream = self._listening(over)
                self._hear(heard)
        except Failed as failure:
            if failure.reason not in ENDED:
                self._resume = b""
                raise
        finally:
            self._stream = None
            over.set()

    def _hear(self, heard: Callable[[Sequence[Seen]], object]) -> None:
        waiting: list[Seen] = []
        for answer in self._stream:
            if "document_change" in answer:
                waiting.append(_seen(answer.document_change.document))
                if len(waiting) < HEARD_AT_ONCE:
                    continue
            if waiting:
                heard(waiting)
                waiting = []
            if answer.target_change.target_change_type == REMOVED:
                raise Failed("firestore_listening_refused")
            self._resume = answer.target_change.resume_token or self._resume

    def hang_up(self) -> None:
        """End listening, from another thread."""
        stream = self._stream
        if stream is not None:
            stream.cancel()

    def close(self) -> None:
        """Close the connection, if there is one."""
        self.hang_up()
        if "_client" in self.__dict__:
            self._client.close()

    @cached_property
    def _client(self) -> Any:
        with _failing():
            from google.cloud import firestore  # noqa: PLC0415 - needs the extra, and takes megabytes

            given = {"project": self.project, "database": self.database}
            if self.credentials is None:
                return firestore.Client(**given)
            made: Any = firestore.Client
            try:
                return made.from_service_account_json(str(self.credentials), **given)
            except (OSError, ValueError) as error:
                raise Failed("firestore_credentials") from error

    def _document(self, id_: str) -> Any:
        return self._client.collection(NAME).document(id_)

    def _create(self, at: Any, document: Mapping[str, Any]) -> bool:
        """Whether it was not there."""
        from google.api_core.exceptions import AlreadyExists  # noqa: PLC0415

        with _failing():
            try:
                at.create(dict(document), retry=None, timeout=CALL_SECONDS)
            except AlreadyExists:
                return False
        return True

    def _update(self, at: Any, values: Mapping[str, Any]) -> datetime | None:
        """As of when it is so; None when there is no such document."""
        from google.api_core.exceptions import NotFound  # noqa: PLC0415

        with _failing():
            try:
                done = at.update(dict(values), retry=None, timeout=CALL_SECONDS)
            except NotFound:
                return None
        return _plain(done.update_time)

    def _listening(self, over: threading.Event) -> Any:
        from google.cloud.firestore_v1 import types  # noqa: PLC0415

        # The client's own watch keeps every document in memory, and spins while the server is away.
        client = self._client
        chosen = types.StructuredQuery(from_=[types.StructuredQuery.CollectionSelector(collection_id=NAME)])
        root = f"{client._database_string}/documents"
        query = types.Target.QueryTarget(parent=root, structured_query=chosen)
        target = types.Target(query=query, target_id=1, resume_token=self._resume)
        asked = types.ListenRequest(database=client._database_string, add_target=target)
        listen = client._firestore_api.transport.listen
        return listen(_kept_open(asked, over), timeout=LISTEN_SECONDS, metadata=client._rpc_metadata)


def _kept_open(request: Any, over: threading.Event) -> Iterator[Any]:
    yield request
    # To end what is said would end what is heard.
    over.wait()


def _seen(document: Any) -> Seen:
    read_by = document.fields[READ_BY].array_value.values if READ_BY in document.fields else ()
    id_ = document.name.rpartition("/")[2]
    return Seen(id_, [each.string_value for each in read_by], _plain(document.update_time))


def _plain(moment: datetime) -> datetime:
    """The moment without the nanoseconds that the client's own type has besides."""
    return datetime.combine(moment.date(), moment.time(), UTC)


@contextmanager
def _failing() -> Iterator[None]:
    """What the client raises is raised as Failed."""
    from google.api_core.exceptions import GoogleAPIError, from_grpc_error  # noqa: PLC0415
    from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415
    from grpc import RpcError  # noqa: PLC0415

    try:
        yield
    except GoogleAPIError as error:
        raise _failed(error) from error
    except RpcError as error:
        raise _failed(from_grpc_error(error)) from error
    except GoogleAuthError as error:
        raise Failed("firestore_credentials") from error


def _failed(error: Any) -> Failed:
    status, code = getattr(error, "grpc_status_code", None), getattr(error, "code", None)
    name = status.name.lower() if status else "unavailable"
    return Failed(f"firestore_{name}", status_code=int(code) if code else None, is_final=name in FINAL)
