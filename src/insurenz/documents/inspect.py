"""Inspection of uploaded files in child processes that are limited, kept warm, and killed when a file takes too long."""

import contextlib
import json
import logging
import os
import queue
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import insurenz
from insurenz.core.errors import Unavailable
from insurenz.core.settings import Documents as Limits
from insurenz.documents.inspection.findings import Findings, Refused

__all__ = ["Findings", "Inspector", "Refused"]

log = logging.getLogger("insurenz.inspection")

CHILD = "insurenz.documents.inspection.child"
START_SECONDS = 30.0
PIECE = 64 * 1024
# Two pictures of a page, which are held to their size and quality.
LONGEST_ANSWER = 4 * 1024 * 1024
# Windows cannot wait for a pipe with a time limit; there a timer kills the child, which ends the wait.
CAN_POLL = hasattr(select, "poll")


class Inspector:
    """Looks into files, each in a child process of its own; as many at a time as there are `processes`.

    A file is given `seconds` of time and `memory_mb` MiB of address space (where the system has such limits), and may
    wait `wait_seconds` for a child that is free. Children start when they are needed.
    """

    def __init__(
        self, *, processes: int = 2, seconds: float = 10, memory_mb: int = 512, wait_seconds: float = 10
    ) -> None:
        self._wait_seconds = wait_seconds
        self._children = [_Child(seconds, memory_mb) for _ in range(processes)]
        # The last one back is the first one out: a quiet server needs only one child.
        self._free: queue.LifoQueue[_Child] = queue.LifoQueue()
        for child in self._children:
            self._free.put(child)

    @classmethod
    def of(cls, limits: Limits, *, processes: int) -> "Inspector":
        """With the limits of these settings."""
        return cls(processes=processes, seconds=limits.inspect_seconds, memory_mb=limits.inspect_memory_mb)

    def start(self) -> None:
        """Start a child ahead of the first file, without waiting for it."""
        with self._child() as child:
            child.start()

    def inspect(self, path: Path, kind: str) -> Findings:
        """What the file at `path` holds, which by its first bytes is a `kind` (a name of sniff.TYPES). Blocks; any thread may ask.

        Raises Refused when the file is not what it seems, is damaged, or asks for more than the limits; Unavailable
        when no child is free in time; OSError when the file cannot be read at all.
        """
        return Findings(**self._asked("inspect", path, kind)["findings"])

    def preview(self, path: Path, kind: str) -> dict[str, str]:
        """What shows the file at `path`, which was inspected before: `small` and `large` pictures (JPEG in base64) or a `text`.

        Nothing where this install has no tool for it. Blocks; raises as `inspect` does.
        """
        made: dict[str, str] = self._asked("preview", path, kind)["preview"]
        return made

    def _asked(self, task: str, path: Path, kind: str) -> dict[str, Any]:
        with self._child() as child:
            answer = child.ask(task, kind, path)
        if "refused" in answer:
            raise Refused(answer["refused"], answer["cause"])
        if "unreadable" in answer:
            raise OSError(answer["unreadable"])
        return answer

    def close(self) -> None:
        """End every child, also in the middle of a file; who asks later is told that inspection is busy."""
        for child in self._children:
            child.close()
        with contextlib.ExitStack() as taken:
            for _ in self._children:
                taken.enter_context(self._child()).stop()

    @contextlib.contextmanager
    def _child(self) -> Iterator["_Child"]:
        try:
            child = self._free.get(timeout=self._wait_seconds)
        except queue.Empty:
            raise _busy() from None
        try:
            yield child
        finally:
            self._free.put(child)


class _Child:
    """The place of one child: it gets a process when one is needed, and another when that has ended.

    Whoever took it has it alone; only `close` may come from another thread.
    """

    def __init__(self, seconds: float, memory_mb: int) -> None:
        self._seconds = seconds
        self._limits = (str(int(seconds) + 1), str(memory_mb))
        self._process: _Process | None = None
        self._is_closed = False
        self._lock = threading.Lock()

    def start(self) -> "_Process":
        """The process, perhaps a new one that is not ready yet; raises Unavailable after `close`."""
        with self._lock:
            if self._is_closed:
                raise _busy()
            if self._process is None:
                try:
                    self._process = _Process(self._limits)
                except OSError as error:
                    log.exception("inspection does not start")
                    raise _busy() from error
            return self._process

    def ask(self, task: str, kind: str, path: Path) -> dict[str, Any]:
        """What the process answers about a file; raises Refused when the file ends it, Unavailable when there is none."""
        process = self._asked([task, kind, str(path)])
        try:
            answer = process.answer(self._seconds)
        except BaseException:
            self.stop()  # or the next file would get the answer about this one
            raise
        if answer is None:
            self.stop()
            if self._is_closed:
                raise _busy()
            log.warning("a file ended its inspection", extra={"kind": kind})
            raise Refused("bomb", "the process ended or was stopped")
        if answer["is_last"]:
            self.stop()
        return answer

    def stop(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.end()

    def close(self) -> None:
        """Kill the process, so that whoever waits for it gets no answer, and have none from now on."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def _asked(self, request: list[str]) -> "_Process":
        """A process that has taken the request; one that ended while nobody asked is replaced once."""
        for _ in range(2):
            process = self.start()
            if process.take(request):
                return process
            self.stop()
        if not self._is_closed:
            log.error("inspection does not start")
        raise _busy()


class _Process:
    """A running child and its two pipes, with one line of JSON for each request and each answer."""

    def __init__(self, limits: Sequence[str]) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-s", "-W", "ignore", "-m", CHILD, *limits],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
            start_new_session=True,  # Ctrl-C in a terminal is for the server, which ends its children itself
        )
        self._in, self._out = (pipe.fileno() for pipe in (self._popen.stdin, self._popen.stdout) if pipe)
        if CAN_POLL:
            self._poll = select.poll()
            self._poll.register(self._out, select.POLLIN)
        self._is_ready = False

    def take(self, request: list[str]) -> bool:
        """Hand over a request, once the process is ready; False when it has ended."""
        self._is_ready = self._is_ready or self._line(START_SECONDS) == b"ready\n"
        if not self._is_ready:
            return False
        try:
            os.write(self._in, json.dumps(request).encode() + b"\n")
        except OSError:
            return False
        return True

    def answer(self, seconds: float) -> dict[str, Any] | None:
        """The answer, or None when there is none after that time, or never will be."""
        line = self._line(seconds)
        return json.loads(line) if line else None

    def kill(self) -> None:
        """End it at once."""
        self._popen.kill()

    def end(self) -> None:
        """End it at once, and leave nothing of it."""
        self._popen.kill()
        with self._popen:
            pass  # closes the pipes and waits

    def _line(self, seconds: float) -> bytes:
        """What it writes up to the end of a line; empty when it has ended or takes longer."""
        if CAN_POLL:
            return self._read(time.monotonic() + seconds)
        timer = threading.Timer(seconds, self.kill)
        timer.start()
        try:
            return self._read(None)
        finally:
            timer.cancel()

    def _read(self, deadline: float | None) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            if deadline is not None and not self._poll.poll(max(0, deadline - time.monotonic()) * 1000):
                return b""
            piece = os.read(self._out, PIECE)
            if not piece or len(line) > LONGEST_ANSWER:
                return b""
            line += piece
        return bytes(line)


def _environment() -> dict[str, str]:
    """None of the server's settings and secrets; only where the code lies, and what Windows needs to start a program."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(insurenz.__file__).resolve().parents[1])}


def _busy() -> Unavailable:
    return Unavailable("The checking of files is busy; send it again shortly.", code="inspection_busy")
