"""CPU time of processes, read from /proc: of the server, of the processes it starts, and of PostgreSQL."""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


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


def cpu_of(server: int, *, workers: int, postmaster: int | None, database: str) -> Cpu:
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
