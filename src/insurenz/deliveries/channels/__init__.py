"""The channels there are, and those that the settings of this install make up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from insurenz.core.http import HttpConnections
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Passing, Permanent, Sending
from insurenz.deliveries.channels.external import ExternalService

# Every channel that deliveries can be addressed by, configured or not.
NAMES = (ExternalService.name,)

__all__ = ["NAMES", "Channel", "Channels", "Passing", "Permanent", "Sending"]


@dataclass(frozen=True)
class Channels:
    """The channels of this install by name, and the connections they share."""

    by_name: Mapping[str, Channel]
    connections: HttpConnections = field(default_factory=HttpConnections)

    @classmethod
    def of(cls, settings: Settings) -> "Channels":
        """Those that the settings say enough of."""
        channels: list[Channel] = []
        connections = HttpConnections()
        if settings.notification_service_url:
            secret = settings.notification_service_secret.get_secret_value()
            channels.append(ExternalService(settings.notification_service_url, secret, connections))
        return cls({channel.name: channel for channel in channels}, connections)

    @property
    def configured(self) -> frozenset[str]:
        """Their names: to no other channel a delivery is worth a row."""
        return frozenset(self.by_name)
