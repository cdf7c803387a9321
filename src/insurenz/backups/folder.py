"""What a backup's folder looks like: a database in one file, the objects it names, and a manifest that is written last."""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore, store_for
from insurenz.core.vault import Vault

DATABASE, MANIFEST = "insurenz.db", "manifest.json"
FORMAT = 1
# What no backup holds, though an install needs it.
SECRETS = ("JWT_SECRET_KEY", "ENCRYPTION_KEY", "the other secrets of the settings")


class NotRestored(Exception):
    """Nothing of a backup counts; the text says why."""


@dataclass
class Manifest:
    """What a backup holds. `revision` is its schema, `rows` how many each table has; `encryption_keys` are ids.

    `damaged` names documents whose object was not what was sent already when the backup was made. `has_objects` is
    false where the bucket's own copies are to be relied on.
    """

    made_at: str
    version: str
    revision: str
    database_sha256: str
    database_bytes: int
    rows: dict[str, int]
    has_objects: bool
    documents: int
    documents_bytes: int
    damaged: list[str] = field(default_factory=list)
    encryption_keys: list[str] = field(default_factory=list)
    not_included: list[str] = field(default_factory=lambda: list(SECRETS))
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it, durably."""
        file = folder / MANIFEST
        file.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
        sync(file)
        sync(folder)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """That of a backup. Raises NotRestored when the folder is none, or one of a kind that is not known here."""
        try:
            found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotRestored(f"{folder} is no backup, or one that was broken off.") from error
        except ValueError as error:
            raise NotRestored(f"{folder / MANIFEST} is damaged.") from error
        if found.get("format") != FORMAT:
            raise NotRestored(
                f"{folder} was made by another version of this program ({found.get('version')})."
            )
        return cls(**found)


def objects_in(folder: Path, settings: Settings) -> ObjectStore:
    """The store of a backup: encrypted where the install has a key, also when its bucket holds them in plain."""
    return store_for(settings.model_copy(update={"s3_bucket_name": "", "data_dir": folder}))


def key_ids(settings: Settings) -> list[str]:
    """Which keys the install has, telling nothing of them."""
    return [key.id for key in Vault.of(settings.encryption_key.get_secret_value()).keys]


def settle(file: Path) -> None:
    """Make one durable file of a SQLite database that nobody has open."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    sync(file)


def sha256_of(file: Path) -> str:
    """The hash of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
