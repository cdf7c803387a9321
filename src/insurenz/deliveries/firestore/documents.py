"""A notification as a document of Firestore: the shape of the API, its people by the ids that Firestore knows them by."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

log = logging.getLogger("insurenz.deliveries")

# A document is a mebibyte at most, and has 40,000 index entries at most. Who has read it comes to be as long a list as
# who is told, and both are indexed, the recipients twice; what is left is for the texts.
MOST_IDS, ID_BYTES = 12_000, 350_000
# Names and addresses are told of so many, as in the API.
MOST_PEOPLE = 100


def document_of(body: Mapping[str, Any], uids: Mapping[str, str], *, is_delivered: bool) -> dict[str, Any]:
    """The document of a finished message, with nobody who has read it; `uids` are by the ids of our users.

    Who has no uid is left out. So are those who come after as many as a document holds; the log says how many.
    """
    people = [
        {**each, "user_id": uids[each["user_id"]]} for each in body["recipients"] if each["user_id"] in uids
    ]
    ids = list(_fitting(each["user_id"] for each in people))
    if len(ids) < len(people):
        told = {"event_id": body["id"], "recipients": len(people), "mirrored": len(ids)}
        log.warning("a mirrored notification has more recipients than a document holds", extra=told)
    return {
        **body,
        "recipients": people[:MOST_PEOPLE],
        "recipient_ids": ids,
        "recipient_roles": sorted({each["user_role"] for each in people}),
        "delivery_success": is_delivered,
        "read_by": [],
        "created_at": datetime.fromisoformat(body["created_at"]),
        "updated_at": datetime.fromisoformat(body["updated_at"]),
    }


def _fitting(uids: Iterable[str]) -> Iterator[str]:
    room = ID_BYTES
    for n, uid in enumerate(uids):
        # As Firestore counts: the bytes of a text, and one more.
        room -= len(uid.encode()) + 1
        if n == MOST_IDS or room < 0:
            return
        yield uid
