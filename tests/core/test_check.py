"""Findings about settings: what keeps a server from starting, and a line that puts each right."""

from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from insurenz.core.check import check
from insurenz.core.findings import Finding
from insurenz.core.settings import Settings

GOOD_SECRET = SecretStr("q7Zr-0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoTnMlBvCxZ1w9QyXk4E")
PRODUCTION = {
    "env": "production",
    "jwt_secret_key": GOOD_SECRET,
    "public_url": "https://claims.hospital.org",
    "smtp_host": "smtp.hospital.org",
    "mail_from": "Insurenz <claims@hospital.org>",
    "server": {"metrics_token": "m" * 32},
}
BUCKET = {
    "s3_bucket_name": "documents",
    "aws_region": "ap-south-1",
    "aws_access_key_id": "a",
    "aws_secret_access_key": SecretStr("b"),
}

SERVICE = {
    "notification_service_url": "https://notify.example.org:8443/in?tenant=3",
    "notification_service_secret": SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("a file where a folder should be")


def found(**given: Any) -> list[tuple[str, str, str]]:
    return [(f.level, f.id, f.variable) for f in check(Settings(_env_file=None, **given))]


def test_neither_a_trial_nor_a_complete_production_has_anything_to_put_right() -> None:
    assert (found(), found(**PRODUCTION)) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "id_", "variable"),
    [
        ({"jwt_secret_key": SecretStr("")}, "jwt_secret_missing", "JWT_SECRET_KEY"),
        ({"jwt_secret_key": SecretStr("q7Zr-0tYbW3mN8x")}, "jwt_secret_short", "JWT_SECRET_KEY"),
        (
            {
                "jwt_algorithm": "HS512",
                "jwt_secret_key": SecretStr("q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoTnMlBvC"),
            },
            "jwt_secret_short",
            "JWT_SECRET_KEY",
        ),
        (
            {"jwt_secret_key": SecretStr("change-me-please-q7Zr-0tYbW3mN8xKvL5cD2fGhJ6sPaUeRi")},
            "jwt_secret_known",
            "JWT_SECRET_KEY",
        ),
        ({"jwt_secret_key": SecretStr("a" * 64)}, "jwt_secret_known", "JWT_SECRET_KEY"),
        (
            {"jwt_secret_key": SecretStr("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7")},
            "jwt_secret_known",
            "JWT_SECRET_KEY",
        ),
        ({"public_url": ""}, "public_url_not_https", "PUBLIC_URL"),
        ({"public_url": "http://claims.hospital.org"}, "public_url_not_https", "PUBLIC_URL"),
        ({"rate_limit": "off"}, "rate_limit_off", "INSURENZ_RATE_LIMIT"),
        ({"faults": "unit.before_commit=kill"}, "faults_in_production", "INSURENZ_FAULTS"),
    ],
)
def test_p09_production_refuses_what_suits_a_trial(wrong: dict[str, Any], id_: str, variable: str) -> None:
    assert found(**{**PRODUCTION, **wrong}) == [("error", id_, variable)]


@pytest.mark.parametrize(
    ("wrong", "level", "id_", "variable"),
    [
        ({"public_url": "claims.hospital.org"}, "error", "public_url_malformed", "PUBLIC_URL"),
        ({"database_url": SecretStr("not a url")}, "error", "database_url_malformed", "DATABASE_URL"),
        ({"database_url": SecretStr("mysql://u:p@h/d")}, "error", "database_unsupported", "DATABASE_URL"),
        ({"database_url": SecretStr("postgresql+asyncpg://u:p@h/d")}, "error", "database_driver", "DATABASE_URL"),
        ({"database_url": SecretStr("sqlite+aiosqlite:///x.db")}, "error", "database_driver", "DATABASE_URL"),
        ({"server": {"workers": 2}}, "error", "sqlite_workers", "INSURENZ_SERVER__WORKERS"),
        ({"timezone": "India"}, "error", "timezone_unknown", "INSURENZ_TIMEZONE"),
        ({"workflows_dir": Path("nowhere")}, "error", "workflows_dir_missing", "INSURENZ_WORKFLOWS_DIR"),
        ({"data_dir": Path("taken/inner")}, "error", "data_dir_not_writable", "INSURENZ_DATA_DIR"),
        ({"smtp_user": "u"}, "error", "smtp_host_missing", "SMTP_HOST"),
        ({"smtp_host": "smtp.hospital.org", "smtp_user": "u", "mail_from": "a@hospital.org"}, "error", "smtp_incomplete", "SMTP_PASSWORD"),
        ({"smtp_host": "smtp.hospital.org"}, "warning", "mail_from_default", "MAIL_FROM"),
        ({"database_url": SecretStr("sqlite://")}, "error", "sqlite_in_memory", "DATABASE_URL"),
        ({"redis_url": SecretStr("127.0.0.1:6379")}, "error", "redis_url", "REDIS_URL"),
        ({"jwt_secret_key": SecretStr("secret")}, "warning", "jwt_secret_known", "JWT_SECRET_KEY"),
        ({"s3_endpoint_url": "https://s3.example.org"}, "error", "s3_bucket_missing", "S3_BUCKET_NAME"),
        ({"s3_direct_links": "on"}, "error", "s3_bucket_missing", "S3_BUCKET_NAME"),
        ({"notification_service_secret": GOOD_SECRET}, "warning", "notification_service_url_missing", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "notify.example.org"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://u:p@notify.example.org"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://notify.example.org/#x"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://notify.example.org/a b"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://notify.example.org:99999"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_url": "https://[::1"}, "error", "notification_service_url_malformed", "NOTIFICATION_SERVICE_URL"),
        (SERVICE | {"notification_service_secret": SecretStr("whsec_no base64")}, "error", "notification_service_secret_malformed", "NOTIFICATION_SERVICE_SECRET"),
        (SERVICE | {"notification_service_secret": SecretStr("short")}, "warning", "notification_service_secret_short", "NOTIFICATION_SERVICE_SECRET"),
        (SERVICE | {"notification_service_secret": SecretStr("whsec_c2hvcnQ=")}, "warning", "notification_service_secret_short", "NOTIFICATION_SERVICE_SECRET"),
        ({"firestore_project": "Claims Mirror"}, "error", "firestore_project", "FIRESTORE_PROJECT"),
        ({"firestore_credentials": Path("nowhere.json")}, "warning", "firestore_project_missing", "FIRESTORE_PROJECT"),
        ({"firestore_project": "claims-mirror", "firestore_credentials": Path("nowhere.json")}, "error", "firestore_credentials", "FIRESTORE_CREDENTIALS"),
        (BUCKET | {"s3_bucket_name": "s3://documents"}, "error", "s3_bucket_malformed", "S3_BUCKET_NAME"),
        (BUCKET | {"aws_access_key_id": ""}, "error", "s3_keys_missing", "AWS_ACCESS_KEY_ID"),
        (BUCKET | {"aws_secret_access_key": SecretStr("")}, "error", "s3_keys_missing", "AWS_SECRET_ACCESS_KEY"),
        (BUCKET | {"aws_region": ""}, "error", "s3_region_missing", "AWS_REGION"),
        (BUCKET | {"s3_endpoint_url": "s3.example.org"}, "error", "s3_endpoint_malformed", "S3_ENDPOINT_URL"),
        (BUCKET | {"s3_endpoint_url": "https://s3.example.org/documents"}, "error", "s3_endpoint_malformed", "S3_ENDPOINT_URL"),
    ],
)  # fmt: skip
def test_what_is_wrong_anywhere_is_found(wrong: dict[str, Any], level: str, id_: str, variable: str) -> None:
    assert found(**wrong) == [(level, id_, variable)]


def test_a_mirror_needs_its_package_and_in_production_a_real_firestore(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mirroring = {**PRODUCTION, "firestore_project": "claims-mirror"}
    assert found(**mirroring) == []
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:8080")
    assert found(firestore_project="claims-mirror") == []
    assert found(**mirroring) == [("error", "firestore_emulator", "FIRESTORE_EMULATOR_HOST")]
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    monkeypatch.setattr(metadata, "distributions", lambda **_: iter(()))
    assert found(**mirroring) == [("error", "firestore_missing", "FIRESTORE_PROJECT")]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://10.0.0.5:9000", [("warning", "s3_endpoint_not_https", "S3_ENDPOINT_URL")]),
        ("http://127.0.0.1:9000", []),
        ("https://s3.hospital.org/", []),
        ("", []),
    ],
)
def test_p09_documents_do_not_leave_a_production_unencrypted_unseen(
    address: str, expected: list[tuple[str, str, str]]
) -> None:
    assert found(**PRODUCTION, **BUCKET, s3_endpoint_url=address) == expected


@pytest.mark.parametrize(
    ("changed", "id_"),
    [
        ({}, None),
        ({"notification_service_url": "http://127.0.0.1:9000"}, None),
        ({"notification_service_url": "http://[::1]:9000/in"}, None),
        ({"notification_service_url": "http://10.0.0.5"}, "notification_service_url_not_https"),
        ({"notification_service_url": "http://127.0.0.1.example.org"}, "notification_service_url_not_https"),
        ({"notification_service_secret": SecretStr("")}, "notification_service_secret_missing"),
        ({"notification_service_secret": SecretStr("whsec_")}, "notification_service_secret_missing"),
        ({"notification_service_secret": SecretStr("too short")}, "notification_service_secret_short"),
    ],
)
def test_p09_production_tells_a_service_nothing_unsigned_or_unencrypted(
    changed: dict[str, Any], id_: str | None
) -> None:
    assert [(level, found_id) for level, found_id, _ in found(**PRODUCTION | SERVICE | changed)] == (
        [("error", id_)] if id_ else []
    )


def test_a_trial_may_tell_a_service_as_it_likes() -> None:
    given = {"notification_service_url": "http://10.0.0.5:9000", "notification_service_secret": ""}
    assert (found(**SERVICE), found(**given)) == ([], [])


@pytest.mark.parametrize(
    ("given", "id_", "variable"),
    [
        ({"push": {"private_key": "AAAA"}}, "push_key", "INSURENZ_PUSH__PRIVATE_KEY"),
        ({"push": {"private_key": "no base64!"}}, "push_key", "INSURENZ_PUSH__PRIVATE_KEY"),
        ({"push": {"private_key": "_" * 42 + "8"}}, "push_key", "INSURENZ_PUSH__PRIVATE_KEY"),
        ({"push": {"contact": "claims@example.org"}}, "push_contact", "INSURENZ_PUSH__CONTACT"),
        ({"push": {"services": "fcm.googleapis.com,x y"}}, "push_services", "INSURENZ_PUSH__SERVICES"),
        ({"chat": {"targets": "- a"}}, "chat_malformed", "INSURENZ_CHAT__TARGETS"),
        ({"chat": {"ways": "sms: json://h/x"}}, "chat_malformed", "INSURENZ_CHAT__WAYS"),
        ({"chat": {"schemes": "json"}}, "chat_malformed", "INSURENZ_CHAT__SCHEMES"),
    ],
)
def test_what_push_and_chat_cannot_use_is_named(given: dict[str, Any], id_: str, variable: str) -> None:
    assert found(**given) == [("error", id_, variable)]


def test_push_and_chat_without_their_packages_are_told_how_to_install_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    given = {"push": {"enabled": "on"}, "chat": {"ways": "sms: json://h/{to}"}}
    told = [(finding.id, finding.example) for finding in check(Settings(_env_file=None, **given))]
    assert told == [
        ("push_missing", "pip install 'insurenz[push]'"),
        ("chat_missing", "pip install 'insurenz[chat]'"),
    ]


def test_a_bucket_without_its_package_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    [finding] = check(Settings(_env_file=None, **BUCKET))
    assert (finding.id, finding.example) == ("s3_package_missing", "pip install 'insurenz[s3]'")


def test_production_is_warned_of_what_nobody_would_notice() -> None:
    given = {**PRODUCTION, "smtp_host": "", "server": {}}
    assert found(**given) == [
        ("warning", "metrics_token_missing", "INSURENZ_SERVER__METRICS_TOKEN"),
        ("warning", "smtp_missing", "SMTP_HOST"),
    ]


def test_several_processes_are_fine_on_postgresql() -> None:
    assert found(server={"workers": 4}, database_url=SecretStr("postgres://u:p@h/d")) == []


def test_errors_come_first_and_a_finding_is_one_line() -> None:
    given = {**PRODUCTION, "rate_limit": "off", "smtp_host": ""}
    findings = check(Settings(_env_file=None, **given))
    assert [finding.level for finding in findings] == ["error", "warning"]
    line = Finding("a", "error", "NAME", "It is wrong.", "NAME=right").line()
    assert line == "error a: NAME: It is wrong. For example: NAME=right"
    assert [finding.id for finding in findings if "\n" in finding.line()] == []
