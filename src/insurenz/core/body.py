"""Reading request bodies within limits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.requests import ClientDisconnect

from insurenz.core.errors import SenderTooSlow, TooLarge, WrongMediaType

# What is still read and thrown away after a refusal, so that the answer reaches a client that is busy sending.
DRAIN_BYTES = 100 * 1024 * 1024
# In the state of a request: whether its connection ends with the answer.
HANGS_UP = "hangs_up"
# In the state of a request: its answer goes on until somebody ends it, so it has been answered when that begins.
GOES_ON = "goes_on"


def declared_length(request: Request) -> int | None:
    """The Content-Length, or None when the body comes in chunks."""
    text = request.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def media_type(request: Request) -> str:
    """The type of the body as its sender names it, without parameters; empty when they do not."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def has_body(request: Request) -> bool:
    """Whether a body comes with the request."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def judge_media_type(request: Request, taken: str) -> None:
    """Say so when a body was not understood because it was sent as another type. Raises WrongMediaType."""
    kind = media_type(request)
    is_like_it = kind.endswith("+json") if taken == "application/json" else kind == "multipart/form-data"
    if has_body(request) and kind != taken and not is_like_it:
        raise WrongMediaType(f"Send the body as {taken} (Content-Type), not as {kind or 'nothing'}.")


async def read_bounded(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes; raises TooLarge before it holds more."""
    length = declared_length(request)
    if length is not None and length > limit:
        await drain(request)
        raise too_large(limit)
    body = bytearray()
    async with patience(_stall_seconds(request)) as moved:
        async for chunk in request.stream():
            moved()
            body += chunk
            if len(body) > limit:
                hang_up(request)
                raise too_large(limit)
    return bytes(body)


@asynccontextmanager
async def patience(seconds: float) -> AsyncIterator[Callable[[], None]]:
    """Wait inside for a sender, and call what this gives with each sign of life.

    Raises SenderTooSlow when none comes for so long, or a tenth of it less.
    """
    loop = asyncio.get_running_loop()
    since = loop.time()

    def moved() -> None:
        # Only now and then: a timer for each piece of a body would cost more than the piece.
        nonlocal since
        if loop.time() - since > seconds / 10:
            since = loop.time()
            limit.reschedule(since + seconds)

    try:
        async with asyncio.timeout(seconds) as limit:
            yield moved
    except TimeoutError as error:
        raise SenderTooSlow(f"No byte came for {seconds:g} seconds.") from error


async def drain(request: Request) -> None:
    """Read and throw away the rest of a body whose declared length is up to 100 MB, until its sender stalls.

    After another one the connection ends with the answer, so that nobody sends on for ever.
    """
    length = declared_length(request)
    if length is None and "transfer-encoding" not in request.headers:
        return
    if length is None or length > DRAIN_BYTES:
        hang_up(request)
        return
    try:
        async with patience(_stall_seconds(request)) as moved:
            async for _ in request.stream():
                moved()
    except (ClientDisconnect, RuntimeError):
        # Gone, or already read to its end: nothing is left to throw away.
        return
    except SenderTooSlow:
        hang_up(request)


def hang_up(request: Request) -> None:
    """End the connection after the answer: the body is not read to its end."""
    request.scope.setdefault("state", {})[HANGS_UP] = True


def _stall_seconds(request: Request) -> float:
    seconds: float = request.app.state.settings.documents.stall_seconds
    return seconds


def too_large(limit: int) -> TooLarge:
    """The refusal of a body over its limit."""
    return TooLarge(
        f"The body is larger than {limit} bytes, the most this route takes.", code="body_too_large"
    )
