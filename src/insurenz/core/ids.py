"""Ids and randomness: the one place they are made, so that tests can foresee them."""

import secrets
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A UUIDv7 (RFC 9562) as a string; ids made by one process sort in the order they were made."""
    global _last
    with _lock:
        # 12 bits of sub-millisecond time follow the 48 bits of milliseconds (RFC 9562 section 6.2, method 3).
        stamp = max(time.time_ns() * 4096 // 1_000_000, _last + 1)
        _last = stamp
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


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
    return "".join(secrets.choice(alphabet) for _ in range(length))
