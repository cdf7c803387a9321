"""The twin of compose.yaml in processes: two servers behind a balancer, two workers, beat, and everything they need."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from insurenz.core.db import Database
from insurenz.events.relay import backlog
from tests.growth.balancer import Balancer
from tests.notifications.test_hints import Redis
from tests.postgres import new_database, postgres_server
from tests.server import Server
from tests.swift import swift_server
from tests.waiting import PATIENCE_SECONDS

SECRET = "q7Zr-0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoTnMlBvCxZ1w9QyXk4E"
has_celery = importlib.util.find_spec("celery") is not None
needs_celery = pytest.mark.skipif(
    not has_celery, reason="celery is not installed: pip install 'insurenz[celery]'"
)
needs_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="redis-server is not installed: apt-get install redis-server"
)
needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed: apt-get install curl"
)


@dataclass
class Program:
    """`insurenz worker` or `insurenz beat`."""

    name: str
    folder: Path
    settings: dict[str, str]
    # Python to run in place of the command.
    script: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    def start(self, **settings: str) -> "Program":
        """Start it, with settings of this start alone."""
        ours = ("INSURENZ_", "DATABASE_URL", "CELERY_", "REDIS_", "S3_", "NOTIFICATION_", "SMTP_")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        how = ["-c", self.script] if self.script else ["-m", "insurenz"]
        command = [sys.executable, *how, self.name.partition("-")[0]]
        with self.log.open("ab") as log:
            environment = clean | self.settings | settings
            self.process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)
        return self

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> int:
        """Ask it to end and wait; gives its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(PATIENCE_SECONDS)


@dataclass
class Arrangement:
    """Everything, running once `start` has been called; what it needs beside itself is given by its settings."""

    folder: Path
    database_url: str
    settings: dict[str, str]
    servers: list[Server] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)
    beat: Program | None = None
    balancer: Balancer | None = None

    def start(self, *, servers: int = 2, workers: int = 2, has_beat: bool = True) -> "Arrangement":
        """Start so many of each; the first server prepares the database."""
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        self.servers = [Server(data, self.database_url, self.settings) for _ in range(servers)]
        self.servers[0].start()
        for server in self.servers[1:]:
            server.start(wait=False)
        given = {"DATABASE_URL": self.database_url, "INSURENZ_DATA_DIR": str(data), **self.settings}
        self.workers = [Program(f"worker-{n}", self.folder, given).start() for n in range(workers)]
        self.beat = Program("beat", self.folder, given).start() if has_beat else None
        for server in self.servers:
            server.wait_ready()
        self.balancer = Balancer([server.port for server in self.servers])
        return self

    @property
    def entry(self) -> Server:
        """The way in, for who calls: the balancer's port, and no process."""
        assert self.balancer is not None
        return Server(self.folder, port=self.balancer.port)

    @property
    def programs(self) -> list[Program]:
        return [*self.workers, *([self.beat] if self.beat else [])]

    def open_database(self) -> Database:
        """The database, for looking."""
        return Database(self.database_url)

    def revive(self) -> None:
        """Start again what has ended by itself, as whoever supervises processes does."""
        for program in self.programs:
            if program.process is not None and program.process.poll() is not None:
                program.start()

    def stop(self) -> list[int]:
        """Ask all of them to end, the servers first; their exit statuses."""
        return [each.stop() for each in (*self.servers, *self.programs)]

    def kill(self) -> None:
        """End all of it."""
        if self.balancer is not None:
            self.balancer.close()
        for each in (*self.servers, *self.programs):
            each.kill()

    def logs(self) -> str:
        """What workers and beat said."""
        return "\n".join(program.log.read_text(errors="replace") for program in self.programs)


def is_quiet(database: Database) -> bool:
    """Whether everybody has been told of all that happened, on every channel."""
    with database.read_unit() as session:
        due = session.execute(text("SELECT count(*) FROM deliveries WHERE state = 'due'")).scalar_one()
        return not due and not backlog(session)


def settings_of(redis: Redis, *, has_bucket: bool = True, **more: str) -> dict[str, str]:
    """The settings that compose.yaml gives, on this Redis."""
    return {
        "CELERY_BROKER_URL": redis.url.replace("/0", "/1"),
        "REDIS_URL": redis.url,
        "JWT_SECRET_KEY": SECRET,
        **(swift_server().environment() if has_bucket else {}),
        **more,
    }


@contextmanager
def arranged(
    folder: Path, *, has_bucket: bool = True, uri: str = "", **more: str
) -> Iterator[tuple[Arrangement, Redis]]:
    """An arrangement that is not started yet and its Redis, which runs; all of it ended afterwards.

    `uri` is of a PostgreSQL of its own; `more` are settings: an SMTP_HOST, a NOTIFICATION_SERVICE_URL.
    """
    with ExitStack() as stack:
        redis = Redis(folder)
        stack.callback(redis.stop)
        settings = settings_of(redis, has_bucket=has_bucket, **more)
        made = Arrangement(folder, new_database(uri or postgres_server()), settings)
        stack.callback(made.kill)
        yield made, redis
