"""Browsers of the tests: their subscriptions, and what a push service would hand them, opened as only they can."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from sqlalchemy import delete

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections, HttpSender
from insurenz.core.permissions import Actor
from insurenz.deliveries.channels.push import Push
from insurenz.deliveries.models import Delivery
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.targets import service
from insurenz.deliveries.targets.chat import ChatRules
from insurenz.deliveries.targets.push import PushRules

SERVICE = "https://updates.push.services.mozilla.com"
KEY = bytes(31) + b"\x07"
CHATS = ChatRules({"sms": "json://gateway.example/send/{to}"}, ("tgram",))
RULES = PushRules(frozenset({"push.services.mozilla.com"}), "mailto:claims@example.org", KEY)


def text_of(raw: bytes) -> str:
    """Bytes in base64url, as browsers write them."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass
class Browser:
    """One browser with a key pair of its own, subscribed at an endpoint."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes ok"

    @property
    def keys(self) -> dict[str, str]:
        """As `PushSubscription.toJSON()` gives them."""
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return {"p256dh": text_of(self.key.public_key().public_bytes(*form)), "auth": text_of(self.auth)}

    def subscription(self, **more: Any) -> dict[str, Any]:
        """What the app sends of it."""
        return {"name": "Firefox on Linux", "endpoint": self.endpoint, "keys": self.keys, **more}

    def opened(self, body: bytes) -> dict[str, Any]:
        """What is in a push."""
        made: dict[str, Any] = json.loads(
            http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        )
        return made


def browser(name: str = "one", at: str = SERVICE) -> Browser:
    """A browser subscribed at a push service."""
    return Browser(f"{at}/wpush/v2/{name}")


def claims_in(headers: Mapping[str, str], public_key: str) -> dict[str, Any]:
    """What the server says of itself, once its signature is found right."""
    header = headers["Authorization"]
    assert Vapid02.verify(header)
    token, _, key = header.removeprefix("vapid t=").partition(",k=")
    assert key == public_key
    claims = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return found


def subscribed(database: Database, person: Actor, *browsers: Browser, language: str = "en") -> list[str]:
    """Let somebody be told on these browsers; gives the ids of their targets."""
    with database.unit_of_work() as session:
        return [
            service.keep_device(
                session,
                person,
                RULES,
                name="Firefox",
                language=language,
                endpoint=each.endpoint,
                keys=each.keys,
            ).id
            for each in browsers
        ]


def chat(
    database: Database, person: Actor, *, to: str = "+919800000000", is_confirmed: bool = True, **given: Any
) -> str:
    """A chat of somebody's, confirmed; gives its id."""
    said = {"name": "My phone", "language": "en", "way": "sms", **given}
    with database.unit_of_work() as session:
        made = service.add_chat(session, person, CHATS, to=to, **said)
        if is_confirmed:
            made.confirmed_at, made.code_hash, made.code_until = clock.now(), None, None
            session.execute(delete(Delivery).where(Delivery.target == made.id))
        return made.id


def pusher(database: Database, judged: HttpSender, own: HttpSender | None = None) -> Sender:
    """The sender of pushes over these services."""
    return Sender(database, Push(database, RULES, judged, own or HttpConnections()))
