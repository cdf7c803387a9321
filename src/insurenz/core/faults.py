"""Named fault points in the choke points, switched on by a test-only setting: kill, fail or delay at a chosen step.

`INSURENZ_FAULTS="unit.before_commit=kill@3,store.written=sleep:0.5"`: at the third passing, or at each.
Refused outside development.
"""

import os
import signal
import threading
import time

_counts: dict[str, int] = {}
_lock = threading.Lock()


class InjectedFault(Exception):
    """Raised at a fault point that was told to fail."""


def _parse(text: str) -> dict[str, tuple[str, int]]:
    plan = {}
    for part in filter(None, text.split(",")):
        name, _, rest = part.partition("=")
        action, _, nth = rest.partition("@")
        plan[name] = (action, int(nth or 0))
    return plan


_plan = _parse(os.environ.get("INSURENZ_FAULTS", ""))


def plan(text: str) -> None:
    """Replace the plan of this process and count passings anew."""
    _plan.clear()
    _counts.clear()
    _plan.update(_parse(text))


def fault(name: str) -> None:
    """Pass a fault point: nothing happens unless the plan names it."""
    if not _plan or name not in _plan:
        return
    action, nth = _plan[name]
    with _lock:
        _counts[name] = _counts.get(name, 0) + 1
        if nth and _counts[name] != nth:
            return
    _act(name, action)


def _act(name: str, action: str) -> None:
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action.startswith("sleep:"):
        time.sleep(float(action.partition(":")[2]))
    else:
        raise InjectedFault(name)
