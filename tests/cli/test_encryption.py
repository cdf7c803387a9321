"""`insurenz encryption rotate`, and a server that lacks the key of what it should show."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from insurenz import asgi
from insurenz.core import vault
from insurenz.core.storage.encrypted import MARK
from tests.cli.test_commands import Command, made

__all__ = ["made"]

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


@pytest.fixture
def command(made: Path, tmp_path: Path) -> Iterator[Command]:
    """The command in a folder with the demo world of its own."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    yield Command(tmp_path)
    vault.use("")


def test_the_demo_world_is_encrypted_key_after_key(command: Command) -> None:
    claims = len(command.rows("SELECT id FROM claims"))
    objects = [path for path in (command.folder / "data" / "objects").rglob("*") if path.is_file()]
    for keys in (OLD, f"{NEW},{OLD}"):
        assert command.json("encryption", "rotate", ENCRYPTION_KEY=keys) == {
            "rows": claims,
            "objects": len(objects),
        }
    assert command("encryption", "rotate", ENCRYPTION_KEY=NEW) == "Encrypted anew: 0 rows and 0 documents.\n"
    assert [path for path in objects if not path.read_bytes().startswith(MARK)] == []
    plain = "SELECT id FROM claims WHERE description NOT LIKE char(10) || 'insurenz:%' OR person_hash IS NULL"
    assert command.rows(plain) == []


def test_without_a_key_there_is_nothing_to_rotate_with(command: Command) -> None:
    said = command("encryption", "rotate", code=1)
    assert said == (
        'There is no key to encrypt with. Set one, and keep it safe:  ENCRYPTION_KEY="$(openssl rand -base64 32)"\n'
    )


def test_a_server_without_the_key_names_what_it_cannot_read(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("encryption", "rotate", ENCRYPTION_KEY=OLD)
    assert "add that to ENCRYPTION_KEY" in command("encryption", "rotate", ENCRYPTION_KEY=NEW, code=1)
    monkeypatch.chdir(command.folder)
    monkeypatch.setenv("ENCRYPTION_KEY", NEW)
    with pytest.raises(
        SystemExit, match=r"does not hold: claims\.description, claims\.person_name, claims\.form_data"
    ):
        asgi.from_environment()
    monkeypatch.setenv("ENCRYPTION_KEY", f"{NEW},{OLD}")
    assert asgi.from_environment().title == "Insurenz"


def test_a_key_that_is_none_is_named_with_an_example(command: Command) -> None:
    said = command("check", ENCRYPTION_KEY="short", code=1)
    assert "ENCRYPTION_KEY" in said
    assert "openssl rand -base64 32" in said
