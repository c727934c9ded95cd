"""One working day, by nation, over weekends, bank holidays and changes of the clocks."""

from datetime import UTC, date, datetime

import pytest

from gateway.hold.working_days import LONDON, first_day_kept, last_day_kept, working_days_after


def london(*parts):
    return datetime(*parts, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("nation", "noted", "due"),
    [
        ("england", london(2026, 3, 3, 15, 0), london(2026, 3, 4, 15, 0)),
        ("england", london(2026, 3, 6, 15, 0), london(2026, 3, 9, 15, 0)),
        ("england", london(2026, 3, 7, 11, 0), london(2026, 3, 10, 0, 0)),  # a Saturday: by the end of Monday
        ("england", london(2026, 4, 2, 16, 0), london(2026, 4, 7, 16, 0)),  # Good Friday, Easter Monday
        ("scotland", london(2026, 4, 2, 16, 0), london(2026, 4, 6, 16, 0)),  # Easter Monday is worked
        ("england", london(2026, 3, 27, 9, 30), london(2026, 3, 30, 9, 30)),  # the clocks go forward
        ("northern_ireland", london(2026, 3, 16, 9, 0), london(2026, 3, 18, 9, 0)),  # St Patrick's Day
        ("england", london(2026, 3, 16, 9, 0), london(2026, 3, 17, 9, 0)),
    ],
)
def test_one_working_day_later(nation, noted, due):
    assert working_days_after(noted, 1, nation) == due
    assert working_days_after(noted.astimezone(UTC), 1, nation) == due


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        working_days_after(datetime(2026, 3, 3, 15, 0), 1, "england")


@pytest.mark.parametrize(
    ("today", "days", "first"),
    [
        ("2026-03-03", 5, "2026-02-24"),  # a Tuesday: what came on Monday a week ago is over
        ("2026-03-02", 5, "2026-02-23"),
        ("2026-03-01", 5, "2026-02-23"),  # a Sunday
        ("2026-04-07", 1, "2026-04-02"),  # after Easter: Thursday's is still there on Tuesday
    ],
)
def test_what_is_kept_for_working_days_is_over_after_the_last_of_them(
    today: str, days: int, first: str
) -> None:
    found = first_day_kept(date.fromisoformat(today), days, "england")
    assert found == date.fromisoformat(first)
    assert last_day_kept(found, days, "england") >= date.fromisoformat(today)
