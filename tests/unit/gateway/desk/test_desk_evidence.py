from __future__ import annotations

from dataclasses import replace

from classifiers.finding import Finding, Layer, Passage
from gateway.desk import evidence
from gateway.domain.case import Action, Decision, Standing, State
from gateway.domain.verdict import Amend, Refuse, Replace, Ruled, Severity
from gateway.ports import Exhibit
from tests.fakes.desk import NOW, POLICY, found, from_html, world


def exhibit(case_id: str = "case03", **reading: object) -> Exhibit:
    here = world()
    laid_out = here.office.lay_out("demo", case_id, here.directory.person("demo", "lea"))
    return replace(laid_out, reading=replace(laid_out.reading, **reading))


def with_findings(passages: tuple[Passage, ...], *findings: Finding) -> Exhibit:
    return replace(exhibit(passages=passages), findings=findings)


def test_passages_come_in_reading_order_whatever_order_they_were_read_in() -> None:
    titles = [section.title for section in evidence.sections(exhibit("case05"))]
    assert titles == ["Subject", "HTML part, as text", "Hidden text", "Link target", "Attachment name"]


def test_quoted_text_is_folded_unless_something_in_it_is_marked() -> None:
    quoted = Passage(Layer.QUOTED, "> ring 07700 900123", 1)
    assert evidence.sections(with_findings((quoted,)))[0].folded
    assert not evidence.sections(with_findings((quoted,), found(quoted, "07700 900123")))[0].folded


def test_a_finding_that_stands_in_two_passages_has_one_place_to_jump_to() -> None:
    one, two = Passage(Layer.DISPLAY, "Tara on insta"), Passage(Layer.DISPLAY, "Tara on insta")
    made = evidence.sections(with_findings((one, two), found(one, "insta")))
    assert [section.anchors for section in made] == [frozenset({1}), frozenset()]
    assert all(segment.numbers == (1,) for section in made for segment in section.segments[1:])


def test_hidden_text_within_its_html_says_what_is_grey() -> None:
    source = "<p>See you <i style='display:none'>snap: tara.m4ths</i> soon</p>"
    whole = from_html(source, Layer.HIDDEN)
    shown = from_html(source.replace("snap: tara.m4ths", " " * 16))
    keep = [i for i, letter in enumerate(shown.text) if not (8 <= i < 24)]
    visible = Passage(
        Layer.HTML, "".join(shown.text[i] for i in keep), 1, shown.origin[:8] + shown.origin[24:]
    )
    _, hidden = evidence.sections(with_findings((visible, whole)))
    assert [(s.text, s.seen) for s in hidden.segments] == [
        ("See you ", True),
        ("snap: tara.m4ths", False),
        (" soon", True),
    ]
    assert "grey" in hidden.note


def test_a_finding_nobody_can_see_here_says_where_it_was() -> None:
    gone = found(Passage(Layer.PRIOR, "07700"), "07700")
    laid_out = with_findings((Passage(Layer.TEXT, "hello"),), gone)
    (row,) = evidence.rows(laid_out, evidence.sections(laid_out))
    assert not row.marked and row.clauses == ()


def test_a_changed_name_leans_on_the_rule_that_changed_it() -> None:
    subject = Passage(Layer.SUBJECT, "Lesson for Jamie")
    name = found(subject, "Jamie", category="person")
    change = Replace(Layer.SUBJECT, 0, name.start, name.end, "J.W.")
    laid_out = with_findings((subject,), name)
    ruled = (Ruled("subject_initials", "HST-02", Amend((change,))),)
    laid_out = replace(laid_out, verdict=replace(laid_out.verdict, ruled=ruled))
    (row,) = evidence.rows(laid_out, evidence.sections(laid_out))
    assert (row.clauses, row.rules) == (("HST-02",), ("subject initials",))
    (reason,) = evidence.reasons(laid_out, POLICY.clauses)
    assert (reason.outcome, reason.clause) == ("would be changed", None)


def test_the_words_for_the_sender_are_the_rulings_then_the_policys_then_general() -> None:
    laid_out = exhibit()
    assert evidence.wording(laid_out, POLICY) == POLICY.rules["contact_details"].say
    refused = Ruled("known_parties", "HST-14", Refuse("Write to your pupil only.", "unknown"))
    told = replace(laid_out, verdict=replace(laid_out.verdict, ruled=(refused,)))
    assert evidence.wording(told, POLICY) == "Write to your pupil only."
    assert evidence.wording(exhibit("case01"), POLICY) == evidence.GENERIC_SAY
    clean = replace(laid_out, verdict=replace(laid_out.verdict, ruled=()))
    assert evidence.wording(clean, POLICY) == evidence.GENERIC_SAY


def test_members_are_told_by_initials_with_their_standing() -> None:
    told = {one.initials + one.role: (one.standing, one.part) for one in evidence.members(exhibit(), {})}
    assert told["T.O.tutor"] == ("active", "sent it")
    assert told["R.W.guardian"] == ("copied, registered 5 Jan 2026", "is written to")
    assert told["D.W.guardian"] == ("barred by order: must not be told", "—")
    assert told["O.M.guardian"] == ("to be copied, not yet registered", "—")


def test_a_members_copy_is_told_in_words() -> None:
    told = {one.initials: one.copy for one in evidence.members(exhibit(), {"ruth": "failed"})}
    assert (told["R.W."], told["T.O."]) == ("not delivered", "")


def test_what_differs_from_a_page_seen_before_is_told_by_name() -> None:
    case = exhibit().case
    seen = evidence.standing_of(case)
    assert evidence.differences(seen, case) == []
    raised = replace(case, severity=Severity.HIGH, state=State.ESCALATED)
    assert evidence.differences(seen, raised) == [
        ("State", "open", "escalated"),
        ("Severity", "medium", "high"),
    ]
    assert evidence.differences("nonsense", case) == []


def test_normalised_text_has_no_tricks_left() -> None:
    trick = Passage(Layer.TEXT, "\uff37hats\u200bApp \u202eme", 1)
    assert evidence.normalised(with_findings((trick,))) == (("Message text", "whatsapp me"),)


def test_who_gave_the_first_view_gives_no_second() -> None:
    made = exhibit("case04")
    first = Decision("case04", 1, Action.RELEASE, "mo", "fine", standing=Standing.FIRST)
    waiting = replace(made, case=replace(made.case, state=State.SECOND), decisions=((NOW, first),))
    mo, ines, lea = (world().directory.person("demo", who) for who in ("mo", "ines", "lea"))
    assert not evidence.may_give_view(waiting, mo)
    assert evidence.may_give_view(waiting, ines)
    split = replace(made, case=replace(made.case, state=State.SPLIT))
    assert evidence.may_give_view(split, lea) and not evidence.may_give_view(split, ines)
