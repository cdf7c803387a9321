"""The insurenz command: what each prints, what it leaves, and how it refuses."""

import io
import json
import os
import shutil
import sqlite3
import stat
import sys
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from insurenz import __version__
from insurenz.cli import main
from insurenz.core.storage import StoreFailed
from insurenz.demo import playing
from insurenz.demo.people import PASSWORD, PEOPLE
from insurenz.demo.playing import STORIES
from tests.server import free_port

SECRET = "q7Zr-0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoTnMlBvCxZ1w9QyXk4E"
PRODUCTION = {
    "INSURENZ_ENV": "production",
    "JWT_SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://claims.hospital.org",
    "SMTP_HOST": "smtp.hospital.org",
    "MAIL_FROM": "claims@hospital.org",
    "INSURENZ_SERVER__METRICS_TOKEN": "m" * 32,
}
PASSPHRASE = "walnut tractor pelican seven"


class Command:
    """The command in a folder of its own, in this process: starting Python for each takes its time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, given: str = "", code: int = 0, **settings: str) -> str:
        """Run it, expect this exit code, and give what it printed (on refusal: what it complained, too)."""
        printed, complained = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(complained):
            for name in os.environ:
                if name.startswith(
                    ("INSURENZ_", "DATABASE_", "JWT_", "SMTP_", "AWS_", "S3_", "NOTIFICATION_", "ENCRYPTION_")
                ):
                    patch.delenv(name)
            for name, value in {"COLUMNS": "200", "NO_COLOR": "1", **settings}.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr(sys, "argv", ["insurenz", *arguments])
            patch.setattr(sys, "stdin", io.StringIO(given))
            with pytest.raises(SystemExit) as ended:
                main()
        assert (ended.value.code or 0) == code, printed.getvalue() + complained.getvalue()
        return printed.getvalue() + (complained.getvalue() if code else "")

    def json(self, *arguments: str, **settings: str) -> Any:
        """What it prints for programs."""
        return json.loads(self(*arguments, "--json", **settings))

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "data" / "insurenz.db")) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a migrated database and the demo world."""
    command = Command(tmp_path_factory.mktemp("made"))
    assert "Migrated to" in command("migrate")
    assert command("demo") == "The demo world is loaded: 11 people, 4 policies, 45 claims.\n"
    return command.folder


@pytest.fixture
def install(made: Path, tmp_path: Path) -> Command:
    """A copy of it."""
    shutil.copytree(made / "data", tmp_path / "data")
    return Command(tmp_path)


def test_the_version_and_the_commands_are_told(command: Command) -> None:
    assert command("--version") == f"insurenz {__version__}\n"
    shown = command("--help")
    names = (
        "serve", "migrate", "demo", "user", "documents", "notifications", "mail", "audit", "check", "openapi", "workflows"
    )  # fmt: skip
    assert [name for name in names if f" {name} " not in shown] == []


def test_a_command_that_needs_the_database_says_how_to_make_it(command: Command) -> None:
    for arguments in (["demo"], ["user", "list"], ["audit", "verify"]):
        assert "Run: insurenz migrate" in command(*arguments, code=1)
    assert list(command.folder.iterdir()) == []


def test_nobody_else_on_the_machine_reads_what_an_install_keeps(made: Path) -> None:
    kept = [made / "data", *(made / "data").rglob("*")]
    assert {made / "data", made / "data" / "insurenz.db"} < set(kept)
    assert [path for path in kept if path.stat().st_mode & stat.S_IRWXO] == []


def test_migrating_twice_changes_nothing(install: Command) -> None:
    assert "is at the present schema" in install("migrate")


def test_the_demo_world_is_loaded_once_and_never_in_production(install: Command) -> None:
    shown = install.json("demo")
    assert (shown["loaded"], shown["password"], len(shown["users"])) == (False, PASSWORD, len(PEOPLE))
    assert shown["claims"] == len(STORIES)
    assert install("demo") == "The demo world was loaded before: 11 people, 4 policies, 45 claims.\n"
    assert "refused in production" in install("demo", code=1, **PRODUCTION)


def test_demo_claims_that_cannot_be_filed_are_told_in_words(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise StoreFailed("NoSuchBucket")

    monkeypatch.setattr(playing, "load_claims", fail)
    command("migrate")
    why = "cannot be filed: The document store cannot do this now (NoSuchBucket)"
    assert why in command("demo", code=1)
    told = command("serve", "--port", str(free_port()), code=1)
    assert (why in told, "To start without them: --no-demo" in told) == (True, True)


def test_users_are_made_listed_disabled_and_enabled(install: Command) -> None:
    install("user", "create", "Nila@demo.example", "--name", "Nila Das", "--role", "claim_processor_l2",
            "--password-stdin", given=f"{PASSPHRASE}\n")  # fmt: skip
    assert "works for PAY_002" in install("user", "assign", "nila@demo.example", "PAY_002")
    [nila] = [user for user in install.json("user", "list") if user["email"] == "nila@demo.example"]
    assert (nila["role"], nila["assignments"], nila["is_active"]) == ("claim_processor_l2", ["PAY_002"], True)
    assert "no longer works" in install("user", "assign", "nila@demo.example", "PAY_002", "--remove")
    assert install.json("user", "disable", "nila@demo.example")["is_active"] is False
    assert install.json("user", "enable", "nila@demo.example")["is_active"] is True
    install(
        "user", "set-password", "nila@demo.example", "--password-stdin", given="gravel orchid lantern nine\n"
    )
    assert PASSPHRASE not in install("user", "list")
    types = [t for (t,) in install.rows("SELECT type FROM events ORDER BY occurred_at, seq")]
    assert types[-5:] == [
        "assignment_added",
        "assignment_removed",
        "user_disabled",
        "user_enabled",
        "password_changed",
    ]


@pytest.mark.parametrize(
    ("arguments", "given", "complaint"),
    [
        (
            ["create", "a@b.example", "--name", "A", "--role", "root", "--password-stdin"],
            PASSPHRASE,
            "not a role",
        ),
        (
            ["create", "a@b.example", "--name", "A", "--role", "admin", "--password-stdin"],
            "short",
            "at least 15",
        ),
        (
            ["create", "asha@demo.example", "--name", "A", "--role", "admin", "--password-stdin"],
            PASSPHRASE,
            "exists",
        ),
        (
            ["create", "nonsense", "--name", "A", "--role", "admin", "--password-stdin"],
            PASSPHRASE,
            "e-mail address",
        ),
        (["disable", "admin@demo.example"], "", "last active admin"),
        (["disable", "nobody@demo.example"], "", "no user nobody@demo.example"),
        (["assign", "asha@demo.example", "HOSP_001"], "", "is not assigned"),
        (["assign", "priya@demo.example", "HOSP_999"], "", "no such organisation"),
    ],
)
def test_what_services_refuse_is_one_line_and_nothing_moved(
    install: Command, arguments: list[str], given: str, complaint: str
) -> None:
    before = install.rows("SELECT count(*), max(id) FROM events")
    shown = install("user", *arguments, given=f"{given}\n", code=1)
    assert complaint in shown
    assert shown.count("\n") == 1
    assert install.rows("SELECT count(*), max(id) FROM events") == before


def test_an_invitation_goes_to_the_mailbox_or_is_printed(install: Command) -> None:
    arguments = [
        "user",
        "invite",
        "new@demo.example",
        "--name",
        "New",
        "--role",
        "hospital_user",
        "--at",
        "HOSP_002",
    ]
    assert "/app/invitation#token=" in install(*arguments, "--print-link")
    assert list((install.folder / "data").glob("mailbox/*")) == []
    assert "is invited" in install(*arguments)
    [mail] = (install.folder / "data" / "mailbox").glob("*.eml")
    assert "To: new@demo.example" in mail.read_text()


def test_the_trail_is_verified_and_a_changed_row_is_named(install: Command) -> None:
    assert install("audit", "verify").startswith("Sound: ")
    database = sqlite3.connect(install.folder / "data" / "insurenz.db")
    with closing(database), database as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        [(changed,)] = connection.execute("SELECT id FROM events WHERE type = 'policy_created' LIMIT 1")
        connection.execute("UPDATE events SET status = 'other' WHERE id = ?", [changed])
    shown = json.loads(install("audit", "verify", "--json", code=1).partition("\n\n")[0])
    assert (shown["ok"], [fault["wrong"] for fault in shown["faults"]]) == (False, ["altered"])
    assert "altered: subject kind policy" in install("audit", "verify", code=1)


def test_seals_are_exported_as_lines(install: Command) -> None:
    assert install("audit", "export") == ""
    assert install("audit", "export", "--output", "seals.jsonl") == "Wrote seals.jsonl.\n"
    assert "Sound" in install("audit", "verify", "--against", "seals.jsonl")


def test_check_of_a_right_and_of_a_wrong_environment(command: Command) -> None:
    right = command.json("check", **PRODUCTION)
    assert (right["ok"], right["findings"]) == (True, [])
    sources = {setting["name"]: setting["source"] for setting in right["settings"]}
    assert (sources["PUBLIC_URL"], sources["SMTP_PORT"]) == ("environment", "default")
    assert SECRET not in json.dumps(right)
    wrong = command("check", code=1, INSURENZ_ENV="production", INSURENZ_RATE_LIMIT="off", INSURENZ_PROT="1")
    for told in (
        "error jwt_secret_missing: JWT_SECRET_KEY",
        "error rate_limit_off",
        "warning unknown_setting: INSURENZ_PROT",
    ):
        assert told in wrong
    assert list(command.folder.iterdir()) == []


def test_p09_check_finds_the_demo_people_in_a_production_database(install: Command) -> None:
    assert "error demo_in_production: DATABASE_URL" in install("check", code=1, **PRODUCTION)


def test_workflows_are_listed_and_a_wrong_one_is_named_with_its_place(command: Command) -> None:
    assert {w["name"] for w in command.json("workflows")} == {"retail", "hospital"}
    own = command.folder / "own"
    own.mkdir()
    (own / "bad.yaml").write_text("name: pets\nversion: one\n")
    shown = command("workflows", code=1, INSURENZ_WORKFLOWS_DIR="own")
    assert shown.startswith("bad.yaml: ")
    assert shown.count("\n") == 1


def test_the_docs_of_the_workflows_are_written_anew(command: Command) -> None:
    command("workflows", "docs", ".")
    docs = Path(__file__).resolve().parents[2] / "docs"
    for name in ("workflows.md", "events.md"):
        assert (command.folder / name).read_text() == (docs / name).read_text()
