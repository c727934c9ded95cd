"""A mail keeps its words when its pictures go."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage

import pytest

from gateway.channels.email import parse
from gateway.channels.email.picture_removal import without_pictures

PIXEL = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20


def mail(html: str = "") -> bytes:
    made = EmailMessage()
    made["Subject"] = "A day out"
    made.set_content("We had a good day, caf\u00e9 and all.\n")
    if html:
        made.add_alternative(html, subtype="html")
    made.add_attachment(PIXEL, "image", "png", filename="jamie.png")
    made.add_attachment(b"Read page 4.", "text", "plain", filename="sheet.txt")
    return made.as_bytes()


def test_words_and_other_files_stay() -> None:
    left = without_pictures(mail())
    parts = [one for one in message_from_bytes(left).walk() if not one.is_multipart()]
    assert [one.get_content_type() for one in parts] == ["text/plain", "text/plain", "text/plain"]
    said = [one.get_payload(decode=True) for one in parts]
    assert "caf\u00e9".encode() in said[0] and b"A picture was here" in said[1]
    assert said[2].strip() == b"Read page 4."
    assert b"jamie.png" not in left and b"sheet.txt" in left
    assert not parse.read(left).form_faults, "and it can still be read"


def test_a_picture_within_the_html_goes_too() -> None:
    html = '<p>A day</p><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==">'
    left = without_pictures(mail(html))
    assert b"iVBORw0KGgo" not in left and b"data:image" not in left
    assert "A day" in " ".join(one.text for one in parse.read(left).passages)


@pytest.mark.parametrize("raw", [b"", b"no mail at all", b"Content-Type: image/png\r\n\r\n" + PIXEL])
def test_what_is_no_mail_or_all_picture_has_nothing_left_of_it(raw: bytes) -> None:
    assert PIXEL not in without_pictures(raw)
