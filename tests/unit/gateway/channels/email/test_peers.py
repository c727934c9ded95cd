from __future__ import annotations

import pytest

from gateway.channels.email.peers import client_of, is_among, networks


@pytest.mark.parametrize(
    ("peer", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_whoever_has_one_ipv6_address_is_counted_with_all_of_its_network(peer: str, client: str) -> None:
    assert client_of(peer) == client


def test_a_mapped_address_is_the_ipv4_one() -> None:
    listed = networks(("192.0.2.0/24", "2001:db8::/32"))
    assert is_among("192.0.2.200", listed) and is_among("::ffff:192.0.2.200", listed)
    assert is_among("2001:db8::1", listed)
    assert not any(is_among(one, listed) for one in ("192.0.3.1", "::1", "", "nobody"))
