"""Settings: read from four places, told with their source, and explained when they cannot be read."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from insurenz.core.settings import Settings
from insurenz.core.sources import HIDDEN, Reading, SettingsRefused, fields, read, required

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty environment and folder."""
    for name in os.environ:
        if name.startswith("INSURENZ_") or name.removesuffix("_FILE") in {n for n, _, _ in fields()}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def reading(monkeypatch: pytest.MonkeyPatch, **given: str) -> Reading:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return read()


def sources(result: Reading) -> Mapping[str, tuple[str, str]]:
    return {setting.name: (setting.value, setting.source) for setting in result.shown}


def test_without_any_setting_the_product_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    result = reading(monkeypatch)
    assert (result.findings, {s.source for s in result.shown}) == ([], {"default"})
    assert required().env == "development"


def test_each_setting_tells_its_value_and_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "INSURENZ_TIMEZONE=Europe/Paris\nSMTP_PORT=25\nINSURENZ_SERVER__PORT=9000\n"
    )
    (tmp_path / "key").write_text("kept-in-a-file-zyxwvutsrqponmlkjih\n")
    shown = sources(
        reading(
            monkeypatch,
            SMTP_PORT="2525",
            INSURENZ_DATA_DIR="",
            JWT_SECRET_KEY_FILE=str(tmp_path / "key"),
        )
    )
    wanted = (
        "INSURENZ_TIMEZONE",
        "SMTP_PORT",
        "INSURENZ_SERVER__PORT",
        "JWT_SECRET_KEY",
        "INSURENZ_DATA_DIR",
    )
    assert {name: shown[name] for name in wanted} == {
        "INSURENZ_TIMEZONE": ("Europe/Paris", ".env"),
        "SMTP_PORT": ("2525", "environment"),
        "INSURENZ_SERVER__PORT": ("9000", ".env"),
        "JWT_SECRET_KEY": (HIDDEN, "file"),
        "INSURENZ_DATA_DIR": ("data", "default"),
    }


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "c4n4ry-zyxwvutsrqponmlkjihgfedcba"
    result = reading(
        monkeypatch,
        JWT_SECRET_KEY=canary,
        DATABASE_URL=f"postgresql://insurenz:{canary}@127.0.0.1/insurenz",
        REDIS_URL=f"redis://:{canary}@127.0.0.1",
        SMTP_HOST="smtp.example.org",
        SMTP_USER="u",
        SMTP_PASSWORD=canary,
        AWS_SECRET_ACCESS_KEY=canary,
        NOTIFICATION_SERVICE_SECRET=canary,
        INSURENZ_SERVER__METRICS_TOKEN=canary,
    )
    assert [setting.name for setting in result.shown if canary in setting.value] == []
    assert canary not in str(result.settings)
    assert [setting.value for setting in result.shown].count(HIDDEN) == 7


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("INSURENZ_ENV", "prod", "INSURENZ_ENV=development"),
        ("INSURENZ_SERVER__PORT", "99999", "INSURENZ_SERVER__PORT=8000"),
        ("SMTP_PORT", "smtp", "SMTP_PORT=587"),
        ("JWT_ALGORITHM", "none", "JWT_ALGORITHM=HS256"),
        ("INSURENZ_CLAIMS__CURRENCY", "rupees", "INSURENZ_CLAIMS__CURRENCY=INR"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_with_a_value_that_works(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, example: str
) -> None:
    result = reading(monkeypatch, **{name: value})
    assert [(f.id, f.level, f.variable, f.example) for f in result.findings] == [
        ("setting_invalid", "error", name, example)
    ]
    with pytest.raises(SettingsRefused, match=name):
        required()
    monkeypatch.setenv(name, example.partition("=")[2])
    assert read().errors == []


def test_a_secret_comes_from_its_file_unless_it_is_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("of-the-file\n")
    for name in ("JWT_SECRET_KEY", "INSURENZ_SERVER__METRICS_TOKEN", "SMTP_PASSWORD"):
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "key"))
    settings = reading(monkeypatch, SMTP_PASSWORD="of-the-environment").settings
    assert settings is not None
    assert settings.server.metrics_token is not None
    secrets = (settings.jwt_secret_key, settings.server.metrics_token, settings.smtp_password)
    assert [s.get_secret_value() for s in secrets] == ["of-the-file", "of-the-file", "of-the-environment"]


def test_a_secrets_file_can_be_named_in_the_file_of_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("of-the-file\n")
    (tmp_path / ".env").write_text(f"ENCRYPTION_KEY_FILE={tmp_path / 'key'}\nSMTP_PASSWORD_FILE=/nowhere\n")
    result = reading(monkeypatch, SMTP_PASSWORD="of-the-environment")
    assert result.settings is not None
    assert result.settings.encryption_key.get_secret_value() == "of-the-file"
    assert result.settings.smtp_password.get_secret_value() == "of-the-environment"
    assert sources(result)["ENCRYPTION_KEY"] == (HIDDEN, "file")
    monkeypatch.setenv("ENCRYPTION_KEY_FILE", "")
    assert sources(read())["ENCRYPTION_KEY"] == (HIDDEN, "file")
    monkeypatch.delenv("SMTP_PASSWORD")
    assert [(f.id, f.variable) for f in read().errors] == [("secret_file_unreadable", "SMTP_PASSWORD_FILE")]


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    result = reading(monkeypatch, SMTP_PASSWORD_FILE="/nowhere/password")
    assert [(f.id, f.variable) for f in result.errors] == [("secret_file_unreadable", "SMTP_PASSWORD_FILE")]


def test_a_mistyped_name_is_told_with_the_closest_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("INSURENZ_RATELIMIT=off\nINSURENZ_ENCRYPTION_KEY_FILE=/key\n")
    result = reading(monkeypatch, INSURENZ_SERVER__PROT="9000", INSURENZ_DOCUMENTS_LINK_SECONDS="60")
    assert [(f.id, f.level, f.variable, f.example) for f in result.findings] == [
        (
            "unknown_setting",
            "warning",
            "INSURENZ_DOCUMENTS_LINK_SECONDS",
            "INSURENZ_DOCUMENTS__LINK_SECONDS=...",
        ),
        ("unknown_setting", "warning", "INSURENZ_ENCRYPTION_KEY_FILE", "INSURENZ_ENCRYPTION_KEY=..."),
        ("unknown_setting", "warning", "INSURENZ_RATELIMIT", "INSURENZ_RATE_LIMIT=..."),
        ("unknown_setting", "warning", "INSURENZ_SERVER__PROT", "INSURENZ_SERVER__PORT=..."),
    ]
    assert result.errors == []


def examples() -> list[str]:
    """The settings of the example file: lines that count once their `# ` is taken away."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return [line.removeprefix("# ") for line in lines if re.match(r"# [A-Z_0-9]+=", line)]


def test_the_example_file_documents_every_setting_and_no_other() -> None:
    documented = [line.partition("=")[0] for line in examples()]
    assert sorted(documented) == sorted(name for name, _, _ in fields())


def test_the_example_file_gives_the_values_in_force_without_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("\n".join(examples()))
    assert Settings().model_dump() == Settings(_env_file=None).model_dump()
