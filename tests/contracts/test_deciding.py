"""Second views, previews and redactions over a real database, with real composing and parsing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.finding import Layer
from gateway.domain.case import Action, Decision, Standing, State
from gateway.domain.verdict import Lane, Severity
from gateway.errors import Forbidden, NotFound, Stale
from gateway.journey import Journey
from tests.fakes.inline import Readers, keep, with_desk
from tests.fakes.sql import NOW


@pytest.fixture
def house(store):
    return with_desk(store)


@pytest.fixture
def office(house):
    made = Journey(house.directory, house.ledger, house.docket, Readers(), lambda: NOW)
    yield made
    made.close()


def decision(case, who="mo", action=Action.RELEASE, **more):
    return Decision(case.id, case.version, action, who, "Because of the lesson", **more)


def goes_out(store):
    later = NOW + timedelta(minutes=1)
    return {one.recipient_id: one.content for one in store.outbox.claim(10, later)}


def test_low_stakes_need_one_person(house, office):
    case = office.decide("demo", decision(keep(house)))
    assert case.state is State.CLOSED and set(goes_out(house)) == {"ruth"}


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_high_severity_is_carried_out_when_two_agree(house, office, severity):
    case = keep(house, severity=severity)
    waits = office.decide("demo", decision(case))
    assert waits.state is State.SECOND and goes_out(house) == {}
    with pytest.raises(Forbidden):
        office.decide("demo", decision(waits))
    done = office.decide("demo", decision(waits, "ines"))
    assert done.state is State.CLOSED and set(goes_out(house)) == {"ruth"}
    assert [one.standing for _, one in house.docket.decisions("demo", case.id)] == ["first", "carried"]


def test_two_who_differ_leave_it_to_the_lead(house, office):
    case = keep(house, severity=Severity.HIGH)
    waits = office.decide("demo", decision(case))
    split = office.decide("demo", decision(waits, "ines", Action.REJECT))
    assert split.state is State.SPLIT and goes_out(house) == {}
    with pytest.raises(Forbidden):
        office.decide("demo", decision(split, "mo"))
    assert office.decide("demo", decision(split, "lea", Action.REJECT)).state is State.CLOSED


@pytest.mark.parametrize("action", [Action.ESCALATE, Action.SEAL, Action.ASK])
def test_what_only_protects_needs_nobody_else(house, office, action):
    case = keep(house, severity=Severity.HIGH)
    assert office.decide("demo", decision(case, action=action, say="?")).state is not State.SECOND


def test_being_escalated_by_a_person_asks_for_two(house, office):
    case = keep(house, severity=Severity.LOW)
    raised = office.decide("demo", decision(case, action=Action.ESCALATE))
    assert office.decide("demo", decision(raised)).state is State.SECOND


def test_being_late_alone_does_not(house, office):
    case = keep(house, severity=Severity.MEDIUM)
    assert house.docket.escalate_if_overdue(case.id, NOW + timedelta(hours=9))
    late = house.docket.case("demo", case.id)
    assert late.severity is Severity.HIGH
    assert office.decide("demo", decision(late)).state is State.CLOSED


def test_where_there_is_only_one_person_one_is_enough(family_store):
    office = Journey(family_store.directory, family_store.ledger, family_store.docket, Readers(), lambda: NOW)
    case = keep(family_store, severity=Severity.HIGH)
    assert office.decide("demo", decision(case)).state is State.CLOSED
    office.close()


def test_a_first_view_can_be_taken_back(house, office):
    case = keep(house, severity=Severity.HIGH)
    waits = office.decide("demo", decision(case))
    mo, ines = (house.directory.person("demo", who) for who in ("mo", "ines"))
    with pytest.raises(Stale):
        office.undo("demo", case.id, case.version, ines)
    again = office.undo("demo", case.id, case.version, mo)
    assert again.state is State.OPEN and waits.state is State.SECOND
    assert office.decide("demo", decision(again, "ines")).state is State.SECOND


def test_who_is_laid_out_a_case_does_not_learn_anothers_first_view(house, office):
    case = keep(house, severity=Severity.HIGH)
    office.decide("demo", decision(case))
    mo, ines = (house.directory.person("demo", who) for who in ("mo", "ines"))
    assert office.lay_out("demo", case.id, ines).decisions == ()
    assert len(office.lay_out("demo", case.id, mo).decisions) == 1


@pytest.mark.parametrize("known", ["tara", "jamie", "ruth"])
def test_nobody_opens_or_decides_what_is_about_somebody_they_know(house, office, known):
    case = keep(house)
    house.docket.keep_away("demo", "mo", known, "declared", NOW)
    mo = house.directory.person("demo", "mo")
    for act in (
        lambda: office.lay_out("demo", case.id, mo),
        lambda: office.decide("demo", decision(case)),
        lambda: office.preview("demo", decision(case)),
        lambda: office.undo("demo", case.id, 1, mo),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_preview_shows_what_then_leaves_and_changes_nothing(house, office):
    case = keep(house)
    redact = decision(case, action=Action.REDACT, redactions=(1,))
    before = list(house.record.entries("demo"))
    shown = office.preview("demo", redact)
    assert list(house.record.entries("demo")) == before
    assert [one.recipient_id for one in shown.leaving] == ["ruth", "jamie"]
    (cut,) = shown.cuts
    assert (cut.before, cut.after) == ("07700 900123", "[phone number removed]")
    text = next(p.text for p in shown.leaving[0].passages if p.layer is Layer.TEXT)
    assert "[phone number removed] or 07700 900456" in text
    assert [one.value for one in shown.still_found] == ["07700 900456"]
    office.decide("demo", replace(redact, preview=shown.mark))
    assert b"[phone number removed] or 07700 900456" in goes_out(house)["ruth"]
    ((_, kept),) = house.docket.decisions("demo", case.id)
    assert kept.cuts == shown.cuts and kept.action is Action.REDACT


def test_what_is_no_longer_what_was_previewed_does_not_leave(house, office):
    case = keep(house)
    redact = decision(case, action=Action.REDACT, redactions=(1,))
    mark = office.preview("demo", redact).mark
    assert office.preview("demo", replace(redact, redactions=(1, 2))).mark != mark
    with pytest.raises(Stale):
        office.decide("demo", replace(redact, redactions=(1, 2), preview=mark))
    assert goes_out(house) == {} and house.docket.decisions("demo", case.id) == []


def test_what_was_to_be_covered_and_stands_elsewhere_too_is_not_released(house, office):
    case = keep(house, b"Ring 07700 900123.\r\nOnce more: 07700 900123.")
    with pytest.raises(Forbidden):
        office.preview("demo", decision(case, action=Action.REDACT, redactions=(1,)))
    assert office.preview("demo", decision(case, action=Action.REDACT, redactions=(1, 2))).still_found == ()


def test_two_who_redact_cover_what_either_of_them_covers(house, office):
    case = keep(house, severity=Severity.HIGH)
    waits = office.decide("demo", decision(case, action=Action.REDACT, redactions=(1,)))
    mine = decision(waits, "ines", Action.REDACT, redactions=(2,))
    mine = replace(mine, preview=office.preview("demo", mine).mark)
    office.decide("demo", mine)
    out = goes_out(house)["ruth"]
    assert b"07700" not in out and out.count(b"[phone number removed]") >= 2


def test_nothing_of_a_first_view_is_told_to_anybody(house, office):
    case = keep(house, severity=Severity.HIGH)
    office.decide("demo", decision(case, action=Action.RETURN, say="Please leave it out."))
    assert not house.docket.carry_out(case.id, case.version, NOW + timedelta(minutes=1))
    assert house.ledger.progress("demo", case.message_id).state == "checking"


def test_a_moderator_neither_sees_nor_previews_nor_undoes_what_is_sealed(house, office):
    case = keep(house, lane=Lane.SEALED)
    mo = house.directory.person("demo", "mo")
    for act in (
        lambda: office.lay_out("demo", case.id, mo),
        lambda: office.decide("demo", decision(case)),
        lambda: office.preview("demo", decision(case)),
        lambda: office.undo("demo", case.id, 1, mo),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_sealed_message_sits_beside_no_case_of_a_moderators(house, office):
    case = keep(house)
    keep(house, b"I do not feel safe", lane=Lane.SEALED)
    mo, lea = (house.directory.person("demo", who) for who in ("mo", "lea"))
    assert office.lay_out("demo", case.id, mo).around == ()
    assert len(office.lay_out("demo", case.id, lea).around) == 1


def test_what_a_moderator_sealed_by_hand_is_copied_to_nobody(house, office):
    case = keep(house, b"See you on Thursday.")
    sealed = office.decide("demo", decision(case, action=Action.SEAL))
    released = office.decide("demo", decision(sealed, "lea"))
    assert released.state is State.CLOSED and set(goes_out(house)) == {"jamie"}
    assert [one.standing for _, one in house.docket.decisions("demo", case.id)] == [Standing.CARRIED] * 2
