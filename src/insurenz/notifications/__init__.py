"""Who is told what, and the inbox in which they find it. What programs of others may use is named here."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from insurenz.notifications.client import (
        NotificationClient as NotificationClient,
    )
    from insurenz.notifications.client import (
        get_hospital_users as get_hospital_users,
    )
    from insurenz.notifications.client import (
        get_notification_client as get_notification_client,
    )
    from insurenz.notifications.client import (
        get_processors_for_claim as get_processors_for_claim,
    )
    from insurenz.notifications.purge import (
        DEFAULT_NOTIFICATION_TTL_HOURS as DEFAULT_NOTIFICATION_TTL_HOURS,
    )
    from insurenz.notifications.purge import (
        cleanup_expired_notifications as cleanup_expired_notifications,
    )

# Loaded when they are asked for: the parts of this package import each other.
_PLACES = {
    "NotificationClient": "client",
    "get_notification_client": "client",
    "get_hospital_users": "client",
    "get_processors_for_claim": "client",
    "cleanup_expired_notifications": "purge",
    "DEFAULT_NOTIFICATION_TTL_HOURS": "purge",
}

__all__ = [*_PLACES]  # noqa: PLE0604 - names of the table


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
