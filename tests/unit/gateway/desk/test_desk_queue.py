from __future__ import annotations

import re

import pytest

from gateway.desk.app import create_desk
from tests.fakes.desk import NOW, PASSWORD, World, many, world

from .conftest import Enter, token_in


def references(page: str) -> list[str]:
    return re.findall(r'class="open-case">([^<]+)<', page)


def test_cases_come_in_the_order_to_work_them(enter: Enter) -> None:
    page = enter("lea@relay.test").get("/").text
    assert [ref[5] for ref in references(page)] == list("21453768")
    assert "overdue by 12 min" in page and "48 min left" in page


def test_a_row_says_what_a_moderator_must_know_without_colour(enter: Enter) -> None:
    page = enter().get("/?lane=contact&severity=medium").text
    for word in ("Medium", "48 min left", "T.O. – J.W.", "MTW-69", "077•• •••123", "E-mail", "M-7KQ3-9XDT"):
        assert word in page
    assert references(page) == ["M-7KQ3-9XDT"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?lane=unreadable", ["M-7KQ7-9XDT"]),
        ("?severity=high", ["M-7KQ4-9XDT", "M-7KQ5-9XDT"]),
        ("?state=escalated", ["M-7KQ2-9XDT"]),
        ("?state=closed", ["M-7KQ9-9XDT"]),
        ("?lane=review&severity=low&state=open", ["M-7KQ8-9XDT"]),
    ],
)
def test_the_address_holds_the_filters(enter: Enter, query: str, expected: list[str]) -> None:
    assert references(enter().get(f"/{query}").text) == expected


@pytest.mark.parametrize(
    "query",
    [
        "?lane=x",
        "?severity=x",
        "?state=x",
        "?page=0",
        "?page=-1",
        "?page=x",
        "?page=\u0662",
        "?page=99999999",
    ],
)
def test_a_filter_that_does_not_exist_is_not_found(enter: Enter, query: str) -> None:
    assert enter().get(f"/{query}").status_code == 404


def test_a_moderator_learns_nothing_of_sealed_cases(enter: Enter) -> None:
    client = enter("mo@relay.test")
    page = client.get("/").text
    assert "M-7KQ1" not in page and "7 waiting" in page and "ealed" not in page
    assert client.get("/?lane=sealed").status_code == 404
    unknown, hidden = (
        re.sub(r'value="[^"]{70,}"', "", client.get(f"/?lane={n}").text) for n in ("x", "sealed")
    )
    assert unknown == hidden.replace("lane=sealed", "lane=x")
    assert client.get("/next?lane=sealed").status_code == 404


def test_the_safeguarding_lead_sees_and_counts_them(enter: Enter) -> None:
    page = enter("lea@relay.test").get("/").text
    assert "M-7KQ1-9XDT" in page and "8 waiting" in page
    assert 'Sealed <span class="count">1</span>' in page


def test_pages_are_full_and_show_each_case_once_whatever_is_hidden() -> None:
    here = world(many(260))
    app = create_desk(here.office, here.docket, here.sessions, here.directory, lambda: NOW, b"k" * 32)
    client = app.test_client()
    token = token_in(client.get("/sign-in").text)
    client.post("/sign-in", data={"form_token": token, "address": "mo@relay.test", "password": PASSWORD})
    seen: list[str] = []
    for page in range(1, 6):
        found = references(client.get(f"/?page={page}").text)
        assert len(found) == 25
        seen += found
    seen += references(client.get("/?page=6").text)
    assert len(seen) == len(set(seen)) == 7 + 130
    assert "page=7" not in client.get("/?page=6").text


def test_take_next_leads_to_the_first_case_of_the_view(enter: Enter) -> None:
    client = enter()
    assert client.get("/next").location == "/cases/case02"
    assert client.get("/next?lane=contact").location == "/cases/case05"
    assert client.get("/next?lane=delivery").location == "/?lane=delivery"


def test_an_empty_queue_says_that_the_system_is_healthy(here: World, enter: Enter) -> None:
    here.docket.held.clear()
    page = enter().get("/").text
    assert "Nothing waits for a decision" in page and "system is healthy" in page
    assert "10:31 GMT" in page


def test_an_empty_view_leads_back_to_everything(enter: Enter) -> None:
    assert "Nothing matches these filters" in enter().get("/?lane=delivery").text


def test_looking_at_the_queue_changes_nothing(here: World, enter: Enter) -> None:
    client = enter()
    before = {key: (one.case, list(one.decisions)) for key, one in here.docket.held.items()}
    client.get("/"), client.head("/"), client.get("/next")
    assert {key: (one.case, list(one.decisions)) for key, one in here.docket.held.items()} == before
    assert here.docket.views == []


def test_what_was_just_done_is_told_only_of_cases_one_may_see(here: World, enter: Enter) -> None:
    assert "was released by Inês Prado" in enter().get("/?done=case09").text
    assert 'role="status"' not in enter().get("/?done=case01").text
    assert 'role="status"' not in enter().get("/?done=nonsense").text
