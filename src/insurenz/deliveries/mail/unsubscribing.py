"""The address in a mail by which its reader stops mails like it with one click (RFC 8058), without signing in."""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Unsubscribing:
    """Makes these addresses and reads them; the key is for nothing else. They do not expire, for mails do not either.

    Whoever has one can switch off mails of that category for that person, and nothing else.
    """

    key: bytes
    base_url: str

    def address(self, user_id: str, category: str) -> str:
        """Where a person stops mails of this category."""
        said = _text(uuid.UUID(user_id).bytes + category.encode())
        return f"{self.base_url}/unsubscribe/{said}.{self._signature(said)}"

    def read(self, token: str) -> tuple[str, str] | None:
        """The person's id and the category; None for what was not made here."""
        said, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return None
        raw = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))
        return str(uuid.UUID(bytes=raw[:16])), raw[16:].decode()

    def _signature(self, said: str) -> str:
        return _text(hmac.digest(self.key, said.encode(), hashlib.sha256)[:24])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
