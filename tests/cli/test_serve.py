"""`insurenz serve`: one command from an empty folder to an answer, and a sentence when it cannot."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from insurenz.asgi import from_environment
from insurenz.claims.models import Claim
from insurenz.cli import serve
from insurenz.core.db import Database
from insurenz.demo import world
from insurenz.demo.people import PASSWORD, PEOPLE
from insurenz.demo.playing import STORIES
from tests.cli.test_commands import PRODUCTION, Command
from tests.installs import demo_server
from tests.server import Server, free_port
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


def log_of(server: Server) -> str:
    return (server.folder.parent / f"{server.folder.name}.log").read_text()


def test_the_first_start_prepares_everything_and_the_next_finds_it(tmp_path: Path) -> None:
    server = Server(tmp_path / "data").start()
    try:
        told = log_of(server)
        assert [line for line in (server.base, str(server.folder), PASSWORD) if line not in told] == []
        assert [person.email for person in PEOPLE if person.email not in told] == []
        policies = server.call("GET", "/policies/my", token=server.sign_in("asha@demo.example")).json()[
            "items"
        ]
        numbers = [policy["policy_number"] for policy in policies]
        assert numbers == ["POL-DEMO-0001", "POL-DEMO-0002", "POL-DEMO-0003"]
        assert server.stop() == 0
        server.start()
        again = log_of(server).removeprefix(told)
        assert ("Preparing" in again, "Loading" in again, PASSWORD in again) == (False, False, True)
        assert ("Filing the claims" in told, "Filing the claims" in again) == (True, False)
    finally:
        server.kill()


def demo_claims(server: Server) -> tuple[int, int, bool]:
    """How many demo claims there are by their marks and by their rows, and whether no mark is open."""
    database = Database(f"sqlite:///{server.folder / 'insurenz.db'}")
    with database.read_unit() as session:
        found = world.claims_there(session), session.query(Claim).count(), world.is_whole(session)
    database.close()
    return found


def test_a_first_start_that_is_killed_in_the_middle_is_completed_by_the_next(tmp_path: Path) -> None:
    server = Server(tmp_path / "data")
    try:
        server.start(wait=False, INSURENZ_FAULTS="unit.before_commit=kill@12")
        assert server.has_died()
        claims, rows, is_whole = demo_claims(server)
        assert (claims, is_whole) == (rows, False)
        assert 0 < claims < len(STORIES)
        server.start()
        assert demo_claims(server) == (len(STORIES), len(STORIES), True)
        claims_of_vikram = server.call("GET", "/claims", token=server.sign_in("vikram@demo.example")).json()
        assert len(claims_of_vikram["items"]) == 8
        assert server.stop() == 0
    finally:
        server.kill()


def test_without_the_demo_world_nobody_is_there(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", settings={"PUBLIC_URL": "http://localhost:1"})
    server.folder.mkdir()
    command = Command(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "insurenz", "serve", "--port", str(server.port), "--no-demo"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    server.process = process
    server.folder.with_suffix(".log").touch()
    try:
        server.wait_ready()
        assert command("user", "list") == "Nobody yet. Make somebody: insurenz user create --help\n"
        process.send_signal(signal.SIGINT)
        assert (process.wait(PATIENCE_SECONDS), PASSWORD in process.communicate()[0]) == (0, False)
    finally:
        process.kill()


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        ({"INSURENZ_ENV": "production"}, "JWT_SECRET_KEY"),
        ({**PRODUCTION, "JWT_SECRET_KEY": "change-me-please-change-me-please-now"}, "JWT_SECRET_KEY"),
        ({**PRODUCTION, "PUBLIC_URL": "http://claims.hospital.org"}, "PUBLIC_URL"),
        ({**PRODUCTION, "INSURENZ_RATE_LIMIT": "off"}, "INSURENZ_RATE_LIMIT"),
        ({**PRODUCTION, "INSURENZ_FAULTS": "unit.before_commit=kill"}, "INSURENZ_FAULTS"),
        ({"DATABASE_URL": "mysql://u:p@h/d"}, "DATABASE_URL"),
        ({"INSURENZ_SERVER__PORT": "http"}, "INSURENZ_SERVER__PORT"),
        ({"INSURENZ_SERVER__WORKERS": "2"}, "INSURENZ_SERVER__WORKERS"),
    ],
)
def test_p09_the_server_does_not_start_with_these_settings(
    command: Command, settings: dict[str, str], variable: str
) -> None:
    told = command("serve", code=1, **settings)
    assert f": {variable}: " in told
    assert "For example: " in told
    assert list(command.folder.iterdir()) == []


def test_p09_production_does_not_start_on_the_demo_world(command: Command) -> None:
    command("migrate")
    command("demo")
    assert "demo_in_production" in command("serve", "--port", str(free_port()), code=1, **PRODUCTION)


def test_several_processes_on_sqlite_are_refused_with_the_reason(command: Command) -> None:
    assert "SQLite has one writer" in command("serve", "--workers", "2", code=1)


def test_a_port_that_is_taken_is_told_with_another(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"--port {port + 1}" in command("serve", "--port", str(port), code=1)
    assert list(command.folder.iterdir()) == []


def test_a_changed_definition_of_the_same_version_does_not_start(command: Command) -> None:
    own = command.folder / "own"
    own.mkdir()
    shipped = Path(__file__).resolve().parents[2] / "src/insurenz/workflow/definitions/retail.yaml"
    text = shipped.read_text().replace("name: retail", "name: pets")
    (own / "pets.yaml").write_text(text)
    server = Server(command.folder / "data", settings={"INSURENZ_WORKFLOWS_DIR": str(own)})
    server.start("--no-demo")
    assert server.stop() == 0
    (own / "pets.yaml").write_text(text.replace("Start review", "Begin review"))
    told = command("serve", "--port", str(server.port), code=1, INSURENZ_WORKFLOWS_DIR="own")
    assert "pets version 2" in told
    assert "`version: 3`" in told


def test_a_database_that_does_not_answer_is_told_in_words(command: Command) -> None:
    told = command(
        "serve", code=1, DATABASE_URL="postgresql://u:canary@127.0.0.1:1/d", INSURENZ_SERVER__PORT="1"
    )
    assert ("does not answer" in told or "Cannot listen" in told, "canary" in told) == (True, False)


def test_several_processes_serve_one_postgresql(tmp_path: Path) -> None:
    secret = PRODUCTION["JWT_SECRET_KEY"]
    server = demo_server(tmp_path / "data", "postgresql", INSURENZ_SERVER__WORKERS="2", JWT_SECRET_KEY=secret)
    server.start()
    try:
        token = server.sign_in("vikram@demo.example")
        answers = [server.call("GET", "/policies/my", token=token) for _ in range(20)]
        assert {answer.status for answer in answers} == {200}
        assert server.stop() == 0
    finally:
        server.kill()


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"INSURENZ_ENV": "production"}, "JWT_SECRET_KEY"), ({}, "Run: insurenz migrate")],
)
def test_p09_another_server_that_imports_the_app_is_refused_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], told: str
) -> None:
    monkeypatch.setenv("INSURENZ_DATA_DIR", str(tmp_path))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=told):
        from_environment()


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux has it")
def test_who_takes_nothing_for_a_minute_is_cut_off_by_the_system() -> None:
    with serve._listen("127.0.0.1", 0) as listening:
        listening.listen()
        with socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
            patience = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert patience == 60_000
