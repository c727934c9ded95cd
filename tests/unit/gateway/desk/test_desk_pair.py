from __future__ import annotations

import pytest

from tests.fakes.desk import CIRCLE, World

from .conftest import Enter, token_in
from .test_desk_work import post


def test_the_chronology_tells_everything_in_order_by_initials(here: World, enter: Enter) -> None:
    page = enter().get("/pairs/p1").text
    assert "T.O. – J.W." in page and "Okafor" not in page and "Whitfield" not in page
    for said in (
        "Held: a private number",
        "Inês Prado released it",
        "The copy for R.W. was not delivered",
        "ZWSP",
    ):
        assert said in page
    assert page.index("Held: a private number") < page.index("not delivered")
    assert 'class="tutor"' in page and "16 Feb" in page
    assert here.docket.views == [("p1", "mo")]


def test_the_lead_sees_names_and_sealed_cases_and_a_moderator_neither(enter: Enter) -> None:
    lead, moderator = enter("lea@relay.test").get("/pairs/p1").text, enter().get("/pairs/p1").text
    assert "Tara Okafor with Jamie Whitfield" in lead and "telling of harm" in lead
    assert "telling of harm" not in moderator and "case01" not in moderator


@pytest.mark.parametrize("path", ["/pairs/a%2Fb", "/pairs/" + "x" * 65])
def test_a_pair_that_cannot_be_is_not_found(enter: Enter, path: str) -> None:
    assert enter().get(path).status_code == 404


def test_a_pair_of_another_organisation_is_not_found(
    here: World, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = enter("mo@relay.test")
    here.sessions.live.update({token: here.directory.person("other", "otto") for token in here.sessions.live})
    assert client.get("/pairs/p1").status_code == 404


def test_a_place_in_the_chronology_that_is_none_is_not_found(enter: Enter) -> None:
    assert enter().get("/pairs/p1?before=yesterday").status_code == 404
    assert enter().get("/pairs/p1?before=1772533860000000").status_code == 200


def test_a_note_about_a_pair_is_kept(here: World, enter: Enter) -> None:
    client = enter()
    assert post(client, "/pairs/p1/notes", note="They moved to Thursdays").location == "/pairs/p1"
    assert "They moved to Thursdays" in client.get("/pairs/p1").text


@pytest.mark.parametrize(("who", "other"), [("tutor", CIRCLE.tutor.id), ("pupil", CIRCLE.pupil.id)])
def test_who_knows_these_people_is_not_shown_them_again(
    here: World, enter: Enter, who: str, other: str
) -> None:
    client = enter()
    token = token_in(client.get("/pairs/p1").text)
    assert client.post("/pairs/p1/step-back", data={"form_token": token, "who": who}).location == "/"
    assert here.docket.apart == {"mo": {other}}
    assert client.get("/pairs/p1").status_code == client.get("/cases/case03").status_code == 404
    assert post(client, "/pairs/p1/step-back", who="guardian").status_code == 404
