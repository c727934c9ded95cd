"""The lines under a copy: whose links they hold, and how they go again when a reply quotes them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.compose import compose
from gateway.channels.email.footer import footer, without_footers, without_html_footers
from gateway.channels.email.parse import read
from gateway.domain.language import LANGUAGES
from gateway.domain.links import Links, Way
from gateway.domain.message import Assurance, Channel, Envelope, Part, Reading
from gateway.domain.pair import Circle
from gateway.domain.register import Fact, FactKind
from tests.fakes.circle import JAMIE, NOW, RUTH, circle

LINKS = Links("https://gateway.example.org", b"k" * 32)
MESSAGE = "01a1f9fa49605c422c12c4a905e3e0c9"
TAGS = tuple(LANGUAGES)


def lines(tag: str = "en-GB", to_pupil: bool = True, who: str = "jamie") -> tuple[str, ...]:
    return footer("Demo Tutors", "M-2345-6789", to_pupil, LINKS, MESSAGE, who, tag)


def test_a_pupils_copy_leads_to_the_private_route_and_a_guardians_does_not() -> None:
    pupils, guardians = "\n".join(lines()), "\n".join(lines(to_pupil=False, who="ruth"))
    assert LINKS.to(Way.ASK, MESSAGE, "jamie") in pupils
    assert "/ask/" not in guardians and "private" not in guardians
    assert LINKS.to(Way.REPORT, MESSAGE, "ruth") in guardians
    assert LINKS.to(Way.REPORT, MESSAGE, "ruth") not in pupils


def test_without_links_the_lines_are_as_they_were() -> None:
    assert footer("Demo Tutors", "M-2345-6789", False) == (
        "Checked by Demo Tutors. Reference M-2345-6789.",
        "To report a concern about it, tell us this reference.",
    )


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("to_pupil", [True, False])
@pytest.mark.parametrize("quote", ["", "> ", ">> ", "> > "])
@given(before=st.text("abc \n", max_size=20), after=st.text("abc \n", max_size=20))
def test_our_lines_go_and_nothing_else(tag: str, to_pupil: bool, quote: str, before: str, after: str) -> None:
    quoted = "\n".join(quote + line for line in ("---", *lines(tag, to_pupil)))
    assert without_footers(f"{before}\n{quoted}\n{after}") == f"{before}\n{after}"


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("to_pupil", [True, False])
def test_our_lines_go_from_html_with_links_and_without(tag: str, to_pupil: bool) -> None:
    for linked in (True, False):
        made = [
            f'{escape(head)}<a href="{url}" target="_blank">{url}</a>' if linked and url else escape(line)
            for line in lines(tag, to_pupil)
            for head, _, url in [line.partition("https://")]
            for url in ["https://" + url if url else ""]
        ]
        source = f'<p>Thanks</p><div dir="ltr">---<br>\n{"<br>".join(made)}</div><p>Bye</p>'
        assert without_html_footers(source) == "<p>Thanks</p><p>Bye</p>"


@pytest.mark.parametrize(
    "mangled",
    [
        "Somebody wrote: {ask} and {report}",
        "<p>{ask}<br><b>{report}</b></p>",
        '<a href="{ask}">click</a> <a href="{report}">or here</a>',
        "| {ask} |\n| {report} |",
        "see {own} for more",
    ],
)
def test_what_opens_a_page_for_one_person_reaches_nobody_else_however_it_is_quoted(mangled: str) -> None:
    text = mangled.format(
        ask=LINKS.to(Way.ASK, MESSAGE, "jamie"),
        report=LINKS.to(Way.REPORT, MESSAGE, "jamie"),
        own=LINKS.own_page,
    )
    for clean in (without_footers, without_html_footers):
        assert "gateway.example.org" not in clean(text)


def test_other_links_stay() -> None:
    text = "https://lessons.example.org/r/week-7 https://a.example.org/ask/me https://b.example.org/sealed/x"
    assert without_footers(text) == text


def test_looking_for_our_links_is_linear() -> None:
    for hostile in ("https://" * 40_000 + "/r/", "/ask/" * 60_000, "https://a/r/" + "0" * 300_000):
        without_footers(hostile)
        without_html_footers(hostile)


# --- in a whole copy ---


def envelope() -> Envelope:
    return Envelope(
        MESSAGE, "M-2345-6789", "demo", "p1", Channel.EMAIL, "tara", ("jamie",), NOW, Assurance.PASSWORD
    )


def copy(to, around: Circle, html: bool = False) -> bytes:
    kind, words = ("text/html", "<p>Hi") if html else ("text/plain", "Hi")
    return compose(Reading(parts=(Part(0, kind, words),)), envelope(), around, (), to, LINKS)


def test_a_copy_is_the_same_every_time_and_another_for_everybody() -> None:
    around = circle()
    assert copy(JAMIE, around) == copy(JAMIE, around) != copy(RUTH, around)


def test_a_copy_speaks_the_language_on_file() -> None:
    welsh = Fact(FactKind.SPEAKS, "ruth", detail="cy")
    around = replace(circle(), facts=(welsh,))
    said = {
        to.id: str(message_from_bytes(copy(to, around), policy=default).get_content()) for to in (RUTH, JAMIE)
    }
    assert "Gwiriwyd gan" in said["ruth"] and "Checked by" in said["jamie"]


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize("to", [JAMIE, RUTH])
def test_a_reply_that_quotes_a_whole_copy_carries_no_link_of_it(to, html: bool) -> None:
    body = str(message_from_bytes(copy(to, circle(), html), policy=default).get_content())
    kind = "text/html" if html else "text/plain"
    quoted = (
        f"<p>Thanks</p><blockquote>{body}</blockquote>"
        if html
        else "Thanks\n" + "".join(f"> {one}\n" for one in body.splitlines())
    )
    reading = read(
        f"From: a@relay.test\nContent-Type: {kind}; charset=utf-8\n\n{quoted}".replace("\n", "\r\n").encode()
    )
    said = "".join(passage.text for passage in reading.passages)
    assert "gateway.example.org" not in said and "Checked" not in said
