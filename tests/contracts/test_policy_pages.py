"""The pages of the policy over a real PostgreSQL: what is in force, and how a change gets there."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from gateway import packs
from gateway.domain.release import LIVE, RETIRED, SHADOW, WAITING
from gateway.settings import config_folder
from gateway.store.policy_schema import shadow_verdict
from gateway.wiring import policies as module
from gateway.wiring.policies import release_of, shelf_of
from tests.fakes.office_desk import AT, LEAD, MODERATOR, STRANGER, post, sign_in
from tests.fakes.policy_house import ADA, LOOSER, SHIPPED, House
from tests.fakes.sql import Store, family_roster

CHANGES = "/policy/changes"


@pytest.fixture
def house(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setattr(module, "LOOK_S", 0.0)
    return House(store, tmp_path)


@pytest.fixture
def lead(house: House) -> FlaskClient:
    return sign_in(house.desk, LEAD)


def plain(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def test_every_setting_stands_there_with_its_stance_and_the_words_of_its_clause(house, lead) -> None:
    page = plain(lead.get("/policy").text)
    policy = packs.load(config_folder(), "default")
    for name in policy.settings:
        assert name.replace("_", " ") in page
    assert "gifts the default record MTW-48" in page
    assert policy.clauses["MTW-48"].summary in page
    assert policy.version in page
    overdue = next(one for one in policy.documents if one.next_review)
    assert f"{overdue.next_review}, overdue" in page


def test_a_school_s_rules_show_what_they_change_and_until_when(lead) -> None:
    page = plain(lead.get("/policy").text)
    (overlay,) = packs.load(config_folder(), "default").overlays.values()
    assert overlay.school in page and str(overlay.until) in page
    assert "without the school:" in page and "set by the school" in page


def test_a_looser_change_is_published_by_one_and_approved_by_another(house, lead) -> None:
    assert "Nothing waits" in lead.get(CHANGES).text
    house.write(LOOSER)
    page = plain(lead.get(CHANGES).text)
    assert "setting: gifts record off looser" in page and "Publish under my name" in page
    version = house.waiting()
    path = f"/policy/versions/{version}"
    assert post(lead, f"{path}/approve", CHANGES).status_code == 403, "nobody has put their name to it"
    assert post(lead, f"{path}/publish", CHANGES, note="agreed in March").status_code == 303
    assert house.states()[version] == WAITING
    page = plain(lead.get(CHANGES).text)
    assert "somebody else has to approve it" in page and "agreed in March" in page
    refused = post(lead, f"{path}/approve", CHANGES)
    assert refused.status_code == 403 and "second person" in refused.text
    assert post(lead, f"{path}/publish", CHANGES).status_code == 409, "it has a name already"
    assert house.states()[version] == WAITING
    ada = sign_in(house.desk, ADA)
    assert post(ada, f"{path}/approve", CHANGES).status_code == 303
    assert house.states()[version] == LIVE
    assert list(house.states().values()).count(LIVE) == 1
    assert "Nothing waits" in ada.get(CHANGES).text
    assert house.policies.of(family_roster().organisation).settings["gifts"] == "off"
    said = [(one.entry.kind, one.entry.actor) for one in house.store.record.entries("demo")]
    assert ("policy.waiting", "lea") in said and ("policy.live", "ada") in said


def test_what_came_into_force_meanwhile_is_not_pushed_back_by_an_old_page(house, lead) -> None:
    house.write(LOOSER)
    lead.get(CHANGES)
    version = house.waiting()
    post(lead, f"/policy/versions/{version}/publish", CHANGES)
    post(sign_in(house.desk, ADA), f"/policy/versions/{version}/approve", CHANGES)
    for act in ("publish", "approve"):
        assert post(lead, f"/policy/versions/{version}/{act}", CHANGES).status_code == 404
    assert house.states()[version] == LIVE


def test_a_change_that_loosens_nothing_any_more_is_live_once_it_has_a_name(house, lead) -> None:
    house.write(LOOSER)
    lead.get(CHANGES)
    version = house.waiting()
    live = next(name for name, state in house.states().items() if state == LIVE)
    draft = packs.load(shelf_of(house.file.parent.parent, config_folder()), "default")
    room = house.store.casework.policies
    object.__setattr__(room, "_policy_of", lambda _: draft)  # as if the same were in force already
    assert post(lead, f"/policy/versions/{version}/publish", CHANGES).status_code == 303
    assert (house.states()[version], house.states()[live]) == (LIVE, RETIRED)


def test_where_the_policy_names_who_approves_a_stricter_change_waits_for_them_alone(house, lead) -> None:
    named = SHIPPED.replace("{value: {cadence: annual}", "{value: {cadence: annual, approver: office}")
    house.write(named)
    lead.get(CHANGES)
    house.write(named.replace("gifts: {value: record", "gifts: {value: hold"))
    ada = sign_in(house.desk, ADA)
    ada.get(CHANGES)
    version = house.waiting()
    assert post(ada, f"/policy/versions/{version}/publish", CHANGES).status_code == 303
    assert house.states()[version] == WAITING, "it loosens nothing, and waits all the same"
    assert "wants the word of: The office" in plain(lead.get(CHANGES).text)
    refused = post(lead, f"/policy/versions/{version}/approve", CHANGES)
    assert refused.status_code == 403 and "The office" in refused.text
    assert house.states()[version] == WAITING


def test_deciding_on_the_policy_asks_again_who_one_is(house, lead) -> None:
    house.write(LOOSER)
    lead.get(CHANGES)
    version = house.waiting()
    house.now += timedelta(minutes=20)
    for act in ("publish", "approve"):
        answer = post(lead, f"/policy/versions/{version}/{act}", CHANGES)
        assert answer.status_code == 303 and answer.location.startswith("/confirm?")
    assert next(one for one in house.releases.history("demo") if one.version == version).author == "file"


def test_a_shadow_is_told_by_what_it_changes_and_what_it_would_have_judged(house, lead) -> None:
    lead.get("/policy")
    house.write(LOOSER)
    draft = packs.load(shelf_of(house.file.parent.parent, config_folder()), "default")
    house.file.unlink()
    house.releases.enter("demo", release_of(draft, SHADOW, author="lea"), AT)
    rows = [
        {"message_id": f"m{number}", "version": draft.version, "organisation_id": "demo", "at": AT}
        | {"was": "hold", "would_be": "pass", "rule": "gift_declaration", "clause": "MTW-48"}
        for number in range(3)
    ]
    with house.store.engine.begin() as connection:
        connection.execute(shadow_verdict.insert(), rows)
    page = plain(lead.get(CHANGES).text)
    assert "held passed on gift declaration MTW-48 3" in page
    assert "setting: gifts record off looser" in page and "The newest 3 messages" in page


def test_coverage_leads_from_each_clause_to_what_enforces_it(house, lead) -> None:
    page = plain(lead.get("/policy/coverage").text)
    policy = packs.load(config_folder(), "default")
    for clause in policy.clauses.values():
        if clause.source in policy.adopts:
            assert clause.id in page and clause.summary in page
    assert re.search(r"\d+ of \d+ clauses in reach are enforced", page)
    assert "rule: guardian copied" in page


def test_who_is_no_lead_reads_the_policy_and_changes_nothing(house, lead) -> None:
    moderator, stranger = sign_in(house.desk, MODERATOR), sign_in(house.desk, STRANGER)
    house.write(LOOSER)
    lead.get(CHANGES)
    version = house.waiting()
    assert moderator.get("/policy").status_code == 200
    for path in (CHANGES, "/policy/coverage"):
        assert moderator.get(path).status_code == 403
    for act in ("publish", "approve"):
        assert post(moderator, f"/policy/versions/{version}/{act}").status_code == 403
        assert post(stranger, f"/policy/versions/{version}/{act}").status_code == 404
    assert "Publish under my name" not in stranger.get(CHANGES).text
    assert house.states()[version] == WAITING
