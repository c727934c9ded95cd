"""Who is on call, and where nobody is: over midnight, changes of the clocks and exceptions."""

from datetime import UTC, date, datetime, time, timedelta

from gateway.domain.rota import LONDON, Shift, StandIn, gaps, on_call

ALL_DAY = [Shift(str(day), day, time(0), time(0), "lea") for day in range(7)]
NIGHTS = [Shift(f"n{day}", day, time(20), time(8), "mo") for day in range(7)]
DAYS = [Shift(f"d{day}", day, time(8), time(20), "lea") for day in range(7)]


def london(*parts):
    return datetime(*parts, tzinfo=LONDON)


def test_a_shift_over_midnight_belongs_to_the_day_it_began():
    assert on_call(NIGHTS[:1], [], london(2026, 3, 3, 7, 59)) == ["mo"]  # Monday's night ends on Tuesday
    assert on_call(NIGHTS[:1], [], london(2026, 3, 3, 8, 0)) == []
    assert on_call(NIGHTS[:1], [], london(2026, 3, 2, 20, 0)) == ["mo"]


def test_positions_are_called_in_order_and_nobody_twice():
    second = [Shift("s", day, time(0), time(0), "mo", 2) for day in range(7)]
    again = [Shift("t", day, time(0), time(0), "lea", 3) for day in range(7)]
    assert on_call([*again, *second, *ALL_DAY], [], london(2026, 3, 3, 12, 0)) == ["lea", "mo"]


def test_somebody_stands_in_and_the_later_entry_wins():
    start, end = london(2026, 3, 3, 9, 0), london(2026, 3, 3, 17, 0)
    stands_in = [StandIn("1", start, end, "mo"), StandIn("2", start, end, "ines")]
    assert on_call(ALL_DAY, stands_in, london(2026, 3, 3, 12, 0)) == ["ines"]
    assert on_call(ALL_DAY, stands_in, london(2026, 3, 3, 17, 0)) == ["lea"]


def test_a_full_week_has_no_gap_over_either_change_of_the_clocks():
    for since in (london(2026, 3, 1, 0, 0), london(2026, 10, 1, 0, 0)):
        assert gaps(ALL_DAY, [], since, 8) == []
        assert gaps([*NIGHTS, *DAYS], [], since, 8) == []


def test_shifts_that_change_in_the_lost_or_doubled_hour_leave_no_gap():
    early = [Shift(f"a{day}", day, time(1, 30), time(13), "lea") for day in range(7)]
    late = [Shift(f"b{day}", day, time(13), time(1, 30), "mo") for day in range(7)]
    for since in (london(2026, 3, 27, 0, 0), london(2026, 10, 23, 0, 0)):
        assert gaps([*early, *late], [], since, 1) == []


def test_a_missing_night_is_found_and_the_night_of_the_change_is_named():
    without_saturday = [one for one in NIGHTS if one.weekday != 5]
    found = gaps([*without_saturday, *DAYS], [], london(2026, 3, 23, 0, 0), 1)
    assert [(one.starts_at, one.ends_at, one.why) for one in found] == [
        (london(2026, 3, 28, 20, 0), london(2026, 3, 29, 8, 0), "the clocks change")
    ]
    assert found[0].ends_at - found[0].starts_at == timedelta(hours=11)


def test_a_gap_on_a_bank_holiday_says_so():
    away = [StandIn("1", london(2026, 4, 3, 0, 0), london(2026, 4, 4, 0, 0), "")]
    found = gaps(ALL_DAY, away, london(2026, 4, 1, 0, 0), 1, frozenset({date(2026, 4, 3)}))
    assert [one.why for one in found] == ["bank holiday"]


def test_without_any_shift_everything_is_one_gap():
    since = datetime(2026, 3, 1, tzinfo=UTC)
    (one,) = gaps([], [], since, 8)
    assert (one.starts_at, one.ends_at) == (since, since + timedelta(weeks=8))
