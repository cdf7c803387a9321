"""Settings: one nested object from the environment, `.env` and secret files, read once at the edge."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from dotenv import dotenv_values
from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

KiB, MiB = 1024, 1024 * 1024


class Limits(BaseModel):
    """What one caller may send."""

    max_body_bytes: int = Field(256 * KiB, ge=1 * KiB, description="Largest JSON body")
    requests_per_minute: int = Field(600, ge=1)
    writes_per_minute: int = Field(300, ge=1)
    failed_logins: int = Field(
        10, ge=1, description="Failed logins per account and per address in 15 minutes"
    )
    hash_queue: int = Field(64, ge=1, description="Logins that may wait for the password hasher")
    streams: int = Field(10_000, ge=1, description="Live streams that each process keeps open")
    streams_per_user: int = Field(20, ge=1, description="Live streams of one user, in each process")
    stream_seconds: int = Field(
        3600,
        ge=0,
        description="A live stream ends after this long, and is taken up again; 0: once all is told",
    )


class Accounts(BaseModel):
    """Lifetimes of sessions and one-time links."""

    idle_minutes: int = Field(12 * 60, ge=1, description="A session not used for this long ends")
    absolute_hours: int = Field(30 * 24, ge=1, description="A session ends after this long in any case")
    reauth_minutes: int = Field(15, ge=1, description="How fresh a password must be to change credentials")
    link_minutes: int = Field(60, ge=1, le=60, description="Life of reset and invitation links")


class Documents(BaseModel):
    """Limits of uploaded files and life of their links."""

    link_seconds: int = Field(300, ge=1, le=7 * 24 * 3600)
    max_file_bytes: int = Field(10 * MiB, ge=1)
    max_files: int = Field(20, ge=1, le=100)
    max_request_bytes: int = Field(100 * MiB, ge=1)
    max_claim_files: int = Field(100, ge=1)
    max_day_bytes: int = Field(2048 * MiB, ge=1, description="What one user may send on one day")
    upload_hours: int = Field(
        24, ge=1, le=720, description="An upload that no claim uses ends after this long"
    )
    stall_seconds: int = Field(30, ge=1, description="A sender without progress for this long is cut off")
    inspectors: int = Field(2, ge=1, description="Child processes that look into files, of each process")
    inspect_seconds: int = Field(10, ge=1, description="A file that takes longer to look into is refused")
    inspect_memory_mb: int = Field(512, ge=128, description="Memory of each of these child processes")
    previews: Literal["on", "off"] = Field("on", description="Whether small pictures of documents are made")
    libreoffice: str = Field(
        "soffice", description="LibreOffice, by name or path, for pictures of Word files where it is; or off"
    )
    unscanned: Literal["block", "flag"] = Field(
        "block", description="Whether files are handed out while the virus scanner gives no verdict"
    )
    sweep_grace_hours: int = Field(24, ge=1, description="Objects without a row are younger, or swept")
    scrub_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Every document is read and compared within so many days; 0: by hand alone",
    )


class Claims(BaseModel):
    """Numbers, windows and limits of claims."""

    number_prefix: str = Field("CSHLSIP", pattern=r"^[A-Z0-9]{2,12}$")
    contest_rounds: int = Field(2, ge=0)
    contest_days: int = Field(30, ge=0, le=3650)
    appeal_days: int = Field(30, ge=0, le=3650)
    max_drafts: int = Field(20, ge=1, le=200, description="Drafts that one person may have at a time")
    draft_days: int = Field(
        90, ge=1, le=3650, description="A draft that nobody went on with for so long ends"
    )
    limit_l0: int | None = Field(
        None,
        ge=0,
        description="Most that a level-0 processor may approve, in whole units of the claim's currency",
    )
    limit_l1: int | None = Field(None, ge=0)
    limit_l2: int | None = Field(None, ge=0)
    limit_l3: int | None = Field(None, ge=0)
    limit_l4: int | None = Field(None, ge=0)
    currency: str = Field("INR", pattern=r"^[A-Z]{3}$")

    def limit(self, level: int) -> int | None:
        """The most that a processor of this level may approve, in whole units of a currency; None is no limit."""
        limit: int | None = getattr(self, f"limit_l{level}")
        return limit


class Push(BaseModel):
    """Notices on people's devices by Web Push."""

    enabled: Literal["on", "off"] = "off"
    private_key: SecretStr = Field(
        SecretStr(""), description="32 bytes in base64url; without it one is derived from JWT_SECRET_KEY"
    )
    contact: str = Field("", description="Whom push services may write to: mailto: or https:")
    services: str = Field(
        "fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com",
        description="Hosts of push services that browsers may name, and what is below them; * for any",
    )


class Chat(BaseModel):
    """Short messages by chat and SMS, through Apprise."""

    targets: SecretStr = Field(
        SecretStr(""), description="The operator's own, by name, in YAML or JSON: addresses of Apprise"
    )
    ways: SecretStr = Field(
        SecretStr(""), description="How people may be told: by name addresses of Apprise with {to} in them"
    )
    schemes: str = Field("", description="Services whose whole address people may give themselves")


class Server(BaseModel):
    """How the server listens."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    workers: int = Field(1, ge=1)
    threads: int = Field(20, ge=1, description="Worker threads of each process, and connections of each pool")
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token of /metrics; required in production"
    )


SECRETS = (
    "JWT_SECRET_KEY",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "AWS_SECRET_ACCESS_KEY",
    "SMTP_PASSWORD",
    "MAIL_FEEDBACK_SECRET",
    "NOTIFICATION_SERVICE_SECRET",
    "ENCRYPTION_KEY",
    "INSURENZ_PUSH__PRIVATE_KEY",
    "INSURENZ_CHAT__TARGETS",
    "INSURENZ_CHAT__WAYS",
    "INSURENZ_SERVER__METRICS_TOKEN",
)


class Settings(BaseSettings):
    """Every setting. Names without the prefix INSURENZ_ are literal; groups use `__`."""

    model_config = SettingsConfigDict(
        env_prefix="INSURENZ_",
        env_nested_delimiter="__",
        env_file=".env",
        extra="ignore",
        populate_by_name=True,
        env_ignore_empty=True,
    )

    env: Literal["development", "production"] = "development"
    data_dir: Path = Path("data")
    timezone: str = "Asia/Kolkata"
    workflows_dir: Path | None = None
    rate_limit: Literal["on", "off"] = "on"
    webhook_lan: Literal["on", "off"] = Field(
        "off", description="Whether webhooks may lead into the private network, and use http"
    )
    faults: str = ""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()

    public_url: str = Field("", validation_alias="PUBLIC_URL")
    database_url: SecretStr = Field(SecretStr(""), validation_alias="DATABASE_URL")
    redis_url: SecretStr | None = Field(None, validation_alias="REDIS_URL")
    celery_broker_url: SecretStr | None = Field(None, validation_alias="CELERY_BROKER_URL")
    jwt_secret_key: SecretStr = Field(SecretStr(""), validation_alias="JWT_SECRET_KEY")
    jwt_algorithm: Literal["HS256", "HS384", "HS512"] = Field("HS256", validation_alias="JWT_ALGORITHM")
    access_token_expire_minutes: int = Field(
        30, ge=1, le=1440, validation_alias="ACCESS_TOKEN_EXPIRE_MINUTES"
    )
    aws_access_key_id: str = Field("", validation_alias="AWS_ACCESS_KEY_ID")
    aws_secret_access_key: SecretStr = Field(SecretStr(""), validation_alias="AWS_SECRET_ACCESS_KEY")
    aws_region: str = Field("", validation_alias="AWS_REGION")
    s3_bucket_name: str = Field("", validation_alias="S3_BUCKET_NAME")
    s3_endpoint_url: str = Field("", validation_alias="S3_ENDPOINT_URL")
    s3_direct_links: Literal["on", "off"] = Field("off", validation_alias="S3_DIRECT_LINKS")
    s3_direct_uploads: Literal["on", "off"] = Field(
        "off",
        description="Whether files may be sent straight to the bucket",
        validation_alias="S3_DIRECT_UPLOADS",
    )
    clamd_address: str = Field(
        "",
        pattern=r"^(/.+|.+:\d{1,5})?$",
        description="The virus scanner: host:port of clamd, or the path of its socket",
        validation_alias="CLAMD_ADDRESS",
    )
    smtp_host: str = Field("", validation_alias="SMTP_HOST")
    smtp_port: int = Field(587, ge=1, le=65535, validation_alias="SMTP_PORT")
    smtp_user: str = Field("", validation_alias="SMTP_USER")
    smtp_password: SecretStr = Field(SecretStr(""), validation_alias="SMTP_PASSWORD")
    mail_from: str = Field("Insurenz <no-reply@localhost>", validation_alias="MAIL_FROM")
    mail_feedback_secret: SecretStr = Field(SecretStr(""), validation_alias="MAIL_FEEDBACK_SECRET")
    notification_service_url: str = Field("", validation_alias="NOTIFICATION_SERVICE_URL")
    notification_service_secret: SecretStr = Field(
        SecretStr(""), validation_alias="NOTIFICATION_SERVICE_SECRET"
    )
    notification_text: Literal["on", "off"] = Field("on", validation_alias="NOTIFICATION_TEXT")
    notification_ttl_hours: int = Field(
        720,
        ge=1,
        le=87600,
        description="Notifications leave inboxes after this long",
        validation_alias="NOTIFICATION_TTL_HOURS",
    )
    firestore_project: str = Field(
        "",
        description="The Google Cloud project whose Firestore mirrors notifications; empty: none does",
        validation_alias="FIRESTORE_PROJECT",
    )
    firestore_database: str = Field("(default)", validation_alias="FIRESTORE_DATABASE")
    firestore_credentials: Path | None = Field(
        None,
        description="The key file of a service account; without one the machine's own account is used",
        validation_alias="FIRESTORE_CREDENTIALS",
    )
    encryption_key: SecretStr = Field(
        SecretStr(""),
        description="Keys of 32 bytes in base64, the first of which writes",
        validation_alias="ENCRYPTION_KEY",
    )

    limits: Limits = Limits()
    accounts: Accounts = Accounts()
    documents: Documents = Documents()
    claims: Claims = Claims()
    push: Push = Push()
    chat: Chat = Chat()
    server: Server = Server()

    @field_validator("allowed_origins", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(filter(None, value.split(","))) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, environment, `.env`; secrets from `NAME_FILE` where the environment has no NAME."""
        named = getattr(dotenv_settings, "env_file", None)
        files = InitSettingsSource(settings_cls, init_kwargs=_from_files(secret_files(named)))
        return init_settings, env_settings, files, dotenv_settings

    @property
    def is_production(self) -> bool:
        """Whether real people's data may be here: defaults that suit a trial are refused."""
        return self.env == "production"

    @property
    def redis(self) -> str | None:
        """The address of the Redis that processes share, when there is one."""
        return self.redis_url.get_secret_value() if self.redis_url else None

    @property
    def base_url(self) -> str:
        """The address people reach this install at, without a slash at the end; links start with it."""
        return (self.public_url or f"http://{self.server.host}:{self.server.port}").rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: DATABASE_URL, or SQLite in the data folder."""
        return (
            self.database_url.get_secret_value() or f"sqlite:///{(self.data_dir / 'insurenz.db').resolve()}"
        )


def secret_files(env_file: Any = ".env") -> dict[str, str]:
    """By secret the file that `NAME_FILE` names, in the environment or else in `.env`; not of what the environment holds."""
    written = {} if env_file is None else dotenv_values(env_file)
    given = {name.upper(): path for name, path in written.items()} | {
        n: v for n, v in os.environ.items() if v
    }
    files = {name: given.get(f"{name}_FILE") for name in SECRETS if not os.environ.get(name)}
    return {name: path for name, path in files.items() if path}


def _from_files(files: Mapping[str, str]) -> dict[str, Any]:
    """The secrets that are in these files."""
    found: dict[str, Any] = {}
    for name, path in files.items():
        group, _, field = name.removeprefix("INSURENZ_").lower().partition("__")
        secret = Path(path).read_text(encoding="utf-8").strip()
        if field:
            found.setdefault(group, {})[field] = secret
        else:
            found[name] = secret
    return found
