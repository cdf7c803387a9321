"""What every collection does, of paper or real."""

from datetime import UTC, datetime, timedelta
from typing import Any

from insurenz.core.ids import new_id

AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
DOCUMENT = {"created_at": AT, "title": "QC Cleared", "recipient_ids": ["a", "b"], "read_by": []}
READ = {"created_at": AT, "read": ["a"], "unread": []}
UNREAD = {"created_at": AT, "read": [], "unread": ["a"]}


def holds(collection: Any, shown: Any) -> None:
    """`shown` gives a document as it is, None when there is none."""
    _in_any_order(collection, shown)
    _settles_and_goes(collection, shown)


def _in_any_order(collection: Any, shown: Any) -> None:
    late, early = new_id(), new_id()
    collection.write(late, DOCUMENT)
    first = collection.mark(late, **READ)
    # A retry of the writing, and of the mark.
    collection.write(late, DOCUMENT)
    assert collection.mark(late, **READ) > first
    assert shown(late) == {**DOCUMENT, "read_by": ["a"]}
    # The mark comes first: nobody sees the document until it is written.
    collection.mark(early, **READ)
    assert shown(early) == {"created_at": AT, "read_by": ["a"]}
    collection.write(early, DOCUMENT)
    assert shown(early) == {**DOCUMENT, "read_by": ["a"]}
    collection.mark(early, created_at=AT, read=["b"], unread=["a"])
    assert shown(early) == {**DOCUMENT, "read_by": ["b"]}
    assert collection.mark(new_id(), created_at=None, read=["a"], unread=[]) is None
    collection.forget(early, ["b", "c"])
    collection.forget(new_id(), ["b"])
    assert shown(early) == {**DOCUMENT, "recipient_ids": ["a"], "read_by": ["b"]}
    collection.mark(late, **UNREAD)
    collection.mark(late, **UNREAD)
    assert shown(late) == DOCUMENT
    collection.delete([late, early])


def _settles_and_goes(collection: Any, shown: Any) -> None:
    ids = [new_id() for _ in range(5)]
    for n, id_ in enumerate(ids):
        collection.write(id_, {**DOCUMENT, "created_at": AT + timedelta(minutes=n)})
    collection.set(ids[0], {"title": "Other"})
    collection.set(new_id(), {"title": "Nowhere"})
    assert shown(ids[0])["title"] == "Other"
    page = collection.before(AT + timedelta(minutes=4), after=None, most=3)
    assert page == [(ids[n], AT + timedelta(minutes=n)) for n in range(3)]
    rest = collection.before(AT + timedelta(minutes=4), after=page[-1][1], most=3)
    assert rest == [(ids[3], AT + timedelta(minutes=3))]
    collection.delete([*ids[:4], new_id()])
    assert [shown(id_) is None for id_ in ids] == [True, True, True, True, False]
    collection.delete(ids)
