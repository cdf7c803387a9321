"""The two object stores as tests get them: a local folder, and a bucket of a real S3 server."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore, new_key, store_for
from tests.swift import ACCESS_KEY, SECRET_KEY, swift_server

STORES = ("local", "s3")
ENCRYPTION_KEY = base64.b64encode(bytes(range(32))).decode()


def bucket_settings(**changes: Any) -> dict[str, Any]:
    """Settings of a new bucket, for `Settings` and `make_api`."""
    server = swift_server()
    given = {
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SecretStr(SECRET_KEY),
        "s3_bucket_name": server.new_bucket(),
        "s3_endpoint_url": server.endpoint,
    }
    return given | changes


def make_store(kind: str, folder: Path, **changes: Any) -> ObjectStore:
    """An empty store as the product opens it, with the data folder given."""
    kinds = {
        "s3": bucket_settings,
        "encrypted": lambda: {"encryption_key": SecretStr(ENCRYPTION_KEY)},
        "local": dict,
    }
    settings = kinds[kind]()
    return store_for(Settings(_env_file=None, data_dir=folder, **settings | changes))


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store of each kind."""
    return make_store(request.param, tmp_path)


def sha256(content: bytes) -> str:
    """The hash by which a store holds what it sends."""
    return hashlib.sha256(content).hexdigest()


def put(store: ObjectStore, content: bytes, key: str = "") -> str:
    """Store an object; gives its key."""
    key = key or new_key()
    writer = store.create(key)
    try:
        writer.write([content])
        writer.commit(sha256(content))
    finally:
        writer.abort()
    return key


def got(store: ObjectStore, key: str) -> bytes:
    """An object, read whole."""
    return b"".join(store.read(key))


def spools(folder: Path) -> list[Path]:
    """What lies in the spools of a data folder."""
    return [path for name in ("objects/.incoming", "incoming") for path in (folder / name).glob("*")]
