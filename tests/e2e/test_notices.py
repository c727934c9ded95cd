"""People are told what they have to do, in the gateway's own words."""

from __future__ import annotations

import html
import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from gateway.ports import CaseFilter
from gateway.wiring.running import now
from tests.e2e.installation import DESK_PASSWORD, Installation, eventually

pytestmark = pytest.mark.xdist_group("gateway")


class Desk:
    """A moderator's browser, without JavaScript."""

    def __init__(self, gateway: Installation, address: str) -> None:
        self._base = f"http://127.0.0.1:{gateway.ports['web']}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(cookies)
        self.post("/sign-in", self.get("/sign-in"), address=address, password=DESK_PASSWORD)

    def get(self, path: str) -> str:
        return self._opener.open(self._base + path, timeout=30).read().decode()

    def post(self, path: str, page: str, **fields: str) -> str:
        return self.send(path, page, list(fields.items()))

    def send(self, path: str, page: str, fields: list[tuple[str, str]]) -> str:
        """Send a form of a page: its hidden fields, and these."""
        hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
        data = urllib.parse.urlencode([*((n, html.unescape(v)) for n, v in hidden), *fields]).encode()
        request = urllib.request.Request(self._base + path, data, {"Origin": self._base})
        return self._opener.open(request, timeout=30).read().decode()


def case_about(gateway: Installation, subject: str):
    def look():
        found = gateway.store.docket.cases("demo", CaseFilter(), now(), 500)
        heads = gateway.store.docket.headings("demo", [one.message_id for one in found])
        return next((one for one in found if heads[one.message_id].subject == subject), None)

    return eventually(look)


def test_moderators_are_told_of_a_pressing_case_without_a_word_of_it(gateway: Installation) -> None:
    text = "well done! let's keep this just between us, don't tell your mum"
    assert gateway.tutor_sends("jamie", ["jamie"], "Pressing notes", text)[0] == 250
    case = case_about(gateway, "Pressing notes")

    def told(mailbox: str) -> list[bytes]:
        return [d.content for d in gateway.sink.to(mailbox) if case.reference.encode() in d.content]

    for mailbox in ("mo@org.test", "dee@org.test"):
        notice = eventually(lambda mailbox=mailbox: told(mailbox))[0]
        assert b"between us" not in notice and b"Pressing notes" not in notice


def test_a_sealed_case_is_told_to_the_lead_alone(gateway: Installation) -> None:
    text = "my dad hits me when he is angry and im scared to go home"
    assert gateway.family_sends("jamie", "jamie", "tara", "Sealed notes", text)[0] == 250
    case = case_about(gateway, "Sealed notes")
    eventually(lambda: [d for d in gateway.sink.to("dee@org.test") if case.reference.encode() in d.content])
    assert not [d for d in gateway.sink.to("mo@org.test") if case.reference.encode() in d.content]


def test_a_returned_message_is_explained_to_its_sender(gateway: Installation) -> None:
    text = "call me on oh seven seven double oh, nine hundred, one two three"
    gateway.tutor_sends("jamie", ["jamie", "ruth"], "Returned notes", text)
    case = case_about(gateway, "Returned notes")
    desk = Desk(gateway, "mo@org.test")
    page = desk.get(f"/cases/{case.id}")
    desk.post(
        f"/cases/{case.id}/decide",
        page,
        action="return",
        reason="holds a number",
        say="Please leave out the number.",
    )

    def back() -> list[bytes]:
        return [d.content for d in gateway.sink.to("tara@mail.test") if case.reference.encode() in d.content]

    assert b"Please leave out the number." in eventually(back)[0]


def test_a_released_message_reaches_guardian_and_pupil_with_the_marks_covered(
    gateway: Installation,
) -> None:
    text = "See page 7. Call me on oh seven seven double oh, nine hundred, one two three. Well done."
    gateway.tutor_sends("jamie", ["jamie"], "Redacted notes", text)
    case = case_about(gateway, "Redacted notes")
    findings = gateway.store.docket.findings("demo", case.message_id)
    desk = Desk(gateway, "mo@org.test")
    page = desk.get(f"/cases/{case.id}")
    fields = re.findall(r'type="checkbox" name="([^"]+)" value="([^"]*)"', page)
    assert fields, "the case page offers each finding for covering"
    data = [*fields, ("action", "redact"), ("reason", "the number is covered")]
    shown = desk.send(f"/cases/{case.id}/decide", page, data)
    assert "phone number removed" in shown and "Release exactly this" in shown
    desk.send(f"/cases/{case.id}/decide", shown.split('id="decide"')[1], [])
    assert findings
    for mailbox in ("ruth@family.test", "jamie@family.test"):
        mail = eventually(lambda mailbox=mailbox: gateway.received(mailbox, "Redacted notes"))[0]
        plain = mail.replace(b"=\r\n", b"")
        assert b"nine hundred" not in plain
        assert b"phone number removed" in plain
        assert b"See page 7." in plain
