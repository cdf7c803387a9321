"""The key by which push services know this install (VAPID, RFC 8292): 32 bytes, given or derived."""

import base64

from insurenz.core.secret import derived_key, server_secret
from insurenz.core.settings import Settings

# Of the curve P-256: a private key is a number from 1 to below this one.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KEY_BYTES = 32


def private_key(settings: Settings) -> bytes:
    """The given key; without one, one of the server's secret, which stays as long as that does. Raises ValueError."""
    given = settings.push.private_key.get_secret_value()
    if given:
        return key_in(given)
    number = int.from_bytes(derived_key(server_secret(settings), "web-push")) % (ORDER - 1) + 1
    return number.to_bytes(KEY_BYTES)


def key_in(setting: str) -> bytes:
    """The key in a setting. Raises ValueError saying what is wrong with it."""
    try:
        key = base64.b64decode(setting + "=" * (-len(setting) % 4), altchars="-_", validate=True)
    except ValueError as error:
        raise ValueError("it is not base64url") from error
    if len(key) != KEY_BYTES or not 0 < int.from_bytes(key) < ORDER:
        raise ValueError(f"it is no private key of P-256, which has {KEY_BYTES} bytes")
    return key


def contact_of(settings: Settings) -> str:
    """Whom push services may write to about what comes from here: as given, else where people reach this install."""
    if settings.push.contact:
        return settings.push.contact
    if settings.base_url.startswith("https://") and ":" not in settings.base_url.removeprefix("https://"):
        return settings.base_url
    return "mailto:" + settings.mail_from.rpartition("<")[2].rstrip("> ")
