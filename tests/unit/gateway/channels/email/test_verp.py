"""A return path names its copy to us, nothing to others, and cannot be forged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.path import read_path
from gateway.channels.email.verp import recognise, return_path

KEY, OTHER = b"k" * 32, b"o" * 32
DOMAIN = "relay.example.org"
IDS = st.integers(1, 2**63 - 1)


@given(IDS, st.binary(min_size=16, max_size=32))
def test_what_was_written_is_recognised(dispatch_id: int, key: bytes) -> None:
    address = return_path(dispatch_id, DOMAIN, key)
    assert recognise(address, key) == dispatch_id
    assert recognise(address.upper(), key) == dispatch_id
    assert len(address.partition("@")[0]) <= 64
    assert read_path(f"FROM:<{address}>", "FROM:", {}).address == address


@given(IDS, IDS, st.sampled_from([DOMAIN, "other.example.org"]))
def test_no_two_copies_share_a_seal(one: int, other: int, domain: str) -> None:
    seal = return_path(one, DOMAIN, KEY).rpartition("@")[0].rpartition("-")[2]
    if (one, DOMAIN) != (other, domain):
        assert recognise(f"b-{other}-{seal}@{domain}", KEY) is None


@given(st.integers(0, 17), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_seal_is_not_recognised(at: int, letter: str) -> None:
    address = return_path(7, DOMAIN, KEY)
    place = address.index("@") - 1 - at % 16
    if address[place] != letter:
        assert recognise(address[:place] + letter + address[place + 1 :], KEY) is None


@pytest.mark.parametrize(
    "address",
    [
        return_path(7, DOMAIN, OTHER),
        return_path(7, DOMAIN, KEY).replace("b-7", "b-07"),
        return_path(7, DOMAIN, KEY).replace("b-7", "b-٧"),
        return_path(7, DOMAIN, KEY).replace(DOMAIN, "example.org"),
        return_path(7, DOMAIN, KEY).partition("@")[0],
        "x" + return_path(7, DOMAIN, KEY),
        "tara.okafor@relay.example.org",
        "b-7-@relay.example.org",
        "@",
        "",
    ],
)
def test_any_other_address_is_nobodys(address: str) -> None:
    assert recognise(address, KEY) is None


@given(st.text(max_size=100))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert recognise(text, KEY) is None
