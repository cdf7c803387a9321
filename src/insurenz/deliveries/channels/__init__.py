"""The channels there are, and those that the settings of this install make up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from zoneinfo import ZoneInfo

from insurenz.core.addresses import judge_of
from insurenz.core.db import Database
from insurenz.core.http import HttpConnections
from insurenz.core.mail import has_mailbox, mailer_for
from insurenz.core.secret import derived_key, server_secret
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Passing, Permanent, Sending
from insurenz.deliveries.channels.email import Email
from insurenz.deliveries.channels.external import ExternalService
from insurenz.deliveries.channels.webhook import Webhooks
from insurenz.deliveries.mail.letters import Letters
from insurenz.deliveries.mail.unsubscribing import Unsubscribing

# Every channel that deliveries can be addressed by, configured or not.
NAMES = (Email.name, ExternalService.name, Webhooks.name)
# Those whose targets are receivers of many owners: each is sent one thing at a time, so that none holds up another.
ONE_AT_A_TIME = frozenset({Webhooks.name})
# What goes to its recipient alone, and so has texts and amounts even where these are not to leave for services.
PERSONAL = frozenset({Email.name})

__all__ = ["NAMES", "ONE_AT_A_TIME", "PERSONAL", "Channel", "Channels", "Passing", "Permanent", "Sending"]


class Connections(Protocol):
    """Connections that are kept for the next message."""

    def close(self) -> None:
        """Close those that are idle."""


@dataclass(frozen=True)
class Channels:
    """The channels of this install by name, and the connections they use."""

    by_name: Mapping[str, Channel]
    connections: Sequence[Connections] = ()

    @classmethod
    def of(cls, settings: Settings, database: Database) -> "Channels":
        """Those that the settings say enough of."""
        # Others have chosen where these lead to.
        judged = HttpConnections(may_reach=judge_of(is_own_network_allowed=settings.webhook_lan == "on"))
        channels: list[Channel] = [Webhooks(database, judged)]
        connections: list[Connections] = [judged]
        if settings.smtp_host or has_mailbox(settings):
            mailer = mailer_for(settings)
            connections.append(mailer)
            channels.append(Email(mailer, letters_of(settings), database))
        if settings.notification_service_url:
            secret = settings.notification_service_secret.get_secret_value()
            http = HttpConnections()
            connections.append(http)
            channels.append(ExternalService(settings.notification_service_url, secret, http))
        return cls({channel.name: channel for channel in channels}, connections)

    @property
    def configured(self) -> frozenset[str]:
        """Their names: to no other channel a delivery is worth a row."""
        return frozenset(self.by_name)

    def close(self) -> None:
        """Close the connections that are idle."""
        for each in self.connections:
            each.close()


def letters_of(settings: Settings) -> Letters:
    """The mails about claims of this install."""
    key = derived_key(server_secret(settings), "unsubscribe")
    return Letters(Unsubscribing(key, settings.base_url), ZoneInfo(settings.timezone))
