"""The server's secret and the keys derived from it, one per purpose."""

import hashlib
import hmac
import os
from pathlib import Path

from insurenz.core.ids import new_secret
from insurenz.core.settings import Settings


def server_secret(settings: Settings) -> bytes:
    """JWT_SECRET_KEY; in development, when it is not set, a random one kept in the data folder (mode 0600)."""
    given = settings.jwt_secret_key.get_secret_value()
    if given:
        return given.encode()
    return _development_secret(settings.data_dir / "development-secret.key")


def derived_key(secret: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, so that a signature made for one is worthless for another."""
    return hmac.new(secret, f"insurenz:{purpose}".encode(), hashlib.sha256).digest()


def _development_secret(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    secret = new_secret(48).encode()
    with os.fdopen(handle, "wb") as file:
        file.write(secret)
    return secret
