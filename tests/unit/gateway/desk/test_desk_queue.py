from __future__ import annotations

import re
from html import unescape

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
        "?mine=x",
        "?channel=fax",
        "?age=9y",
        "?clause=<b>",
        "?tutor=a/b",
        "?after=x",
        "?after=due_low_99999999999999999999_case03",
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
    path = "/"
    for _ in range(5):
        page = client.get(path).text
        assert len(references(page)) == 25
        seen += references(page)
        path = unescape(re.findall(r'href="([^"]+)" rel="next"', page)[0])
    page = client.get(path).text
    seen += references(page)
    assert len(seen) == len(set(seen)) == 7 + 130
    assert 'rel="next"' not in page and 'rel="prev"' in page


def test_take_next_leads_to_the_first_case_of_the_view(enter: Enter) -> None:
    client = enter()
    assert client.get("/next").location == "/cases/case02"
    assert client.get("/next?lane=contact").location == "/cases/case05"
    assert client.get("/next?lane=delivery").location == "/?lane=delivery&taken=none"


def test_taking_the_next_case_claims_it_and_nobody_gets_it_twice(here: World, enter: Enter) -> None:
    mo, ines = enter("mo@relay.test"), enter("ines@relay.test")
    for client, case_id in ((mo, "case02"), (ines, "case04"), (mo, "case02")):
        form = {"form_token": token_in(client.get("/").text)}
        assert client.post("/next", data=form).location == f"/cases/{case_id}"
    assert here.docket.leases["case02"].person_id == "mo"
    page = ines.get("/").text
    assert ">Mo Haddad</td>" in page and ">you</td>" in page


def test_what_nobody_can_take_is_told(here: World, enter: Enter) -> None:
    client = enter()
    form = {"form_token": token_in(client.get("/").text)}
    assert "nothing in this view" in client.post("/next?lane=delivery", data=form, follow_redirects=True).text


def test_mine_are_those_i_work_on(here: World, enter: Enter) -> None:
    client = enter()
    client.post("/cases/case03/claim", data={"form_token": token_in(client.get("/").text)})
    assert references(client.get("/?mine=yes").text) == ["M-7KQ3-9XDT"]


def test_the_counter_tells_what_is_new_and_moves_no_row(here: World, enter: Enter) -> None:
    client = enter()
    assert "7 waiting" in client.get("/counter").text and "<tr" not in client.get("/counter").text
    assert "2 more than on this page" in client.get("/counter?seen=5").text
    assert "load it again" not in client.get("/counter?seen=7").text


def test_each_row_says_why_it_is_there(enter: Enter) -> None:
    page = enter().get("/").text
    assert "overdue comes first" in page and "high severity, by deadline" in page


def test_people_one_knows_are_not_in_ones_queue(here: World, enter: Enter) -> None:
    here.docket.keep_away("demo", "mo", "ruth", "", NOW)
    client = enter()
    assert references(client.get("/").text) == [] and "0 waiting" in client.get("/").text
    assert client.get("/cases/case03").status_code == 404
    assert references(enter("ines@relay.test").get("/").text) != []


def test_an_empty_queue_says_that_the_system_is_healthy(here: World, enter: Enter) -> None:
    here.docket.held.clear()
    page = enter().get("/").text
    assert "Nothing waits for a decision" in page and "system is healthy" in page
    assert "10:31 GMT" in page and "No case has ever come" in page


def test_an_empty_view_tells_when_the_last_case_came(here: World, enter: Enter) -> None:
    for case_id in [one for one in here.docket.held if one != "case09"]:
        del here.docket.held[case_id]
    assert "The last case came Tue 3 Mar 2026, 08:56 GMT" in enter().get("/").text


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
