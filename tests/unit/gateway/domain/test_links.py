"""Tokens of links: for one person, one message, one purpose."""

from __future__ import annotations

import pytest

from gateway.domain.links import TOKEN, Links, Way, holder, message_of, sealed_link, token

KEY, MESSAGE = b"k" * 32, "01a1f9fa49605c422c12c4a905e3e0c9"
PEOPLE = ("tara", "jamie", "ruth")


def test_a_token_is_the_same_every_time_and_names_nobody() -> None:
    one = token(KEY, Way.REPORT, MESSAGE, "ruth")
    assert one == token(KEY, Way.REPORT, MESSAGE, "ruth")
    assert TOKEN.fullmatch(one) and "ruth" not in one
    assert message_of(one) == MESSAGE
    assert holder(KEY, Way.REPORT, one, PEOPLE) == "ruth"


def test_every_person_purpose_message_and_key_has_another() -> None:
    made = {token(key, way, message, who) for key in (KEY, b"x" * 32) for way in Way for message in (MESSAGE, MESSAGE[::-1]) for who in PEOPLE}  # fmt: skip
    assert len(made) == 2 * len(Way) * 2 * 3


@pytest.mark.parametrize(
    "odd", ["", "-", MESSAGE, MESSAGE + "-", "\0", "é" * 59, MESSAGE + "-" + "a" * 26, "x" * 10_000]
)
def test_what_is_no_token_of_ours_belongs_to_nobody(odd: str) -> None:
    assert holder(KEY, Way.REPORT, odd, PEOPLE) == ""


def test_a_token_belongs_to_nobody_who_was_not_sent_it() -> None:
    assert holder(KEY, Way.REPORT, token(KEY, Way.REPORT, MESSAGE, "ruth"), ("tara", "jamie")) == ""
    assert holder(KEY, Way.REPORT, token(KEY, Way.SEALED, MESSAGE, "ruth"), PEOPLE) == ""


def test_a_link_is_under_our_own_address() -> None:
    links = Links("https://relay.test", KEY)
    assert sealed_link(links, MESSAGE, "ruth").startswith(f"https://relay.test/sealed/{MESSAGE}-")
    assert repr(KEY) not in repr(links)
