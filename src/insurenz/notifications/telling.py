"""What telling needs besides the event: the definitions, the channels of this install, and where links lead."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from insurenz.core.chats import OwnChat
from insurenz.definitions.service import Definitions
from insurenz.events.models import Event
from insurenz.notifications import operations
from insurenz.workflow import EventRule, Tell

# Kinds of subjects that are claims: of this install, and those of other programs.
CLAIMS = ("claim", "external")


def _nobody_listens(_user_ids: Collection[str]) -> None:
    """Where no stream is open there is nobody to hint to."""


@dataclass(frozen=True)
class Telling:
    """Immutable for the life of a process.

    `channels` are those that are configured here; `hint` tells open streams whose inboxes changed, after the commit;
    `with_text` whether texts and amounts may leave the house; `chats` are the operator's own.
    """

    definitions: Definitions
    base_url: str
    channels: frozenset[str] = frozenset()
    with_text: bool = True
    hint: Callable[[Collection[str]], None] = _nobody_listens
    chats: Sequence[OwnChat] = ()

    def rule(self, event: Event) -> EventRule | None:
        """Who is told of this event, by the definition its claim pins; None when nobody is.

        What names no definition, because its claim lives elsewhere, goes by the newest that knows its type. What is
        about no claim is told to admins, if to anybody.
        """
        if event.subject_kind not in CLAIMS:
            return operations.RULES.get(event.type)
        name, version = event.data.get("workflow"), event.data.get("workflow_version")
        if name is not None and version is not None:
            return self.definitions.pinned(name, version).rule(event.type)
        rules = (definition.rule(event.type) for definition in self.definitions.newest())
        return next((rule for rule in rules if rule is not None), None)

    def tells(self, event: Event, rule: EventRule) -> tuple[Tell, ...]:
        """The rules that speak of this event, one for each audience."""
        return rule.told(event.data.get("action"), event.data.get("outcome"))
