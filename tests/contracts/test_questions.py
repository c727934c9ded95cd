"""What the desk asks a sender is answered on the tutor's page, and the answer stands beside the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.case import Action, Decision, State
from gateway.domain.verdict import Lane, Severity
from gateway.ports import CaseFilter
from tests.fakes.callers import Pages, post, two_families
from tests.fakes.sql import PAIR, arrival, held, home_circle

QUESTION, ANSWER = "Is the lesson on Tuesday at the library?", "Yes, in the reading room, with his mother."


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def waiting_case(pages: Pages, severity: Severity = Severity.MEDIUM):
    one = arrival(at=pages.clock.now)
    judged = held(one, severity, Lane.REVIEW)
    pages.store.ledger.keep(one, judged, home_circle(pages.store)).result(timeout=20)
    return the_case(pages, one.envelope.id)


def the_case(pages: Pages, message_id: str):
    found = pages.store.docket.cases("demo", CaseFilter(), pages.clock.now)
    return next(case for case in found if case.message_id == message_id)


def ask(pages: Pages, case, question: str = QUESTION, undo_until: datetime | None = None):
    made = Decision(case.id, case.version, Action.ASK, "mo", "unclear", "DFT-01", say=question)
    return pages.store.docket.settle(case, made, (), pages.clock.now, undo_until)


def answer(pages: Pages, case, words: str = ANSWER, who: str = "tara"):
    path = f"/tutor/messages/{case.message_id}"
    return post(pages.signed_in(who), f"{path}/answer", at="/tutor", words=words)


def test_an_answer_becomes_a_note_and_the_case_is_offered_again(pages: Pages) -> None:
    case = ask(pages, waiting_case(pages))
    take = lambda: pages.store.docket.take_next("demo", CaseFilter(), "mo", pages.clock.now)  # noqa: E731
    assert case.state is State.ASKED and take() is None
    tara = pages.signed_in("tara")
    assert "The office asks you" in tara.get("/tutor").text
    page = tara.get(f"/tutor/messages/{case.message_id}").text
    assert QUESTION in page and "Your answer" in page
    pages.clock.pass_by(minutes=5)
    assert answer(pages, case).status_code == 303
    (note,) = pages.store.docket.notes("demo", PAIR)
    assert (note.text, note.author_id, note.case_id) == (ANSWER, "tara", case.id)
    now = the_case(pages, case.message_id)
    assert (now.state, now.version) == (State.OPEN, case.version + 1)
    assert take().id == case.id
    page = tara.get(f"/tutor/messages/{case.message_id}").text
    assert ANSWER in page and "<textarea" not in page
    assert "The office asks you" not in tara.get("/tutor").text
    kinds = [one.entry.kind for one in pages.store.record.entries("demo")]
    assert "note.added" in kinds and kinds[-1] == "case.answered"
    assert not [one for one in pages.store.record.entries("demo") if ANSWER in str(one)]


def test_a_question_is_answered_once_until_the_next_one(pages: Pages) -> None:
    case = ask(pages, waiting_case(pages))
    pages.clock.pass_by(minutes=1)
    assert answer(pages, case).status_code == 303
    assert answer(pages, case).status_code == 409
    again = the_case(pages, case.message_id)
    pages.clock.pass_by(minutes=1)
    ask(pages, again, "And who else is there?")
    page = pages.signed_in("tara").get(f"/tutor/messages/{case.message_id}").text
    assert "And who else is there?" in page and QUESTION not in page
    pages.clock.pass_by(minutes=1)
    assert answer(pages, case, "Nobody else.").status_code == 303
    assert [one.text for one in pages.store.docket.notes("demo", PAIR)] == [ANSWER, "Nobody else."]


def test_nothing_is_answered_that_nobody_asked(pages: Pages) -> None:
    case = waiting_case(pages)
    assert answer(pages, case).status_code == 409
    page = pages.signed_in("tara").get(f"/tutor/messages/{case.message_id}").text
    assert "The office asks you" not in page
    asked = ask(pages, case)
    assert answer(pages, asked, words=" ").status_code == 422
    assert pages.store.docket.notes("demo", PAIR) == []


def test_a_question_that_can_still_be_taken_back_is_not_shown(pages: Pages) -> None:
    case = ask(pages, waiting_case(pages), undo_until=datetime.now(UTC) + timedelta(hours=1))
    tara = pages.signed_in("tara")
    assert QUESTION not in tara.get(f"/tutor/messages/{case.message_id}").text
    assert answer(pages, case).status_code == 409


def test_what_becomes_of_the_case_meanwhile_is_not_to_be_seen(pages: Pages) -> None:
    looks = []
    for further in (None, Action.ESCALATE, Action.SEAL):
        case = ask(pages, waiting_case(pages))
        if further:
            made = Decision(case.id, case.version, further, "lea", "it may be more", "DFT-01")
            pages.store.docket.settle(case, made, (), pages.clock.now)
        tara = pages.signed_in("tara")
        before = tara.get(f"/tutor/messages/{case.message_id}").text
        pages.clock.pass_by(seconds=61)
        status = answer(pages, case).status_code
        after = tara.get(f"/tutor/messages/{case.message_id}").text
        looks.append(
            (QUESTION in before, "<textarea" in before, status, ANSWER in after, "<textarea" in after)
        )
        state = the_case(pages, case.message_id).state
        assert state is (State.ESCALATED if further is Action.ESCALATE else State.OPEN)
    assert looks == [(True, True, 303, True, False)] * 3


def test_a_case_that_was_decided_takes_no_answer(pages: Pages) -> None:
    case = ask(pages, waiting_case(pages))
    made = Decision(case.id, case.version, Action.REJECT, "mo", "too late", "DFT-01")
    pages.store.docket.settle(case, made, (), pages.clock.now)
    assert answer(pages, case).status_code == 409
    assert QUESTION not in pages.signed_in("tara").get(f"/tutor/messages/{case.message_id}").text


def test_nobody_answers_for_another(pages: Pages) -> None:
    case = ask(pages, waiting_case(pages))
    for who in ("ruth", "jamie"):
        path = f"/tutor/messages/{case.message_id}/answer"
        home = {"ruth": "/family", "jamie": "/pupil"}[who]
        assert post(pages.signed_in(who), path, at=home, words=ANSWER).status_code == 404
    assert pages.store.docket.notes("demo", PAIR) == []
