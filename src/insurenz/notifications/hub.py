"""The open streams of one process, and the one thread that reads for all of them what has changed.

A stream is registered before it is first read for, and looked at again right after: so what is committed in between is
neither missed nor sent twice, for every batch says up to which rev it brings, and a stream takes none twice.
"""

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from starlette.types import Send

from insurenz.accounts.sessions import Terms
from insurenz.core import clock
from insurenz.core.background import Loop
from insurenz.core.db import Database
from insurenz.core.errors import CutOff, TooManyRequests, Unauthenticated, Unavailable
from insurenz.core.metrics import ENDED_STREAMS, OPEN_STREAMS
from insurenz.core.permissions import Actor
from insurenz.notifications import changes
from insurenz.notifications.changes import Batch, Position

# Hints of this time are read for together.
GATHER_SECONDS = 0.005
# What no hint came for is found after this long, with a second to spare; so is access that has ended.
LOOK_SECONDS = 18
# Streams that are read for together, and frames that wait for one client, besides those of one batch.
AT_ONCE, MOST_WAITING = 1000, 100
HEARTBEAT, HEARTBEAT_SECONDS = b":\n\n", 15
# A reader who takes nothing for so long is cut off; what they missed they get when they come again.
STALL_SECONDS = 20

CLOSING, GONE, ACCESS, TIME, SLOW = "closing", "gone", "access", "time", "slow"


class Stream:
    """One open stream: what waits to be sent to its reader, up to which rev.

    What is new comes to it on its event loop, in the task that opened it: with timers of its own each would cost more
    than what they are about.
    """

    __slots__ = (
        *("_frames", "_is_writing", "_last_write", "_task", "_waiter"),
        *("actor", "came_at", "ended", "is_behind", "loop", "rev", "until"),
    )

    def __init__(self) -> None:
        self.actor: Actor
        self.came_at = clock.now()
        self.until = 0.0
        self.rev: int | None = None
        self.ended: str | None = None
        # Whether there is more than was taken.
        self.is_behind = False
        self.loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._frames: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._last_write, self._is_writing = time.monotonic(), False

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to wait for."""
        return self.ended is not None or (time.monotonic() >= self.until and not self.is_behind)

    def take(self, batch: Batch) -> None:
        """Take what is new in a batch; too much for a slow reader is left for later."""
        if not batch.has_access:
            self._frames.clear()
            self.end(ACCESS)
        if self.ended == ACCESS or (self.rev is not None and batch.upto <= self.rev):
            return
        if len(self._frames) >= MOST_WAITING:
            self.is_behind = True
            return
        self._frames += [frame for rev, frame in batch.frames if self.rev is None or rev > self.rev]
        self.rev, self.is_behind = batch.upto, batch.has_more
        self._wake()

    def pull(self) -> bytes:
        """All that waits, which waits no longer."""
        frames, self._frames = self._frames, []
        return b"".join(frames)

    def end(self, reason: str) -> None:
        """Let the stream end: one that writes, to somebody who does not read, at once."""
        if self.ended is None:
            self.ended = reason
            # A reader who has gone takes everything.
            if self._is_writing and reason != GONE and self._task is not None:
                self._task.cancel()
        self._wake()

    def wait(self) -> asyncio.Future[None]:
        """To be awaited: until there is something to do."""
        self._waiter = self.loop.create_future()
        return self._waiter

    async def write(self, send: Send, piece: bytes) -> None:
        """Send a piece; raises CutOff when the stream ends before its reader takes it."""
        self._last_write, self._is_writing = time.monotonic(), True
        try:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        except asyncio.CancelledError as error:
            if self.ended is None or self._task is None:
                raise
            self._task.uncancel()
            raise CutOff("a live stream ended while its reader took nothing") from error
        finally:
            self._is_writing = False

    def tend(self, now: float) -> None:
        """What is to be done when there is nothing new: a sign of life, or an end."""
        if self._is_writing:
            if now - self._last_write >= STALL_SECONDS:
                self.end(SLOW)
        elif now >= self.until:
            self._wake()
        elif now - self._last_write >= HEARTBEAT_SECONDS:
            self._frames.append(HEARTBEAT)
            self._wake()

    def is_due(self, now: float) -> bool:
        """Whether `tend` has something to do."""
        return now >= self.until or now - self._last_write >= HEARTBEAT_SECONDS

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Hub:
    """Knows the open streams of this process by user, and brings them what is new.

    `loop` is the thread that does so; before `open` and after `close` a stream ends after what it begins with.
    """

    def __init__(
        self, database: Database, terms: Terms, *, base_url: str, most: int, most_of_user: int
    ) -> None:
        self._database, self._terms, self._base_url = database, terms, base_url
        self._most, self._most_of_user = most, most_of_user
        self._is_open = False
        self._lock = threading.Lock()
        self._streams: dict[str, list[Stream]] = {}
        self._count = 0
        self._hinted: set[str] = set()
        self._is_all_hinted = False
        self._next_look, self._next_tending = time.monotonic() + LOOK_SECONDS, 0.0
        self._hint = threading.Event()
        self.loop = Loop("streams", self.turn, interval=1, wake=self._hint, gather=GATHER_SECONDS)

    def open(self) -> None:
        """Let streams stay open."""
        self._is_open = True

    def close(self) -> None:
        """End every stream, and let no new one stay."""
        self._is_open = False
        for stream in self._all():
            stream.loop.call_soon_threadsafe(stream.end, CLOSING)

    def begin(self, stream: Stream, actor: Actor, *, seconds: float, after: int | None) -> Batch:
        """Register a stream of somebody, for so long; gives what it begins with, after this rev or from now on.

        Raises TooManyRequests when they have too many, Unavailable when the process has, and Unauthenticated.
        """
        stream.actor, stream.until = actor, time.monotonic() + seconds
        self._add(stream)
        try:
            return self._first(stream, after)
        except BaseException:
            # Whatever it was: a stream that never began must not be counted.
            self.remove(stream)
            raise

    def _first(self, stream: Stream, after: int | None) -> Batch:
        position = Position(stream.actor, stream.came_at, after or 0)
        given: dict[str, Any] = {"is_resumed": after is not None, "terms": self._terms}
        with self._database.snapshot() as session:
            batch = changes.first(session, position, base_url=self._base_url, **given)
        if not batch.has_access:
            raise Unauthenticated("The session has just ended; sign in again.")
        return batch

    def _add(self, stream: Stream) -> None:
        user_id = stream.actor.id
        with self._lock:
            if len(self._streams.get(user_id, ())) >= self._most_of_user:
                raise _too_many(self._most_of_user)
            if self._count >= self._most:
                raise Unavailable("There are as many live streams here as can be.", code="streams_full")
            self._streams.setdefault(user_id, []).append(stream)
            self._count += 1
        OPEN_STREAMS.inc()
        if not self._is_open:
            stream.ended = CLOSING

    def remove(self, stream: Stream) -> None:
        """Forget a stream that has ended."""
        with self._lock:
            others = self._streams[stream.actor.id]
            others.remove(stream)
            if not others:
                del self._streams[stream.actor.id]
            self._count -= 1
        OPEN_STREAMS.dec()
        ENDED_STREAMS.labels(stream.ended or TIME).inc()

    def hear(self, user_ids: Collection[str] | None) -> None:
        """Look soon at the streams of these users (None: of all): their inboxes have changed. From any thread."""
        with self._lock:
            if user_ids is None:
                self._is_all_hinted = True
            else:
                self._hinted.update(each for each in user_ids if each in self._streams)
            is_hinted = self._is_all_hinted or self._hinted
        if is_hinted:
            self._hint.set()

    def turn(self) -> None:
        """Read for whom there are hints, and now and then for everybody; keep those alive for whom there is nothing."""
        self._tend()
        is_look = time.monotonic() >= self._next_look
        streams = self._due(is_look=is_look)
        try:
            for start in range(0, len(streams), AT_ONCE):
                some = streams[start : start + AT_ONCE]
                _deliver(some, self._read(some, asks_all=is_look))
        except Exception:
            # The hints are used up: whatever they were about is found by the next turn.
            self._is_all_hinted = True
            raise
        if is_look:
            self._next_look = time.monotonic() + LOOK_SECONDS

    def _due(self, *, is_look: bool) -> Sequence[Stream]:
        with self._lock:
            is_all = is_look or self._is_all_hinted
            users: Iterable[str] = list(self._streams) if is_all else self._hinted & self._streams.keys()
            self._hinted, self._is_all_hinted = set(), False
            # One that has not begun yet is looked at again as soon as it has.
            return [each for user in users for each in self._streams[user] if each.rev is not None]

    def _read(self, streams: Sequence[Stream], *, asks_all: bool) -> Sequence[Batch | None]:
        positions = [Position(each.actor, each.came_at, each.rev or 0) for each in streams]
        with self._database.snapshot() as session:
            return changes.read(
                session, positions, terms=self._terms, base_url=self._base_url, asks_all=asks_all
            )

    def _tend(self) -> None:
        now = time.monotonic()
        if now < self._next_tending:
            return
        self._next_tending = now + 1
        for stream in self._all():
            if stream.is_due(now):
                stream.loop.call_soon_threadsafe(stream.tend, now)

    def _all(self) -> list[Stream]:
        with self._lock:
            return [stream for streams in self._streams.values() for stream in streams]


def _deliver(streams: Sequence[Stream], batches: Sequence[Batch | None]) -> None:
    by_loop: dict[Any, list[tuple[Stream, Batch]]] = defaultdict(list)
    for stream, batch in zip(streams, batches, strict=True):
        if batch is not None:
            by_loop[stream.loop].append((stream, batch))
    for loop, pairs in by_loop.items():
        loop.call_soon_threadsafe(_take_each, pairs)


def _take_each(pairs: Sequence[tuple[Stream, Batch]]) -> None:
    for stream, batch in pairs:
        stream.take(batch)


def _too_many(most: int) -> TooManyRequests:
    return TooManyRequests(
        f"You have {most} live streams open; close one first.",
        code="too_many_streams",
        headers={"Retry-After": "15"},
    )
