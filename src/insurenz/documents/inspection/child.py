"""The child process: takes one file after another from the server over its pipes, within limits it cannot lift."""

import contextlib
import gc
import json
import mmap
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from insurenz.documents.inspection.findings import Findings, Refused
from insurenz.documents.inspection.images import inspect_jpeg, inspect_png
from insurenz.documents.inspection.limits import leave_network, set_limits, yield_to_others
from insurenz.documents.inspection.pdf import inspect_pdf
from insurenz.documents.inspection.word import inspect_doc, inspect_docx

if sys.platform != "win32":
    import resource

READERS: dict[str, Callable[[BinaryIO], Findings]] = {
    "pdf": inspect_pdf,
    "jpeg": inspect_jpeg,
    "png": inspect_png,
    "doc": inspect_doc,
    "docx": inspect_docx,
}
# A start costs as much as a thousand files.
FILES = 10_000
OPEN_FILES = 16
MiB = 1024 * 1024


def main() -> None:
    """Serve until the server closes the pipe, or until this process has grown old or large."""
    seconds, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    answers = os.dup(1)
    _limit(memory_mb * MiB)
    _close_outputs()
    space = _AddressSpace()
    gc.freeze()
    os.write(answers, b"ready\n")
    for served, line in enumerate(sys.stdin.buffer, start=1):
        _allow_seconds(seconds)
        task, kind, path = json.loads(line)
        answer = inspected(task, kind, path)
        is_last = served >= FILES or "exhausted" in answer or space.held() > memory_mb * MiB // 2
        _send(answers, json.dumps(answer | {"is_last": is_last}).encode() + b"\n")
        if is_last:
            return


def _send(pipe: int, answer: bytes) -> None:
    while answer:
        answer = answer[os.write(pipe, answer) :]


def inspected(task: str, kind: str, path: str) -> dict[str, Any]:
    """The answer about a file: `findings` or `preview` as the task is, `refused` with a code and a cause, or `unreadable`."""
    with contextlib.ExitStack() as opened:
        try:
            file = opened.enter_context(Path(path).open("rb"))
        except OSError as error:
            return {"unreadable": str(error)}
        return _read(TASKS[task], kind, file)


def _findings(kind: str, file: BinaryIO) -> dict[str, Any]:
    return {"findings": vars(READERS[kind](file))}


def _preview(kind: str, file: BinaryIO) -> dict[str, Any]:
    _yield_to_others()
    from insurenz.documents.inspection.previews import MAKERS  # noqa: PLC0415 - most children make none

    return {"preview": MAKERS[kind](file)}


@cache
def _yield_to_others() -> None:
    """For good, as this process does nothing else."""
    yield_to_others()


TASKS: dict[str, Callable[[str, BinaryIO], dict[str, Any]]] = {"inspect": _findings, "preview": _preview}


def _read(task: Callable[[str, BinaryIO], dict[str, Any]], kind: str, file: BinaryIO) -> dict[str, Any]:
    try:
        return task(kind, file)
    except Refused as refusal:
        return {"refused": refusal.code, "cause": refusal.cause}
    except MemoryError:
        return {"refused": "bomb", "cause": "memory", "exhausted": True}
    except Exception as error:  # noqa: BLE001 a reader may stumble over a hostile file in any way
        return {"refused": "corrupt", "cause": type(error).__name__}


def _limit(memory: int) -> None:
    """Limit this process for good. Windows has nothing of it: there the server's time limit is all."""
    if sys.platform == "win32":
        return
    # Where containers forbid to leave it, this process still opens no socket.
    leave_network()
    set_limits(
        {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: OPEN_FILES,
            resource.RLIMIT_NPROC: 0,
        }
    )


def _close_outputs() -> None:
    """Parsers may print; what they say about a stranger's file is nobody's business."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _allow_seconds(seconds: int) -> None:
    """Processor time for the next file; ends a process whose server has died and cannot stop it."""
    if sys.platform != "win32":
        most = resource.getrlimit(resource.RLIMIT_CPU)[1]
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + seconds + 1, most))


class _AddressSpace:
    """How much of it this process still holds between files; nothing where the system does not say."""

    def __init__(self) -> None:
        has_it = sys.platform == "linux"
        self._sizes = os.open("/proc/self/statm", os.O_RDONLY) if has_it else None

    def held(self) -> int:
        """Bytes."""
        if self._sizes is None:
            return 0
        return int(os.pread(self._sizes, 32, 0).split()[0]) * mmap.PAGESIZE


if __name__ == "__main__":
    main()
