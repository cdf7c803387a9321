"""The list of who reacts to what: event type to functions, which the processes hand to the relay."""

from functools import partial

from insurenz.events.relay import Consumers
from insurenz.notifications.fanout import fan_out
from insurenz.notifications.service import archive_out_of_reach
from insurenz.notifications.telling import Telling


def consumers(telling: Telling) -> Consumers:
    """Who reacts in an install that tells in this way."""
    tell = partial(fan_out, telling)
    archive = partial(archive_out_of_reach, telling)
    return dict.fromkeys(telling.types(), (tell,)) | {
        "assignment_removed": (archive,),
        "role_changed": (archive,),
    }
