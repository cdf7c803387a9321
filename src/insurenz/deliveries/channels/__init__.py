"""The channels there are, and those that the settings of this install make up."""

from collections.abc import Mapping
from dataclasses import dataclass

from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Gone, Passing, Permanent, Sending, To
from insurenz.deliveries.channels.chat import Chat
from insurenz.deliveries.channels.email import Email
from insurenz.deliveries.channels.external import ExternalService
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.channels.push import Push
from insurenz.deliveries.channels.webhook import Webhooks

# The registry: every channel that deliveries can be addressed by, configured or not. A new one is a file and a row.
REGISTRY: tuple[type[Channel], ...] = (
    Email,
    Push,
    Chat,
    ExternalService,
    Webhooks,
    Firestore,
)

NAMES = tuple(each.name for each in REGISTRY)
# Those that rules name and people choose, besides the inbox.
CHOSEN = tuple(each.name for each in REGISTRY if each.to is To.PERSON)
WITH_TARGETS = frozenset(each.name for each in REGISTRY if each.has_targets)
SERVICES = tuple(each.name for each in REGISTRY if each.to is To.SERVICE)
ONE_AT_A_TIME = frozenset(each.name for each in REGISTRY if each.to is To.RECEIVERS)
PRIVATE = frozenset(each.name for each in REGISTRY if each.is_private)

__all__ = [
    "CHOSEN",
    "NAMES",
    "ONE_AT_A_TIME",
    "PRIVATE",
    "REGISTRY",
    "SERVICES",
    "WITH_TARGETS",
    "Channel",
    "Channels",
    "Gone",
    "Passing",
    "Permanent",
    "Sending",
]


@dataclass(frozen=True)
class Channels:
    """The channels of this install by name."""

    by_name: Mapping[str, Channel]

    @classmethod
    def of(cls, settings: Settings, database: Database) -> "Channels":
        """Those that the settings say enough of."""
        made = (each.of(settings, database) for each in REGISTRY)
        return cls({channel.name: channel for channel in made if channel is not None})

    @property
    def configured(self) -> frozenset[str]:
        """Their names: to no other channel a delivery is worth a row."""
        return frozenset(self.by_name)

    def close(self) -> None:
        """Close the connections that are idle."""
        for each in self.by_name.values():
            each.close()
