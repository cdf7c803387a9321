"""Processes as /proc shows them: their CPU time and memory, whether they rest, and how they are ended."""

import os
import re
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# A server may go on after its last answer: a queue is worked off, events are fanned out.
LOOK_SECONDS = 0.5
MOST_LOOKS = 60
IDLE_SHARE = 0.1
END_SECONDS = 20


@dataclass(frozen=True)
class Stat:
    """One process: its parent, its own CPU seconds, and those of children that have ended and were waited for."""

    pid: int
    parent: int
    own: float
    ended_children: float


@dataclass(frozen=True)
class Cpu:
    """CPU seconds so far: server processes, their child processes, the database's backends, the rest of PostgreSQL."""

    server: float = 0
    children: float = 0
    backends: float = 0
    postgres: float = 0

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


def cpu_of(server: int, *, workers: int, postmaster: int | None = None, database: str = "") -> Cpu:
    """The CPU seconds of the server that was started as process `server`, and of the PostgreSQL it uses.

    With several workers the server is that process and its direct children; everything below is a child process.
    """
    stats = all_stats()
    own = _down(stats, [server], 1 if workers > 1 else 0)
    below = _down(stats, [server], 99) - own
    total = Cpu(
        server=sum(stats[pid].own for pid in own),
        children=sum(stats[pid].ended_children for pid in own)
        + sum(stats[pid].own + stats[pid].ended_children for pid in below),
    )
    if postmaster is None:
        return total
    cluster = _down(stats, [postmaster], 1)
    backends = {pid for pid in cluster if f" {database} " in command_of(pid)}
    # A backend that has ended counts for the rest; the pool keeps them while it is used.
    rest = sum(stats[pid].own for pid in cluster - backends) + stats[postmaster].ended_children
    return Cpu(total.server, total.children, sum(stats[pid].own for pid in backends), rest)


def all_stats() -> dict[int, Stat]:
    """Every process there is now."""
    found = (_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return {stat.pid: stat for stat in found if stat is not None}


def command_of(pid: int) -> str:
    """The command line of a process; empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def memory_of(roots: Iterable[int]) -> float:
    """MB (of 2^20 bytes) that these processes and everything below them hold; what several share counts once."""
    return sum(_pss(pid) for pid in _down(all_stats(), roots, 99)) / 1024


@dataclass
class Growth:
    """MB that were held at first and at most: by a server's own processes, and with everything below them."""

    idle_server: float = 0
    idle_all: float = 0
    peak_server: float = 0
    peak_all: float = 0


@contextmanager
def growth_of(root: int) -> Iterator[Growth]:
    """Looks ten times a second, until the block has ended, at a server of several workers that `root` has started."""
    server, everything = _memory(root)
    growth = Growth(server, everything, server, everything)
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(0.1):
            server, everything = _memory(root)
            growth.peak_server = max(growth.peak_server, server)
            growth.peak_all = max(growth.peak_all, everything)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield growth
    finally:
        is_over.set()
        looking.join()


def until_idle(roots: Collection[int]) -> None:
    """Wait until these processes and everything below them rest; half a minute at most."""
    now = _spent(roots)
    for _ in range(MOST_LOOKS if roots else 0):
        time.sleep(LOOK_SECONDS)
        earlier, now = now, _spent(roots)
        if now - earlier < IDLE_SHARE * LOOK_SECONDS:
            break


def end(roots: Collection[int]) -> None:
    """End these processes in order, and with them everything below; what has not gone in time is killed."""
    everyone = _down(all_stats(), roots, 99)
    _signal(roots, signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    # A process that has ended and was not waited for yet has no command any more.
    while (left := {pid for pid in everyone if command_of(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(left, signal.SIGKILL)


def _memory(root: int) -> tuple[float, float]:
    stats = all_stats()
    held = {pid: _pss(pid) / 1024 for pid in _down(stats, [root], 99)}
    return sum(held.get(pid, 0) for pid in _down(stats, [root], 1)), sum(held.values())


def _signal(pids: Iterable[int], which: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, which)


def _spent(roots: Iterable[int]) -> float:
    stats = all_stats()
    return sum(stats[pid].own for pid in _down(stats, roots, 99))


def _pss(pid: int) -> int:
    """In kB; none when the process has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _stat(pid: int) -> Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets may hold anything; the fields of proc(5) from the third on follow it.
    values = text.rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(value) / TICKS for value in values[11:15])
    return Stat(pid, int(values[1]), user + system, ended_user + ended_system)


def _down(stats: dict[int, Stat], roots: Iterable[int], depth: int) -> set[int]:
    """These processes and their descendants, so many steps down."""
    below: dict[int, list[int]] = defaultdict(list)
    for stat in stats.values():
        below[stat.parent].append(stat.pid)
    found = level = {root for root in roots if root in stats}
    for _ in range(depth):
        level = {child for pid in level for child in below[pid]}
        if not level:
            break
        found = found | level
    return found
