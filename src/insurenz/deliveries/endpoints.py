"""Routes of the delivery log, for admins and auditors, and of what admins do with deliveries."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from insurenz.core.caller import CurrentUser
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.deliveries import queries, service
from insurenz.deliveries.models import State
from insurenz.deliveries.schemas import (
    ChannelList,
    ChannelName,
    ChannelOut,
    DeliveryList,
    DeliveryOut,
    PauseIn,
    PauseOut,
)

router = APIRouter(route_class=Route, prefix="/deliveries", tags=["deliveries"])

DeliveryId = Annotated[str, Path(min_length=1, max_length=64, description="Id of the delivery")]


@router.get("")
def list_deliveries(
    actor: CurrentUser,
    db: Db,
    *,
    state: State | None = None,
    channel: ChannelName | None = None,
    event_id: Annotated[UUID | None, Query(description="Id of the event it tells of")] = None,
    user_id: Annotated[UUID | None, Query(description="Id of the recipient")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> DeliveryList:
    """What leaves the house by other ways than the inbox, newest first, each with its attempts."""
    filters = queries.Filters(
        state, channel, str(event_id) if event_id else None, str(user_id) if user_id else None
    )
    entries, following = queries.log(db, filters, cursor=cursor, limit=limit)
    items = [DeliveryOut.of(entry) for entry in entries]
    return DeliveryList(items=items, next_cursor=following)


@router.get("/channels")
def list_channels(request: Request, actor: CurrentUser, db: Db) -> ChannelList:
    """The ways by which messages leave the house, and what of each is not delivered."""
    configured = request.app.state.channels.configured
    made = queries.backlog(db).items()
    return ChannelList(
        items=[ChannelOut.of(name, each, is_configured=name in configured) for name, each in made]
    )


@router.post("/pause")
def pause_channel(body: PauseIn, actor: CurrentUser, db: Db) -> PauseOut:
    """Let all deliveries of a channel wait, or go on."""
    service.pause(db, actor, body.channel, is_paused=body.is_paused)
    return PauseOut(channel=body.channel, is_paused=body.is_paused)


@router.post("/{delivery_id}/replay")
def replay_delivery(delivery_id: DeliveryId, actor: CurrentUser, db: Db) -> DeliveryOut:
    """Send one now that was given up or waits for its next attempt, under the same key and with all retries anew."""
    found = service.replay(db, actor, delivery_id)
    [entry] = queries.with_attempts(db, [found])
    return DeliveryOut.of(entry)
