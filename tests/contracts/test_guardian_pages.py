"""The guardian's page over a real database: what was delivered to them, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, text

from gateway.domain.register import Fact, FactKind
from gateway.domain.roster import pair_id
from gateway.domain.verdict import Lane, Severity
from gateway.store.register import SqlRegister
from gateway.store.schema import finding
from tests.fakes.callers import Pages, post, two_families
from tests.fakes.sql import arrival, held, passed, plain_policy

AMARAS = pair_id("demo", "tara", "amara")


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def hold(pages: Pages, lane: Lane, sender: str = "jamie", to: tuple[str, ...] = ("tara",)) -> str:
    one = arrival(at=pages.clock.now, sender=sender, recipients=to)
    circle = pages.store.directory.circle(one.envelope.pair_id)
    pages.store.ledger.keep(one, held(one, Severity.CRITICAL, lane), circle).result(timeout=20)
    return one.envelope.id


def test_a_guardian_reads_what_was_delivered_with_the_proof_of_the_copy(pages: Pages) -> None:
    one = pages.deliver("Please read page 4.\n\nRing [phone number removed].", "Homework for J.W.")
    client = pages.signed_in("ruth")
    shown = client.get("/family").text
    assert "Homework for J.W." in shown and "Tara Okafor" in shown and "Jamie W." in shown
    message = client.get(f"/family/messages/{one}").text
    assert "Please read page 4." in message
    assert "phone number removed" in message
    assert "Your copy was accepted for delivery on" in message


def test_nothing_of_another_family_or_another_guardian_shows(pages: Pages) -> None:
    theirs = pages.deliver(
        "Only for the Nwosus.", "Chess", to=("amara", "chidi"), pair=AMARAS, copied=("chidi", "amara")
    )
    ours = pages.deliver()
    client = pages.signed_in("ruth")
    assert client.get(f"/family/messages/{theirs}").status_code == 404
    everything = "".join(
        client.get(path).text
        for path in (
            "/family",
            f"/family/messages/{ours}",
            "/family/contact",
            "/family/agreements",
            "/tell",
            "/family/kept",
        )
    )
    for private in ("Nwosu", "Amara", "chidi", "Chess", "@family.test", "@mail.test", "Dan"):
        assert private not in everything, private


def test_a_barred_guardian_sees_nothing_not_even_what_they_were_once_sent(pages: Pages) -> None:
    pages.deliver()
    client = pages.signed_in("ruth")
    with pages.store.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO guardianship VALUES ('demo', 'amara', 'ruth', 9, true, false, '2026-01-05')")
        )
        connection.execute(
            text("UPDATE guardianship SET barred = true WHERE guardian_id = 'ruth' AND pupil_id = 'jamie'")
        )
    shown = client.get("/family")
    assert shown.status_code == 200
    assert "Homework" not in shown.text and "Jamie" not in shown.text


@pytest.mark.parametrize("lane", [Lane.SEALED, Lane.URGENT, Lane.REVIEW, Lane.CONTACT])
def test_every_page_is_the_same_with_and_without_a_held_message(pages: Pages, lane: Lane) -> None:
    pages.deliver()
    client = pages.signed_in("ruth")
    paths = ("/family", "/family/contact", "/family/agreements", "/tell", "/family/kept", "/me")
    before = [_plain(client.get(path).text) for path in paths]
    message_id = hold(pages, lane)
    client.get("/family")
    assert [_plain(client.get(path).text) for path in paths] == before
    held, never = client.get(f"/family/messages/{message_id}"), client.get(f"/family/messages/{'0' * 32}")
    assert held.status_code == never.status_code == 404
    assert _plain(held.text).replace(message_id, "0" * 32) == _plain(never.text)


def _plain(page: str) -> str:
    """A page without its form tokens, which differ at every look."""
    return "\n".join(line for line in page.splitlines() if "form_token" not in line)


def test_a_copy_that_is_still_on_its_way_does_not_show(pages: Pages) -> None:
    one = arrival(at=pages.clock.now)
    circle = pages.store.directory.circle(one.envelope.pair_id)
    pages.store.ledger.keep(one, passed(one), circle).result(timeout=20)
    assert pages.signed_in("ruth").get(f"/family/messages/{one.envelope.id}").status_code == 404


def test_contact_is_counted_by_week_for_the_child_alone(pages: Pages) -> None:
    for _ in range(3):
        pages.deliver()
    pages.deliver(sender="jamie", to=("tara",), copied=("ruth", "tara"))
    pages.deliver(to=("ruth",), copied=("ruth",))  # about the child, not to them
    hold(pages, Lane.SEALED)
    week = pages.store.correspondence.volume("demo", "ruth", "jamie", pages.clock.now.replace(year=2020))
    assert [(one.by_tutor, one.by_pupil) for one in week] == [(3, 1)]
    assert pages.store.correspondence.volume("demo", "ruth", "amara", pages.clock.now) == []
    assert "<td>3</td><td>1</td>" in pages.signed_in("ruth").get("/family/contact").text


def test_a_guardian_gives_withdraws_and_refuses_consent_and_a_new_consent_ends_the_refusal(
    pages: Pages,
) -> None:
    client = pages.signed_in("ruth")

    def on_file(kind: FactKind) -> list[str]:
        pages.store.directory._next_poll = 0.0
        circle = pages.store.directory.circle(pair_id("demo", "tara", "jamie"))
        return [one.detail for one in circle.on_file(kind, pages.clock.now.date(), "jamie")]

    form = {"at": "/family/agreements", "pupil": "jamie", "purpose": "lessons"}
    assert post(client, "/family/agreements", **form, choice="give").status_code == 303
    assert on_file(FactKind.IMAGE_CONSENT) == ["lessons"]
    post(client, "/family/agreements", **form, choice="refuse")
    assert (on_file(FactKind.IMAGE_CONSENT), on_file(FactKind.IMAGE_REFUSED)) == ([], ["lessons"])
    post(client, "/family/agreements", **form, choice="give")
    assert (on_file(FactKind.IMAGE_CONSENT), on_file(FactKind.IMAGE_REFUSED)) == (["lessons"], [])
    assert "You agreed" in client.get("/family/agreements").text
    entries = [one.entry.kind for one in pages.store.record.entries("demo")]
    assert entries.count("register.said") == 3


def test_a_recording_is_shown_for_as_long_as_the_setting_says(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = replace(plain_policy(), settings={"retention_recordings": {"family_access_days": 91}})
    monkeypatch.setattr(pages.store.directory, "policy_of", lambda _: policy)
    plain, shared = pages.deliver(), pages.deliver()
    with pages.store.engine.begin() as connection:
        connection.execute(insert(finding).values(recording_in(shared)))
    client = pages.signed_in("ruth")
    pages.clock.pass_by(days=91)
    client = pages.signed_in("ruth")
    assert client.get(f"/family/messages/{shared}").status_code == 200
    pages.clock.pass_by(seconds=1)
    over = client.get(f"/family/messages/{shared}")
    assert over.status_code == 410 and "recording is over" in over.text
    assert client.get(f"/family/messages/{plain}").status_code == 200


def recording_in(message_id: str) -> dict[str, object]:
    """A row that says where a message has a recording in it."""
    return {
        "message_id": message_id, "number": 99, "organisation_id": "demo", "kind": "matter",
        "category": "recording_shared", "layer": "text", "part": 0, "start": 0, "stop": 1, "score": 0.9,
        "stance": "mention", "evasive": False, "evidence": [], "detector": "matters", "version": "1",
        "secret": b"",
    }  # fmt: skip


def test_for_a_looked_after_child_whoever_has_delegated_authority_agrees(pages: Pages) -> None:
    client, now = pages.signed_in("ruth"), pages.clock.now
    form = {"at": "/family/agreements", "pupil": "jamie", "purpose": "lessons"}
    register = SqlRegister(pages.store.engine, pages.store.vault)
    register.add("demo", Fact(FactKind.LOOKED_AFTER, "jamie"), "ada", now)
    answer = post(client, "/family/agreements", **form, choice="give")
    assert answer.status_code == 403 and "local authority" in answer.text
    assert post(client, "/family/agreements", **form, choice="refuse").status_code == 303
    register.add("demo", Fact(FactKind.COVERED, "ruth", detail="care plan 4"), "ada", now)
    assert post(client, "/family/agreements", **form, choice="give").status_code == 303


def test_a_pupil_gives_and_takes_back_their_own_word_on_pictures(pages: Pages) -> None:
    client, path = pages.signed_in("jamie"), "/pupil/pictures"

    def on_file() -> set[FactKind]:
        facts = SqlRegister(pages.store.engine, pages.store.vault).facts("demo", "jamie")
        return {one.kind for one in facts if one.holds(pages.clock.now.date())}

    assert "You have not said" in client.get(path).text
    assert post(client, path, choice="give").status_code == 303
    assert on_file() == {FactKind.IMAGE_ASSENT} and "You agreed" in client.get(path).text
    assert post(client, path, choice="refuse").status_code == 303
    assert on_file() == {FactKind.IMAGE_REFUSED} and "You do not agree" in client.get(path).text
    assert post(client, path, choice="x").status_code == 400
    guardian = pages.signed_in("ruth")
    assert guardian.get(path).status_code == 404
    assert "You do not agree" not in guardian.get("/family/agreements").text, "a word of the pupil's own"


def test_nobody_agrees_for_another_familys_child(pages: Pages) -> None:
    client = pages.signed_in("ruth")
    answer = post(
        client, "/family/agreements", at="/family/agreements", pupil="amara", purpose="lessons", choice="give"
    )
    assert answer.status_code == 400
    with pages.store.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM register_fact")).scalar_one() == 0


def test_older_messages_are_a_page_away(pages: Pages) -> None:
    for number in range(27):
        pages.deliver(subject=f"Sheet {number:02d}")
        pages.clock.pass_by(seconds=1)
    client = pages.signed_in("ruth")
    first = client.get("/family").text
    assert "Sheet 26" in first and "Sheet 01" not in first
    older = first.split('rel="next"')[0].rpartition('href="')[2].rstrip('" ')
    second = client.get(older).text
    assert "Sheet 01" in second and "Sheet 00" in second and "Sheet 02" not in second
    assert client.get("/family?before=x").status_code == 404
    assert client.get("/family?before=1e400").status_code == 404


def test_looking_changes_nothing(pages: Pages) -> None:
    one = pages.deliver()
    client = pages.signed_in("ruth")
    before = digest(pages)
    for path in (
        "/family", f"/family/messages/{one}", "/family/contact", "/family/agreements", "/family/kept",
        "/tell", "/tell/worry", "/tell/complaint", "/me/sign-in", "/me/sent", "/me/enter/x", "/thanks",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    assert digest(pages) == before


def digest(pages: Pages) -> list[tuple[str, object]]:
    """Every row of every table of ours."""
    with pages.store.engine.connect() as connection:
        tables = (
            connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"))
            .scalars()
            .all()
        )
        return [
            (
                table,
                connection.execute(
                    text(f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM \"{table}\" t")
                ).scalar_one(),
            )
            for table in tables
        ]


def test_the_page_speaks_welsh_once_asked(pages: Pages) -> None:
    client = pages.signed_in("ruth")
    post(client, "/me/language", at="/family", language="cy", next="/family")
    shown = client.get("/family").text
    assert '<html lang="cy">' in shown and "Negeseuon" in shown
    fresh = pages.signed_in("ruth")  # another browser: by what is on file
    assert '<html lang="cy">' in fresh.get("/family").text


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_form_leads_away_from_us(pages: Pages, away: str) -> None:
    client = pages.signed_in("ruth")
    assert post(client, "/me/language", at="/family", language="cy", next=away).location == "/me/kept"
