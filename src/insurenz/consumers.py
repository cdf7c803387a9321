"""The list of who reacts to what: event type to functions, which the processes hand to the relay."""

from functools import partial

from insurenz.deliveries.suppression import lift_confirmed
from insurenz.deliveries.targets.removal import forget_signed_out
from insurenz.events.relay import Consumers
from insurenz.notifications import operations
from insurenz.notifications.fanout import fan_out
from insurenz.notifications.service import archive_out_of_reach
from insurenz.notifications.telling import CLAIMS, Telling


def consumers(telling: Telling) -> Consumers:
    """Who reacts to which type of event, in an install that tells in this way."""
    archive = partial(archive_out_of_reach, telling)
    # A browser in which somebody is signed in no longer is not theirs to be told on.
    ended = ("signed_out", "signed_out_elsewhere", "session_replayed", "password_changed", "user_disabled")
    # Whoever is given a payer no longer reaches the claims of others.
    moved = dict.fromkeys(("assignment_added", "assignment_removed", "role_changed"), (archive,))
    gone = {**dict.fromkeys(ended, (forget_signed_out,)), "role_changed": (archive, forget_signed_out)}
    # Their subjects are users, addresses and the trail, of which nothing else is told.
    alerts = dict.fromkeys(operations.ALERTS, (partial(fan_out, telling),))
    return {**moved, **gone, **alerts, "address_confirmed": (lift_confirmed,)}


def of_kinds(telling: Telling) -> Consumers:
    """Who reacts to all other events by the kind of their subject: a claim's definition says whom each concerns."""
    return dict.fromkeys((*CLAIMS, "webhook"), (partial(fan_out, telling),))
