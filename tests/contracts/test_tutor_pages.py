"""The tutor's outbox and strikes over a real database, with the real pack and the real detectors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import text

from gateway.domain.case import Action, Decision
from gateway.domain.people import Role
from gateway.domain.verdict import Lane, Outcome, Refuse, Ruled, Severity, Verdict
from gateway.errors import Forbidden
from gateway.ports import CaseFilter
from tests.contracts.test_guardian_pages import _plain, digest
from tests.fakes.callers import Pages, post, two_families
from tests.fakes.sql import arrival, copies, found, held, home_circle

MAIL = b"From: tara.okafor@relay.test\r\nX-Number: %d\r\nSubject: Homework\r\n\r\n%s\r\n"
_numbers = count(1)
NUMBER = "Please read page 4. Ring me on 07700 900123 if it is hard."


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def kept(pages: Pages, judged, body: str = NUMBER, **more: object) -> str:
    """A message of Tara's, judged as `judged` says."""
    raw = MAIL % (next(_numbers), body.encode())
    one = arrival(at=pages.clock.now, raw=raw, **more)  # type: ignore[arg-type]
    pages.store.ledger.keep(one, judged(one), home_circle(pages.store)).result(timeout=20)
    return one.envelope.id


def sent_back(one, rule: str = "contact_details"):
    finding = replace(found(), start=NUMBER.index("07700"), end=NUMBER.index(" if"), part=0)
    ruling = Refuse("Please leave the number out.", "a telephone number", (finding,))
    verdict = Verdict(Outcome.REFUSE, "default@1+00000000", (Ruled(rule, "MTW-69", ruling),))
    return replace(held(one), verdict=verdict, findings=(finding,))


def concerning(lane: Lane, severity: Severity = Severity.HIGH):
    return lambda one: held(one, severity, lane)


def open_cases(pages: Pages):
    return pages.store.docket.cases("demo", CaseFilter(), pages.clock.now)


def test_the_outbox_says_where_each_message_stands(pages: Pages) -> None:
    pages.deliver(subject="Sheet one")
    kept(pages, sent_back)
    kept(pages, concerning(Lane.REVIEW))
    shown = pages.signed_in("tara").get("/tutor").text
    for word in ("Sent", "Needs a change", "Being checked", "expected by"):
        assert word in shown
    assert "Jamie W." in shown and "Whitfield" not in shown and "@family.test" not in shown


def test_contact_details_that_came_back_are_marked_and_explained(pages: Pages) -> None:
    one = kept(pages, sent_back)
    shown = pages.signed_in("tara").get(f"/tutor/messages/{one}").text
    assert '<mark class="contact">07700 900123</mark>' in shown
    assert "Phone number" in shown and "MTW-69" in shown


def test_conduct_that_came_back_is_never_explained(pages: Pages) -> None:
    one = kept(pages, lambda arrived: sent_back(arrived, "concerning_conduct"))
    shown = pages.signed_in("tara").get(f"/tutor/messages/{one}").text
    assert "<mark" not in shown and "MTW-69" not in shown
    assert "The office will get in touch with you." in shown


def test_whatever_a_message_is_held_for_its_page_is_the_same(pages: Pages) -> None:
    tara, looks = pages.signed_in("tara"), set()
    for lane in (Lane.SEALED, Lane.URGENT, Lane.REVIEW, Lane.CONTACT, Lane.UNREADABLE):
        for severity in Severity:
            one = kept(pages, concerning(lane, severity), body="Please read page 4.")
            reference = pages.store.sendings.sending("demo", "tara", one).reference
            page = _plain(tara.get(f"/tutor/messages/{one}").text)
            looks.add(page.replace(one, "ID").replace(reference, "REF"))
            pages.store.sendings.withdraw("demo", "tara", one, pages.clock.now)
            page = _plain(tara.get(f"/tutor/messages/{one}").text)
            looks.add(page.replace(one, "ID").replace(reference, "REF"))
    assert len(looks) == 2  # one while it is checked, one withdrawn


def test_a_held_message_is_withdrawn_and_can_be_released_no_more(pages: Pages) -> None:
    tara = pages.signed_in("tara")
    ordinary, grave = (
        kept(pages, concerning(Lane.CONTACT)),
        kept(pages, concerning(Lane.SEALED), body="Another."),
    )
    for one in (ordinary, grave):
        path = f"/tutor/messages/{one}"
        assert post(tara, f"{path}/withdraw", at=path).status_code == 303
        assert "Withdrawn" in tara.get(path).text
    (case,) = open_cases(pages)
    assert (case.message_id, case.lane) == (grave, "sealed")  # what is grave is looked at all the same
    release = Decision(case.id, case.version, Action.RELEASE, "mo", "It is only homework", "MTW-69")
    with pytest.raises(Forbidden, match="withdrawn"):
        pages.store.docket.settle(case, release, copies(), pages.clock.now)
    path = f"/tutor/messages/{grave}"
    assert post(tara, f"{path}/withdraw", at=path).status_code == 409


def test_nothing_that_was_decided_is_withdrawn(pages: Pages) -> None:
    one = kept(pages, concerning(Lane.CONTACT))
    (case,) = open_cases(pages)
    pages.store.docket.settle(
        case, Decision(case.id, 1, Action.RELEASE, "mo", "It is only homework"), copies(), pages.clock.now
    )
    tara, path = pages.signed_in("tara"), f"/tutor/messages/{one}"
    assert post(tara, f"{path}/withdraw", at=path).status_code == 409


def test_a_rewritten_message_leaves_and_the_first_attempt_is_kept(pages: Pages) -> None:
    one = kept(pages, sent_back)
    tara, path = pages.signed_in("tara"), f"/tutor/messages/{one}"
    assert "07700 900123" in tara.get(path).text
    answer = post(tara, f"{path}/rewrite", at=path, subject="Homework", text="Please read page 4.")
    new = answer.location.rpartition("/")[2]
    assert pages.store.ledger.progress("demo", new).state == "on_its_way"
    sending = pages.store.sendings.sending("demo", "tara", new)
    assert sending.supersedes == one
    old = pages.store.sendings.sending("demo", "tara", one)
    assert (old.superseded_by, old.can_rewrite) == (new, False)
    assert b"07700 900123" in pages.store.docket.arrival("demo", one).raw
    assert open_cases(pages) == []
    assert post(tara, f"{path}/rewrite", at=path, subject="x", text="Once more.").status_code == 409


def test_the_same_number_again_comes_back_again_without_a_case(pages: Pages) -> None:
    one = kept(pages, sent_back)
    tara, path = pages.signed_in("tara"), f"/tutor/messages/{one}"
    answer = post(tara, f"{path}/rewrite", at=path, subject="Homework", text=NUMBER)
    assert "Needs a change" in tara.get(answer.location).text
    assert open_cases(pages) == []


def test_a_number_that_comes_again_in_disguise_goes_up_to_a_person(pages: Pages) -> None:
    one = kept(pages, sent_back)
    tara, path = pages.signed_in("tara"), f"/tutor/messages/{one}"
    hidden = "Please read page 4. Ring me on oh seven seven zero zero, nine hundred one two three."
    answer = post(tara, f"{path}/rewrite", at=path, subject="Homework", text=hidden)
    new = answer.location.rpartition("/")[2]
    (case,) = open_cases(pages)
    assert (case.message_id, case.severity) == (new, Severity.HIGH)
    assert "Being checked" in tara.get(answer.location).text
    assert "Ask for" not in tara.get(answer.location).text
    last = [one.entry for one in pages.store.record.entries("demo")][-1]
    assert (last.kind, last.detail["evasive"]) == ("message.superseded", True)


def test_a_review_is_asked_for_once_and_opens_a_case_with_the_message(pages: Pages) -> None:
    one = kept(pages, sent_back)
    tara, path = pages.signed_in("tara"), f"/tutor/messages/{one}"
    assert post(tara, f"{path}/review", at=path, words="It is the school's number.").status_code == 303
    (case,) = open_cases(pages)
    assert (case.rule, case.message_id) == ("appeal", one)
    mo = pages.at_the_desk("una")
    assert "It is the school&#39;s number." in mo.get(f"/reports/{case.id}").text
    assert mo.get(f"/cases/{case.id}").status_code == 200
    assert post(tara, f"{path}/review", at=path, words="And again.").status_code == 409


def test_the_words_of_whoever_gave_it_back_are_on_its_page(pages: Pages) -> None:
    one = kept(pages, concerning(Lane.REVIEW))
    (case,) = open_cases(pages)
    back = Decision(case.id, 1, Action.RETURN, "mo", "holds a number", say="Leave the number out, please.")
    pages.store.docket.settle(case, back, (), pages.clock.now)
    shown = pages.signed_in("tara").get(f"/tutor/messages/{one}").text
    assert "Leave the number out, please." in shown and "holds a number" not in shown


def test_a_tutor_sees_no_message_of_anybody_else(pages: Pages) -> None:
    tara = pages.signed_in("tara")
    theirs = pages.deliver(sender="jamie", to=("tara",), copied=("ruth", "tara"))
    for path in (f"/tutor/messages/{theirs}", f"/tutor/messages/{'0' * 32}", "/tutor/messages/x"):
        assert tara.get(path).status_code == 404
        for act in ("withdraw", "review", "rewrite"):
            assert post(tara, f"{path}/{act}", at="/tutor", words="why", text="text").status_code == 404
    own = pages.deliver()
    assert pages.signed_in("owen").get(f"/tutor/messages/{own}").status_code == 404


# --- strikes ---


def lead(pages: Pages, who: str):
    return pages.at_the_desk(who, Role.SAFEGUARDING_LEAD)


def give(pages: Pages, desk, **form: str):
    later = (pages.clock.now + timedelta(days=90)).date().isoformat()
    wanted = {
        "step": "guidance",
        "clause": "MTW-69",
        "until": later,
        "reason": "Gave a private number.",
    } | form
    return post(desk, "/tutors/tara/strikes", at="/tutors/tara/strikes", **wanted)


def test_a_strike_runs_its_whole_course(pages: Pages) -> None:
    una, ben, tara = lead(pages, "una"), lead(pages, "ben"), pages.signed_in("tara")
    assert give(pages, una).status_code == 303
    ((mailbox, letter),) = pages.letters()
    assert mailbox == "tara.personal@mail.test" and "number" not in letter
    (strike,) = pages.store.strikes.of_tutor("demo", "tara")
    shown = tara.get("/tutor/strikes").text
    assert "Gave a private number." in shown and "Lapses on" in shown
    at = "/tutor/strikes"
    assert post(tara, f"{at}/{strike.id}/reply", at=at, words="It was the office's.").status_code == 303
    assert post(tara, f"{at}/{strike.id}/appeal", at=at, words="Please look again.").status_code == 303
    desk = "/tutors/tara/strikes"
    own = post(una, f"{desk}/{strike.id}/decide", at=desk, choice="uphold", reason="As before.")
    assert own.status_code == 403
    other = post(ben, f"{desk}/{strike.id}/decide", at=desk, choice="reverse", reason="It was the office's.")
    assert other.status_code == 303
    (after,) = pages.store.strikes.of_tutor("demo", "tara")
    assert (after.upheld, after.stands(pages.clock.now), after.decided_by != strike.by_id) == (
        False,
        False,
        True,
    )
    assert "Taken back." in tara.get(at).text
    kinds = [one.entry.kind for one in pages.store.record.entries("demo")]
    wanted = ["strike.given", "strike.replied_to", "strike.appealed", "strike.reversed"]
    assert [one for one in kinds if one.startswith("strike.")] == wanted
    with pages.store.engine.connect() as connection:
        assert b"private number" not in repr(connection.execute(text("SELECT * FROM strike")).all()).encode()


@pytest.mark.parametrize(
    "wrong",
    [{"step": "prison"}, {"clause": "XYZ-1"}, {"until": "2020-01-01"}, {"until": "soon"}, {"reason": " "}],
)
def test_a_strike_needs_a_step_a_clause_a_day_and_a_reason(pages: Pages, wrong: dict[str, str]) -> None:
    assert give(pages, lead(pages, "una"), **wrong).status_code == 422
    assert pages.store.strikes.of_tutor("demo", "tara") == []


def test_only_the_desk_gives_strikes_and_only_to_tutors_of_its_own(pages: Pages) -> None:
    tara, una = pages.signed_in("tara"), lead(pages, "una")
    assert give(pages, tara).status_code == 403
    for nobody in ("jamie", "nobody", "mo"):
        assert una.get(f"/tutors/{nobody}/strikes").status_code == 404
    stranger = replace(pages.store.directory.person("demo", "tara"), role=Role.TUTOR)
    with pytest.raises(Forbidden):
        pages.store.strikes.give(stranger, "tara", "guidance", "MTW-69", "why", pages.clock.now, None)


def test_a_strike_lapses_and_then_cannot_be_appealed(pages: Pages) -> None:
    give(pages, lead(pages, "una"))
    (strike,) = pages.store.strikes.of_tutor("demo", "tara")
    pages.clock.pass_by(days=100)
    tara = pages.signed_in("tara")
    assert "Lapsed." in tara.get("/tutor/strikes").text
    path = f"/tutor/strikes/{strike.id}/appeal"
    assert post(tara, path, at="/tutor/strikes", words="Please look again.").status_code == 409


def test_another_tutors_strike_is_not_there(pages: Pages) -> None:
    give(pages, lead(pages, "una"))
    (strike,) = pages.store.strikes.of_tutor("demo", "tara")
    owen = pages.signed_in("owen")
    assert "private number" not in owen.get("/tutor/strikes").text
    for act in ("reply", "appeal"):
        path = f"/tutor/strikes/{strike.id}/{act}"
        assert post(owen, path, at="/me/sign-in", words="Not mine.").status_code == 404


def test_looking_at_the_tutors_pages_changes_nothing(pages: Pages) -> None:
    one, back = pages.deliver(), kept(pages, sent_back)
    give(pages, lead(pages, "una"))
    tara = pages.signed_in("tara")
    pages.letters()
    before = digest(pages)
    for path in ("/tutor", f"/tutor/messages/{one}", f"/tutor/messages/{back}", "/tutor/strikes", "/tell"):
        assert tara.get(path).status_code == 200
    assert digest(pages) == before
