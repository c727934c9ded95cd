from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from gateway.domain.case import Action, Standing
from gateway.domain.claim import HitVerdict
from tests.fakes.desk import NOW, World

from .conftest import Enter, token_in

HTMX = {"HX-Request": "true"}


def post(client: FlaskClient, path: str, headers: dict[str, str] | None = None, **form: str) -> object:
    token = token_in(client.get("/").text)
    return client.post(path, data={"form_token": token, **form}, headers=headers)


def test_a_case_is_taken_kept_and_put_back(here: World, enter: Enter) -> None:
    client = enter()
    assert post(client, "/cases/case03/claim").location == "/cases/case03"
    assert re.search(r"Yours until <time[^>]*>10:41<", client.get("/cases/case03").text)
    assert post(client, "/cases/case03/heartbeat").location == "/cases/case03"
    assert post(client, "/cases/case03/let-go").location == "/"
    assert here.docket.leases == {}
    assert "Nobody works on this" in client.get("/cases/case03").text


def test_a_heartbeat_of_a_script_gets_a_piece_of_the_page(here: World, enter: Enter) -> None:
    client = enter()
    piece = post(client, "/cases/case03/heartbeat", HTMX)
    assert piece.status_code == 200 and "Yours until" in piece.text and "<html" not in piece.text
    here.docket.claim("demo", "case03", "ines", NOW, take_over=True)
    assert "Inês Prado works on this" in post(client, "/cases/case03/heartbeat", HTMX).text
    assert post(client, "/cases/case03/heartbeat").status_code == 409


def test_only_the_lead_takes_a_case_over(here: World, enter: Enter) -> None:
    here.docket.claim("demo", "case03", "ines", NOW)
    assert post(enter("mo@relay.test"), "/cases/case03/claim").status_code == 409
    assert post(enter("mo@relay.test"), "/cases/case03/claim", over="yes").status_code == 403
    assert post(enter("lea@relay.test"), "/cases/case03/claim", over="yes").status_code == 303
    assert here.docket.leases["case03"].person_id == "lea"


def test_a_decision_is_taken_back_from_the_queue(here: World, enter: Enter) -> None:
    client = enter()
    post(client, "/cases/case08/decide", action="release", version="1")
    page = client.get("/?done=case08").text
    assert "Take it back" in page and "nothing has left yet" in page
    assert post(client, "/cases/case08/undo", version="1").location == "/cases/case08"
    assert [one.standing for one in here.decided("case08")] == [Standing.UNDONE]
    assert here.docket.leases["case08"].person_id == "mo"
    assert "and took it back</strong> by Mo Haddad" in client.get("/cases/case08").text


def test_only_whoever_decided_is_offered_to_take_it_back(here: World, enter: Enter) -> None:
    post(enter("mo@relay.test"), "/cases/case08/decide", action="reject", version="1")
    other = enter("ines@relay.test")
    assert "Take it back" not in other.get("/?done=case08").text
    assert post(other, "/cases/case08/undo", version="1").status_code == 409
    assert post(other, "/cases/case08/undo", version="x").status_code == 400


def test_a_hit_is_judged_right_or_wrong(here: World, enter: Enter) -> None:
    client = enter()
    sent = post(client, "/cases/case03/hits", hit="3-wrong")
    assert sent.location == "/cases/case03#finding-3"
    assert here.docket.hits == {("message03", 3, "mo"): HitVerdict.WRONG}
    page = client.get("/cases/case03").text
    assert 'value="3-wrong" aria-pressed="true"' in page and 'value="2-wrong" aria-pressed="false"' in page
    piece = post(client, "/cases/case03/hits", HTMX, hit="1-right")
    assert 'id="verdict-1"' in piece.text and "<html" not in piece.text


@pytest.mark.parametrize("hit", ["", "1", "1-maybe", "9-right", "0-right", "x-right", "-1-right"])
def test_a_hit_that_is_none_is_not_found(here: World, enter: Enter, hit: str) -> None:
    assert post(enter(), "/cases/case03/hits", hit=hit).status_code == 404
    assert here.docket.hits == {}


def test_a_note_is_kept_with_the_case_and_shown_as_text(here: World, enter: Enter) -> None:
    client = enter()
    assert post(client, "/cases/case03/notes", note="I rang <b>home</b>").location == "/cases/case03#notes"
    assert "I rang &lt;b&gt;home&lt;/b&gt;" in client.get("/cases/case03").text
    assert "I rang" not in client.get("/cases/case04").text
    post(client, "/cases/case03/notes", note="   ")
    assert len(here.docket.written) == 1
    assert post(client, "/cases/case03/notes", note="x" * 2001).status_code == 400


@pytest.mark.parametrize("act", ["claim", "let-go", "heartbeat", "undo", "hits", "notes", "decide"])
def test_nothing_can_be_done_to_what_one_may_not_see(here: World, enter: Enter, act: str) -> None:
    client = enter()
    for case_id in ("case01", "case10", "nonsense"):
        assert post(client, f"/cases/{case_id}/{act}", version="1", hit="1-right").status_code == 404
    assert here.docket.leases == {} and here.docket.written == []


def test_low_cases_of_one_rule_are_decided_together_after_a_look(here: World, enter: Enter) -> None:
    client = enter()
    picks = {"pick": ["case08:1"]}
    page = post(client, "/bulk/preview", action="release", **picks)
    assert page.status_code == 200 and "Release all 1" in page.text and here.decided("case08") == []
    done = post(client, "/bulk", action="release", reason="All of the timetable", **picks)
    assert done.status_code == 200 and "released" in done.text
    (made,) = here.decided("case08")
    assert (made.action, made.reason, made.code) == (Action.RELEASE, "All of the timetable", "no_concern")


@pytest.mark.parametrize(
    ("picks", "why"),
    [
        ([], "Tick the cases first"),
        (["case03:1"], "low severity"),
        (["case01:1"], "Tick the cases first"),
        (["case10:1"], "Tick the cases first"),
        (["case08:1", "case03:1"], "low severity"),
    ],
)
def test_what_may_not_be_decided_together_is_not(
    here: World, enter: Enter, picks: list[str], why: str
) -> None:
    client = enter()
    for path, code in (("/bulk/preview", 422), ("/bulk", 403)):
        page = post(client, path, action="reject", pick=picks)
        assert page.status_code == code and why in page.text
    assert here.decided("case08") == here.decided("case03") == []


@pytest.mark.parametrize("form", [{"action": "seal"}, {"action": ""}, {"action": "reject", "pick": "x"}])
def test_a_bulk_form_that_is_not_ours_is_a_bad_request(enter: Enter, form: dict[str, str]) -> None:
    assert post(enter(), "/bulk", **form).status_code == 400


def test_one_that_changed_meanwhile_stops_none_of_the_others(here: World, enter: Enter) -> None:
    done = post(enter(), "/bulk", action="reject", pick=["case08:7"])
    assert "Somebody was first" in done.text and here.decided("case08") == []
