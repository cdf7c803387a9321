"""The keys that sensitive columns and local objects are encrypted with: AES-256-GCM, several keys during a rotation.

Without ENCRYPTION_KEY everything stays as it is; with it, what is written from then on is encrypted, and what lies there
in plain is still read. `insurenz encryption rotate` brings all of it under the first key.
"""

import base64
import hashlib
import hmac
import os
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES, NONCE_BYTES, ID_CHARACTERS = 32, 12, 8
# Text that begins like this is encrypted. What people write never does: space around a text is cut off before it is kept.
MARK = "\ninsurenz:"
EXAMPLE = 'ENCRYPTION_KEY="$(openssl rand -base64 32)"'


class UnknownKey(Exception):
    """Something is encrypted with a key that is not among those of ENCRYPTION_KEY; `key_id` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"no key {key_id} in ENCRYPTION_KEY")
        self.key_id = key_id


class Tampered(Exception):
    """Something encrypted was changed, or lies in another place than it was written to."""


@dataclass(frozen=True)
class Key:
    """One key of 256 bits."""

    secret: bytes = field(repr=False)

    @cached_property
    def id(self) -> str:
        """Which key it is, telling nothing of it."""
        return hashlib.sha256(b"insurenz key" + self.secret).hexdigest()[:ID_CHARACTERS]

    @cached_property
    def cipher(self) -> "AESGCM":
        """The cipher under this key."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - needs the extra

        return AESGCM(self.secret)

    def derived(self, salt: bytes, purpose: bytes) -> "Key":
        """A key for one purpose alone, by HKDF-SHA256: what is encrypted under it takes nothing of this key's nonces."""
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - needs the extra
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 - needs the extra

        return Key(HKDF(SHA256(), KEY_BYTES, salt, purpose).derive(self.secret))

    def decrypt(self, nonce: bytes, content: bytes, place: bytes) -> bytes:
        """One encrypted piece. Raises Tampered."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - needs the extra

        try:
            return self.cipher.decrypt(nonce, content, place)
        except InvalidTag as error:
            raise Tampered from error


@dataclass(frozen=True)
class Vault:
    """The keys of an install: the first one writes, each of them reads; without any, nothing is encrypted."""

    keys: Sequence[Key] = ()

    @classmethod
    def of(cls, setting: str) -> "Vault":
        """From ENCRYPTION_KEY: keys in base64 with commas between. Raises ValueError saying what is wrong."""
        return cls(tuple(Key(_decoded(part.strip())) for part in setting.split(",") if part.strip()))

    @property
    def is_on(self) -> bool:
        """Whether anything is encrypted."""
        return bool(self.keys)

    def seal(self, text: str, *, place: str) -> str:
        """The text under the first key, bound to its place (`claims.description`); as it is without a key."""
        if not self.keys:
            return text
        key, nonce = self.keys[0], os.urandom(NONCE_BYTES)
        sealed = nonce + key.cipher.encrypt(nonce, text.encode(), place.encode())
        return f"{MARK}{key.id}:{base64.b64encode(sealed).decode()}"

    def open(self, text: str, *, place: str) -> str:
        """What `seal` was given; a text in plain as it is. Raises UnknownKey, Tampered."""
        if not text.startswith(MARK):
            return text
        key_id, _, sealed = text.removeprefix(MARK).partition(":")
        content = base64.b64decode(sealed)
        nonce, encrypted = content[:NONCE_BYTES], content[NONCE_BYTES:]
        return self.key(key_id).decrypt(nonce, encrypted, place.encode()).decode()

    def key(self, key_id: str) -> Key:
        """The key of this id. Raises UnknownKey."""
        if key_id not in self._by_id:
            raise UnknownKey(key_id)
        return self._by_id[key_id]

    def is_current(self, text: str) -> bool:
        """Whether a stored text is as this vault would write it now: under its first key, or in plain without any."""
        return text.startswith(f"{MARK}{self.keys[0].id}:") if self.keys else not text.startswith(MARK)

    def hashes(self, name: str) -> list[str]:
        """What a name is found by under each key, the first one first: the same for any spelling of case and space."""
        spelled = " ".join(unicodedata.normalize("NFKC", name).casefold().split()).encode()
        return [hmac.new(key.secret, b"name:" + spelled, hashlib.sha256).hexdigest() for key in self.keys]

    @cached_property
    def _by_id(self) -> Mapping[str, Key]:
        return {key.id: key for key in self.keys}


def _decoded(given: str) -> bytes:
    try:
        secret = base64.b64decode(given, validate=True)
    except ValueError as error:
        raise ValueError("a key is not in base64") from error
    if len(secret) != KEY_BYTES:
        raise ValueError(f"a key has {len(secret)} bytes, it needs {KEY_BYTES}")
    return secret


_vault = Vault()


def use(setting: str) -> None:
    """From now on this process reads and writes with the keys of this ENCRYPTION_KEY; before anything is read."""
    global _vault  # noqa: PLW0603 - the columns' types have no other way to the settings
    _vault = Vault.of(setting)


def current() -> Vault:
    """The keys of this process."""
    return _vault
