"""A Firestore of paper: documents in memory, away when it is told to be; and the desk of an install that mirrors."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from insurenz.accounts.models import User
from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.firestore.collection import Failed, Seen
from insurenz.deliveries.sending import Sender
from insurenz.notifications import service
from insurenz.notifications.mirror import Mirror
from tests.notifications.stories import Desk


class Paper:
    """A collection as the product uses it."""

    def __init__(self) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.at: dict[str, datetime] = {}
        self.calls: list[str] = []
        self.failure: Failed | None = None
        self._now = datetime(2026, 11, 22, tzinfo=UTC)

    def write(self, id_: str, document: Mapping[str, Any]) -> None:
        self._call("write")
        read_by = self.documents.get(id_, {}).get("read_by", [])
        self._put(id_, {**document, "read_by": read_by})

    def mark(
        self, id_: str, *, created_at: datetime | None, read: Sequence[str], unread: Sequence[str]
    ) -> datetime | None:
        self._call("mark")
        if created_at is None and id_ not in self.documents:
            return None
        found = self.documents.get(id_, {"created_at": created_at, "read_by": []})
        read_by = [*found["read_by"], *(uid for uid in read if uid not in found["read_by"])]
        return self._put(id_, {**found, "read_by": [uid for uid in read_by if uid not in unread]})

    def forget(self, id_: str, uids: Sequence[str]) -> None:
        self._call("forget")
        if id_ in self.documents:
            found = self.documents[id_]
            kept = [uid for uid in found.get("recipient_ids", []) if uid not in uids]
            self._put(id_, {**found, "recipient_ids": kept})

    def set(self, id_: str, values: Mapping[str, Any]) -> None:
        self._call("set")
        if id_ in self.documents:
            self._put(id_, {**self.documents[id_], **values})

    def before(self, moment: datetime, *, after: datetime | None, most: int) -> list[tuple[str, datetime]]:
        self._call("before")
        found = sorted((each["created_at"], id_) for id_, each in self.documents.items())
        return [(id_, at) for at, id_ in found if at < moment and (after is None or at > after)][:most]

    def delete(self, ids: Sequence[str]) -> None:
        self._call("delete")
        for id_ in ids:
            self.documents.pop(id_, None)

    def listen(self, heard: Callable[[Sequence[Seen]], object]) -> None:
        """What there is now; then it ends."""
        self._call("listen")
        heard(self.seen())

    def hang_up(self) -> None:
        pass

    def close(self) -> None:
        pass

    def seen(self) -> list[Seen]:
        """What a listener would be told."""
        return [Seen(id_, list(each["read_by"]), self.at[id_]) for id_, each in self.documents.items()]

    def read_by(self, id_: str, uid: str) -> None:
        """A front end marks a document."""
        found = self.documents[id_]
        self._put(id_, {**found, "read_by": [*found["read_by"], uid]})

    def _put(self, id_: str, document: dict[str, Any]) -> datetime:
        self._now += timedelta(microseconds=1)
        self.documents[id_], self.at[id_] = document, self._now
        return self._now

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.failure:
            raise self.failure


AWAY = Failed("firestore_unavailable", status_code=503)


class Mirroring:
    """The desk, the sender and the mirror of an install, on one database and one Firestore."""

    def __init__(self, desk: Desk, collection: Any) -> None:
        self.desk, self.collection, self.database = desk, collection, desk.database
        self.sender = Sender(self.database, Firestore(collection, self.database))
        self.mirror = Mirror(self.database, desk.telling, collection)

    def knows(self, person: Actor, uid: str | None) -> None:
        """Give somebody an id by which Firestore knows them."""
        with self.database.unit_of_work() as session:
            session.execute(update(User).where(User.id == person.id).values(external_uid=uid))

    def cleared(self) -> str:
        """An event of which Lakeside's desk is told, fanned out; gives its id."""
        event = self.desk.happen("claim_qc_clear", by=self.desk.cast.meera, status="qc_clear")
        self.desk.tell()
        return event

    def written(self) -> str:
        """The same, and its document is written."""
        event = self.cleared()
        self.sender.work()
        return event

    def marks(self, person: Actor, event: str, *, is_read: bool = True) -> None:
        """Somebody marks an item in the inbox here."""
        mark = service.mark_read if is_read else service.mark_unread
        with self.database.unit_of_work() as session:
            mark(session, person, event, telling=self.desk.telling)

    def unread(self, person: Actor) -> int:
        """Somebody's badge."""
        from insurenz.notifications.queries import state_of

        with self.database.read_unit() as session:
            return state_of(session, person.id).unread


def mirroring(database: Database, cast: Any, collection: Any) -> Mirroring:
    """An install that mirrors, whose Lakeside desk is known there."""
    desk = Desk.of(database, cast, channels=frozenset({"firestore"}))
    made = Mirroring(desk, collection)
    made.knows(cast.lakeside_desk, "uid-desk")
    return made
