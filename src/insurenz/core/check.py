"""What is wrong or risky in the settings: findings with an id, the variable, and a line that puts it right."""

import importlib.util
import os
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from insurenz.core import clock
from insurenz.core.check_people import judge_chat, judge_push
from insurenz.core.findings import Finding, Level
from insurenz.core.findings import error as _error
from insurenz.core.findings import warning as _warning
from insurenz.core.settings import SECRETS, Settings
from insurenz.core.signing import key_of
from insurenz.core.vault import EXAMPLE, Vault

NEW_SECRET = "JWT_SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(64))')"  # noqa: S105
SECRET_BYTES = {"HS256": 32, "HS384": 48, "HS512": 64}
# Parts of the keys that examples and tutorials show; whoever signs with one lets everybody in.
WELL_KNOWN = re.compile(
    r"change.?(me|this|in)|^(jwt.?)?secret|super.?secret|your.?(secret|jwt|key)|replace.?(me|this)|password"
    r"|example|insurenz|development|09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    re.IGNORECASE,
)
PROJECT_ID = re.compile(r"([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]")
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
ENDPOINT = re.compile(r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?/?")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
POSTGRESQL = "DATABASE_URL=postgresql://insurenz:PASSWORD@127.0.0.1:5432/insurenz"
SIGNING_KEY_BYTES = 24
_NAMES_OF_FILES = frozenset(f"{name}_FILE" for name in SECRETS)


def check(settings: Settings) -> list[Finding]:
    """Every finding about settings that could be read; errors first."""
    found = [finding for judge in _JUDGES for finding in judge(settings)]
    return sorted(found, key=lambda finding: finding.level)


def _secret(settings: Settings) -> Iterator[Finding]:
    key, name = settings.jwt_secret_key.get_secret_value(), "JWT_SECRET_KEY"
    level: Level = "error" if settings.is_production else "warning"
    needed = SECRET_BYTES[settings.jwt_algorithm]
    if not key:
        if settings.is_production:
            yield _error("jwt_secret_missing", name, "Production needs a secret of its own.", NEW_SECRET)
    elif WELL_KNOWN.search(key) or len(set(key)) < 10:
        yield Finding("jwt_secret_known", level, name, "This secret can be guessed.", NEW_SECRET)
    elif len(key.encode()) < needed:
        what = f"{settings.jwt_algorithm} needs a secret of at least {needed} bytes."
        yield Finding("jwt_secret_short", level, name, what, NEW_SECRET)


def _address(settings: Settings) -> Iterator[Finding]:
    example = "PUBLIC_URL=https://claims.example.org"
    parts = urlsplit(settings.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        yield _error("public_url_malformed", "PUBLIC_URL", "It is not the address of a web site.", example)
    elif settings.is_production and parts.scheme != "https":
        what = "Production is reached over https only; links in mails start with this address."
        yield _error("public_url_not_https", "PUBLIC_URL", what, example)


def _lifted_limits(settings: Settings) -> Iterator[Finding]:
    if settings.is_production and settings.rate_limit == "off":
        what = "Rate limits can be lifted for measurements only, not in production."
        yield _error("rate_limit_off", "INSURENZ_RATE_LIMIT", what, "INSURENZ_RATE_LIMIT=on")
    if settings.is_production and settings.faults:
        what = "Faults are injected by tests only, never in production."
        yield _error("faults_in_production", "INSURENZ_FAULTS", what, "INSURENZ_FAULTS=")
    if settings.is_production and not settings.server.metrics_token:
        what = "Without a token /metrics answers nobody in production."
        example = (
            "INSURENZ_SERVER__METRICS_TOKEN=$(python3 -c 'import secrets; print(secrets.token_urlsafe())')"
        )
        yield _warning("metrics_token_missing", "INSURENZ_SERVER__METRICS_TOKEN", what, example)


def _database(settings: Settings) -> Iterator[Finding]:
    name, example = "DATABASE_URL", POSTGRESQL
    try:
        url = make_url(settings.database)
    except ArgumentError:
        yield _error("database_url_malformed", name, "It is not the address of a database.", example)
        return
    backend, _, driver = url.drivername.partition("+")
    if backend not in ("sqlite", "postgresql", "postgres"):
        yield _error(
            "database_unsupported", name, f"{backend} is not supported; PostgreSQL and SQLite are.", example
        )
    elif backend == "sqlite" and driver not in ("", "pysqlite"):
        yield _error("database_driver", name, f"SQLite is used without the driver {driver}.", "DATABASE_URL=")
    elif backend != "sqlite" and driver not in ("", "psycopg"):
        yield _error("database_driver", name, f"PostgreSQL is used through psycopg 3, not {driver}.", example)
    elif backend != "sqlite" and importlib.util.find_spec("psycopg") is None:
        yield _error(
            "database_driver", name, "psycopg is not installed: pip install 'psycopg[binary]'.", example
        )
    elif backend == "sqlite" and url.database in (None, "", ":memory:"):
        yield _error(
            "sqlite_in_memory", name, "A database in memory is lost at the end; name a file.", "DATABASE_URL="
        )
    elif backend == "sqlite" and settings.server.workers > 1:
        what = "SQLite has one writer, so it is served by one process; several need PostgreSQL."
        yield _error("sqlite_workers", "INSURENZ_SERVER__WORKERS", what, "INSURENZ_SERVER__WORKERS=1")


def _places(settings: Settings) -> Iterator[Finding]:
    if not clock.is_zone(settings.timezone):
        what = f"{settings.timezone!r} is not a time zone of the IANA list."
        yield _error("timezone_unknown", "INSURENZ_TIMEZONE", what, "INSURENZ_TIMEZONE=Asia/Kolkata")
    if settings.workflows_dir and not settings.workflows_dir.is_dir():
        what = f"The folder {settings.workflows_dir} is not there."
        yield _error(
            "workflows_dir_missing", "INSURENZ_WORKFLOWS_DIR", what, "INSURENZ_WORKFLOWS_DIR=workflows"
        )
    if not _can_be_written(settings.data_dir):
        what = f"The folder {settings.data_dir} cannot be written by this user."
        yield _error("data_dir_not_writable", "INSURENZ_DATA_DIR", what, "INSURENZ_DATA_DIR=data")


def _mail(settings: Settings) -> Iterator[Finding]:
    password = settings.smtp_password.get_secret_value()
    if not settings.smtp_host and (settings.smtp_user or password):
        what = "SMTP has a user or a password but no host, so mails stay in the local mailbox."
        yield _error("smtp_host_missing", "SMTP_HOST", what, "SMTP_HOST=smtp.example.org")
    elif bool(settings.smtp_user) != bool(password):
        missing = "SMTP_USER" if password else "SMTP_PASSWORD"
        what = "SMTP needs both a user and a password, or neither."
        yield _error("smtp_incomplete", missing, what, f"{missing}=...")
    elif settings.is_production and not settings.smtp_host:
        what = "Without a mail server nobody gets invitations or can reset a password."
        yield _warning("smtp_missing", "SMTP_HOST", what, "SMTP_HOST=smtp.example.org")
    if settings.smtp_host and "@localhost" in settings.mail_from:
        what = "Mails from localhost are refused by most servers."
        example = 'MAIL_FROM="Insurenz <claims@example.org>"'
        yield _warning("mail_from_default", "MAIL_FROM", what, example)


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url is None:
        return
    if importlib.util.find_spec("redis") is None:
        what = "REDIS_URL is set, but the Python package for it is not installed."
        yield _error("redis_missing", "REDIS_URL", what, "pip install 'insurenz[redis]'")
    elif not settings.redis_url.get_secret_value().startswith(("redis://", "rediss://")):
        what = "This is not the address of a Redis."
        yield _error("redis_url", "REDIS_URL", what, "REDIS_URL=redis://127.0.0.1:6379/0")


def _broker(settings: Settings) -> Iterator[Finding]:
    if settings.celery_broker_url is None:
        return
    name, example = "CELERY_BROKER_URL", "CELERY_BROKER_URL=redis://127.0.0.1:6379/1"
    scheme = settings.celery_broker_url.get_secret_value().partition("://")[0]
    if scheme not in ("redis", "rediss", "amqp", "amqps"):
        yield _error("broker_url", name, "This is not the address of a Redis or a RabbitMQ.", example)
    elif importlib.util.find_spec("celery") is None:
        what = "CELERY_BROKER_URL is set, but the Python package for it is not installed."
        yield _error("celery_missing", name, what, "pip install 'insurenz[celery]'")
    elif scheme in ("redis", "rediss") and importlib.util.find_spec("redis") is None:
        what = "The broker is a Redis, but the Python package for that is not installed."
        yield _error("redis_missing", name, what, "pip install 'insurenz[celery]'")
    if settings.database.startswith("sqlite"):
        what = "SQLite has one writer, so it is served by one process; workers beside it need PostgreSQL."
        yield _error("broker_sqlite", name, what, POSTGRESQL)


def _firestore(settings: Settings) -> Iterator[Finding]:
    name, project, key_file = "FIRESTORE_PROJECT", settings.firestore_project, settings.firestore_credentials
    if not project:
        if key_file:
            what = "There is a key for a Firestore and no project, so nothing is mirrored."
            yield _warning("firestore_project_missing", name, what, f"{name}=claims-mirror")
        return
    if not any(metadata.distributions(name="google-cloud-firestore")):
        what = "FIRESTORE_PROJECT is set, but the Python package for it is not installed."
        yield _error("firestore_missing", name, what, "pip install 'insurenz[firestore]'")
    if PROJECT_ID.fullmatch(project) is None:
        what = "This is not the id of a project: 6 to 30 small letters, digits and hyphens."
        yield _error("firestore_project", name, what, f"{name}=claims-mirror")
    if key_file and not os.access(key_file, os.R_OK):
        what = f"The file {key_file} cannot be read by this user."
        example = "FIRESTORE_CREDENTIALS=/etc/insurenz/mirror.json"
        yield _error("firestore_credentials", "FIRESTORE_CREDENTIALS", what, example)
    if settings.is_production and os.environ.get("FIRESTORE_EMULATOR_HOST"):
        what = "Notifications go to an emulator, which asks nobody who they are."
        yield _error("firestore_emulator", "FIRESTORE_EMULATOR_HOST", what, "(remove it)")


def _encryption(settings: Settings) -> Iterator[Finding]:
    setting = settings.encryption_key.get_secret_value()
    if setting and importlib.util.find_spec("cryptography") is None:
        what = "ENCRYPTION_KEY is set, but the Python package for it is not installed."
        yield _error("encryption_missing", "ENCRYPTION_KEY", what, "pip install 'insurenz[encryption]'")
    try:
        Vault.of(setting)
    except ValueError as error:
        yield _error("encryption_key", "ENCRYPTION_KEY", f"This cannot be used: {error}.", EXAMPLE)


def _bucket(settings: Settings) -> Iterator[Finding]:
    name, endpoint = settings.s3_bucket_name, settings.s3_endpoint_url
    is_direct = "on" in (settings.s3_direct_links, settings.s3_direct_uploads)
    if not name:
        if endpoint or is_direct:
            what = "A bucket is asked for and not named, so documents stay in the data folder."
            yield _error("s3_bucket_missing", "S3_BUCKET_NAME", what, "S3_BUCKET_NAME=insurenz-documents")
        return
    if importlib.util.find_spec("obstore") is None:
        what = "The Python package for S3 is not installed."
        yield _error("s3_package_missing", "S3_BUCKET_NAME", what, "pip install 'insurenz[s3]'")
    if BUCKET_NAME.fullmatch(name) is None:
        what = "This is not the name of a bucket: 3 to 63 small letters, digits, dots and hyphens."
        yield _error("s3_bucket_malformed", "S3_BUCKET_NAME", what, "S3_BUCKET_NAME=insurenz-documents")
    yield from _bucket_keys(settings)
    yield from _bucket_place(settings)


def _bucket_keys(settings: Settings) -> Iterator[Finding]:
    given = {
        "AWS_ACCESS_KEY_ID": settings.aws_access_key_id,
        "AWS_SECRET_ACCESS_KEY": settings.aws_secret_access_key.get_secret_value(),
    }
    for name, value in given.items():
        if not value:
            what = "A bucket needs a pair of keys: an id and its secret."
            yield _error("s3_keys_missing", name, what, f"{name}=...")


def _bucket_place(settings: Settings) -> Iterator[Finding]:
    name, example = "S3_ENDPOINT_URL", "S3_ENDPOINT_URL=https://s3.example.org"
    if not settings.s3_endpoint_url:
        if not settings.aws_region:
            what = "AWS needs the region of the bucket; another service needs S3_ENDPOINT_URL."
            yield _error("s3_region_missing", "AWS_REGION", what, "AWS_REGION=ap-south-1")
        return
    parts = ENDPOINT.fullmatch(settings.s3_endpoint_url)
    if parts is None:
        what = "It is not the address of an S3 service: http or https, a host, perhaps a port, and no more."
        yield _error("s3_endpoint_malformed", name, what, example)
    elif settings.is_production and parts["scheme"] == "http" and parts["host"].strip("[]") not in LOOPBACK:
        what = "Documents travel to this service unencrypted."
        yield _warning("s3_endpoint_not_https", name, what, example)


def _notification_service(settings: Settings) -> Iterator[Finding]:
    name, example = "NOTIFICATION_SERVICE_URL", "NOTIFICATION_SERVICE_URL=https://notify.example.org/insurenz"
    url = settings.notification_service_url
    if not url:
        if settings.notification_service_secret.get_secret_value():
            what = "There is a secret for a notification service and no address, so none is told."
            yield _warning("notification_service_url_missing", name, what, example)
        return
    scheme, host = _scheme_and_host(url)
    if not host:
        what = "It is not the address of a service: http or https, a host, no user, no fragment."
        yield _error("notification_service_url_malformed", name, what, example)
    elif settings.is_production and scheme != "https" and host not in LOOPBACK:
        what = "What claims are about would travel to this service unencrypted."
        yield _error("notification_service_url_not_https", name, what, example)
    yield from _notification_secret(settings)


def _notification_secret(settings: Settings) -> Iterator[Finding]:
    name, secret = "NOTIFICATION_SERVICE_SECRET", settings.notification_service_secret.get_secret_value()
    example = _signing_secret(name)
    level: Level = "error" if settings.is_production else "warning"
    try:
        key = key_of(secret)
    except ValueError:
        what = "What follows whsec_ is not base64."
        yield _error("notification_service_secret_malformed", name, what, example)
        return
    if not key:
        if settings.is_production:
            what = "Without a secret the service cannot tell our messages from anybody's."
            yield _error("notification_service_secret_missing", name, what, example)
    elif len(key) < SIGNING_KEY_BYTES:
        what = f"A secret of less than {SIGNING_KEY_BYTES} bytes can be guessed."
        yield Finding("notification_service_secret_short", level, name, what, example)


def _webhooks(settings: Settings) -> Iterator[Finding]:
    if settings.is_production and settings.webhook_lan == "on":
        what = "Webhooks may lead to any server of the private network, and unencrypted."
        yield _warning("webhook_lan_on", "INSURENZ_WEBHOOK_LAN", what, "INSURENZ_WEBHOOK_LAN=off")


def _mail_feedback(settings: Settings) -> Iterator[Finding]:
    name, secret = "MAIL_FEEDBACK_SECRET", settings.mail_feedback_secret.get_secret_value()
    level: Level = "error" if settings.is_production else "warning"
    try:
        key = key_of(secret)
    except ValueError:
        what = "What follows whsec_ is not base64."
        yield _error("mail_feedback_secret_malformed", name, what, _signing_secret(name))
        return
    if key and len(key) < SIGNING_KEY_BYTES:
        what = f"With a secret of less than {SIGNING_KEY_BYTES} bytes anybody could stop anybody's mails."
        yield Finding("mail_feedback_secret_short", level, name, what, _signing_secret(name))


def _signing_secret(name: str) -> str:
    return f"{name}=$(python3 -c 'import base64, secrets; print(\"whsec_\" + base64.b64encode(secrets.token_bytes(32)).decode())')"


def _scheme_and_host(url: str) -> tuple[str, str]:
    """Of an address that requests can be sent to as it stands; two empty texts of any other."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("http", "https") and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return "", ""
    if not is_right or "#" in url or re.fullmatch(r"[!-~]+", url) is None:
        return "", ""
    return parts.scheme, parts.hostname or ""


_JUDGES: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _secret,
    _address,
    _lifted_limits,
    _database,
    _places,
    _mail,
    _mail_feedback,
    _notification_service,
    _webhooks,
    judge_push,
    judge_chat,
    _redis,
    _broker,
    _bucket,
    _encryption,
    _firestore,
)


def _can_be_written(folder: Path) -> bool:
    """Whether the folder can be written, or made when it is not there yet."""
    nearest = folder.absolute()
    while not nearest.exists():
        nearest = nearest.parent
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def unknown_names(names: Mapping[str, str], known: frozenset[str]) -> list[Finding]:
    """A warning for each name with our prefix that no setting has, with the closest one that exists."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed when something is wrong

    found = []
    for name in sorted(names):
        if name.upper() in known or name.upper() in _NAMES_OF_FILES:
            continue
        closest = get_close_matches(name.upper(), known, n=1, cutoff=0.4)
        example = f"{closest[0]}=..." if closest else "(remove it)"
        found.append(_warning("unknown_setting", name, "There is no such setting.", example))
    return found
