"""What becomes of one person whom a rule names: told or left out, and by which channels. Pure: no database, no clock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from insurenz.events.models import Event
from insurenz.workflow import Tell
from insurenz.workflow.vocabulary import INBOX, MANDATORY

DUE = "due"
ACTOR, DISABLED, MUTED, NOT_CONFIGURED = "actor", "disabled", "muted", "not_configured"
# They have given the channel nothing to send to.
NO_TARGET = "no_target"


@dataclass(frozen=True)
class Wishes:
    """What one person wants: categories they have switched off, by channel, and until when they are not to be disturbed.

    `unreachable` are channels by which they cannot be told, whatever they want, each with its reason.
    """

    muted: frozenset[tuple[str, str]] = frozenset()
    quiet_until: datetime | None = None
    unreachable: frozenset[tuple[str, str]] = frozenset()


NO_WISHES = Wishes()


@dataclass(frozen=True)
class Decision:
    """`left_out` says why somebody is not told at all. `channels` gives, besides the inbox, DUE or why nothing is sent.

    `not_before` is when what is due may be sent, None for at once.
    """

    left_out: str | None = None
    channels: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None


def decide(
    event: Event, tell: Tell, category: str, person: Any, *, wishes: Wishes, configured: Collection[str]
) -> Decision:
    """What the rule means for this person, in this install. Wishes govern channels, never the inbox.

    Of the person only counts whether they acted and are active: with the same wishes it is the same for all of these.
    A mandatory category asks nobody's wishes, but cannot reach whom nothing reaches.
    """
    if person.id == event.actor_id and not tell.receipt:
        return Decision(ACTOR)
    if not person.is_active:
        return Decision(DISABLED)
    is_mandatory = category in MANDATORY
    channels = {
        channel: _by_channel(category, channel, wishes, configured, is_mandatory=is_mandatory)
        for channel in tell.channels
        if channel != INBOX
    }
    return Decision(None, channels, None if is_mandatory else wishes.quiet_until)


def _by_channel(
    category: str, channel: str, wishes: Wishes, configured: Collection[str], *, is_mandatory: bool
) -> str:
    if channel not in configured:
        return NOT_CONFIGURED
    for unreachable, reason in wishes.unreachable:
        if unreachable == channel:
            return reason
    return MUTED if (category, channel) in wishes.muted and not is_mandatory else DUE
