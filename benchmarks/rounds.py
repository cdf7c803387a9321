"""Runs that alternate: in each round every system has its turn, so that a drift of the machine is in all of them."""

import json
import math
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from processes import cpu_of, until_idle
from server import WORK

LINES = WORK / "benchmarks.jsonl"
SHOWN = (
    *("round", "key", "rps", "MBps", "ms", "p95_ms", "p99_ms", "rows", "first_answer_s", "idle_mb"),
    *("statements", "wal", "told_s", "removed", "took_s", "own_ms", "rendering_ms", "sent_s"),
    *("errors", "foreign_cpu"),
)
# Others that use more than this of a core spoil a run.
QUIET = 0.3


class System(Protocol):
    """Whatever answers the load client."""

    @property
    def name(self) -> str: ...
    @property
    def roots(self) -> Sequence[int]: ...
    def load(self, op: str, **options: Any) -> dict[str, Any]: ...
    def clear(self) -> None: ...


class Startable(Protocol):
    """What has to be started before, and stopped after."""

    def start(self) -> object: ...
    def stop(self) -> None: ...


@dataclass(frozen=True)
class Shot:
    """One run of the load client, taken once in each round; `key` names it among the runs."""

    key: str
    system: System
    op: str
    clients: int
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Runs:
    """The results of each shot, a dictionary for each round."""

    results: dict[str, list[dict[str, Any]]]

    def of(self, key: str, value: str = "rps") -> list[float]:
        """A value in each round; not a number where it is missing."""
        return [math.nan if run.get(value) is None else float(run[value]) for run in self.results[key]]

    def median(self, key: str, value: str = "rps") -> float:
        """Over the rounds."""
        return median(self.of(key, value))

    def ratio(self, key: str, other: str, value: str = "rps") -> float:
        """The median of what a shot was of another in the same round."""
        return median_ratio(self.of(key, value), self.of(other, value))


@dataclass
class Measurement:
    """How much is measured, and every run so far. `most` bounds the notifications there are."""

    rounds: int
    seconds: float
    most: int = 10_000_000
    lines: list[dict[str, Any]] = field(default_factory=list)

    def alternate(self, work: str, shots: Sequence[Shot]) -> Runs:
        """Warm everything up, then one shot after the other in each round."""
        results: dict[str, list[dict[str, Any]]] = {shot.key: [] for shot in shots}
        for shot in shots:
            self._run(shot, seconds=1, warm=0)
        for number in range(1, self.rounds + 1):
            for shot in shots:
                result = self._run(shot, seconds=self.seconds)
                results[shot.key].append(result)
                self.record(work, round=number, key=shot.key, **result)
        return Runs(results)

    def repeat(self, work: str, keys: Sequence[str], take: Callable[[str], dict[str, Any]]) -> Runs:
        """The same for what is no run of the load client: `take` measures what a key names."""
        results: dict[str, list[dict[str, Any]]] = {key: [] for key in keys}
        for number in range(1, self.rounds + 1):
            for key in keys:
                results[key].append(take(key))
                self.record(work, round=number, key=key, **results[key][-1])
        return Runs(results)

    def record(self, work: str, **line: Any) -> None:
        """Keep what was measured, and show that it goes on."""
        entry = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "work": work, **line}
        self.lines.append(entry)
        with LINES.open("a") as file:
            file.write(json.dumps(entry) + "\n")
        print(work, *(f"{name} {entry[name]}" for name in SHOWN if entry.get(name)), file=sys.stderr)

    def doubts(self) -> list[str]:
        """What speaks against the figures, in sentences."""
        errors = {f"{line['key']} ({line['work']})" for line in self.lines if line.get("errors")}
        noisy = sum(line.get("foreign_cpu", 0) > QUIET for line in self.lines)
        found = [f"Requests failed in runs of {', '.join(sorted(errors))}."] if errors else []
        if noisy:
            found.append(
                f"In {noisy} of {len(self.lines)} runs other processes used more than {QUIET} of a core: repeat them."
            )
        return found

    def _run(self, shot: Shot, **times: float) -> dict[str, Any]:
        # What is left to be written must not fall into the next one's time.
        os.sync()
        before = [cpu_of(root, workers=2) for root in shot.system.roots]
        result = shot.system.load(shot.op, clients=shot.clients, **shot.options, **times)
        until_idle(shot.system.roots)
        spent = [cpu_of(root, workers=2) - cpu for root, cpu in zip(shot.system.roots, before, strict=True)]
        shot.system.clear()
        cpu = {"server_cpu_s": sum(c.server for c in spent), "children_cpu_s": sum(c.children for c in spent)}
        return result | {name: round(value, 2) for name, value in cpu.items()}


@contextmanager
def running(*systems: Startable) -> Iterator[None]:
    """All of these, started one after the other and stopped in any case."""
    with ExitStack() as stack:
        for system in systems:
            stack.callback(system.stop)
            system.start()
        yield


def median_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """The median of each value divided by its partner; not a number when a partner is 0."""
    pairs = zip(values, others, strict=True)
    return median([value / other if other else math.nan for value, other in pairs])


def median(values: Sequence[float]) -> float:
    """Not a number when one of them is not."""
    return math.nan if any(math.isnan(value) for value in values) else statistics.median(values)
