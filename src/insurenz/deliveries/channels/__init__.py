"""The channels there are, and those that the settings of this install make up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from insurenz.core.addresses import judge_of
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Passing, Permanent, Sending
from insurenz.deliveries.channels.external import ExternalService
from insurenz.deliveries.channels.webhook import Webhooks

# Every channel that deliveries can be addressed by, configured or not.
NAMES = (ExternalService.name, Webhooks.name)
# Those whose targets are receivers of many owners: each is sent one thing at a time, so that none holds up another.
ONE_AT_A_TIME = frozenset({Webhooks.name})

__all__ = ["NAMES", "ONE_AT_A_TIME", "Channel", "Channels", "Passing", "Permanent", "Sending"]


@dataclass(frozen=True)
class Channels:
    """The channels of this install by name, and the connections they use."""

    by_name: Mapping[str, Channel]
    connections: Sequence[HttpConnections] = ()

    @classmethod
    def of(cls, settings: Settings, database: Database) -> "Channels":
        """Those that the settings say enough of."""
        # Others have chosen where these lead to.
        judged = HttpConnections(may_reach=judge_of(is_own_network_allowed=settings.webhook_lan == "on"))
        channels: list[Channel] = [Webhooks(database, judged)]
        connections = [judged]
        if settings.notification_service_url:
            secret = settings.notification_service_secret.get_secret_value()
            connections.append(HttpConnections())
            channels.append(ExternalService(settings.notification_service_url, secret, connections[-1]))
        return cls({channel.name: channel for channel in channels}, connections)

    @property
    def configured(self) -> frozenset[str]:
        """Their names: to no other channel a delivery is worth a row."""
        return frozenset(self.by_name)

    def close(self) -> None:
        """Close the connections that are idle."""
        for each in self.connections:
            each.close()
