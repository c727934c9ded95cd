from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email import reply
from gateway.domain.verdict import Outcome, Verdict
from gateway.errors import StoreFull, StoreUnavailable
from gateway.ports import Receipt
from tests.fakes.office import held, passed, refused

REFERENCE = "M-7KQ2-9XDT"


def receipt(verdict: Verdict) -> Receipt:
    return Receipt("0" * 32, REFERENCE, verdict)


def test_what_is_passed_amended_or_held_gets_identical_words() -> None:
    amended = replace(passed(), outcome=Outcome.AMEND)
    answers = {reply.answer(receipt(verdict)) for verdict in (passed(), amended, held())}
    assert answers == {f"250 2.0.0 Accepted for checking, reference {REFERENCE}"}


def test_a_duplicate_gets_the_first_answer_again() -> None:
    first = receipt(refused("Please leave out phone numbers."))
    assert reply.answer(replace(first, duplicate=True)) == reply.answer(first)


def test_a_short_refusal_stands_on_one_line_with_its_reference() -> None:
    assert (
        reply.answer(receipt(refused("Please leave out phone numbers.")))
        == f"550 5.7.1 Please leave out phone numbers. Reference {REFERENCE}"
    )


def test_a_refusal_for_its_form_has_a_code_of_its_own() -> None:
    assert reply.answer(receipt(refused("Please send plain text.", rule="unreadable"))).startswith(
        "550 5.6.0 "
    )


@settings(deadline=None)
@given(st.text(max_size=700))
def test_whatever_the_wording_each_line_is_short_printable_ascii(say: str) -> None:
    lines = reply.answer(receipt(refused(say))).split("\r\n")
    assert all(re.fullmatch(r"550-5\.7\.1 [ -~]+", line) for line in lines[:-1])
    assert re.fullmatch(r"550 5\.7\.1 [ -~]+", lines[-1])
    assert all(len(line) <= 100 for line in lines)
    assert lines[-1].endswith(f"Reference {REFERENCE}")


def test_a_long_wording_is_told_whole_after_a_first_sentence_that_stands_alone() -> None:
    say = "Please leave out phone numbers. " + "The office passes on a change of time for you. " * 4
    lines = [line[10:] for line in reply.answer(receipt(refused(say))).split("\r\n")]
    assert lines[0] == "Please leave out phone numbers."
    assert " ".join(lines[:-1]) == say.strip()


def test_a_first_sentence_too_long_is_cut_at_a_word_and_then_told_whole() -> None:
    say = "Please leave out " + "very " * 20 + "long numbers."
    lines = [line[10:] for line in reply.answer(receipt(refused(say))).split("\r\n")]
    assert lines[0].endswith("very...")
    assert " ".join(lines[1:-1]) == say


def test_our_fault_is_never_permanent_and_never_quotes_the_error() -> None:
    for error in (RuntimeError("Dear Jamie"), StoreUnavailable("Dear Jamie"), StoreFull("Dear Jamie")):
        words = reply.fault(error, REFERENCE)
        assert words.startswith("452 4.3.1" if isinstance(error, StoreFull) else "451 4.3.0")
        assert "Jamie" not in words
        assert REFERENCE in words


def test_every_fixed_answer_is_one_short_line_without_an_address() -> None:
    fixed = [value for name, value in vars(reply).items() if name.isupper() and isinstance(value, str)]
    assert len(fixed) > 40
    for line in fixed:
        assert re.fullmatch(r"[2345]\d\d [ -~]+", line)
        assert len(line) <= 100
        assert "@" not in line


@pytest.mark.parametrize(
    ("say", "expected"), [("“Zoë’s” – fine", '"Zoe\'s" - fine'), ("a\r\n250 OK", "a 250 OK")]
)
def test_wording_becomes_plain(say: str, expected: str) -> None:
    assert reply.plain(say) == expected
