"""What Web Push asks of this install: which push services browsers may name, what a subscription is, who signs."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from urllib.parse import urlsplit

from insurenz.core import clock, vapid
from insurenz.core.errors import invalid
from insurenz.core.settings import Settings

EXAMPLE = "https://updates.push.services.mozilla.com/wpush/v2/..."
ANY = "*"
# Of a signature; push services take a day at most.
SIGNED_FOR = timedelta(hours=12)
AUTH_BYTES, POINT_BYTES = 16, 65
_URL = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?/[!-~]*")


@dataclass(frozen=True)
class PushRules:
    """The push services of this install, and the key by which they know it.

    A service named with its scheme is one of the operator's own network, reached there and by http, too.
    """

    services: frozenset[str]
    contact: str
    private_key: bytes = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "PushRules | None":
        """Those of an install; None where Web Push is off."""
        if settings.push.enabled == "off":
            return None
        services = frozenset(each.strip() for each in settings.push.services.split(","))
        return cls(services, vapid.contact_of(settings), vapid.private_key(settings))

    @cached_property
    def public_key(self) -> str:
        """By which browsers tell push services who may send to them: a point of P-256 in base64url."""
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - needs the extra [push]
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

        key = ec.derive_private_key(int.from_bytes(self.private_key), ec.SECP256R1()).public_key()
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return _text(key.public_bytes(*form))

    def check(self, endpoint: str, keys: Mapping[str, str]) -> None:
        """Raises Invalid for what no browser's subscription is, and for a push service that is not among ours.

        What a host's name leads to is judged at each sending.
        """
        parts = urlsplit(endpoint) if _URL.fullmatch(endpoint) and _has_port(endpoint) else None
        if parts is None:
            raise invalid("endpoint", "url_malformed", f"Give the address of a push service: {EXAMPLE}")
        if not self.is_ours(endpoint):
            if parts.scheme != "https":
                raise invalid("endpoint", "url_not_https", f"Push services are reached by https: {EXAMPLE}")
            if not self._knows(parts.hostname or ""):
                known = ", ".join(sorted(self.services))
                detail = f"This push service is not known here; there are: {known}."
                raise invalid("endpoint", "service_unknown", detail)
        _check_keys(keys)

    def is_ours(self, endpoint: str) -> bool:
        """Whether the operator has named this very service, so that it may stand in their own network."""
        return origin_of(endpoint) in self.services

    def authorization(self, endpoint: str) -> str:
        """The header by which a push service knows who sends."""
        from py_vapid import Vapid02  # noqa: PLC0415 - needs the extra [push]

        until = int((clock.now() + SIGNED_FOR).timestamp())
        claims = {"aud": origin_of(endpoint), "exp": until, "sub": self.contact}
        header: str = Vapid02.from_raw(_text(self.private_key).encode()).sign(claims)["Authorization"]
        return header

    def _knows(self, host: str) -> bool:
        parts = host.split(".")
        return ANY in self.services or any(".".join(parts[n:]) in self.services for n in range(len(parts)))


def sealed_for(address: Mapping[str, str], content: bytes) -> bytes:
    """The content so that one browser alone can read it (RFC 8291, aes128gcm)."""
    from pywebpush import WebPusher  # noqa: PLC0415 - needs the extra [push]

    keys = {name: address[name] for name in ("p256dh", "auth")}
    sealed: bytes = WebPusher({"endpoint": address["endpoint"], "keys": keys}).encode(content)["body"]
    return sealed


def origin_of(url: str) -> str:
    """Scheme and host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _check_keys(keys: Mapping[str, str]) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - needs the extra [push]

    point, auth = (_bytes(keys[name]) for name in ("p256dh", "auth"))
    if len(auth) != AUTH_BYTES:
        raise invalid("keys.auth", "key_malformed", f"It is {AUTH_BYTES} bytes in base64url.")
    try:
        if len(point) != POINT_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        detail = f"It is a point of P-256: {POINT_BYTES} bytes in base64url."
        raise invalid("keys.p256dh", "key_malformed", detail) from error


def _has_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _bytes(text: str) -> bytes:
    """What base64url stands for; nothing for what it is not."""
    try:
        return base64.b64decode(
            text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars="-_", validate=True
        )
    except ValueError:
        return b""


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
