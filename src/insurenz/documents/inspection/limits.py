"""What a process that opens strangers' files gives up for good: network, privileges, files of others, its place in the queue."""

import os
import struct
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import ctypes
    import resource

LEAST_PRIORITY = 19
# Of Linux: namespaces, options of prctl, the version of capset's arguments.
_NEW_USER, _NEW_NETWORK, _NEW_MOUNTS, _CAPABILITIES = 0x10000000, 0x40000000, 0x00020000, 0x20080522
_BIND, _PRIVATE, _RECURSIVE = 0x1000, 0x40000, 0x4000
_PARENT_DEATH, _NO_NEW_PRIVILEGES, _KILL = 1, 38, 9
# Landlock: its calls, the rule of a path, and what is asked of a kernel that calls it by its version.
_CREATE, _ADD, _RESTRICT, _VERSION, _PATH_BENEATH = 444, 445, 446, 1, 1
_EXECUTE, _WRITE, _READ, _LIST, _MOVE, _TRUNCATE = (1 << bit for bit in (0, 1, 2, 3, 13, 14))
_OF_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
# Abstract sockets and signals, which since version 6 do not leave either.
_SCOPES = 3


def set_limits(limits: Mapping[int, int]) -> None:
    """Set limits of this system that cannot be lifted; those that it has not, or that are lower already, stay."""
    if sys.platform == "win32":
        return
    for limit, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))


def leave_network(place: Path | None = None) -> bool:
    """Linux: no network and no privileges from here on; whether that is so, for some forbid it.

    The `place` stands for /tmp then, and for /run, where sockets of databases lie.
    """
    if sys.platform != "linux":
        return False
    kernel = ctypes.CDLL(None)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    kinds = _NEW_NETWORK | (_NEW_MOUNTS if place else 0)
    has_left = not kernel.unshare(kinds) or not kernel.unshare(_NEW_USER | kinds)
    if has_left and place:
        # The place may lie in /tmp, where it cannot be found any more after that.
        source, hidden = os.fsencode(place), [*([b"/run"] if Path("/run").is_dir() else []), b"/tmp"]
        has_left = not kernel.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None) and not any(
            kernel.mount(source, each, None, _BIND, None) for each in hidden
        )
    kernel.capset((ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)())
    return has_left


def leave_files(readable: Sequence[Path], writable: Path) -> bool:
    """Linux: no file from here on but below these; whether that is so, for a kernel before 5.19 cannot do it."""
    if sys.platform != "linux":
        return False
    kernel = ctypes.CDLL(None)
    version = kernel.syscall(_CREATE, None, 0, _VERSION)
    if version < 2:
        return False
    everything = (1 << (15 if version >= 3 else 14)) - 1
    wanted = struct.pack("QQQ", everything, 0, _SCOPES)[: 24 if version >= 6 else 8]
    rules = kernel.syscall(_CREATE, wanted, len(wanted), 0)
    granted = [(path, _EXECUTE | _READ | _LIST) for path in readable]
    for path, rights in [*granted, (Path(os.devnull), _READ | _WRITE), (writable, everything)]:
        _grant(kernel, rules, path, rights & everything)
    return rules >= 0 and not kernel.syscall(_RESTRICT, rules, 0)


def _grant(kernel: "ctypes.CDLL", rules: int, path: Path, rights: int) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        of_it = rights if path.is_dir() else rights & _OF_FILES
        kernel.syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", of_it, handle), 0)
        os.close(handle)


def end_with_parent() -> None:
    """Linux: be killed when whoever began this process ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, _KILL, 0, 0, 0)


def yield_to_others() -> None:
    """Who is waited for by nobody leaves the processor to those who are."""
    if sys.platform == "win32":
        return
    os.setpriority(os.PRIO_PROCESS, 0, LEAST_PRIORITY)
    # A session of its own is a scheduling group of its own on Linux, in which alone that priority counts.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(LEAST_PRIORITY))
