"""Signatures by Standard Webhooks 1.0.0: an HMAC-SHA256 of id, time and body, by a secret that both sides know."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def key_of(secret: str) -> bytes:
    """The key in a secret: `whsec_` and base64, or the text itself. Raises ValueError when what follows is no base64."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError as error:
        raise ValueError(f"no base64 after {PREFIX}") from error


def headers(key: bytes | None, *, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of a message sent `at` this second since 1970; without a key the signature is missing."""
    named = {"webhook-id": message_id, "webhook-timestamp": str(at)}
    if key is None:
        return named
    signed = hmac.digest(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    return named | {"webhook-signature": f"v1,{base64.b64encode(signed).decode()}"}
