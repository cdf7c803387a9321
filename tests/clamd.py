"""A virus scanner as clamd speaks: scripted in this process, or the real one with a signature of its own."""

import contextlib
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.waiting import soon

TEST_WORDS = b"insurenz-test-virus"


class _Handler(socketserver.StreamRequestHandler):
    server: "Scripted"

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        self.wfile.write(self.server.verdict(content))


class Scripted(socketserver.ThreadingTCPServer):
    """Finds TEST_WORDS, or answers what it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.says: bytes | None = None
        self.scanned: list[bytes] = []

    @property
    def address(self) -> str:
        """As CLAMD_ADDRESS."""
        return f"127.0.0.1:{self.server_address[1]}"

    def verdict(self, content: bytes) -> bytes:
        """What is answered."""
        if self.says is not None:
            return self.says
        return b"stream: Test.Virus FOUND\0" if TEST_WORDS in content else b"stream: OK\0"


@contextlib.contextmanager
def scripted() -> Iterator[Scripted]:
    """One that runs."""
    with Scripted() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def real(folder: Path) -> Iterator[str]:
    """The address of a real clamd that knows TEST_WORDS alone."""
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    (folder / "db").mkdir()
    (folder / "db" / "local.ndb").write_text(f"Insurenz.Test:0:*:{TEST_WORDS.hex()}\n")
    path = folder / "clamd.sock"
    config = f"DatabaseDirectory {folder / 'db'}\nLocalSocket {path}\nForeground yes\nUser root\n"
    (folder / "clamd.conf").write_text(config)
    with subprocess.Popen([program, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL) as process:
        try:
            assert soon(lambda: process.poll() is not None or _listens(path))
            assert process.poll() is None, "clamd does not start"
            yield str(path)
        finally:
            process.terminate()


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(path)) == 0
