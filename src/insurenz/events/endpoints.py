"""Routes of the trail, for admins and auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from insurenz.core.caller import CurrentUser
from insurenz.core.days import Moment
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.events import queries
from insurenz.events.schemas import EventList, EventOut

router = APIRouter(route_class=Route, tags=["audit"])

Word = Annotated[str | None, Query(pattern=r"^[a-z0-9_]{1,64}$")]


@router.get("/audit")
def list_events(
    actor: CurrentUser,
    db: Db,
    *,
    subject_kind: Word = None,
    subject_id: Annotated[UUID | None, Query(description="Id of a claim, user, organisation, policy")] = None,
    type: Word = None,  # noqa: A002 - the API's own word
    actor_id: Annotated[UUID | None, Query(description="Id of the user who acted")] = None,
    since: Annotated[Moment | None, Query(description="The first moment")] = None,
    until: Annotated[Moment | None, Query(description="The first moment after")] = None,
    views: Annotated[bool, Query(description="Whether batches of who looked at what are among them")] = True,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> EventList:
    """Every event, newest first: of one subject, of one type, by one person, of a time, or all."""
    page = queries.trail(
        db,
        subject_kind=subject_kind,
        subject_id=str(subject_id) if subject_id else None,
        event_type=type,
        actor_id=str(actor_id) if actor_id else None,
        since=since,
        until=until,
        with_views=views,
        cursor=cursor,
        limit=limit,
    )
    items = [EventOut.of(entry.event, entry.texts) for entry in page.items]
    return EventList(items=items, next_cursor=page.next_cursor)
