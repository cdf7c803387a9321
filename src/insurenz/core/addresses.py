"""Which network addresses may be connected to because somebody else says so: public ones, and what an operator allows."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# Of IPv6 only this is given out to networks of the internet. What carries an address of IPv4 within is outside of it,
# or below.
_GIVEN_OUT = ip_network("2000::/3")
# Not told from public ones by their registry, or other than they look: protocols' own, relays into IPv4, examples, and
# what a cloud answers at to every machine in it.
_NOT_PUBLIC = tuple(
    ip_network(each)
    for each in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "168.63.129.16/32",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
    )
)
_OWN_NETWORK = tuple(
    ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7")
)
# Where clouds tell every machine its credentials.
_METADATA = tuple(ip_network(each) for each in ("fd00:ec2::254/128", "fd20:ce::254/128"))


def judge_of(*, is_own_network_allowed: bool) -> Callable[[str], bool]:
    """Whether an address may be connected to, where an operator has said so of the own network."""
    return is_public_or_own if is_own_network_allowed else is_public


def is_public(address: str) -> bool:
    """Whether an address, in any spelling that a resolver gives, is one of the open internet."""
    ip = _parsed(address)
    if ip is None or ip.is_multicast or any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and (ip.version == 4 or ip in _GIVEN_OUT)


def is_public_or_own(address: str) -> bool:
    """The same, or one of this machine or its private network; never one where a cloud tells its secrets."""
    ip = _parsed(address)
    if ip is None:
        return False
    is_own = any(ip in network for network in _OWN_NETWORK) and not any(ip in each for each in _METADATA)
    return is_own or is_public(address)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
