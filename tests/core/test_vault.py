"""Encryption at rest: unreadable without the key, bound to its place, and under several keys while they change."""

import base64

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from insurenz.core.storage import LocalStore, StoreFailed, new_key
from insurenz.core.storage.encrypted import (
    HEAD_BYTES,
    MARK,
    OLD_MARK,
    PIECE,
    SALT_BYTES,
    SEALED_PIECE,
    EncryptedStore,
)
from insurenz.core.vault import Tampered, UnknownKey, Vault
from tests.stores import got, put

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PLACE = "claims.description"


def test_a_text_is_unreadable_and_never_the_same_twice() -> None:
    vault = Vault.of(OLD)
    one, other = (vault.seal("ब्रोकन arm", place=PLACE) for _ in range(2))
    assert one != other
    assert "arm" not in one
    assert [vault.open(sealed, place=PLACE) for sealed in (one, other)] == ["ब्रोकन arm"] * 2


def test_without_a_key_everything_stays_as_it_is() -> None:
    assert Vault().seal("plain", place=PLACE) == "plain"
    assert Vault().hashes("Asha Verma") == []


def test_what_is_there_in_plain_is_still_read() -> None:
    assert Vault.of(OLD).open("from before", place=PLACE) == "from before"


def test_a_text_of_another_place_or_changed_is_noticed() -> None:
    vault = Vault.of(OLD)
    sealed = vault.seal("secret", place=PLACE)
    with pytest.raises(Tampered):
        vault.open(sealed, place="claims.form_data")
    last = "A" if sealed[-6] != "A" else "B"
    with pytest.raises(Tampered):
        vault.open(sealed[:-6] + last + sealed[-5:], place=PLACE)


def test_while_keys_change_the_first_writes_and_all_read() -> None:
    sealed = Vault.of(OLD).seal("secret", place=PLACE)
    both = Vault.of(f"{NEW},{OLD}")
    assert both.open(sealed, place=PLACE) == "secret"
    assert (both.is_current(sealed), both.is_current(both.seal("secret", place=PLACE))) == (False, True)
    with pytest.raises(UnknownKey) as unknown:
        Vault.of(NEW).open(sealed, place=PLACE)
    assert unknown.value.key_id == Vault.of(OLD).keys[0].id


def test_a_name_is_found_however_it_is_spelled_and_by_nothing_else() -> None:
    vault = Vault.of(OLD)
    assert vault.hashes("  asha  VERMA ") == vault.hashes("Asha Verma")
    assert vault.hashes("Asha Verma") != vault.hashes("Asha")
    assert vault.hashes("Asha Verma") != Vault.of(NEW).hashes("Asha Verma")


@pytest.mark.parametrize(
    ("given", "reason"), [("not base64!", "not in base64"), ("c2hvcnQ=", "has 5 bytes, it needs 32")]
)
def test_a_key_that_is_none_is_refused_with_the_reason(given: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Vault.of(given)


@pytest.fixture
def plain(tmp_path) -> LocalStore:
    return LocalStore(tmp_path / "objects")


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_an_object_is_unreadable_in_its_folder(plain: LocalStore, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    store = EncryptedStore(plain, Vault.of(OLD))
    key = put(store, content[:size])
    stored = got(plain, key)
    assert stored.startswith(MARK)
    assert content[:16][:size] not in stored or size < 16
    assert got(store, key) == content[:size]


def test_an_object_in_plain_from_before_is_read_and_is_not_current(plain: LocalStore) -> None:
    store = EncryptedStore(plain, Vault.of(OLD))
    key = put(plain, b"from before" * 10_000)
    assert got(store, key) == b"from before" * 10_000
    assert (store.is_current(key), store.is_current(put(store, b"x"))) == (False, True)


def _changed(stored: bytes) -> dict[str, bytes]:
    first, second = stored[HEAD_BYTES : HEAD_BYTES + SEALED_PIECE], stored[HEAD_BYTES + SEALED_PIECE :]
    head, salt = stored[:HEAD_BYTES], stored[HEAD_BYTES - SALT_BYTES : HEAD_BYTES]
    return {
        "a bit": head + bytes([first[0] ^ 1]) + first[1:] + second,
        "its order": head + second + first,
        "its end": head + first,
        "all of it": head,
        "its head": head[:-1],
        "its key": head[: len(MARK)] + b"00000000" + salt + first + second,
        "its salt": head[:-1] + bytes([head[-1] ^ 1]) + first + second,
        "its form": OLD_MARK + stored[len(MARK) :],
    }


@pytest.mark.parametrize(
    "what", ["a bit", "its order", "its end", "all of it", "its head", "its key", "its salt", "its form"]
)
def test_an_object_that_was_changed_is_not_handed_out(plain: LocalStore, what: str) -> None:
    store = EncryptedStore(plain, Vault.of(OLD))
    key = put(store, bytes(PIECE + 100))
    put(plain, _changed(got(plain, key))[what], key)
    with pytest.raises(StoreFailed):
        got(store, key)


def test_an_object_in_the_place_of_another_is_not_handed_out(plain: LocalStore) -> None:
    store = EncryptedStore(plain, Vault.of(OLD))
    one, other = put(store, b"mine"), new_key()
    put(plain, got(plain, one), other)
    with pytest.raises(StoreFailed):
        got(store, other)


def test_two_objects_of_one_content_have_nothing_in_common(plain: LocalStore) -> None:
    store, content = EncryptedStore(plain, Vault.of(OLD)), bytes(2 * PIECE)
    one, other = (got(plain, put(store, content)) for _ in range(2))
    assert len({each[HEAD_BYTES - SALT_BYTES : HEAD_BYTES] for each in (one, other)}) == 2
    starts = range(HEAD_BYTES, len(one), SEALED_PIECE)
    assert len({each[at : at + SEALED_PIECE] for each in (one, other) for at in starts}) == 4
    # A piece of the other one, at its own number, is not taken for this one's.
    put(plain, one[: HEAD_BYTES + SEALED_PIECE] + other[HEAD_BYTES + SEALED_PIECE :], key := new_key())
    with pytest.raises(StoreFailed):
        got(store, key)


# An object as it was written before each had a key of its own.
OLD_PLACE = f"2026/11/22/{'A' * 43}"
OLD_OBJECT = bytes.fromhex(
    "494e535552454e5a2d4145532d310a396330336232373200010203040506da9846ee986ca03984c0a36c05def6a9c33a05799f5cf0780e858a"
)


def _of_old(content: bytes, place: str) -> bytes:
    """The same form: pieces under the key itself, told apart by a prefix of their nonces."""
    secret, prefix = base64.b64decode(OLD), bytes(range(7))
    pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    sealed = (
        AESGCM(secret).encrypt(
            prefix + n.to_bytes(4, "big") + bytes([n == len(pieces) - 1]), piece, place.encode()
        )
        for n, piece in enumerate(pieces)
    )
    return b"".join([OLD_MARK, Vault.of(OLD).keys[0].id.encode(), prefix, *sealed])


@pytest.mark.parametrize("size", [11, 2 * PIECE, 2 * PIECE + 1])
def test_an_object_of_the_old_form_is_read_and_brought_into_the_new_one(plain: LocalStore, size: int) -> None:
    content = (b"from before" * size)[:size]
    store, stored = EncryptedStore(plain, Vault.of(OLD)), _of_old(content, OLD_PLACE)
    put(plain, stored, OLD_PLACE)
    assert (stored == OLD_OBJECT, got(store, OLD_PLACE), store.is_current(OLD_PLACE)) == (
        size == 11,
        content,
        False,
    )
    assert [store.renew(OLD_PLACE), store.renew(OLD_PLACE)] == [True, False]
    assert (got(plain, OLD_PLACE)[: len(MARK)], got(store, OLD_PLACE)) == (MARK, content)


def test_an_object_of_the_old_form_that_was_changed_or_moved_is_not_handed_out(plain: LocalStore) -> None:
    store, moved = EncryptedStore(plain, Vault.of(OLD)), new_key()
    put(plain, OLD_OBJECT[:-1] + bytes([OLD_OBJECT[-1] ^ 1]), OLD_PLACE)
    put(plain, OLD_OBJECT, moved)
    for key in (OLD_PLACE, moved):
        with pytest.raises(StoreFailed):
            got(store, key)
