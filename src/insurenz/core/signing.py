"""Signatures by Standard Webhooks 1.0.0: an HMAC-SHA256 of id, time and body, by a secret that both sides know."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from insurenz.core.ids import new_secret

PREFIX = "whsec_"
# A message older than this may be somebody's copy.
TOLERANCE = 300


def new_signing_secret() -> str:
    """A secret that nobody can guess, in the spelling that libraries for receivers take: a key of 32 bytes."""
    return PREFIX + base64.b64encode(new_secret(24).encode()).decode()


def key_of(secret: str) -> bytes:
    """The key in a secret: `whsec_` and base64, or the text itself. Raises ValueError when what follows is no base64."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError(f"no base64 after {PREFIX}") from error


def headers(*keys: bytes, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of a message sent `at` this second since 1970, signed with each key; without one, unsigned."""
    named = {"webhook-id": message_id, "webhook-timestamp": str(at)}
    if not keys:
        return named
    content = f"{message_id}.{at}.".encode() + body
    signed = (base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys)
    return named | {"webhook-signature": " ".join(f"v1,{each}" for each in signed)}


def is_genuine(key: bytes, headers: Mapping[str, str], body: bytes, *, now: int) -> bool:
    """Whether whoever has the key signed this body, within TOLERANCE seconds of now (seconds since 1970).

    Several signatures may stand there, of old and new keys.
    """
    message_id, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not re.fullmatch(r"[0-9]{1,12}", at) or abs(now - int(at)) > TOLERANCE:
        return False
    signed = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    right = f"v1,{base64.b64encode(signed).decode()}".encode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(each.encode(), right) for each in given)
