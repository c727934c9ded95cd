"""Signing in by letter, on a real PostgreSQL: single use, short-lived, silent about who is known."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from gateway.domain.people import Role
from tests.fakes.callers import ADDRESSES, Pages, keys_in, post, token_on, two_families


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def asked(pages: Pages, address: str = ADDRESSES["ruth"]):
    client = pages.app.test_client()
    answer = post(client, "/me/sign-in", address=address)
    return client, answer, pages.letters()


def test_a_link_and_its_code_sign_a_guardian_in_once(pages: Pages) -> None:
    client, _, ((mailbox, letter),) = asked(pages)
    assert mailbox == "ruth@family.test"
    path, code = keys_in(letter)
    assert client.get(path).status_code == 200
    first = post(client, path, code=code)
    assert (first.status_code, first.location) == (303, "/me/kept")
    (cookie,) = [one for one in first.headers.get_all("Set-Cookie") if one.startswith("family=")]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert client.get("/family").status_code == 200
    again = pages.app.test_client()
    assert post(again, path, code=code).status_code == 403
    assert again.get("/family").status_code == 303


def test_behind_tls_the_cookie_is_bound_to_this_host(pages: Pages) -> None:
    client = pages.app.test_client()
    form = {"address": "tara.okafor@relay.test", "password": "app-password"}
    shown = client.get("/me/sign-in", base_url="https://relay.test").text
    form["form_token"] = re.search(r'name="form_token" value="([^"]+)"', shown)[1]
    answer = client.post("/me/password", data=form, base_url="https://relay.test")
    assert any(
        one.startswith("__Host-family=") and "Secure" in one for one in answer.headers.getlist("Set-Cookie")
    )


def test_opening_the_link_uses_nothing_up_and_tells_nothing(pages: Pages) -> None:
    client, _, ((_, letter),) = asked(pages)
    path, code = keys_in(letter)
    for _ in range(20):  # a mail scanner
        assert client.get(path).status_code == 200
    assert client.get("/me/enter/nonsense").text.count("<form") == client.get(path).text.count("<form")
    assert post(client, path, code=code).status_code == 303


def test_a_wrong_code_is_counted_and_five_of_them_end_the_link(pages: Pages) -> None:
    client, _, ((_, letter),) = asked(pages)
    path, code = keys_in(letter)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert post(client, path, code=wrong).status_code == 403
    assert post(client, path, code=code).status_code == 403


def test_a_link_is_good_for_a_quarter_of_an_hour(pages: Pages) -> None:
    client, _, ((_, letter),) = asked(pages)
    path, code = keys_in(letter)
    pages.clock.pass_by(minutes=15, seconds=1)
    assert post(client, path, code=code).status_code == 403


def test_the_answer_is_the_same_for_an_address_that_nobody_has(pages: Pages) -> None:
    _, known, letters = asked(pages)
    _, unknown, none = asked(pages, "nobody@family.test")
    assert len(letters) == 1 and none == []
    assert (known.status_code, known.location, known.data) == (
        unknown.status_code,
        unknown.location,
        unknown.data,
    )


def test_both_do_the_same_work_in_the_database(pages: Pages) -> None:
    for address in (ADDRESSES["ruth"], "nobody@family.test"):
        pages.store.entrances.ask(address, pages.clock.now)
    with pages.store.engine.connect() as connection:
        waiting = connection.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'letter'")
        )
        assert waiting.scalar_one() == 2
        assert connection.execute(text("SELECT count(*) FROM entrance")).scalar_one() == 0


@pytest.mark.parametrize("who", ["dan@family.test", "mo@org.test"])
def test_neither_a_barred_guardian_nor_the_desk_gets_a_letter(pages: Pages, who: str) -> None:
    assert asked(pages, who)[2] == []


def test_no_mailbox_is_flooded(pages: Pages) -> None:
    sent = [letter for _ in range(10) for letter in asked(pages)[2]]
    assert len(sent) == 6
    pages.clock.pass_by(hours=1, seconds=1)
    assert len(asked(pages)[2]) == 1


def test_what_is_kept_of_a_link_opens_nothing(pages: Pages) -> None:
    _, _, ((_, letter),) = asked(pages)
    path, code = keys_in(letter)
    with pages.store.engine.connect() as connection:
        kept = repr(connection.execute(text("SELECT * FROM entrance")).all())
    assert path.rpartition("/")[2] not in kept and code.encode() not in kept.encode()


def test_a_session_ends_by_rest_by_age_and_by_hand(pages: Pages) -> None:
    client = pages.signed_in("ruth")
    pages.clock.pass_by(minutes=29)
    assert client.get("/family").status_code == 200
    pages.clock.pass_by(minutes=31)
    assert client.get("/family").status_code == 303
    client, other = pages.signed_in("ruth"), pages.signed_in("ruth")
    post(client, "/me/sign-out", at="/family", everywhere="1")
    assert client.get("/family").status_code == other.get("/family").status_code == 303
    client = pages.signed_in("ruth")
    for _ in range(25):
        pages.clock.pass_by(minutes=25)
        client.get("/family")
    assert client.get("/family").status_code == 303


def test_somebody_barred_or_gone_is_signed_out_at_once(pages: Pages) -> None:
    client = pages.signed_in("ruth")
    with pages.store.engine.begin() as connection:
        connection.execute(text("UPDATE guardianship SET barred = true WHERE guardian_id = 'ruth'"))
    assert client.get("/family").status_code == 303


def test_a_tutor_signs_in_with_the_app_password_and_lands_in_the_outbox(pages: Pages) -> None:
    client = pages.app.test_client()
    wrong = post(client, "/me/password", at="/me/sign-in", address="tara.okafor@relay.test", password="no")
    nobody = post(client, "/me/password", at="/me/sign-in", address="x.y@relay.test", password="no")
    assert wrong.status_code == nobody.status_code == 403
    right = post(
        client, "/me/password", at="/me/sign-in", address="tara.okafor@relay.test", password="app-password"
    )
    assert right.status_code == 303
    assert client.get("/tutor").status_code == 200
    assert client.get("/family").status_code == 404


def test_the_pages_of_one_role_do_not_exist_for_another(pages: Pages) -> None:
    ruth, jamie, tara = (pages.signed_in(who) for who in ("ruth", "jamie", "tara"))
    for client, own in ((ruth, "/family"), (jamie, "/pupil"), (tara, "/tutor")):
        for path in ("/family", "/family/contact", "/pupil", "/tutor", "/tutor/strikes"):
            assert client.get(path).status_code == (200 if path.startswith(own) else 404), path
    assert jamie.get("/tell").status_code == 303


def test_a_family_session_opens_no_page_of_the_desk_and_the_desks_none_of_the_families(pages: Pages) -> None:
    ruth, mo = pages.signed_in("ruth"), pages.at_the_desk("una", Role.SAFEGUARDING_LEAD)
    for path in ("/", "/tutors/tara/strikes", "/reports/x", "/next"):
        assert ruth.get(path).status_code == 303
    for path in ("/family", "/pupil", "/tutor"):
        assert mo.get(path).status_code == 303


@pytest.mark.parametrize(
    "path", ["/me/sign-in", "/me/password", "/me/sign-out", "/me/language", "/me/enter/x", "/tell/worry"]
)
def test_a_form_from_elsewhere_is_refused(pages: Pages, path: str) -> None:
    client = pages.signed_in("ruth")
    for forged in ({}, {"form_token": ""}, {"form_token": "a.b"}):
        assert client.post(path, data={"words": "hello", **forged}).status_code == 403
    other = pages.app.test_client()
    foreign = token_on(other, "/me/sign-in")
    assert client.post(path, data={"words": "hello", "form_token": foreign}).status_code == 403
