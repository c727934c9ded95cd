"""A guardian's new address counts once the old and the new one said yes, on a real PostgreSQL (DFT-18)."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from gateway.domain.address_change import Side
from gateway.domain.dispatch import Bounce
from gateway.domain.people import Role
from gateway.domain.roster import Roster
from gateway.errors import NotFound
from gateway.jobs.app import Context, address_due
from tests.fakes.callers import ADDRESSES, BASE, Pages, post, two_families
from tests.fakes.sql import PAIR, family_roster

OLD, NEW = ADDRESSES["ruth"], "ruth.new@family.test"


def moved(*mailboxes: str, who: str = "ruth", roster: Roster | None = None) -> Roster:
    """The families' roster with other mailboxes for somebody."""
    home = roster or two_families()
    people = (replace(one, mailboxes=mailboxes) if one.id == who else one for one in home.people)
    return replace(home, people=tuple(people))


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def links(pages: Pages) -> dict[str, str]:
    """The path of each address's link."""
    return {box: re.search(rf"{BASE}(/address/\S+)", body)[1] for box, body in pages.letters()}


def mailboxes(pages: Pages, who: str = "ruth") -> tuple[str, ...]:
    return pages.store.directory.circle_now(PAIR).people[who].mailboxes


def say(pages: Pages, path: str, answer: str = "yes"):
    client = pages.app.test_client()
    return client.get(path), post(client, path, answer=answer)


def due(pages: Pages) -> bool:
    """Run what is due by the clock of these pages; whether something moved."""
    (one,) = jobs(pages)
    return pages.store.addresses.take(one["organisation_id"], one["change_id"], pages.clock.now)


def jobs(pages: Pages) -> list[dict[str, str]]:
    asked = text("SELECT args FROM procrastinate_jobs WHERE task_name = 'address_due'")
    with pages.store.engine.connect() as connection:
        return list(connection.execute(asked).scalars())


def todo(pages: Pages) -> list[str]:
    asked = text("SELECT kind FROM task WHERE done_at IS NULL AND role = 'office' ORDER BY kind")
    with pages.store.engine.connect() as connection:
        return list(connection.execute(asked).scalars())


def test_mail_moves_only_after_both_addresses_said_yes_and_a_day(pages: Pages) -> None:
    applied = pages.store.bring_in(moved(NEW))
    assert applied.addresses_waiting == 1
    assert mailboxes(pages) == (OLD,)
    assert todo(pages) == ["guardian_address"]
    asked = links(pages)
    assert asked.keys() == {OLD, NEW}
    shown, answered = say(pages, asked[NEW])
    assert shown.status_code == answered.status_code == 200
    assert "The other address has still to say yes" in answered.text
    assert mailboxes(pages) == (OLD,) and jobs(pages) == []
    _, answered = say(pages, asked[OLD])
    assert "Everybody has said yes" in answered.text
    assert not due(pages)  # somebody may still object
    assert mailboxes(pages) == (OLD,)
    pages.clock.pass_by(hours=24)
    assert due(pages)
    assert mailboxes(pages) == (NEW,)
    assert todo(pages) == []
    told = pages.letters()
    assert sorted(box for box, _ in told) == sorted([OLD, NEW])
    assert all("has taken effect" in body for _, body in told)
    assert not due(pages)


def test_mail_from_the_new_address_is_the_guardians_only_once_it_counts(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    client = pages.app.test_client()
    pages.letters()
    post(client, "/me/sign-in", address=NEW)
    assert pages.letters() == []  # nobody has it
    post(client, "/me/sign-in", address=OLD)
    assert [box for box, _ in pages.letters()] == [OLD]


def test_one_no_ends_it_and_the_office_hears_of_it(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    asked = links(pages)
    say(pages, asked[NEW])
    _, answered = say(pages, asked[OLD], "no")
    assert "Nothing was changed" in answered.text
    assert todo(pages) == ["guardian_address_objected"]
    assert say(pages, asked[OLD])[1].status_code == 404
    assert mailboxes(pages) == (OLD,) and jobs(pages) == []


def test_the_old_address_may_object_within_the_day_after_everybody_agreed(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    asked = links(pages)
    for path in asked.values():
        say(pages, path)
    say(pages, asked[OLD], "no")
    pages.clock.pass_by(hours=25)
    assert not due(pages)
    assert mailboxes(pages) == (OLD,)


def test_an_old_address_that_fails_pauses_contact_until_the_new_one_counts(pages: Pages) -> None:
    message_id = pages.deliver()
    with pages.store.engine.connect() as connection:
        copy = connection.execute(
            text("SELECT id FROM dispatch WHERE message_id = :m AND recipient_id = 'ruth'"), {"m": message_id}
        ).scalar_one()
    pages.store.outbox.bounced(Bounce(copy, "5.1.1", True, pages.clock.now))
    assert pages.store.directory.circle_now(PAIR).failing == {"ruth"}
    pages.store.bring_in(moved(NEW))
    assert pages.store.directory.circle_now(PAIR).failing == {"ruth"}  # to name another is not enough
    (change,) = pages.store.addresses.waiting("demo")
    pages.store.addresses.vouch("demo", change.id, "mo", "Rang the number on file.", pages.clock.now)
    assert jobs(pages) == []  # the office cannot answer for the new one
    say(pages, links(pages)[NEW])
    pages.clock.pass_by(hours=24)
    assert due(pages)
    assert pages.store.directory.circle_now(PAIR).failing == frozenset()


def test_the_office_answers_for_a_dead_address_in_words_and_sees_no_address(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    lead = pages.at_the_desk("lea", Role.SAFEGUARDING_LEAD)
    shown = lead.get("/addresses").text
    assert "the new address and the old address" in shown and "family.test" not in shown
    (change,) = pages.store.addresses.waiting("demo")
    path = f"/addresses/{change.id}/vouch"
    assert post(lead, path, at="/addresses", note="ok").status_code == 422
    assert post(lead, path, at="/addresses", note="Rang the number on file.").status_code == 303
    (change,) = pages.store.addresses.waiting("demo")
    assert (change.missing, bool(change.vouched_by)) == ({Side.NEW}, True)
    shown = lead.get("/addresses").text
    assert "Rang the number on file." in shown and "Answer for the old address" not in shown
    say(pages, links(pages)[NEW])  # what the office wrote stays when somebody else answers
    assert pages.store.addresses.waiting("demo")[0].note == "Rang the number on file."
    assert post(lead, f"/addresses/{change.id}/refuse", at="/addresses").status_code == 303
    assert pages.store.addresses.waiting("demo") == [] and mailboxes(pages) == (OLD,)


def test_the_worker_lets_a_change_take_effect(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    pages.clock.pass_by(hours=-25)
    for path in links(pages).values():
        say(pages, path)
    ours = Context(None, None, None, None, addresses=pages.store.addresses)  # type: ignore[arg-type]
    job = SimpleNamespace(additional_context={"gateway": ours})
    (arguments,) = jobs(pages)
    address_due(job, **arguments)  # type: ignore[arg-type]
    assert mailboxes(pages) == (NEW,)


def test_an_import_that_asks_again_for_the_same_sends_nothing_twice(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    first = links(pages)
    pages.store.bring_in(moved(NEW))
    assert pages.letters() == []
    assert say(pages, first[NEW])[1].status_code == 200


def test_another_new_address_replaces_the_first_whose_links_end(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    first = links(pages)
    pages.store.bring_in(moved("ruth.other@family.test"))
    assert say(pages, first[NEW])[1].status_code == 404
    assert links(pages).keys() == {OLD, "ruth.other@family.test"}
    assert todo(pages) == ["guardian_address"]


def test_a_roster_with_the_old_address_again_drops_the_change(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    pages.store.bring_in(two_families())
    assert pages.store.addresses.waiting("demo") == []
    assert todo(pages) == []


def test_who_was_never_registered_and_who_is_no_guardian_move_at_once(store) -> None:
    home = family_roster()
    nobody = tuple(replace(one, registered=None) for one in home.guardianships)
    store.bring_in(replace(home, guardianships=nobody))
    applied = store.bring_in(moved(NEW, roster=replace(home, guardianships=nobody)))
    assert applied.addresses_waiting == 0
    assert store.directory.circle_now(PAIR).people["ruth"].mailboxes == (NEW,)
    assert (
        store.bring_in(moved("jamie.new@family.test", who="jamie", roster=moved(NEW))).addresses_waiting == 0
    )


def test_one_more_mailbox_is_asked_and_so_is_the_first_of_the_old_ones(pages: Pages) -> None:
    pages.store.bring_in(moved(OLD, NEW))
    asked = links(pages)
    assert asked.keys() == {OLD, NEW}
    for path in asked.values():
        say(pages, path)
    pages.clock.pass_by(hours=24)
    assert due(pages)
    assert mailboxes(pages) == (OLD, NEW)


def test_links_end_after_two_weeks(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    path = links(pages)[NEW]
    pages.clock.pass_by(days=14, minutes=5)  # an import has the time of day, which went on since the page's
    assert say(pages, path)[1].status_code == 404


def test_a_forged_link_is_like_one_that_never_was(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    path = links(pages)[NEW]
    for forged in (
        path[:-1] + ("a" if path[-1] != "a" else "b"),
        f"/address/{'0' * 32}-{'a' * 26}",
        "/address/x",
    ):
        assert say(pages, forged)[1].status_code == 404
    with pytest.raises(NotFound):
        pages.store.addresses.answer("", True, pages.clock.now)


def test_the_record_and_the_rows_name_no_address(pages: Pages) -> None:
    pages.store.bring_in(moved(NEW))
    say(pages, links(pages)[NEW])
    kinds = [one.entry.kind for one in pages.store.record.entries("demo")]
    assert kinds[-2:] == ["address.asked", "address.agreed"]
    assert pages.store.record.verify("demo")[1] is None
    with pages.store.engine.connect() as connection:
        for table in ("address_change", "record_entry", "task", "procrastinate_jobs"):
            for row in connection.exec_driver_sql(f"SELECT t::text FROM {table} t").scalars():
                assert "family.test" not in row and b"family.test".hex() not in row, table
