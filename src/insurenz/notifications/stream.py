"""The live stream: one's inbox as server-sent events, from now on or from where one left off."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from insurenz.accounts.auth import authenticate_request, token_ends_at
from insurenz.core import clock
from insurenz.core.body import GOES_ON
from insurenz.core.edge import Route, database_of
from insurenz.core.errors import CutOff
from insurenz.notifications.changes import Batch
from insurenz.notifications.hub import GONE, HEARTBEAT, Hub, Stream

HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    # nginx would hold events back until it has a page of them.
    (b"x-accel-buffering", b"no"),
]
MOST_DIGITS = 10
# What a reader is given to take the end of a stream, before the connection is cut.
LAST_SECONDS = 1

EVENTS = {
    "description": (
        "Events, each with a rev of your inbox as its id: `notification` with `unread` and the `item` as `InboxOut` "
        "has it, `state` as `StateOut` has it."
    ),
    # Of each event: the data is JSON.
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "event": {"type": "string", "enum": ["notification", "state"]},
                    "data": {"type": "string"},
                },
                "required": ["id", "event", "data"],
            }
        }
    },
}
LAST_EVENT_ID: dict[str, Any] = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The id of the last event that was received; browsers send it by themselves.",
    "schema": {"type": "string", "maxLength": 64},
}
AFTER: dict[str, Any] = {
    "name": "after",
    "in": "query",
    "required": False,
    "description": "The same as Last-Event-ID, which goes before it: for a window that takes over from another.",
    "schema": {"type": "string", "maxLength": 64},
}

router = APIRouter(route_class=Route, tags=["notifications"])


@router.get(
    "/notifications/stream",
    response_class=Response,
    responses={200: EVENTS},
    openapi_extra={"parameters": [LAST_EVENT_ID, AFTER]},
)
async def stream_notifications(request: Request) -> Response:
    """Your inbox as it changes (server-sent events): each notification that is new or has changed, as in the list.

    With `Last-Event-ID` (or `after`) everything that has changed since then, in its latest state; without it first how
    your inbox stands. It ends when your access does, and after an hour, to be taken up again.
    """
    return await _opened(request, request.app.state.hub)


async def _opened(request: Request, hub: Hub) -> Response:
    stream = Stream()
    stream.take(await run_in_threadpool(_begin, request, hub, stream))
    # What was committed after the first read, and hinted before it was taken.
    hub.hear([stream.actor.id])
    return _Live(hub, stream)


def _begin(request: Request, hub: Hub, stream: Stream) -> Batch:
    with database_of(request).read_unit() as session:
        actor = authenticate_request(request, session)
    return hub.begin(stream, actor, seconds=_seconds(request), after=_last_event_id(request))


def _last_event_id(request: Request) -> int | None:
    given = request.headers.get("last-event-id") or request.query_params.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= MOST_DIGITS else None


def _seconds(request: Request) -> float:
    """How long the stream may last: what the settings allow, and as long as the token does."""
    most: int = request.app.state.settings.limits.stream_seconds
    ends_at = token_ends_at(request)
    return most if ends_at is None else min(most, ends_at - clock.now().timestamp())


class _Live(Response):
    """The answer that goes on: writes what the hub brings."""

    def __init__(self, hub: Hub, stream: Stream) -> None:
        self.status_code = 200
        self._hub, self._stream = hub, stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the stream is over, or its reader has gone or takes nothing."""
        stream = self._stream
        leaving = asyncio.create_task(_gone(receive))
        leaving.add_done_callback(lambda _task: stream.end(GONE))
        scope["state"][GOES_ON] = True
        try:
            await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
            await self._write_all(send)
            await _finish(send)
        finally:
            leaving.cancel()
            self._hub.remove(stream)

    async def _write_all(self, send: Send) -> None:
        stream = self._stream
        # Something at once, so that proxies, too, see that it has begun.
        piece = stream.pull() or HEARTBEAT
        while piece or not stream.is_over:
            if piece:
                await stream.write(send, piece)
            else:
                if stream.is_behind:
                    self._hub.hear([stream.actor.id])
                await stream.wait()
            piece = stream.pull()


async def _finish(send: Send) -> None:
    try:
        async with asyncio.timeout(LAST_SECONDS):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    except TimeoutError as error:
        raise CutOff("the reader of a live stream does not take its end") from error


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
