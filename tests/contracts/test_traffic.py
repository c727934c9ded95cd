"""What a tutor writes to each pupil, and at what hours, counted over a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.domain.course import Signals, Trajectory
from gateway.domain.pair import Pair
from gateway.domain.people import Person, Role
from gateway.domain.roster import pair_id
from gateway.domain.verdict import Lane, Severity
from gateway.ports import Traffic
from tests.fakes.office_desk import LEAD, MODERATOR, office_desk, people_the_desk, sign_in
from tests.fakes.sql import PAIR, Store, arrival, family_roster, held, passed

AT = datetime(2026, 7, 7, 12, tzinfo=UTC)  # summer: London is an hour ahead
OTHER = pair_id("demo", "tara", "ben")
SINCE = AT - timedelta(weeks=12)


def teach_two(store: Store) -> None:
    people_the_desk(store)
    ben = Person("ben", "demo", Role.PUPIL, "Ben", "Hale", mailboxes=("ben@family.test",))
    pair = Pair(OTHER, "demo", "tara", "ben", "Maths")
    ours = family_roster()
    store.bring_in(
        replace(ours, people=(*ours.people, ben), pairs=(*ours.pairs, pair), facts=None, passwords={})
    )


def write(
    store: Store, at: datetime, sender: str = "tara", to: str = "jamie", lane: Lane | None = None
) -> None:
    pair = PAIR if "jamie" in (sender, to) else OTHER
    one = arrival(at=at, sender=sender, recipients=(to,), pair=pair)
    judged = held(one, Severity.HIGH, lane) if lane else passed(one, out=())
    if to == "jamie" or sender == "jamie":
        signs = Signals(
            at, Role.TUTOR if sender == "tara" else Role.PUPIL, True, False, 12.0, {"secrecy": 0.6}
        )
        judged = replace(judged, signals=signs)
    store.ledger.keep(one, judged, store.directory.circle(pair)).result(timeout=20)


def test_messages_are_counted_by_pupil_and_hour_of_london(store: Store) -> None:
    teach_two(store)
    at = AT - timedelta(days=2)
    write(store, at)
    write(store, at.replace(hour=20, minute=29))  # 21:29 in London
    write(store, at.replace(hour=20, minute=30))  # 21:30: late
    write(store, at.replace(hour=5, minute=29))  # 06:29: still night
    write(store, at.replace(hour=5, minute=30))
    write(store, at.replace(hour=23), sender="jamie", to="tara")  # a pupil's hours are not the tutor's
    write(store, at.replace(hour=23), to="ruth")  # nor is what a guardian gets
    write(store, at, to="ben")
    write(store, SINCE - timedelta(minutes=1))
    found = store.docket.traffic("demo", "tara", SINCE, frozenset())
    assert found == [Traffic(PAIR, "jamie", 5, 1, 2), Traffic(OTHER, "ben", 2, 0, 0)]
    assert store.docket.traffic("other", "tara", SINCE, frozenset()) == []


def test_what_was_sealed_is_not_counted_for_who_may_not_see_it(store: Store) -> None:
    teach_two(store)
    write(store, AT - timedelta(days=1), lane=Lane.SEALED)
    every, some = (store.docket.traffic("demo", "tara", SINCE, lanes) for lanes in (frozenset(), {"sealed"}))
    assert [(one.pair_id, one.by_tutor) for one in every] == [(PAIR, 1), (OTHER, 0)]
    assert {one.by_tutor for one in some} == {0}


def test_a_pairs_course_is_its_own_with_what_is_usual_for_the_tutor(store: Store) -> None:
    teach_two(store)
    assert store.docket.course("demo", PAIR) == Trajectory()
    write(store, AT)
    course = store.docket.course("demo", PAIR)
    assert set(course.sums) == {"secrecy"} and course.volume == 1.0
    assert store.docket.course("other", PAIR) == Trajectory()


def test_the_page_of_a_pair_shows_its_course_and_the_others_by_initials(store: Store) -> None:
    teach_two(store)
    write(store, AT - timedelta(days=1))
    write(store, AT - timedelta(days=1), to="ben")
    desk = office_desk(store, lambda: AT)
    page, named = (sign_in(desk, who).get(f"/pairs/{PAIR}").text for who in (MODERATOR, LEAD))
    assert "Asks for secrecy" in page and "J.W. (this one)" in page and "B.H." in page
    assert "Ben Hale" not in page and "Ben Hale" in named
    assert f'href="/pairs/{OTHER}"' in page and page.count('role="img"') == 3


def test_a_pupil_one_knows_is_in_no_comparison(store: Store) -> None:
    teach_two(store)
    store.docket.keep_away("demo", "mo", "ben", "declared", AT)
    desk = office_desk(store, lambda: AT)
    page, all_of_it = (sign_in(desk, who).get(f"/pairs/{PAIR}").text for who in (MODERATOR, LEAD))
    assert "B.H." not in page and OTHER not in page and OTHER in all_of_it
