"""Where a pair is heading: never blind, never talked down, and the same cost for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.domain.course import Signals, Trajectory
from gateway.domain.people import Role
from gateway.moderate.trajectory import STAGE_OF, bears, because, course, further, moved, score, scores_of

DAY = datetime(2026, 3, 2, 16, tzinfo=UTC)
CATEGORIES = sorted(STAGE_OF)


def sent(day: float, hour: float = 16.0, copied: bool = False, **scores: float) -> Signals:
    return Signals(DAY + timedelta(days=day), Role.TUTOR, True, copied, hour, scores)


def after(*signals: Signals, usual: float | None = None) -> Trajectory:
    state = Trajectory(usual=usual)
    for one in signals:
        state = moved(state, one)
    return state


hits = st.lists(
    st.tuples(
        st.floats(0, 60),
        st.dictionaries(st.sampled_from(CATEGORIES), st.floats(0, 1), min_size=1, max_size=3),
        st.booleans(),
        st.floats(0, 23.9),
    ),
    min_size=1,
    max_size=12,
)


def run(found: list[tuple[float, dict[str, float], bool, float]]) -> float:
    ordered = sorted(found, key=lambda one: one[0])
    return score(after(*(sent(day, hour, copied, **some) for day, some, copied, hour in ordered)))


@settings(max_examples=150, deadline=None)
@given(hits, st.data())
def test_a_stronger_sign_never_lowers_the_score(found: list, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(found) - 1))
    day, some, copied, hour = found[at]
    name = data.draw(st.sampled_from(CATEGORIES))
    stronger = {**some, name: data.draw(st.floats(some.get(name, 0.0), 1))}
    assert run([*found[:at], (day, stronger, copied, hour), *found[at + 1 :]]) >= run(found) - 1e-9


@settings(max_examples=150, deadline=None)
@given(
    hits, st.floats(0, 60), st.sampled_from(CATEGORIES), st.floats(0.13, 1), st.booleans(), st.floats(0, 23.9)
)
def test_an_additional_sign_never_lowers_the_score(
    found: list, day: float, name: str, strength: float, copied: bool, hour: float
) -> None:
    latest = max(one[0] for one in found)
    more = (min(day, latest), {name: strength}, copied, hour)
    assert run([*found, more]) >= run(found) - 1e-9


def test_it_is_not_blind_on_few_messages() -> None:
    assert score(after(sent(0, secrecy=0.69))) > 0.3
    one = after(sent(0, secrecy=0.6), sent(1, flattery=0.6), sent(2, meeting=0.6))
    assert score(one) > 1


def test_many_stages_weigh_more_than_one_repeated() -> None:
    same = after(*(sent(day, flattery=0.4) for day in range(4)))
    mixed = after(
        *(sent(day, **{name: 0.4}) for day, name in enumerate(["flattery", "secrecy", "meeting", "personal"]))
    )
    assert score(mixed) > score(same)


def test_signs_fade_with_the_months() -> None:
    fresh = after(sent(0, secrecy=0.6), sent(1, flattery=0.6))
    old = moved(fresh, sent(200))
    assert score(old) < score(fresh) / 2


def test_a_year_of_ordinary_lessons_opens_nothing() -> None:
    state = after(*(sent(day / 2, copied=True, flattery=0.05) for day in range(700)))
    assert score(state) < 0.5


def test_a_guardian_left_out_late_hours_and_volume_count() -> None:
    usual = after(*(sent(day, copied=True) for day in range(10)))
    dropped = after(*(sent(day, copied=day < 4) for day in range(10)))
    late = after(*(sent(day, 23.0, copied=True) for day in range(10)))
    assert score(dropped) > score(usual)
    assert score(late) > score(usual)
    many = [sent(day / 4, copied=True) for day in range(120)]
    assert score(after(*many, usual=5.0)) > score(after(*many, usual=60.0))


def test_facts_alone_open_nothing() -> None:
    assert score(after(*(sent(day / 4, 23.0, copied=day < 3) for day in range(400)), usual=1.0)) < 1


def test_who_was_never_copied_did_not_drop_out() -> None:
    assert score(after(*(sent(day) for day in range(10)))) == 0


def test_the_state_stays_small_and_a_late_message_does_not_turn_time_back() -> None:
    state = after(*(sent(day / 10, **{CATEGORIES[day % len(CATEGORIES)]: 0.5}) for day in range(2000)))
    assert len(state.sums) <= len(CATEGORIES)
    assert len(state.strongest) == 3
    assert moved(state, sent(0, secrecy=0.5)).at == state.at


def test_a_parents_message_is_no_part_of_it() -> None:
    told = replace(sent(0, secrecy=0.9), sender=Role.GUARDIAN)
    assert not bears(told)
    assert course(Trajectory(), told) is None
    assert further(Trajectory(), told, opened=False) == Trajectory()


def test_once_told_the_score_is_remembered() -> None:
    state = further(Trajectory(), sent(0, secrecy=0.9), opened=True)
    assert state.told == score(state)


def test_refusals_and_reports_add_nothing() -> None:
    def finding(category: str, stance: Stance) -> Finding:
        return Finding(Kind.CONDUCT, category, Layer.TEXT, 0, 4, 0.8, stance=stance)

    some = [
        finding("secrecy", Stance.REFUSAL),
        finding("meeting", Stance.REPORT),
        finding("gifts", Stance.OFFER),
    ]
    assert scores_of([*some, finding("profanity", Stance.OFFER)]) == {"gifts": 0.8}


def test_the_reasons_name_signs_and_facts() -> None:
    said = because(after(*(sent(day, 23.0, copied=day < 2, secrecy=0.5) for day in range(6))))
    assert "secrecy" in said and "left out" in said and "late at night" in said


def test_a_tutors_messages_of_one_night_are_counted_until_the_pupil_answers() -> None:
    night = datetime(2026, 3, 4, 22, tzinfo=UTC)

    def wrote(hours: float, sender: Role = Role.TUTOR, to_pupil: bool = True) -> Signals:
        at = night + timedelta(hours=hours)
        return Signals(at, sender, to_pupil, False, at.hour + at.minute / 60)

    state, seen = Trajectory(), []
    for one in (
        wrote(0), wrote(0.5), wrote(0.6, to_pupil=False), wrote(1),  # to a guardian: counts nothing, ends nothing
        wrote(1.5, Role.PUPIL, to_pupil=False), wrote(2), wrote(8),
        wrote(24), wrote(36), wrote(48),  # the next night, a day, another night
    ):  # fmt: skip
        state = further(state, one, opened=False)
        seen.append(state.pressed)
    assert seen == [1, 2, 2, 3, 0, 1, 2, 1, 0, 1]


def test_only_a_message_of_the_night_itself_has_pressed() -> None:
    at = datetime(2026, 3, 4, 23, tzinfo=UTC)
    state = replace(Trajectory(), at=at, pressed=2)
    later = at + timedelta(minutes=5)
    third = Signals(later, Role.TUTOR, True, False, 23.1)
    to_guardian = replace(third, to_pupil=False)
    (first, second) = (course(state, one) for one in (third, to_guardian))
    assert first is not None and first.pressed == 3
    assert second is not None and second.pressed == 0


def test_a_case_about_the_night_does_not_lower_what_was_told() -> None:
    at = datetime(2026, 3, 4, 23, tzinfo=UTC)
    state = replace(Trajectory(), at=at, told=1.4, pressed=2)
    assert further(state, Signals(at, Role.TUTOR, True, False, 23.0), opened=True).told == 1.4
