from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from gateway.desk.decide_form import Filled, decision, faults, read
from gateway.domain.case import Action


def filled(**fields: object) -> Filled:
    usual = {"action": "release", "version": "1", "reason": "it is fine", "say": "change it"}
    return read(MultiDict(usual | fields))


def test_a_reason_of_three_characters_is_enough() -> None:
    assert faults(filled(reason="ok."), 0) == {}


@pytest.mark.parametrize("reason", ["", "  ", "no", " a \r\n ", "\0\0\0\0"])
def test_where_much_is_at_stake_a_reason_in_words_is_needed(reason: str) -> None:
    assert list(faults(filled(reason=reason), 0, grave=True)) == ["reason"]
    assert list(faults(filled(reason=reason, code="other"), 0)) == ["reason"]
    assert faults(filled(reason=reason), 0) == {}


@pytest.mark.parametrize("field", ["reason", "say", "question"])
def test_endless_texts_are_told_at_the_field(field: str) -> None:
    assert list(faults(filled(**{field: "x" * 2001}), 0)) == [field]


def test_asking_needs_a_question() -> None:
    assert list(faults(filled(action="ask"), 0)) == ["question"]
    asked = filled(action="ask", question="Whose number is it?")
    assert faults(asked, 0) == {}
    assert decision(asked, "c", "mo", 0, ()).say == "Whose number is it?"


def test_a_decision_has_the_usual_reason_of_its_button_unless_another_is_chosen() -> None:
    assert decision(filled(), "c", "mo", 0, ()).code == "no_concern"
    assert decision(filled(code="allowed_here"), "c", "mo", 0, ()).code == "allowed_here"


def test_guardians_are_told_only_of_what_comes_back() -> None:
    assert decision(filled(action="reject", notify="yes"), "c", "mo", 0, ()).notify_guardian
    assert not decision(filled(action="release", notify="yes"), "c", "mo", 0, ()).notify_guardian
    assert not decision(filled(action="reject"), "c", "mo", 0, ()).notify_guardian


def test_a_return_needs_words_for_the_sender() -> None:
    assert list(faults(filled(action="return", say=" "), 0)) == ["say"]
    assert faults(filled(action="release", say=""), 0) == {}


def test_redacting_needs_a_finding_to_cover() -> None:
    assert list(faults(filled(action="redact"), 3)) == ["cover"]
    assert list(faults(filled(action="redact", cover=["4", "0"]), 3)) == ["cover"]
    assert faults(filled(action="redact", cover=["2"]), 3) == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"action": "delete"},
        {"version": "one"},
        {"version": ""},
        {"cover": ["x"]},
        {"action": ""},
        {"code": "x"},
        {"preview": "x"},
    ],
)
def test_what_no_page_of_ours_sends_is_a_bad_request(broken: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        filled(**broken)


def test_a_missing_field_is_a_bad_request() -> None:
    with pytest.raises(BadRequest):
        read(MultiDict({"reason": "it is fine"}))


def test_a_redaction_covers_what_was_ticked_and_exists() -> None:
    made = decision(filled(action="redact", cover=["3", "1", "9"]), "c", "mo", 3, ("A", "B"))
    assert (made.action, made.redactions, made.say, made.clause) == (Action.REDACT, (1, 3), "", "A")


def test_only_an_answer_to_the_sender_carries_words_for_them() -> None:
    assert decision(filled(action="reject"), "c", "mo", 0, ()).say == "change it"
    assert decision(filled(action="escalate"), "c", "mo", 0, ()).say == ""


def test_a_clause_the_case_does_not_cite_becomes_its_own() -> None:
    assert decision(filled(clause="B"), "c", "mo", 0, ("A", "B")).clause == "B"
    assert decision(filled(clause="Z"), "c", "mo", 0, ("A", "B")).clause == "A"


def test_line_ends_are_kept_and_control_characters_are_not() -> None:
    assert filled(say="a\r\nb\x1b[31m\0c").say == "a\nb[31mc"


def test_a_form_sent_without_a_button_decides_nothing() -> None:
    pressed_none = filled(action="none")
    assert list(faults(pressed_none, 0)) == ["action"]
    with pytest.raises(ValueError, match="no decision"):
        decision(pressed_none, "c", "mo", 0, ())
