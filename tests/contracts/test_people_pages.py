"""The pages of people over a real PostgreSQL: who sees whose name, and that uncovering leaves a trace."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from gateway.domain.people import Guardianship, Person, Role
from gateway.domain.register import Fact, FactKind
from gateway.store.failing import mark_failing
from tests.fakes.office_desk import (
    AT,
    LEAD,
    MODERATOR,
    STRANGER,
    held_case,
    office_desk,
    people_the_desk,
    post,
    sign_in,
)
from tests.fakes.sql import PAIR, Store, family_roster

NAMES = ("Tara Okafor", "Jamie Whitfield", "Ruth Whitfield")
MAILBOX = "ruth@family.test"


@pytest.fixture
def house(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("gateway.store.directory.POLL_S", 0.0)
    people_the_desk(store)
    return store


@pytest.fixture
def lead(house: Store) -> FlaskClient:
    return sign_in(office_desk(house), LEAD)


@pytest.fixture
def moderator(house: Store) -> FlaskClient:
    return sign_in(office_desk(house), MODERATOR)


def plain(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """Ids of the people that the list shows."""
    return re.findall(r'href="/people/([\w-]+)"', client.get(f"/people{query}").text)


def test_the_list_is_by_role_and_searched_by_name_id_and_whole_address(lead) -> None:
    assert listed(lead) == ["jamie", "lea", "mo", "ruth", "tara"]
    assert listed(lead, "?group=guardians") == ["ruth"]
    assert listed(lead, "?group=desk") == ["lea", "mo"]
    assert listed(lead, "?q=whit") == ["jamie", "ruth"]
    assert listed(lead, "?q=whit&group=pupils") == ["jamie"]
    assert listed(lead, "?q=jay") == ["jamie"], "by what he is called"
    assert listed(lead, f"?q={MAILBOX.upper()}") == ["ruth"]
    assert listed(lead, "?q=tara.okafor@relay.test") == ["tara"]
    assert listed(lead, "?q=ruth@") == [], "an address is found whole or not at all"
    assert listed(lead, "?q=nobody") == []
    assert lead.get("/people?group=strangers").status_code == 404


def test_an_alias_leads_to_whom_it_stands_for(house, lead) -> None:
    alias = house.directory.circle(PAIR).aliases["jamie"]
    assert listed(lead, f"?q={alias}") == ["jamie"]


def test_the_list_goes_on_behind_a_page(house, lead) -> None:
    roster = family_roster()
    many = tuple(
        Person(f"t{n:03}", "demo", Role.TUTOR, "Tess", f"Vale{n}", address=f"t{n}@relay.test")
        for n in range(120)
    )
    house.bring_in(replace(roster, people=(*roster.people, *many), passwords={}))
    first = listed(lead, "?group=tutors&q=vale")
    after = re.search(r"after=(\w+)", lead.get("/people?group=tutors&q=vale").text)
    assert len(first) == 50 and after and after[1] == first[-1]
    second = listed(lead, f"?group=tutors&q=vale&after={after[1]}")
    assert len(second) == 50 and not set(first) & set(second)


def test_a_moderator_works_with_initials_everywhere(lead, moderator) -> None:
    for path in ("/people", "/people/tara", "/people/jamie", "/people/ruth"):
        page = plain(moderator.get(path).text)
        assert not [name for name in NAMES if name in page], path
        assert "tara.okafor" not in page, "an issued address tells the name"
    assert "J.W." in plain(moderator.get("/people/tara").text)
    assert listed(moderator, "?q=whitfield") == [], "nor does a search tell"
    assert listed(moderator, "?q=j.w") == ["jamie"]
    assert listed(moderator, f"?q={MAILBOX}") == []
    assert "Jamie Whitfield" in plain(lead.get("/people/tara").text)


def test_a_person_s_page_shows_whom_they_belong_with(house, lead) -> None:
    fact = Fact(FactKind.VETTED, "tara", "", "enhanced with barred list", date(2025, 9, 1))
    roster = family_roster()
    barred = Person("rob", "demo", Role.GUARDIAN, "Rob", "Whitfield", mailboxes=("rob@family.test",))
    ties = (*roster.guardianships, Guardianship("rob", "jamie", barred=True))
    everybody = (*roster.people, barred)
    house.bring_in(replace(roster, people=everybody, guardianships=ties, facts=(fact,), passwords={}))
    tutor, pupil = plain(lead.get("/people/tara").text), plain(lead.get("/people/jamie").text)
    assert "Tara Okafor with Jamie Whitfield Maths private, open" in tutor
    assert "Vetted enhanced with barred list 2025-09-01" in tutor and "Strikes 0" in tutor
    assert "Ruth Whitfield copied into every contact 2026-01-05" in pupil
    assert "Rob Whitfield barred: must learn nothing" in pupil and "13 years old" in pupil
    assert "Jamie Whitfield copied into every contact" in plain(lead.get("/people/ruth").text)


def test_the_register_and_strikes_are_the_lead_s(house, lead, moderator) -> None:
    house.strikes.give(
        house.directory.person("demo", "lea"), "tara", "guidance", "DFT-01", "late replies", AT, None
    )
    assert "Guidance DFT-01" in plain(lead.get("/people/tara").text)
    page = moderator.get("/people/tara").text
    assert "Strikes" not in page and "On file" not in page and "DFT-01" not in page


def test_mailboxes_are_covered_until_a_look_that_is_recorded(house, lead, moderator) -> None:
    page = lead.get("/people/ruth").text
    assert MAILBOX not in page and "r•••@f•••.test" in page
    before = [one for one in house.record.entries("demo") if one.entry.kind == "mailbox.viewed"]
    shown = post(lead, "/people/ruth/mailboxes", "/people/ruth")
    assert shown.status_code == 200 and MAILBOX in shown.text
    assert MAILBOX not in lead.get("/people/ruth").text, "it was shown once"
    looks = [one.entry for one in house.record.entries("demo") if one.entry.kind == "mailbox.viewed"]
    assert before == [] and [(one.subject, one.actor) for one in looks] == [("ruth", "lea")]
    assert MAILBOX not in str(looks)
    assert "mailbox.viewed" in lead.get("/record?kind=mailbox.viewed&subject=ruth").text
    refused = post(moderator, "/people/ruth/mailboxes", "/people/ruth")
    assert refused.status_code == 403 and MAILBOX not in refused.text
    looked = [one for one in house.record.entries("demo") if one.entry.kind == "mailbox.viewed"]
    assert len(looked) == 1


def test_uncovering_asks_again_who_one_is(house) -> None:
    now = [AT]
    lead = sign_in(office_desk(house, lambda: now[0]), LEAD)
    now[0] += timedelta(minutes=20)
    answer = post(lead, "/people/ruth/mailboxes", "/people/ruth")
    assert answer.status_code == 303 and answer.location.startswith("/confirm?next=/people/ruth")
    assert not [one for one in house.record.entries("demo") if one.entry.kind == "mailbox.viewed"]


def test_an_address_that_fails_is_told_with_its_case(house, lead, moderator) -> None:
    case = held_case(house)
    with house.engine.begin() as connection:
        mark_failing(connection, house.vault, "demo", "ruth", MAILBOX, case.id, AT)
    for client in (lead, moderator):
        page = client.get("/people/ruth").text
        assert "gives back what is sent to it" in page and f"/cases/{case.id}" in page
        assert MAILBOX not in page


def test_a_revoked_alias_works_no_more_and_another_takes_its_place(house, lead, moderator) -> None:
    old = house.directory.circle(PAIR).aliases["jamie"]
    assert old in lead.get("/people/jamie").text
    assert post(moderator, "/people/jamie/aliases/revoke", "/people", alias=old).status_code == 403
    assert post(lead, "/people/tara/aliases/revoke", "/people", alias=old).status_code == 404, "not hers"
    assert post(lead, "/people/jamie/aliases/revoke", "/people/jamie", alias=old).status_code == 303
    new = house.directory.circle(PAIR).aliases["jamie"]
    assert new != old and new.endswith("@relay.test")
    assert house.directory.alias(old) is None
    assert house.directory.alias(new).person_id == "jamie"
    page = lead.get("/people/jamie").text
    assert new in page and old not in page
    assert post(lead, "/people/jamie/aliases/revoke", "/people/jamie", alias=old).status_code == 404
    (said,) = [one.entry for one in house.record.entries("demo") if one.entry.kind == "alias.revoked"]
    assert (said.subject, said.actor, dict(said.detail)) == ("jamie", "lea", {"pair": PAIR})


def test_an_alias_of_a_closed_pair_has_no_successor(house, lead) -> None:
    roster = family_roster()
    old = house.directory.circle(PAIR).aliases["jamie"]
    house.bring_in(replace(roster, pairs=tuple(replace(one, open=False) for one in roster.pairs)))
    assert post(lead, "/people/jamie/aliases/revoke", "/people/jamie", alias=old).status_code == 303
    assert "jamie" not in house.directory.circle(PAIR).aliases


def test_whom_one_knows_one_does_not_find(house, moderator) -> None:
    house.docket.keep_away("demo", "mo", "jamie", "declared", AT)
    assert listed(moderator) == ["lea", "mo", "ruth", "tara"]
    assert moderator.get("/people/jamie").status_code == 404
    assert "J.W." not in plain(moderator.get("/people/tara").text)
    assert "J.W." not in plain(moderator.get("/people/ruth").text)


def test_nobody_of_another_organisation_is_found(house) -> None:
    stranger = sign_in(office_desk(house), STRANGER)
    assert listed(stranger) == ["ben", "nia", "otto"]
    assert listed(stranger, f"?q={MAILBOX}") == []
    old = house.directory.circle(PAIR).aliases["jamie"]
    assert stranger.get("/people/jamie").status_code == 404
    for path in ("/people/jamie/mailboxes", "/people/jamie/aliases/revoke"):
        assert post(stranger, path, "/people", alias=old).status_code == 404
    assert house.directory.circle(PAIR).aliases["jamie"] == old


def test_hostile_names_are_shown_as_text(house, lead) -> None:
    roster = family_roster()
    odd = Person("odd", "demo", Role.TUTOR, "<script>x</script>", "\u202eEvil", address="odd@relay.test")
    house.bring_in(replace(roster, people=(*roster.people, odd), passwords={}))
    for path in ("/people", "/people/odd"):
        page = lead.get(path).text
        assert "<script>x" not in page and "\u202e" not in page, path
