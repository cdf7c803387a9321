"""A small balancer: each connection is handed to the next server that takes it, byte by byte in both directions."""

import asyncio
import threading
from collections.abc import Sequence
from contextlib import suppress

from tests import waiting

PIECE = 64 * 1024
PATIENCE_SECONDS = 10


class Balancer:
    """Listens on a port of its own until it is closed."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._ports, self._turn = list(ports), 0
        self._loop = asyncio.new_event_loop()
        self._is_open = threading.Event()
        self._thread = threading.Thread(target=self._run, name="balancer", daemon=True)
        self._thread.start()
        assert self._is_open.wait(waiting.PATIENCE_SECONDS)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Stop listening, and drop every connection."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.port: int = server.sockets[0].getsockname()[1]
        self._is_open.set()
        await self._over.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            upstream, downstream = await self._next()
            await asyncio.gather(_pump(reader, downstream), _pump(upstream, writer))
        writer.close()

    async def _next(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the server whose turn it is, or to the next one that lives."""
        until = self._loop.time() + PATIENCE_SECONDS
        while True:
            self._turn += 1
            try:
                return await asyncio.open_connection("127.0.0.1", self._ports[self._turn % len(self._ports)])
            except OSError:
                if self._loop.time() > until:
                    raise
                await asyncio.sleep(0.02)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    finally:
        # Who has said all is told so at the other end; a connection that broke, breaks there, too.
        writer.close()
