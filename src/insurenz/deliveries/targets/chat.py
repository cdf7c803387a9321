"""The chats and numbers that people may give in this install, and the address of Apprise that each of them stands for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from insurenz.core import chats
from insurenz.core.errors import invalid
from insurenz.core.settings import Settings

_TO = re.compile(r"[+@]?[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
# Without what services take as options after a question mark: some of those lead elsewhere, or read files.
_ADDRESS = re.compile(r"[a-z]+://[0-9A-Za-z_:@/+.=~-]{1,500}")
EXAMPLE_TO = "+919800000000"


@dataclass(frozen=True)
class ChatRules:
    """By name the operator's ways to people; and services whose whole address people may give themselves."""

    ways: Mapping[str, str]
    schemes: Sequence[str]

    @classmethod
    def of(cls, settings: Settings) -> "ChatRules":
        """Those of an install; none of either where people can give nothing."""
        chat = settings.chat
        return cls(chats.ways(chat.ways.get_secret_value()), chats.schemes(chat.schemes))

    @property
    def names(self) -> Sequence[str]:
        """All that people may choose from."""
        return (*self.ways, *self.schemes)

    def check(self, way: str, to: str) -> None:
        """Raises Invalid for a way that there is not, and for what is no target of it."""
        if way not in self.names:
            known = ", ".join(self.names)
            detail = (
                f"There is no such way here; there are: {known}."
                if known
                else "This install sends no text or chat messages."
            )
            raise invalid("way", "way_unknown", detail)
        if way in self.ways:
            if not _TO.fullmatch(to):
                detail = f"Give a number or a name without blanks, for example {EXAMPLE_TO}."
                raise invalid("to", "target_malformed", detail)
        elif not _ADDRESS.fullmatch(to) or not to.startswith(f"{way}://"):
            raise invalid("to", "target_malformed", f"Give an address of Apprise: {way}://...")

    def address(self, way: str, to: str) -> str | None:
        """The address of Apprise to send to; None once the operator has taken the way away."""
        if way in self.ways:
            return self.ways[way].replace(chats.PLACE, to)
        return to if way in self.schemes else None
