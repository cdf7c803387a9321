"""First pages of Word files by LibreOffice, where that is installed: a process for each file, which sees that file alone."""

import contextlib
import importlib.util
import logging
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import insurenz
from insurenz.core.errors import Unavailable
from insurenz.core.ids import new_id
from insurenz.core.settings import Documents as Limits

log = logging.getLogger("insurenz.documents")

BECOMING = "insurenz.documents.inspection.becoming"
# It is one of the last to get the processor, so waiting takes longer than working.
SECONDS, PROCESSOR_SECONDS, MEMORY_MB = 120.0, 20, 4096
MOST_BYTES = 32 * 1024 * 1024
# As which it knows the folder that it works in.
_ITS_FOLDER = "/tmp"  # noqa: S108
_ONE_PAGE = 'pdf:writer_pdf_Export:{"PageRange":{"type":"string","value":"1"}}'
# No macro runs, no link is followed, nothing is loaded from elsewhere.
_SETTINGS = {
    "org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": 3,
        "DisableMacrosExecution": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "org.openoffice.Office.Writer/Content/Update": {"Link": 0, "Field": "false", "Chart": "false"},
}


class NoPage(Exception):
    """There is no picture of this file: it took too long or too much, or was not understood."""


class Office:
    """LibreOffice at the path `program`, for one file at a time.

    A file is given `seconds` of time, and of processor time and memory what the limits say. Where the system cannot
    keep the program from network and files, there is no page.
    """

    def __init__(
        self,
        program: Path,
        *,
        seconds: float = SECONDS,
        processor_seconds: int = PROCESSOR_SECONDS,
        memory_mb: int = MEMORY_MB,
    ) -> None:
        self._program, self._seconds = program, seconds
        self._limits = (str(processor_seconds), str(memory_mb))
        self._running: subprocess.Popen[bytes] | None = None
        self._is_closed, self._lock, self._turn = False, threading.Lock(), threading.Lock()

    @classmethod
    def of(cls, limits: Limits) -> "Office | None":
        """The one that the settings name; None where there is none, nothing to draw its pages, or this is not Linux."""
        found = None if limits.libreoffice == "off" else shutil.which(limits.libreoffice)
        can_draw = sys.platform == "linux" and importlib.util.find_spec("pypdfium2") is not None
        return cls(Path(found).resolve()) if found and can_draw else None

    @contextlib.contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether it is free, and kept so for the caller meanwhile: for one file at a time there is memory."""
        is_free = self._turn.acquire(blocking=False)
        try:
            yield is_free
        finally:
            if is_free:
                self._turn.release()

    @contextlib.contextmanager
    def first_page(self, file: Path, kind: str) -> Iterator[Path]:
        """A PDF of the first page of a `doc` or `docx`, that goes after the block with all that was made beside it. Blocks.

        Raises NoPage; Unavailable after `close`.
        """
        # Beside the file, so that the sweep takes what a crash leaves of it.
        folder = file.absolute().with_name(new_id())
        folder.mkdir(mode=0o700)
        try:
            yield self._made(folder, file, kind)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End what runs; who asks later is told that there is no office."""
        with self._lock:
            self._is_closed = True
            if self._running is not None:
                _kill(self._running)

    def _made(self, folder: Path, file: Path, kind: str) -> Path:
        letter, page = folder / f"letter.{kind}", folder / "letter.pdf"
        shutil.copyfile(file, letter)
        _write_settings(folder)
        self._run(folder, f"{_ITS_FOLDER}/{letter.name}")
        if self._is_closed:
            raise Unavailable("This server is about to end.", code="inspection_busy")
        # It could have left anything in its place.
        with contextlib.suppress(OSError):
            found = page.lstat()
            if stat.S_ISREG(found.st_mode) and 0 < found.st_size <= MOST_BYTES:
                return page
        raise NoPage

    def _run(self, folder: Path, letter: str) -> None:
        process = self._started(folder, letter)
        try:
            _wait(process, self._seconds)
        finally:
            with self._lock:
                # Before it is waited for: until then nobody else has its number.
                _kill(process)
                process.wait()
                self._running = None

    def _started(self, folder: Path, letter: str) -> subprocess.Popen[bytes]:
        profile = f"-env:UserInstallation=file://{_ITS_FOLDER}/profile"
        task = [
            "--headless",
            "--norestore",
            "--nolockcheck",
            "--convert-to",
            _ONE_PAGE,
            "--outdir",
            _ITS_FOLDER,
        ]
        office = [str(self._program), profile, *task, letter]
        with self._lock:
            if self._is_closed:
                raise Unavailable("This server is about to end.", code="inspection_busy")
            try:
                self._running = subprocess.Popen(
                    [sys.executable, "-P", "-s", "-m", BECOMING, str(folder), *self._limits, *office],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=_environment(),
                    start_new_session=True,
                )
            except OSError as error:
                raise NoPage from error
            return self._running


def _wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Until it has ended. Raises NoPage when that takes longer."""
    poll, handle = select.poll(), os.pidfd_open(process.pid)
    try:
        poll.register(handle, select.POLLIN)
        if not poll.poll(seconds * 1000):
            raise NoPage
    finally:
        os.close(handle)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process with all that it began."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    """None of the server's settings and secrets."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": _ITS_FOLDER,
        "SAL_USE_VCLPLUGIN": "svp",
        "PYTHONPATH": str(Path(insurenz.__file__).resolve().parents[1]),
    }


def _write_settings(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    )
