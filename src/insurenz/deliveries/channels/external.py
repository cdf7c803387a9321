"""The external notification service: another system of the operator's, which is told of everything by signed POSTs."""

from collections.abc import Mapping
from typing import Any, Self

from insurenz.core import signing
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections, HttpSender
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Sending, To, is_about_message
from insurenz.deliveries.channels.posting import post


class ExternalService(Channel):
    """Sends each notification once, in the shape of the API, whoever its recipients are."""

    name = "external"
    to = To.SERVICE

    def __init__(self, url: str, secret: str, sender: HttpSender) -> None:
        self._url, self._sender = url, sender
        key = signing.key_of(secret)
        self._keys = (key,) if key else ()

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """Where there is an address."""
        url, secret = settings.notification_service_url, settings.notification_service_secret
        return cls(url, secret.get_secret_value(), HttpConnections()) if url else None

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int:
        """POST the body; any 2xx is a receipt. Raises Passing or Permanent."""
        return post(self._sender, self._url, body, key=key, signed_with=self._keys, is_final=is_about_message)

    def close(self) -> None:
        """Close the connections that are idle."""
        self._sender.close()
