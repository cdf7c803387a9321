"""Whom a request without a session is charged to."""

import pytest
from fastapi import Request

from insurenz.core.ratelimit import address_of


@pytest.mark.parametrize(
    ("host", "charged"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("testclient", "testclient"),
    ],
)
def test_p07_a_whole_network_of_ipv6_counts_as_one_address(host: str, charged: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1)})) == charged
