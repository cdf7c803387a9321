"""A real server process on a database of its own: started as a user starts it, killed as fate kills it."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.waiting import PATIENCE_SECONDS, soon


def free_port() -> int:
    """A port nobody listens on, below those that the system gives to outgoing connections, which would take it meanwhile."""
    while True:
        port = random.SystemRandom().randrange(11_000, 32_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Answer:
    """An HTTP answer, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """`insurenz serve` with the demo world in a folder of its own."""

    folder: Path
    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *options: str, wait: bool = True, **settings: str) -> "Server":
        """Start it with options of its own; settings are environment variables of this start alone."""
        clean = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("INSURENZ_", "DATABASE_URL", "CELERY_", "REDIS_", "S3_", "NOTIFICATION_"))
        }
        url = {"DATABASE_URL": self.database_url} if self.database_url else {}
        command = [
            sys.executable,
            "-m",
            "insurenz",
            "serve",
            "--port",
            str(self.port),
            "--data",
            str(self.folder),
            *options,
        ]
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=clean | {"INSURENZ_RATE_LIMIT": "off"} | url | self.settings | settings,
                cwd=self.folder.parent,
                stdout=log,
                stderr=log,
            )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self) -> None:
        """Wait until `/health/ready` says so; the log is shown when it never does."""
        if soon(lambda: self._has_ended() or self._is_ready()) and not self._has_ended():
            return
        log = (self.folder.parent / f"{self.folder.name}.log").read_text(errors="replace")
        raise AssertionError(f"the server did not become ready:\n{log[-3000:]}")

    def _is_ready(self) -> bool:
        try:
            return self.call("GET", "/health/ready").status == 200
        except ConnectionError:
            return False

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str = "",
        json_body: Any = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; raises ConnectionError when the server is not there or goes away meanwhile."""
        send = dict(headers or {})
        if token:
            send["Authorization"] = f"Bearer {token}"
        if json_body is not None:
            body, send["Content-Type"] = json.dumps(json_body).encode(), "application/json"
        request = urllib.request.Request(f"{self.base}{path}", body, send, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as refusal:
            return Answer(refusal.code, dict(refusal.headers), refusal.read())
        except (urllib.error.URLError, http.client.HTTPException) as broken:
            raise ConnectionError(str(broken)) from broken

    def sign_in(self, email: str) -> str:
        """An access token of a person of the demo world."""
        answer = self.call(
            "POST", "/auth/login", json_body={"email": email, "password": "insurenz-demo-passphrase"}
        )
        assert answer.status == 200, answer.body
        token: str = answer.json()["access_token"]
        return token

    def kill(self) -> None:
        """kill -9, the workers too."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ask it to end and wait; gives its exit status."""
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)

    def has_died(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Wait until the process is gone."""
        assert self.process is not None
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def resident_mb(self) -> float:
        """The memory the process holds now."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def resident_mb_at_rest(self) -> float:
        """The same once it stands still: what the server's loops load comes after its first answers, and nothing tells of it."""
        seen, deadline = [self.resident_mb()], time.monotonic() + PATIENCE_SECONDS
        while len(seen) < 4 or seen[-1] > seen[-4] + 0.5:
            assert time.monotonic() < deadline, f"its memory grows for ever: {seen}"
            time.sleep(0.7)
            seen.append(self.resident_mb())
        return seen[-1]


def form(
    fields: dict[str, str], files: list[Path], boundary: str = "insurenz-test"
) -> tuple[bytes, dict[str, str]]:
    """A multipart body and its header."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for path in files:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{path.name}"\r\n\r\n'
        parts.append(head.encode() + path.read_bytes() + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}
