"""The Firestore mirror: each notification as a document, for front ends of the operator's that listen there."""

from collections.abc import Mapping
from typing import Any, Self

from sqlalchemy import bindparam, or_, select

from insurenz.accounts.queries import external_uids
from insurenz.core.db import Database, Id
from insurenz.core.settings import Settings
from insurenz.core.statements import Statement
from insurenz.deliveries.channels.channel import Channel, Passing, Permanent, Sending, To
from insurenz.deliveries.firestore.collection import Collection, Failed
from insurenz.deliveries.firestore.documents import document_of
from insurenz.deliveries.firestore.models import UNSETTLED
from insurenz.deliveries.models import DEAD, DELIVERIES, DUE
from insurenz.deliveries.retry import LONG_WAITS
from insurenz.events.chain import insert_if_absent
from insurenz.events.models import EVENTS

# Another delivery of the event that is still to be sent, or was given up.
_OTHERS = Statement(
    select(DELIVERIES.c.id).where(
        DELIVERIES.c.event_id == bindparam("event", type_=Id),
        DELIVERIES.c.id != bindparam("own", type_=Id),
        or_(DUE, DEAD),
    )
)
_CONCERNED = Statement(
    select(EVENTS.c.hospital_id, EVENTS.c.payer_id, EVENTS.c.claimant_id).where(
        EVENTS.c.id == bindparam("event", type_=Id)
    )
)


class Firestore(Channel):
    """Writes each notification once, under its own id. Who has read it is kept in step elsewhere."""

    name = "firestore"
    to = To.SERVICE

    def __init__(self, collection: Collection, database: Database) -> None:
        self.collection, self._database = collection, database

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """Where a project is named."""
        project, credentials = settings.firestore_project, settings.firestore_credentials
        if not project:
            return None
        return cls(Collection(project, settings.firestore_database, credentials), database)

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int | None:
        """Write the document. Raises Passing or Permanent.

        Recipients are those who, when it is written, have an external uid and may still be told of it.
        """
        with self._database.read_unit() as session:
            concerned = _CONCERNED.first(session, {"event": delivery.event_id})._asdict()
            uids = external_uids(session, body["recipient_ids"], **concerned)
            others = _OTHERS.first(session, {"event": delivery.event_id, "own": delivery.id})
        if others:
            with self._database.unit_of_work() as session:
                insert_if_absent(session, UNSETTLED, {"event_id": delivery.event_id})
        try:
            self.collection.write(delivery.event_id, document_of(body, uids, is_delivered=not others))
        except Failed as failure:
            if failure.is_final:
                raise Permanent(failure.reason, status_code=failure.status_code) from failure
            raise Passing(failure.reason, status_code=failure.status_code, waits=LONG_WAITS) from failure
        return None

    def close(self) -> None:
        """Hang up."""
        self.collection.close()
