from __future__ import annotations

import pytest

from gateway.desk.forgery import from_elsewhere, genuine, issue

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        (None, None),
        ("same-origin", "null"),  # what browsers send from our pages, which ask for no referrer
        ("same-origin", "https://desk.example.org"),
        ("none", None),
        (None, "https://DESK.example.org"),
        (None, "https://public.example.org"),
        (None, "null"),
    ],
)
def test_our_own_pages_may_send_forms(site: str | None, origin: str | None) -> None:
    assert not from_elsewhere(site, origin, "desk.example.org", "https://public.example.org")


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("cross-site", None),
        ("same-site", "null"),
        ("cross-site", "https://desk.example.org"),
        ("same-origin", "https://evil.example.test"),
        (None, "https://desk.example.org.evil.example.test"),
        (None, "https://desk.example.org:8443"),
        (None, "https://["),
        (None, "desk.example.org"),
        ("anything", None),
    ],
)
def test_pages_of_others_may_not(site: str | None, origin: str | None) -> None:
    assert from_elsewhere(site, origin, "desk.example.org", "https://public.example.org")


def test_without_a_public_address_an_origin_without_a_host_is_not_ours() -> None:
    assert from_elsewhere(None, "file://", "desk.example.org", "")
    assert from_elsewhere(None, "", "desk.example.org", "")


def test_a_token_is_genuine_for_what_it_is_bound_to_only() -> None:
    token = issue(KEY, "session:a")
    assert genuine(KEY, "session:a", token)
    assert not genuine(KEY, "session:b", token) and not genuine(KEY, "visit:a", token)
    assert not genuine(b"x" * 32, "session:a", token) and not genuine(KEY, "", issue(KEY, ""))
