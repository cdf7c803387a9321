"""Objects encrypted at rest: a store around another one, which sees nothing but encrypted pieces.

An object is a head (mark, key id, salt), then pieces of 64 KiB, each encrypted by AES-256-GCM under a key of its own that
follows from the install's, the salt and the object's place, and a nonce of its number, and whether it is the last (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár): no piece can be changed, moved, left out or taken from
another object without being noticed. Objects of the old form lie under the install's key itself, their nonces told apart
by a random prefix in the head.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from insurenz.core.storage.base import Entry, ObjectDamaged, ObjectStore, ObjectWriter, StoreFailed
from insurenz.core.storage.spool import disk_errors
from insurenz.core.vault import ID_CHARACTERS, Key, Tampered, UnknownKey, Vault

MARK, OLD_MARK = b"INSURENZ-AES-2\n", b"INSURENZ-AES-1\n"
SALT_BYTES, PREFIX_BYTES, TAG_BYTES, PIECE = 32, 7, 16, 64 * 1024
# What begins each nonce of a key that no other object has.
NO_PREFIX = bytes(PREFIX_BYTES)
HEAD_BYTES = len(MARK) + ID_CHARACTERS + SALT_BYTES
SEALED_PIECE = PIECE + TAG_BYTES


@dataclass(frozen=True)
class EncryptedStore:
    """Encrypts what is written to `inner`, and decrypts what is read; objects in plain, from before, are read as they are."""

    inner: ObjectStore
    vault: Vault

    @property
    def transfers(self) -> None:
        """None: the server alone can encrypt."""

    def create(self, key: str) -> "EncryptedWriter":
        """Begin a new object."""
        return EncryptedWriter(self, key)

    def read(self, key: str) -> Iterator[bytes]:
        """The bytes in plain; raises ObjectMissing before the first one, ObjectDamaged where they were changed."""
        sealed = _Reader(self.inner.read(key))
        mark = sealed.take(len(MARK))
        if mark not in (MARK, OLD_MARK):
            return _joined(mark, sealed)
        return self._opened(key, sealed, is_old=mark == OLD_MARK)

    def is_current(self, key: str) -> bool:
        """Whether an object lies there as this store would write it now. Raises ObjectMissing."""
        written_now = MARK + self.vault.keys[0].id.encode()
        return _Reader(self.inner.read(key)).take(len(written_now)) == written_now

    def renew(self, key: str) -> bool:
        """Store an object again as this store writes it now, whole or not at all; whether it was not so yet.

        Raises ObjectMissing; StoreFailed where it cannot be read.
        """
        if self.is_current(key):
            return False
        plain, written = hashlib.sha256(), self.create(key)
        try:
            for piece in self.read(key):
                plain.update(piece)
                written.write([piece])
            written.commit(plain.hexdigest())
        finally:
            written.abort()
        return True

    def has(self, key: str) -> bool:
        """Whether the object is there."""
        return self.inner.has(key)

    def delete(self, key: str) -> None:
        """Remove the object."""
        self.inner.delete(key)

    def entries(self, prefix: str = "") -> Iterator[Entry]:
        """Every object, with the size it takes encrypted."""
        return self.inner.entries(prefix)

    def leftovers(self, older_than: datetime) -> Iterator[Path]:
        """Spools that nobody has written to since."""
        return self.inner.leftovers(older_than)

    def link(self, key: str, *, seconds: int, headers: Mapping[str, str]) -> str | None:
        """None: what the store hands out itself would be encrypted."""

    def _opened(self, key: str, sealed: "_Reader", *, is_old: bool) -> Iterator[bytes]:
        number, place = 0, key.encode()
        try:
            of_object, prefix = self._key_of(sealed, place, is_old=is_old)
            piece = sealed.take(SEALED_PIECE)
            while piece:
                following = sealed.take(SEALED_PIECE)
                nonce = _nonce(prefix, number, is_last=not following)
                if plain := of_object.decrypt(nonce, piece, place):
                    yield plain
                number, piece = number + 1, following
        except Tampered as error:
            raise ObjectDamaged("the object was changed") from error
        except UnknownKey as error:
            raise ObjectDamaged(str(error)) from error
        if number == 0:
            raise ObjectDamaged("the object was changed")

    def _key_of(self, head: "_Reader", place: bytes, *, is_old: bool) -> tuple[Key, bytes]:
        """By the head after its mark: the key of an object, and what its nonces begin with. Raises UnknownKey."""
        key = self.vault.key(head.take(ID_CHARACTERS).decode("ascii", "replace"))
        if is_old:
            return key, head.take(PREFIX_BYTES)
        return _derived(key, head.take(SALT_BYTES), place), NO_PREFIX


class EncryptedWriter:
    """A spool in plain, for inspection, that becomes an encrypted object when it is committed."""

    def __init__(self, store: EncryptedStore, key: str) -> None:
        self._store, self._key = store, key
        self._plain: ObjectWriter = store.inner.create(key)
        self._is_begun = False

    @property
    def path(self) -> Path:
        """The spool in plain."""
        return self._plain.path

    def write(self, pieces: Sequence[bytes | memoryview]) -> None:
        """Append pieces."""
        self._is_begun = True
        self._plain.write(pieces)

    def commit(self, sha256: str) -> None:
        """Store the spool encrypted and remove it. Raises StoreFailed when it no longer has this hash."""
        if not self._is_begun:
            raise ValueError("nothing was written")
        encrypted = self._store.inner.create(self._key)
        try:
            stored_sha256 = _encrypt(self._plain.path, encrypted, self._store.vault, self._key, sha256)
            encrypted.commit(stored_sha256)
        finally:
            encrypted.abort()
        self._plain.abort()

    def abort(self) -> None:
        """Give the object up."""
        self._plain.abort()


def _encrypt(file: Path, into: ObjectWriter, vault: Vault, key: str, sha256: str) -> str:
    """Write the file encrypted; gives the hash of what was written."""
    current, salt, place = vault.keys[0], os.urandom(SALT_BYTES), key.encode()
    of_object = _derived(current, salt, place)
    plain_hash, stored_hash = hashlib.sha256(), hashlib.sha256()
    head = MARK + current.id.encode() + salt
    stored_hash.update(head)
    into.write([head])
    with disk_errors(), file.open("rb", buffering=0) as opened:
        number, piece = 0, opened.read(PIECE)
        while True:
            following = opened.read(PIECE)
            plain_hash.update(piece)
            nonce = _nonce(NO_PREFIX, number, is_last=not following)
            sealed = of_object.cipher.encrypt(nonce, piece, place)
            stored_hash.update(sealed)
            into.write([sealed])
            if not following:
                break
            number, piece = number + 1, following
    if plain_hash.hexdigest() != sha256:
        raise StoreFailed("the spooled file was changed")
    return stored_hash.hexdigest()


def _derived(key: Key, salt: bytes, place: bytes) -> Key:
    return key.derived(salt, b"insurenz object " + place)


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([is_last])


def _joined(head: bytes, rest: "_Reader") -> Iterator[bytes]:
    if head:
        yield head
    while piece := rest.take(16 * PIECE):
        yield piece


class _Reader:
    """Gives pieces of the size that is asked for out of pieces of any size."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def take(self, size: int) -> bytes:
        """So many bytes; fewer at the end."""
        while len(self._held) < size and (piece := next(self._pieces, None)) is not None:
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken
