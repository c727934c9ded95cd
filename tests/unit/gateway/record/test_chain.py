from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.entry import Chained, Entry
from gateway.record.chain import GENESIS, Flaw, Head, head_of, link, verify

AT = datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=UTC)


def chain(length: int) -> list[Chained]:
    made: list[Chained] = []
    head = Head()
    for number in range(1, length + 1):
        entry = Entry(
            "demo", AT + timedelta(seconds=number), "message.passed", f"m{number}", "tara", {"n": number}
        )
        made.append(link(head, entry))
        head = head_of(made[-1])
    return made


def test_the_first_entry_follows_sixty_four_zeros():
    first = chain(1)[0]
    assert (first.sequence, first.previous) == (1, GENESIS)
    assert len(first.hash) == 64


def test_an_untouched_chain_holds():
    whole = chain(5)
    assert verify(whole, head_of(whole[-1])) is None
    assert verify([], Head()) is None


def test_a_part_holds_from_where_it_begins():
    whole = chain(5)
    assert verify(whole[2:], head_of(whole[-1]), start=head_of(whole[1])) is None


def test_an_hour_told_in_another_zone_is_the_same_hour():
    entry = Entry("demo", AT, "copy.sent", "m1", "gateway", {})
    elsewhere = replace(entry, at=AT.astimezone(timezone(timedelta(hours=2))))
    assert link(Head(), entry).hash == link(Head(), elsewhere).hash


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="zone"):
        link(Head(), Entry("demo", datetime(2026, 3, 2), "copy.sent", "m1", "gateway", {}))


@given(st.integers(0, 6), st.data())
def test_any_changed_field_is_found_where_it_stands(at, data):
    whole = chain(7)
    change = data.draw(
        st.sampled_from(
            [
                {"kind": "message.held"},
                {"subject": "m9"},
                {"actor": "ruth"},
                {"detail": {"n": 99}},
                {"detail": {}},
                {"at": AT},
                {"organisation_id": "other"},
            ]
        )
    )
    whole[at] = replace(whole[at], entry=replace(whole[at].entry, **change))
    assert verify(whole) == Flaw(at + 1, "changed")


@given(st.integers(0, 5))
def test_a_change_with_its_own_hash_made_right_is_found_at_the_next_entry(at):
    whole = chain(7)
    head = head_of(whole[-1])
    before = head_of(whole[at - 1]) if at else Head()
    whole[at] = link(before, replace(whole[at].entry, actor="nobody"))
    assert verify(whole, head) == Flaw(at + 2, "changed")


def test_a_last_entry_made_anew_is_found_against_the_head():
    whole = chain(3)
    head = head_of(whole[-1])
    whole[-1] = link(head_of(whole[-2]), replace(whole[-1].entry, actor="nobody"))
    assert verify(whole, head) == Flaw(3, "changed")


@given(st.integers(0, 5))
def test_a_removed_entry_is_found(at):
    whole = chain(7)
    del whole[at]
    assert verify(whole) == Flaw(at + 1, "removed")


def test_a_cut_off_end_is_found_against_the_head():
    whole = chain(7)
    assert verify(whole[:4], head_of(whole[-1])) == Flaw(5, "truncated")


@given(st.integers(0, 5))
def test_two_entries_that_changed_places_are_found(at):
    whole = chain(7)
    whole[at], whole[at + 1] = whole[at + 1], whole[at]
    assert verify(whole) == Flaw(at + 1, "removed")
    renumbered = [replace(one, sequence=number) for number, one in enumerate(whole, 1)]
    assert verify(renumbered) == Flaw(at + 1, "changed")


def test_a_doubled_entry_is_found():
    whole = chain(3)
    assert verify([*whole[:2], *whole[1:]]) == Flaw(3, "reordered")


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(max_size=20),
            st.floats(allow_nan=False),
        ),
        max_size=5,
    )
)
def test_details_survive_json_and_keep_their_hash(detail):
    import json

    entry = Entry("demo", AT, "copy.sent", "m1", "gateway", detail)
    again = replace(entry, detail=json.loads(json.dumps(detail)))
    assert link(Head(), entry).hash == link(Head(), again).hash
