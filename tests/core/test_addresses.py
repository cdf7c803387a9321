"""Which addresses are of the open internet: in every spelling that a resolver or a URL may give."""

import ipaddress
import socket

import pytest

from insurenz.core.addresses import is_public, is_public_or_own

PUBLIC = ["93.184.216.34", "8.8.8.8", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4009::1"]
OWN = [
    "127.0.0.1",
    "127.255.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fd12::1",
]
NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.0.1",
    "168.63.129.16",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.1.2.3",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
    "127.1",
    "0177.0.0.1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_p04_what_is_public_may_be_reached(address: str) -> None:
    assert (is_public(address), is_public_or_own(address)) == (True, True)


@pytest.mark.parametrize("address", OWN)
def test_p04_the_own_network_is_reached_only_where_that_is_allowed(address: str) -> None:
    assert (is_public(address), is_public_or_own(address)) == (False, True)


@pytest.mark.parametrize("address", NEVER)
def test_p04_what_is_neither_is_never_reached(address: str) -> None:
    assert (is_public(address), is_public_or_own(address)) == (False, False)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "017700000001",
            "0177.0.0.1",
            "127.1",
            "127.0.1",
        ),
        *("0", "0x0", "0.0.0.0", "127.0.0.1.", "0x7f.0x0.0x0.0x1", "0177.0x0.0.01"),
        *("2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "169.16689662"),
        *(
            "::1",
            "::",
            "::ffff:127.0.0.1",
            "::ffff:7f00:1",
            "::ffff:a9fe:a9fe",
            "0:0:0:0:0:0:0:1",
            "::127.0.0.1",
        ),
        *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "fe80::1", "fd00:ec2::254", "localhost"),
    ],
)
def test_p04_every_notation_of_an_inner_address_comes_out_as_one_that_is_refused(host: str) -> None:
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except socket.gaierror:
        return
    assert [address[0] for *_, address in found if is_public(str(address[0]))] == []


def test_p04_the_registry_of_this_python_agrees_about_ipv4() -> None:
    for network in range(256):
        ip = ipaddress.ip_address(f"{network}.77.77.77")
        assert not is_public(str(ip)) or ip.is_global
    assert not any(is_public(f"{network}.77.77.77") for network in (0, 10, 127, *range(224, 256)))
