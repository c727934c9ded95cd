"""Rules that ask who is on file for what, where and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from classifiers.finding import Finding, Kind, Stance
from gateway.decide.rules.operating_hours import opening
from gateway.decide.ruling import decide
from gateway.domain.message import Assurance, Channel, Earlier, Message, Reading
from gateway.domain.pair import Circle
from gateway.domain.register import Fact, FactKind, Lesson
from gateway.domain.verdict import Amend, DeliverAfter, Hold, Lane, Note, Outcome, Refuse, Seal, Severity
from tests.fakes.circle import JAMIE, NOW, RUTH, circle, finding, message, policy

PAIR = "tara-jamie"
TO_PUPIL = ("jamie", "ruth")
TODAY = NOW.date()
HOUR = timedelta(hours=1)


def around(
    *facts: Fact, lessons: tuple[Lesson, ...] = (), contract: str = "private", **more: object
) -> Circle:
    plain = circle()
    people = {**plain.people, **more.pop("people", {})}  # type: ignore[dict-item]
    pair = replace(plain.pair, contract=contract)
    return replace(plain, pair=pair, people=people, facts=facts, lessons=lessons)


def matter(category: str, value: str = "", stance: Stance = Stance.MENTION) -> Finding:
    return finding(Kind.MATTER, category, 0.9, value=value, stance=stance)


def of_pupil(where: Circle, channel: Channel = Channel.EMAIL) -> Message:
    how = Assurance.AUTHENTICATED_MAIL
    return message(sender="jamie", recipients=("tara",), around=where, assurance=how, channel=channel)


def ruled(one: Message, rule: str, settings: dict[str, object] | None = None, **parameters: object) -> object:
    """What one rule says, None when it has nothing to say."""
    asked = policy(settings, more=(rule,), **{rule: parameters})
    return next((r.ruling for r in decide(one, asked).ruled if r.rule == rule), None)


@pytest.mark.parametrize(
    ("mode", "channel", "lessons", "outcome"),
    [
        ("joint", Channel.EMAIL, (), None),
        ("guardian_only", Channel.EMAIL, (), Refuse),
        ("guardian_only", Channel.PLATFORM, (Lesson(NOW - HOUR, NOW + HOUR),), Refuse),
        ("platform_only", Channel.EMAIL, (), Refuse),
        ("platform_only", Channel.PLATFORM, (), None),
        ("lesson_only", Channel.PLATFORM, (), Refuse),
        ("lesson_only", Channel.PLATFORM, (Lesson(NOW + HOUR, NOW + 2 * HOUR),), Refuse),
        ("lesson_only", Channel.PLATFORM, (Lesson(NOW, NOW + HOUR),), None),
        ("lesson_only", Channel.PLATFORM, (Lesson(NOW - HOUR, NOW),), None),
    ],
)
def test_a_pupil_is_written_to_where_the_pack_allows(mode, channel, lessons, outcome) -> None:  # type: ignore[no-untyped-def]
    where = around(lessons=lessons)
    got = ruled(message(around=where, channel=channel), "pupil_contact_mode", {"pupil_contact_mode": mode})
    assert (type(got) if got else None) is outcome
    heard = ruled(of_pupil(where, channel), "pupil_contact_mode", {"pupil_contact_mode": mode})
    assert (type(heard) if heard else None) is (Hold if outcome else None), "a pupil's words are kept"


def test_guardians_can_always_be_written_to() -> None:
    settings = {"pupil_contact_mode": "guardian_only", "email_relay_to_pupil": False}
    assert decide(message(recipients=("ruth",)), policy(settings, more=("pupil_contact_mode",))).ruled == ()


def test_mail_to_pupils_can_be_closed_altogether() -> None:
    got = ruled(message(), "pupil_contact_mode", {"email_relay_to_pupil": False})
    assert isinstance(got, Refuse) and "mail" in got.because


@pytest.mark.parametrize(
    ("born", "counts"),
    [(date(2010, 1, 1), False), (date(2008, 3, 5), False), (date(2008, 3, 4), True), (None, True)],
)
def test_a_guardian_must_be_of_age_where_the_age_is_known(born: date | None, counts: bool) -> None:
    where = around(people={"ruth": replace(RUTH, born=born)})
    got = ruled(message(around=where), "guardian_registered", {"guardian_gate": {"min_age": 18}})
    assert (got is None) is counts


@pytest.mark.parametrize("born", [date(2012, 3, 4), date(2020, 1, 1)])
def test_an_agreement_is_asked_of_pupils_from_eight_on(born: date) -> None:
    gate = {"guardian_gate": {"min_age": 18, "agreement": "online_safety_agreement"}}
    child = {"jamie": replace(JAMIE, born=born)}
    without = ruled(message(around=around(people=child)), "guardian_registered", gate)
    assert isinstance(without, Hold) is (born.year == 2012)
    made = Fact(FactKind.AGREED, "jamie", detail="online_safety_agreement", until=TODAY)
    assert ruled(message(around=around(made, people=child)), "guardian_registered", gate) is None
    other = replace(made, detail="photo_agreement")
    assert isinstance(ruled(message(around=around(other)), "guardian_registered", gate), Hold)


ADULT = Fact(FactKind.ADULT_AGREEMENT, "jamie")
STUDIES = Fact(FactKind.IN_EDUCATION, "jamie")
DEFINITION = {"pupil_definition": {"under": 18, "in_education_until": 19}}


@pytest.mark.parametrize(
    ("born", "facts", "copied"),
    [
        (date(2012, 3, 4), (ADULT,), True),
        (date(2008, 3, 5), (ADULT,), True),  # eighteen tomorrow
        (date(2008, 3, 4), (ADULT,), False),  # eighteen today
        (date(2008, 3, 4), (), True),  # of age, and nobody has agreed to anything
        (date(2008, 3, 4), (ADULT, STUDIES), True),  # eighteen and at school
        (date(2007, 3, 4), (ADULT, STUDIES), False),
        (None, (ADULT,), True),
    ],
)
def test_copying_ends_when_a_pupil_of_age_has_agreed(born, facts, copied) -> None:  # type: ignore[no-untyped-def]
    where = around(*facts, people={"jamie": replace(JAMIE, born=born)})
    verdict = decide(message(recipients=("jamie",), around=where), policy(DEFINITION))
    assert (verdict.outcome is Outcome.AMEND) is copied


@pytest.mark.parametrize(
    ("contract", "setting", "facts", "outcome"),
    [
        ("private", "forbidden", (), None),
        ("school", "with_school_permission", (), Refuse),
        ("school", "with_school_permission", (Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR),), None),
        ("school", "with_school_permission", (Fact(FactKind.SCHOOL_LEAVE, pair_id="another"),), Refuse),
        (
            "school",
            "with_school_permission",
            (Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR, until=TODAY - timedelta(1)),),
            Refuse,
        ),
        ("school", "forbidden", (Fact(FactKind.SCHOOL_LEAVE, pair_id=PAIR),), Refuse),
    ],
)
def test_a_schools_pupils_are_reached_with_its_leave(contract, setting, facts, outcome) -> None:  # type: ignore[no-untyped-def]
    where, settings = around(*facts, contract=contract), {"school_contract_direct_contact": setting}
    got = ruled(message(around=where), "school_leave", settings)
    assert (type(got) if got else None) is outcome
    heard = ruled(of_pupil(where), "school_leave", settings)
    assert (type(heard) if heard else None) is (Hold if outcome else None)


def test_a_tutor_past_the_last_day_writes_to_nobody() -> None:
    last = Fact(FactKind.ENGAGED, "tara", until=TODAY)
    assert ruled(message(around=around(last)), "tutor_leaver") is None
    gone = around(replace(last, until=TODAY - timedelta(1)))
    assert isinstance(ruled(message(around=gone), "tutor_leaver"), Refuse)
    assert isinstance(ruled(message(recipients=("ruth",), around=gone), "tutor_leaver"), Refuse)
    assert isinstance(ruled(of_pupil(gone), "tutor_leaver"), Hold)


def test_a_tutor_who_is_to_leave_may_be_stopped_at_once() -> None:
    settings = {"tutor_leaver": {"alias_off": "at_once"}}
    staying = Fact(FactKind.ENGAGED, "tara", since=TODAY - timedelta(90))
    assert ruled(message(around=around(staying)), "tutor_leaver", settings) is None
    leaving = around(replace(staying, until=TODAY + timedelta(7)))
    assert isinstance(ruled(message(around=leaving), "tutor_leaver", settings), Refuse)
    assert isinstance(ruled(of_pupil(leaving), "tutor_leaver", settings), Hold)
    renewed = around(replace(staying, until=TODAY + timedelta(7)), staying)
    assert ruled(message(around=renewed), "tutor_leaver", settings) is None, "another engagement goes on"


LOOKED_AFTER = Fact(FactKind.LOOKED_AFTER, "jamie")
COVERED = Fact(FactKind.COVERED, "ruth", detail="care plan 4")


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        ((), False),
        ((LOOKED_AFTER,), True),
        ((LOOKED_AFTER, COVERED), False),
        ((LOOKED_AFTER, replace(COVERED, until=TODAY - timedelta(1))), True),
        ((LOOKED_AFTER, replace(COVERED, person_id="dan")), True),
    ],
)
def test_for_a_looked_after_pupil_somebody_with_delegated_authority_has_registered(facts, held) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(ruled(message(around=around(*facts)), "guardian_registered"), Hold) is held


@pytest.mark.parametrize(
    ("facts", "severity", "words"),
    [
        ((), Severity.HIGH, "no other way"),
        ((Fact(FactKind.CONTACT, "ruth", detail="post"),), Severity.MEDIUM, "by post"),
        ((Fact(FactKind.CONTACT, "dan", detail="post"),), Severity.HIGH, "no other way"),
        ((Fact(FactKind.CONTACT, "ruth", detail="07700 900123"),), Severity.HIGH, "no other way"),
    ],
)
def test_a_guardian_without_a_mailbox_is_first_reached_in_the_way_on_file(facts, severity, words) -> None:  # type: ignore[no-untyped-def]
    where = around(*facts, people={"ruth": replace(RUTH, mailboxes=())})
    held = ruled(message(recipients=("jamie",), around=where), "guardian_copied")
    assert isinstance(held, Hold) and held.lane is Lane.DELIVERY
    assert held.severity is severity and words in held.because


def test_whoever_has_not_acknowledged_is_told_or_the_office_is() -> None:
    knows = Fact(FactKind.ACKNOWLEDGED, "tara", detail="safeguarding_policy@2026")
    wanted: dict[str, object] = {"tutor": ["safeguarding_policy"], "guardian": []}
    for when, kind in (("note", Note), ("refuse", Refuse), ("hold", Hold)):
        parameters = {**wanted, "when_missing": when}
        assert isinstance(ruled(message(), "acknowledged", **parameters), kind)
        assert ruled(message(around=around(knows)), "acknowledged", **parameters) is None
    of_family = {"pupil": ["code"], "when_missing": "refuse"}
    assert isinstance(ruled(message(), "acknowledged", **of_family), Hold), "not the tutor's to mend"


@pytest.mark.parametrize(("parts", "cleared"), [(3, True), (2, False)])
def test_a_tutor_is_vetted_and_inducted_first(parts: int, cleared: bool) -> None:
    facts = [Fact(FactKind.VETTED, "tara", detail="pvg")]
    facts += [Fact(FactKind.INDUCTED, "tara", detail=f"part_{n}") for n in range(parts)]
    knobs: dict[str, object] = {"vetting": True, "induction_parts": 3}
    settings = {"vetting_scheme": "pvg"}
    got = ruled(message(around=around(*facts)), "tutor_cleared", settings, **knobs)
    assert (got is None) is cleared
    wrong = ruled(
        message(around=around(*facts)), "tutor_cleared", {"vetting_scheme": "dbs_enhanced"}, **knobs
    )
    assert isinstance(wrong, Refuse)


TOOLS = {"approved_technology": {"mode": "exclusive_allowlist", "allow": ["bitpaper"]}}
REGISTER = {"approved_technology": {"mode": "register_with_risk_assessment", "allow": []}}
ASSESSED = Fact(FactKind.TECHNOLOGY, detail="zoom", until=TODAY)


@pytest.mark.parametrize(
    ("settings", "found", "facts", "outcome"),
    [
        (TOOLS, matter("technology", "zoom"), (), Refuse),
        (TOOLS, matter("technology", "zoom"), (ASSESSED,), Refuse),
        (TOOLS, matter("technology", "bitpaper"), (), None),
        (TOOLS, matter("technology", "zoom", Stance.REFUSAL), (), None),
        (REGISTER, matter("technology", "zoom"), (), Hold),
        (REGISTER, matter("technology", "zoom"), (ASSESSED,), None),
        (REGISTER, matter("technology", "zoom"), (replace(ASSESSED, until=TODAY - timedelta(1)),), Hold),
        ({"approved_technology": {"mode": "open"}}, matter("technology", "zoom"), (), None),
    ],
)
def test_lessons_take_place_where_the_pack_allows(settings, found, facts, outcome) -> None:  # type: ignore[no-untyped-def]
    got = ruled(message(found, around=around(*facts)), "approved_technology", settings)
    assert (type(got) if got else None) is outcome


def test_a_family_naming_another_tool_is_heard_by_a_person() -> None:
    asked = message(
        matter("technology", "zoom"),
        sender="ruth",
        recipients=("tara",),
        assurance=Assurance.AUTHENTICATED_MAIL,
    )
    assert isinstance(ruled(asked, "approved_technology", TOOLS), Hold)


HEALTH = matter("sensitive_health")


@pytest.mark.parametrize(
    ("found", "subject", "plain", "outcome"),
    [
        ((HEALTH,), "Lesson", "hold", Hold),
        ((HEALTH,), "Lesson", "seal", Amend),
        ((HEALTH,), "[Secure] Lesson", "hold", Amend),
        ((), "[encrypt] Lesson", "hold", Amend),
        ((HEALTH, matter("password_in_thread")), "[secure] Lesson", "seal", Hold),
        ((), "Lesson", "hold", None),
    ],
)
def test_sensitive_matter_travels_closed(found, subject, plain, outcome) -> None:  # type: ignore[no-untyped-def]
    written = message(*found, reading=Reading(subject=subject))
    settings = {"sensitive_channel": "secure_required"}
    got = ruled(written, "sensitive_channel", settings, plain=plain)
    assert (type(got) if got else None) is outcome
    if isinstance(got, Amend):
        assert isinstance(got.changes[0], Seal)
    assert ruled(written, "sensitive_channel", {"sensitive_channel": "off"}, plain=plain) is None


@pytest.mark.parametrize(
    ("category", "facts", "outcome"),
    [
        ("image_of_pupil", (), Hold),
        ("image_of_pupil", (Fact(FactKind.IMAGE_CONSENT, "jamie"),), Note),
        ("image_reuse", (Fact(FactKind.IMAGE_CONSENT, "jamie"),), Hold),
        (
            "image_of_pupil",
            (Fact(FactKind.IMAGE_CONSENT, "jamie"), Fact(FactKind.IMAGE_REFUSED, "jamie")),
            Hold,
        ),
        ("image_of_pupil", (Fact(FactKind.IMAGE_CONSENT, "another"),), Hold),
    ],
)
def test_a_pupils_picture_goes_on_with_consent(category, facts, outcome) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(ruled(message(matter(category), around=around(*facts)), "image_consent"), outcome)


@pytest.mark.parametrize(("value", "held"), [("12", False), ("15", True), ("18", True), ("u", False)])
def test_what_a_pupil_is_to_watch_suits_their_age(value: str, held: bool) -> None:
    got = ruled(message(matter("age_rating", value)), "age_rating")  # Jamie turned fourteen today
    assert isinstance(got, Hold) is held
    blamed = ruled(message(matter("age_rating", value, Stance.REFUSAL)), "age_rating")
    assert blamed is None


def test_another_place_to_teach_from_needs_leave() -> None:
    settings = {"lesson_place_rule": {"check": True, "permission": "learning_manager"}}
    asked = matter("lesson_place")
    assert isinstance(ruled(message(asked), "lesson_place", settings), Hold)
    granted = around(Fact(FactKind.PLACE, pair_id=PAIR))
    assert ruled(message(asked, around=granted), "lesson_place", settings) is None
    assert ruled(message(asked), "lesson_place", {"lesson_place_rule": {"check": False}}) is None
    abroad = {"submission_country_flag": {"enabled": True}}
    assert isinstance(ruled(message(matter("working_abroad")), "lesson_place", abroad), Note)


def test_a_program_in_a_tutors_place_is_looked_at() -> None:
    assert isinstance(ruled(message(reading=Reading(auto_submitted=True)), "human_sender"), Hold)
    assert isinstance(ruled(message(matter("automated_sender")), "human_sender"), Hold)
    assert ruled(message(), "human_sender") is None


UNASKED = {"unsolicited_contact": "hold"}


@pytest.mark.parametrize(
    ("facts", "lessons", "thread", "held"),
    [
        ((), (), (), True),
        ((), (Lesson(NOW + timedelta(13), NOW + timedelta(13, 3600)),), (), False),
        ((), (Lesson(NOW + timedelta(15), NOW + timedelta(15, 3600)),), (), True),
        ((), (Lesson(NOW - timedelta(13), NOW - timedelta(13) + HOUR),), (), False),
        ((Fact(FactKind.SOLICITED, pair_id=PAIR),), (), (), False),
        ((), (), (Earlier("1", "ruth", "", frozenset()),), False),
        ((), (), (Earlier("1", "tara", "", frozenset()),), True),
    ],
)
def test_families_get_what_they_asked_for(facts, lessons, thread, held) -> None:  # type: ignore[no-untyped-def]
    where = around(*facts, lessons=lessons)
    written = message(recipients=("ruth",), around=where, reading=Reading(thread=thread))
    assert isinstance(ruled(written, "unsolicited_contact", UNASKED), Hold) is held
    assert ruled(written, "unsolicited_contact", {"unsolicited_contact": "off"}) is None


HOURS = {
    "operating_hours": {
        "schools": {"enabled": True, "window": "08:00-16:00 Mon-Fri"},
        "private": {"enabled": False},
        "timezone": "Europe/London",
    }
}


def test_outside_hours_a_message_waits_for_the_morning() -> None:
    got = ruled(message(around=around(contract="school")), "operating_hours", HOURS)  # Wednesday, 16:30
    assert got == Amend((DeliverAfter(datetime(2026, 3, 5, 8, tzinfo=ZoneInfo("Europe/London"))),))
    assert ruled(message(around=around()), "operating_hours", HOURS) is None, (
        "private contracts have no hours"
    )
    to_parent = message(recipients=("ruth",), around=around(contract="school"))
    assert ruled(to_parent, "operating_hours", HOURS) is None


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "window", "wanted"),
    [
        ("2026-03-04T07:59", "08:00-18:00 Mon-Fri", "2026-03-04T08:00"),
        ("2026-03-04T08:00", "08:00-18:00 Mon-Fri", "2026-03-04T08:00"),
        ("2026-03-04T17:59", "08:00-18:00 Mon-Fri", "2026-03-04T17:59"),
        ("2026-03-06T18:00", "08:00-18:00 Mon-Fri", "2026-03-09T08:00"),
        (
            "2026-03-28T12:00",
            "08:00-18:00 Mon-Fri",
            "2026-03-30T08:00",
        ),  # over the night of the spring change
        ("2026-10-24T20:00", "09:00-17:00 Sun", "2026-10-25T09:00"),  # the day of the autumn change
        ("2026-03-07T23:30", "10:00-24:00 Sat-Sun", "2026-03-07T23:30"),
        ("2026-03-10T12:00", "09:00-12:00 Fri-Mon", "2026-03-13T09:00"),
    ],
)
def test_the_next_opening_hour_is_found_over_weekends_and_clock_changes(
    now: str, window: str, wanted: str
) -> None:
    found = opening(datetime.fromisoformat(now).replace(tzinfo=LONDON), window)
    assert found == datetime.fromisoformat(wanted).replace(tzinfo=LONDON)
    assert found.astimezone(UTC) == datetime.fromisoformat(wanted).replace(tzinfo=LONDON).astimezone(UTC)


def test_subject_initials_can_only_warn() -> None:
    named = finding(Kind.NAME, "name", layer="subject", replacement="J.W.")
    assert isinstance(ruled(message(named), "subject_initials", {"subject_initials": "warn"}), Note)
    assert ruled(message(named), "subject_initials", {"subject_initials": "off"}) is None


WORK_ONLY = {
    "contact_details_to_guardian": "allow_work_contact_hold_social",
    "professional_page_allowlist": True,
}
PAGE = Fact(FactKind.OFFICIAL_PAGE, "tara", detail="https://pages.example.org/tara")


@pytest.mark.parametrize(
    ("found", "facts", "contract", "held"),
    [
        (finding(Kind.CONTACT, "phone"), (), "private", None),
        (finding(Kind.CONTACT, "phone", evasive=True), (), "private", Hold),
        (finding(Kind.CONTACT, "handle"), (), "private", Hold),
        (finding(Kind.CONTACT, "phone"), (), "school", None),
        (finding(Kind.CONTACT, "handle"), (), "school", Refuse),
        (finding(Kind.CONTACT, "link", value=PAGE.detail), (PAGE,), "private", None),
        (finding(Kind.CONTACT, "link", value="https://other.example.org"), (PAGE,), "private", Hold),
    ],
)
def test_what_a_tutor_may_give_a_guardian(found, facts, contract, held) -> None:  # type: ignore[no-untyped-def]
    written = message(found, recipients=("ruth",), around=around(*facts, contract=contract))
    got = ruled(written, "contact_details", WORK_ONLY)
    if contract == "school" and found.category == "phone":
        assert isinstance(got, Refuse), "none at all with the families of a school's pupils"
        return
    assert (type(got) if got else None) is held


def test_a_declared_relation_changes_the_social_media_rule_and_nothing_else() -> None:
    where = around(Fact(FactKind.EXEMPT, pair_id=PAIR))
    exempt = {"relationship_exemption": True}
    handle = message(finding(Kind.CONTACT, "handle"), around=where)
    assert ruled(handle, "contact_details", exempt) is None
    assert ruled(handle, "contact_details", {"relationship_exemption": False}) is not None
    assert ruled(message(finding(Kind.CONTACT, "phone"), around=where), "contact_details", exempt) is not None
    left_out = message(finding(Kind.CONTACT, "handle"), around=where, recipients=("jamie",))
    assert decide(left_out, policy(exempt)).outcome is Outcome.AMEND, "the guardian is copied all the same"
