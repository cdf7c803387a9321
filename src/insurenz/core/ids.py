"""Ids and randomness: the one place they are made, so that tests can foresee them."""

import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

_lock = threading.Lock()
_last = 0
# The moment that ids are to tell instead of the present one, in the unit of stamps, and how many told one.
_dated: int | None = None
_count = 0
# Random bits of ids, fetched from the system by the page: ids are no secrets, but a call for each costs.
_pool = b""
_POOL_BYTES = 4096


def new_id() -> str:
    """A UUIDv7 (RFC 9562) as a string; ids made by one process sort in the order they were made."""
    global _last, _pool, _count
    with _lock:
        if len(_pool) < 8:
            _pool = secrets.token_bytes(_POOL_BYTES)
        drawn, _pool = _pool[:8], _pool[8:]
        # 12 bits of sub-millisecond time follow the 48 bits of milliseconds (RFC 9562 section 6.2, method 3).
        if _dated is None:
            stamp = _last = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        else:
            _count += 1
            stamp = _dated + _count
    return _spelled(stamp, int.from_bytes(drawn) >> 2)


def first_id(moment: datetime) -> str:
    """The smallest id that tells of this moment: every id of an earlier millisecond sorts before it."""
    return _spelled(int(moment.timestamp() * 1000) * 4096, 0)


def _spelled(stamp: int, drawn: int) -> str:
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | drawn
    spelled = f"{value:032x}"
    return f"{spelled[:8]}-{spelled[8:12]}-{spelled[12:16]}-{spelled[16:20]}-{spelled[20:]}"


@contextmanager
def dated(moment: datetime) -> Iterator[None]:
    """Let ids tell of this moment inside, for the whole process: what is told of the past sorts where it belongs."""
    global _dated
    before, _dated = _dated, int(moment.timestamp() * 1000) * 4096
    try:
        yield
    finally:
        _dated = before


def is_id(text: str) -> bool:
    """Whether the text is a UUID in its canonical spelling."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def new_secret(nbytes: int = 32) -> str:
    """A random URL-safe secret of `nbytes` bytes of entropy."""
    return secrets.token_urlsafe(nbytes)


def new_code(length: int, alphabet: str = "23456789ABCDEFGHJKMNPQRSTVWXYZ") -> str:
    """A random code without characters that look alike (no 0/O, 1/I/L, U/V pairs)."""
    # 64 bits more than the code can tell apart: every code is as likely as the next.
    number, letters = secrets.randbits(64 + 8 * length), []
    for _ in range(length):
        number, place = divmod(number, len(alphabet))
        letters.append(alphabet[place])
    return "".join(letters)
