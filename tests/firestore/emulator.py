"""The Firestore emulator of the tests: it listens on every address, so it runs in a network of its own, tests and all."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tests.waiting import PATIENCE_SECONDS, soon

HERE = Path(__file__).parent / "emulator"
PACKAGE = HERE / "node_modules/@firestore-emulator/server"
PORT = 18080
PROJECT = "insurenz-test"


class Emulator:
    """An emulator in this network; it forgets everything when it ends."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it listens."""
        os.environ["FIRESTORE_EMULATOR_HOST"] = f"127.0.0.1:{PORT}"
        self._process = subprocess.Popen(["node", str(HERE / "serve.mjs"), str(PORT)])
        process = self._process
        assert soon(lambda: process.poll() is not None or _listens()), "the emulator does not listen"
        assert process.poll() is None, "the emulator ended"

    def stop(self) -> None:
        """kill -9: what it had is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def hang(self) -> None:
        """Let it take connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def _listens() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


@cache
def why_not() -> str | None:
    """Why the emulator cannot be used here, None when it can; its packages are installed by their lock the first time."""
    missing = [name for name in ("node", "npm", "unshare", "ip") if shutil.which(name) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    if subprocess.run([*_unshared(), "true"], capture_output=True).returncode:
        return "needs the right to a network of its own (unshare --net)"
    # Several processes of tests may come to this at once.
    with (HERE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _not_installed()


def _not_installed() -> str | None:
    if not PACKAGE.is_dir():
        command = ["npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"]
        if subprocess.run(command, cwd=HERE, capture_output=True).returncode:
            return "needs the npm packages of tests/firestore/emulator"
    return None


def run_apart(
    module: str, *arguments: str, seconds: float = 4 * PATIENCE_SECONDS
) -> subprocess.CompletedProcess[str]:
    """Run a module of the tests in a network of its own, where nobody else reaches the emulator."""
    program = [sys.executable, "-m", module, *arguments]
    command = [*_unshared(), "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *program]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds)


def _unshared() -> Sequence[str]:
    # Who is not root is it in a name space of their own, where the system allows that.
    return ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
