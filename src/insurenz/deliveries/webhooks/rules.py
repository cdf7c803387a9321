"""What a webhook may be in this install: where it may lead, and which events there are to be told of."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from insurenz.core.addresses import judge_of
from insurenz.core.errors import Invalid, invalid
from insurenz.core.settings import Settings

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>\d{1,5}))?([/?][!$-;=?-Z_a-z%~\[\]]*)?"
)
_NAME = re.compile(
    r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
# A last part that is a number makes the whole an address of IPv4, in one of many spellings.
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
# Names that are known to no server of the internet.
_OWN_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "arpa", "corp", "test")
EXAMPLE = "https://claims.example.org/insurenz"


@dataclass(frozen=True)
class Rules:
    """`event_types` are those that claims are told of."""

    is_own_network_allowed: bool
    event_types: Sequence[str]

    @classmethod
    def of(cls, settings: Settings, event_types: Sequence[str]) -> "Rules":
        """Those of an install."""
        return cls(settings.webhook_lan == "on", event_types)

    def check_url(self, url: str) -> None:
        """Raises Invalid for what is no address of a web service, or one that could never be reached under these rules.

        What a name leads to is judged at each sending.
        """
        parts = _URL.fullmatch(url)
        if parts is None or not 0 < int(parts["port"] or 443) < 65536:
            raise _invalid("url_malformed", "It is not the address of a web service: no user, no fragment.")
        if parts["scheme"] != "https" and not self.is_own_network_allowed:
            raise _invalid("url_not_https", "What claims are about travels encrypted only.")
        self._check_host(parts["host"])

    def check_events(self, events: Collection[str]) -> None:
        """Raises Invalid when one of them is no type of event."""
        for event in events:
            if event not in self.event_types:
                known = ", ".join(self.event_types)
                raise invalid("events", "unknown_event", f"There is no event {event!r}; there are: {known}.")

    def _check_host(self, host: str) -> None:
        last = host.rstrip(".").rpartition(".")[2]
        if host.startswith("[") or _NUMBER.fullmatch(last):
            if not judge_of(is_own_network_allowed=self.is_own_network_allowed)(_literal(host)):
                raise _invalid("url_not_public", "This address is not one of the open internet.")
        elif len(host) > 253 or not _NAME.fullmatch(host.removesuffix(".")):
            raise _invalid("url_malformed", "This is not the name of a host.")
        elif not self.is_own_network_allowed and (host == last or last.lower() in _OWN_NAMES):
            raise _invalid("url_not_public", "This is not the name of a host on the open internet.")


def _literal(host: str) -> str:
    """The address that a host is, in its one spelling; raises Invalid for any other."""
    bare = host[1:-1] if host.startswith("[") else host
    try:
        ip = ip_address(bare)
    except ValueError as error:
        raise _invalid("url_malformed", "Write an address in its usual spelling.") from error
    if (ip.version == 6) != host.startswith("["):
        raise _invalid("url_malformed", "Write an address in its usual spelling.")
    return bare


def _invalid(code: str, why: str) -> Invalid:
    return invalid("url", code, f"{why} For example: {EXAMPLE}")
