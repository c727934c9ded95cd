"""What ordinary programs send is read, passes for its form, and comes out whole."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from gateway.channels.email.compose import compose, leaks
from gateway.channels.email.parse import CIRCLES, read
from tests.fakes.circle import TARA, circle, envelope
from tests.mail.clients import ordinary
from tests.mail.structures import structures

MAILS = {**ordinary(), **structures()}


def delivered(raw: bytes) -> EmailMessage:
    reading = read(raw)
    assert reading.form_faults == ()
    content = compose(reading, envelope("ruth", ("tara",)), circle(), (TARA,), TARA)
    assert leaks(content, circle(), TARA) == ()
    assert all(len(line) <= 998 and not {10, 13, 0} & set(line) for line in content.split(b"\r\n"))
    # What leaves can be read again without a doubt, and is known should it come back.
    assert read(content).form_faults == (CIRCLES,)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not any(part.defects for part in message.walk())
    return message


def test_there_are_enough_of_them() -> None:
    assert len(set(MAILS.values())) == len(MAILS) >= 110


@pytest.mark.parametrize("name", MAILS)
def test_it_is_not_held_for_its_form_and_comes_out_whole(name: str) -> None:
    message = delivered(MAILS[name])
    body = message.get_body(("plain", "html"))
    assert body is not None
    assert "Checked by Demo Tutors" in str(body.get_content())


@pytest.mark.parametrize("name", [name for name in MAILS if name.endswith(": files")])
def test_its_files_come_out(name: str) -> None:
    files = [part.get_content_type() for part in delivered(MAILS[name]).iter_attachments()]
    assert files[0] == "application/pdf" and len(files) == 2


@pytest.mark.parametrize("name", [name for name in MAILS if name.endswith(": picture")])
def test_its_pictures_stay_where_they_were(name: str) -> None:
    message = delivered(MAILS[name])
    images = [part for part in message.walk() if part.get_content_maintype() == "image"]
    page = message.get_body(("html",))
    assert len(images) == 1 and page is not None
    assert f"cid:{images[0]['Content-ID'].strip('<>')}" in page.get_content()


@pytest.mark.parametrize("name", [name for name in MAILS if "invitation" in name])
def test_an_invitation_comes_out_once_with_aliases(name: str) -> None:
    (invite,) = (part for part in delivered(MAILS[name]).walk() if part.get_content_type() == "text/calendar")
    text = invite.get_content()
    text = (text.decode() if isinstance(text, bytes) else text).replace("\r\n", "\n").replace("\n ", "")
    assert 'ORGANIZER;CN="Ruth W.":mailto:alias2ofruth@relay.test' in text
    assert "mailto:alias0oftara@relay.test" in text
    assert "family.test" not in text and "mail.test" not in text


def test_winmail_is_unpacked() -> None:
    names = [part.get_filename() for part in delivered(MAILS["winmail.dat"]).iter_attachments()]
    assert names == ["Essay.docx"]


def test_a_visiting_card_is_removed_visibly() -> None:
    message = delivered(MAILS["a visiting card"])
    assert "[A visiting card was removed here.]" in str(message.get_content())


def test_what_a_careless_system_says_wrongly_is_read_as_it_meant() -> None:
    for name in (
        "a system that says ASCII and writes UTF-8",
        "a system that says nothing and writes Windows letters",
    ):
        assert "Thanks for the lesson – the café worksheet" in str(delivered(MAILS[name]).get_content())


def test_a_mail_attached_comes_out_as_a_text_and_its_words_are_kept() -> None:
    for name in (
        "Gmail: forwarded as a file",
        "Outlook: a mail attached",
        "Outlook on the web: a mail attached",
    ):
        (within,) = delivered(MAILS[name]).iter_attachments()
        assert "please come" in within.get_content()


def test_files_between_texts_all_come_out() -> None:
    parts = [
        part.get_content_type() for part in delivered(MAILS["Apple Mail: text, photo, text, photo"]).walk()
    ]
    assert parts.count("image/jpeg") == 2
    assert "Two" in str(delivered(MAILS["Apple Mail: text, photo, text, photo"]))
