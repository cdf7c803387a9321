"""Routes of the delivery log, for admins and auditors, of what admins do with deliveries, and of mail services' reports."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Path, Query, Request

from insurenz.core.caller import CurrentUser
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.deliveries import feedback, queries, service, suppression
from insurenz.deliveries.models import State
from insurenz.deliveries.reporting import Reported, body_schema
from insurenz.deliveries.schemas import (
    ChannelList,
    ChannelName,
    ChannelOut,
    DeliveryList,
    DeliveryOut,
    FeedbackOut,
    PauseIn,
    PauseOut,
    ReplayedOut,
    ReplayIn,
    SuppressionList,
    SuppressionOut,
)

router = APIRouter(route_class=Route, prefix="/deliveries", tags=["deliveries"])

DeliveryId = Annotated[str, Path(min_length=1, max_length=64, description="Id of the delivery")]
UserId = Annotated[str, Path(min_length=1, max_length=64, description="Id of the user")]
ReplayGiven = Annotated[ReplayIn, Body(default_factory=ReplayIn)]


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
    delivered = queries.delivered_lately(db)
    made = [
        ChannelOut.of(name, each, is_configured=name in configured, delivered=delivered.get(name, 0))
        for name, each in queries.backlog(db).items()
    ]
    return ChannelList(items=made)


@router.post("/pause")
def pause_channel(body: PauseIn, actor: CurrentUser, db: Db) -> PauseOut:
    """Let all deliveries of a channel wait, or go on."""
    service.pause(db, actor, body.channel, is_paused=body.is_paused)
    return PauseOut(channel=body.channel, is_paused=body.is_paused)


@router.post("/replay")
def replay_deliveries(body: ReplayGiven, actor: CurrentUser, db: Db) -> ReplayedOut:
    """Send all that was given up again, by one channel or by all, each under its key and with all retries anew."""
    return ReplayedOut(count=service.replay_all(db, actor, channel=body.channel))


@router.get("/suppressions")
def list_suppressions(
    actor: CurrentUser, db: Db, *, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> SuppressionList:
    """Who is not told by a channel any more, because nobody is at their address or they complained."""
    rows, following = suppression.listing(db, cursor=cursor, limit=limit)
    return SuppressionList(items=[SuppressionOut.of(row) for row in rows], next_cursor=following)


@router.delete("/suppressions/{user_id}", status_code=204)
def lift_suppression(user_id: UserId, actor: CurrentUser, db: Db) -> None:
    """Tell somebody again by every channel; what was given up meanwhile can be replayed."""
    suppression.lift(db, actor, user_id)


@router.post("/feedback", openapi_extra=body_schema())
def take_mail_feedback(message: Reported, db: Db) -> FeedbackOut:
    """What a mail service reports, signed by Standard Webhooks: people it could not reach, people who complained.

    Taken in our words, or in those of Amazon SES. The same message again changes nothing.
    """
    return FeedbackOut(suppressed=feedback.take(db, message.id, message.reports))


@router.post("/{delivery_id}/replay")
def replay_delivery(delivery_id: DeliveryId, actor: CurrentUser, db: Db) -> DeliveryOut:
    """Send one now that was given up or waits for its next attempt, under the same key and with all retries anew."""
    found = service.replay(db, actor, delivery_id)
    [entry] = queries.with_attempts(db, [found])
    return DeliveryOut.of(entry)
