from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from flask.testing import FlaskClient

from classifiers.finding import Layer, Passage
from gateway.domain.case import Action, Decision, Standing, State
from gateway.domain.people import Person
from gateway.domain.verdict import Severity
from gateway.errors import Forbidden, ReaderFailed, Stale
from gateway.ports import Exhibit
from tests.fakes.desk import NOW, World

from .conftest import Enter, token_in


def decide(client: FlaskClient, case_id: str = "case03", **changes: object) -> object:
    token = token_in(client.get(f"/cases/{case_id}").text)
    form = {"form_token": token, "action": "release", "version": "1", "reason": "It is fine.", **changes}
    return client.post(f"/cases/{case_id}/decide", data=form)


def marked(page: str, number: int) -> str:
    runs = re.findall(r'<mark class="[^"]*" data-findings="([\d ]+)">(.*?)</mark>', page, re.DOTALL)
    return unescape("".join(run for numbers, run in runs if str(number) in numbers.split()))


def test_the_marks_cover_exactly_the_offending_characters(enter: Enter) -> None:
    page = enter().get("/cases/case03").text
    assert marked(page, 1) == "ring me on oh seven seven double oh, nine hundred one two three"
    assert marked(page, 2) == "oh seven seven double oh, nine hundred one two three"
    assert marked(page, 3) == "tara_maths on insta"


def test_marks_in_html_and_hidden_text_and_links_are_exact(enter: Enter) -> None:
    page = enter().get("/cases/case05").text
    assert marked(page, 1) == "07700\u00a0900123"
    assert marked(page, 2) == "snap: tara.m4ths"
    assert marked(page, 3) == "https://lesson\u0430.example.org/w7"
    assert "xn--lesson-8nf.example.org" in page


def test_evidence_tells_kind_score_clause_rule_and_cues(enter: Enter) -> None:
    page = enter().get("/cases/case03").text
    row = page.split('id="finding-2"')[1].split("</li>\n")[0]
    for word in ("Phone number", "contact detail", "very likely", "07700 900123", "trouble to hide", "digits written as words", "MTW-69", "contact details"):  # fmt: skip
        assert word in row
    assert "HST-17" in page.split('id="finding-3"')[1]


def test_context_tells_who_is_in_the_circle_and_what_came_before(enter: Enter) -> None:
    page = enter().get("/cases/case03").text
    assert (
        "barred by order" in page and "copied, registered 5 Jan 2026" in page and "not yet registered" in page
    )
    assert "Worksheet 5" in page and "this message" in page
    assert "Whitfield" not in page


def test_a_body_cannot_become_markup_or_turn_the_page_round(enter: Enter) -> None:
    page = enter().get("/cases/case06").text
    assert "&lt;script&gt;window.ranInBody" in page and "<script>window" not in page and "<img" not in page
    assert "{{ 7*7 }}" in page
    assert not re.search("[\u202a-\u202e\u200b\x00]", page)
    assert all(label in page for label in (">RLO<", ">ZWSP<", ">NUL<", ">U+DCE9<"))


def test_a_message_that_could_not_be_read_says_so(enter: Enter) -> None:
    page = enter().get("/cases/case07").text
    assert "Could not be read safely" in page and "duplicate content type" in page
    assert 'value="redact"' not in page


def test_looking_at_a_case_is_recorded_once_and_changes_nothing_else(here: World, enter: Enter) -> None:
    client = enter()
    before = here.docket.held["case03"].case
    client.get("/cases/case03")
    assert here.docket.views == [("case03", "mo")]
    assert here.docket.held["case03"].case == before


@pytest.mark.parametrize("case_id", ["case01", "case10", "nonsense", "a%00b", "x" * 65])
def test_what_one_may_not_see_is_as_if_it_were_not_there(here: World, enter: Enter, case_id: str) -> None:
    client = enter("mo@relay.test")
    page = client.get(f"/cases/{case_id}")
    assert page.status_code == 404
    assert here.docket.views == []
    form = {
        "form_token": token_in(client.get("/").text),
        "action": "release",
        "version": "1",
        "reason": "yes!",
    }
    assert client.post(f"/cases/{case_id}/decide", data=form).status_code == 404


def test_the_safeguarding_lead_opens_a_sealed_case(enter: Enter) -> None:
    assert "may be telling of harm" in enter("lea@relay.test").get("/cases/case01").text


@pytest.mark.parametrize("action", list(Action))
def test_each_action_reaches_the_office_with_its_reason(here: World, enter: Enter, action: Action) -> None:
    more = {"preview": "0" * 64} if action is Action.REDACT else {}
    fields = {"say": "Please change it.", "question": "Whose is it?", "cover": ["1", "3"], "clause": "HST-17"}
    sent = decide(enter(), action=action.value, **fields, **more)
    assert (sent.status_code, sent.location) == (303, "/?done=case03")
    (made,) = here.decided("case03")
    assert (made.action, made.reason, made.moderator_id, made.version) == (action, "It is fine.", "mo", 1)
    assert made.clause == "HST-17"
    assert made.redactions == ((1, 3) if action is Action.REDACT else ())
    said = {
        Action.RETURN: "Please change it.",
        Action.REJECT: "Please change it.",
        Action.ASK: "Whose is it?",
    }
    assert made.say == said.get(action, "")


def test_a_redaction_is_shown_before_it_is_done(here: World, enter: Enter) -> None:
    client = enter()
    page = decide(client, action="redact", cover=["2"], say="My words <x>")
    assert page.status_code == 200 and here.decided("case03") == []
    assert "Release exactly this" in page.text and "[removed]" in page.text and "week 7.pdf" in page.text
    assert "RLO" in page.text and "\u202e" not in page.text
    assert "My words &lt;x&gt;" in page.text
    assert here.docket.leases["case03"].person_id == "mo"
    form = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text.split('id="decide"')[1])
    )
    back = client.post("/cases/case03/decide", data={**form, "change": "yes"})
    assert back.status_code == 200 and 'id="reason"' in back.text and here.decided("case03") == []
    assert client.post("/cases/case03/decide", data=form).status_code == 303
    assert here.decided("case03")[0].redactions == (2,)


def test_nobody_decides_on_what_another_works_on(here: World, enter: Enter) -> None:
    here.docket.claim("demo", "case03", "ines", NOW)
    client = enter()
    page = client.get("/cases/case03").text
    assert "Inês Prado works on this until" in page and 'id="decide"' not in page
    late = decide(client, action="reject")
    assert late.status_code == 409 and "Inês Prado works on it" in late.text
    late = decide(client, action="redact", cover=["1"])
    assert late.status_code == 409 and here.decided("case03") == []


def test_a_stale_form_is_told_what_is_different_and_keeps_what_was_written(here: World, enter: Enter) -> None:
    client = enter()
    token = token_in(client.get("/cases/case03").text)
    held = here.docket.held["case03"]
    held.case = replace(held.case, version=2, severity=Severity.HIGH, state=State.ESCALATED)
    form = {
        "form_token": token,
        "action": "reject",
        "version": "1",
        "reason": "Mine <b>",
        "seen": "open/medium/contact",
    }
    late = client.post("/cases/case03/decide", data=form)
    assert late.status_code == 409
    assert (
        "<del>medium</del>" in late.text and "<ins>high</ins>" in late.text and "Mine &lt;b&gt;" in late.text
    )


@pytest.mark.parametrize("view", ["delivered", "normalised"])
def test_the_message_can_be_read_other_ways(enter: Enter, view: str) -> None:
    page = enter().get(f"/cases/case05?view={view}").text
    assert f'view={view}" aria-current="page"' in page
    assert ("this would leave" in page) == (view == "delivered")
    assert enter().get("/cases/case05?view=x").status_code == 404


def test_a_message_that_cannot_leave_says_so_on_its_tab(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise Forbidden("This message cannot be released as it stands.")

    monkeypatch.setattr(here.office, "preview", forbidden)
    assert "cannot be released as it stands" in enter().get("/cases/case03?view=delivered").text


def test_the_second_person_does_not_learn_the_first_view(here: World, enter: Enter) -> None:
    held = here.docket.held["case04"]
    held.case = replace(held.case, state=State.SECOND, version=2)
    held.decisions.append(
        (NOW, Decision("case04", 1, Action.REJECT, "ines", "The canary", standing=Standing.FIRST))
    )
    page = enter("mo@relay.test").get("/cases/case04").text
    assert "Give yours without knowing it" in page and 'id="decide"' in page
    assert "canary" not in page and "Inês" not in page and "Rejected" not in page
    assert "canary" not in enter("mo@relay.test").get("/?done=case04").text
    own = enter("ines@relay.test").get("/cases/case04").text
    assert "You gave the first view" in own and "canary" in own and 'id="decide"' not in own


def test_a_missing_reason_is_told_at_the_field_and_the_text_is_kept(here: World, enter: Enter) -> None:
    page = decide(enter(), action="return", reason="  ", code="other", say="My own words <here>", cover=["2"])
    assert page.status_code == 422
    assert (
        "Say why, in at least 3 characters." in page.text and 'aria-describedby="reason-fault"' in page.text
    )
    assert "My own words &lt;here&gt;" in page.text
    ticks = dict(re.findall(r'name="cover" value="(\d)" form="decide"( checked)?', page.text))
    assert ticks == {"1": "", "2": " checked", "3": ""}
    assert here.decided("case03") == []


def test_every_finding_is_ticked_at_first(enter: Enter) -> None:
    page = enter().get("/cases/case03").text
    assert len(re.findall(r'name="cover" value="\d" form="decide" checked', page)) == 3


def test_the_second_of_two_decisions_gets_409_and_is_told_who_was_first(here: World, enter: Enter) -> None:
    first, second = enter("ines@relay.test"), enter("mo@relay.test")
    token = token_in(second.get("/cases/case03").text)
    assert decide(first, action="reject", reason="A private number.").status_code == 303
    form = {"form_token": token, "action": "release", "version": "1", "reason": "It is fine."}
    late = second.post("/cases/case03/decide", data=form)
    assert late.status_code == 409
    assert "Rejected" in late.text and "Inês Prado" in late.text and "A private number." in late.text
    assert 'href="/cases/case03"' in late.text
    assert [one.action for one in here.decided("case03")] == [Action.REJECT]


def test_a_closed_case_cannot_be_decided_with_its_present_version(here: World, enter: Enter) -> None:
    client = enter()
    assert 'id="decide"' not in client.get("/cases/case09").text
    form = {
        "form_token": token_in(client.get("/").text),
        "action": "reject",
        "version": "2",
        "reason": "again",
    }
    assert client.post("/cases/case09/decide", data=form).status_code == 409
    assert len(here.decided("case09")) == 1


def test_somebody_first_between_the_look_and_the_write_is_409_too(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: object) -> None:
        raise Stale("Somebody was first.")

    monkeypatch.setattr(here.office, "decide", overtaken)
    assert decide(enter()).status_code == 409


def test_what_the_office_forbids_is_told_in_its_words(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise Forbidden("This message cannot be released as it stands.")

    monkeypatch.setattr(here.office, "decide", forbidden)
    page = decide(enter())
    assert page.status_code == 403 and "cannot be released as it stands" in page.text


@pytest.mark.parametrize("broken", [{"action": "burn"}, {"version": "x"}, {"cover": "x"}])
def test_a_form_that_is_not_ours_is_a_bad_request(here: World, enter: Enter, broken: dict[str, str]) -> None:
    assert decide(enter(), **broken).status_code == 400
    assert here.decided("case03") == []


def test_a_case_sealed_while_it_was_laid_out_is_not_shown(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out = here.office.lay_out

    def sealed(organisation_id: str, case_id: str, viewer: Person) -> Exhibit:
        exhibit = lay_out(organisation_id, case_id, viewer)
        return replace(exhibit, case=replace(exhibit.case, lane=here.docket.held["case01"].case.lane))

    monkeypatch.setattr(here.office, "lay_out", sealed)
    assert enter().get("/cases/case03").status_code == 404


def test_a_reader_that_fails_is_a_page_to_try_again(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise ReaderFailed("too slow")

    monkeypatch.setattr(here.office, "lay_out", failing)
    assert enter().get("/cases/case03").status_code == 503


def test_a_megabyte_of_text_still_makes_a_page_one_can_read(here: World, enter: Enter) -> None:
    held = here.docket.held["case03"]
    held.findings = ()
    held.reading = replace(held.reading, passages=(Passage(Layer.TEXT, "words " * 200_000),))
    page = enter().get("/cases/case03").text
    assert len(page) < 100_000 and "characters without a mark are not shown" in page
