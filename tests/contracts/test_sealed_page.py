"""A message under seal: shown once, to whom it was sent, for a code from a second letter."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from gateway.domain.dispatch import Copy, Settlement
from gateway.domain.links import Way, sealed_link
from gateway.domain.message import Channel
from gateway.domain.verdict import AddRecipient, Amend, Outcome, Ruled, Seal, Verdict
from tests.contracts.test_guardian_pages import digest
from tests.fakes.callers import BASE, Pages, post, two_families
from tests.fakes.sql import arrival, home_circle, passed

BODY = b"From: tara.okafor@relay.test\r\nSubject: Report\r\n\r\nThe hearing test is on Tuesday.\r\n"
PICTURE = (
    b"From: tara.okafor@relay.test\r\nSubject: Report\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe hearing test.\r\n--b\r\n"
    b"Content-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\r\n--b--\r\n"
)


@pytest.fixture
def pages(store) -> Pages:
    store.bring_in(two_families())
    return Pages(store)


def under_seal(pages: Pages, raw: bytes = BODY) -> str:
    """A message of which Ruth was sent a notice only."""
    one = arrival(at=pages.clock.now, raw=raw, recipients=("ruth",))
    seal = Seal("sensitive matter: health")
    verdict = Verdict(
        Outcome.AMEND,
        "default@1+00000000",
        (Ruled("sensitive_channel", "HST-03", Amend((seal,))),),
        (seal, AddRecipient("ruth")),
    )
    notice = Copy(
        "ruth", Channel.EMAIL, "ruth@family.test", "b@relay.test", b"Subject: A notice\r\n\r\nA link.\r\n"
    )
    judged = replace(passed(one, (notice,)), verdict=verdict)
    pages.store.ledger.keep(one, judged, home_circle(pages.store)).result(timeout=20)
    claimed = pages.store.outbox.claim(10, pages.clock.now)
    pages.store.outbox.settle([Settlement(each, True, pages.clock.now, code=250) for each in claimed])
    return one.envelope.id


def path_of(pages: Pages, message_id: str, who: str = "ruth") -> str:
    return sealed_link(pages.links, message_id, who).removeprefix(BASE)


def code_for(pages: Pages, client, path: str) -> str:
    assert post(client, f"{path}/code", at=path).status_code == 303
    ((mailbox, letter),) = pages.letters()
    assert mailbox == "ruth@family.test" and "hearing" not in letter
    return re.search(r"\b(\d{6})\b", letter)[1]


def test_the_code_shows_the_message_once(pages: Pages) -> None:
    client, path = pages.app.test_client(), path_of(pages, under_seal(pages))
    before = digest(pages)
    first = client.get(path)
    assert first.status_code == 200 and "hearing" not in first.text
    assert digest(pages) == before
    code = code_for(pages, client, path)
    assert "The hearing test is on Tuesday." in post(client, path, code=code).text
    assert post(client, path, code=code).status_code == 403


def test_a_wrong_or_old_code_shows_nothing(pages: Pages) -> None:
    client, path = pages.app.test_client(), path_of(pages, under_seal(pages))
    code = code_for(pages, client, path)
    wrong = post(client, path, code=f"{(int(code) + 1) % 1_000_000:06d}")
    assert wrong.status_code == 403 and "hearing" not in wrong.text
    pages.clock.pass_by(minutes=16)
    assert post(client, path, code=code).status_code == 403


def test_a_code_opens_its_own_message_only_and_no_session(pages: Pages) -> None:
    client = pages.app.test_client()
    one, other = path_of(pages, under_seal(pages)), path_of(pages, under_seal(pages, BODY + b"Two.\r\n"))
    code = code_for(pages, client, one)
    assert post(client, other, code=code).status_code == 403
    assert client.get("/family").status_code == 303


@pytest.mark.parametrize("who", ["jamie", "chidi", "dan", "tara"])
def test_nobody_else_has_such_a_link(pages: Pages, who: str) -> None:
    assert pages.app.test_client().get(path_of(pages, under_seal(pages), who)).status_code == 404


def test_what_was_not_sealed_is_not_shown_here(pages: Pages) -> None:
    client, path = pages.app.test_client(), pages.token(Way.SEALED, pages.deliver(), "ruth")
    code = code_for(pages, client, path)
    assert post(client, path, code=code).status_code == 404


def test_a_link_to_pictures_is_over_after_its_working_days(pages: Pages) -> None:
    client, path = pages.app.test_client(), path_of(pages, under_seal(pages, PICTURE))
    assert post(client, path, code=code_for(pages, client, path)).status_code == 200
    pages.clock.pass_by(days=8)
    gone = post(client, path, code=code_for(pages, client, path))
    assert gone.status_code == 410 and "hearing" not in gone.text
