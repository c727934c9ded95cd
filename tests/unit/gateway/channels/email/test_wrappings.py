"""What Outlook wraps up and what a visiting card says."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.finding import Layer
from gateway.channels.email import cards, outlook, pictures
from gateway.channels.email.contents import Budget
from gateway.channels.email.inspection import inspect
from gateway.channels.email.parse import CARD_REMOVED, read
from gateway.domain.message import Reading
from tests.fakes import files


def attached(name: str, content: bytes, kind: str, text: str = "Hello") -> Reading:
    coded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    return read(
        (
            "From: a@relay.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
            f"--b\r\n\r\n{text}\r\n--b\r\nContent-Type: {kind}; name={name}\r\n"
            f"Content-Transfer-Encoding: base64\r\n\r\n{coded}--b--\r\n"
        ).encode()
    )


def said(reading: Reading) -> list[str]:
    return [one.text for one in reading.passages if one.layer is Layer.ATTACHMENT]


def test_winmail_is_unpacked_into_its_files() -> None:
    content = files.tnef("Hello there", {"a.pdf": files.pdf("ring me"), "b.txt": b"me too"})
    reading = attached("winmail.dat", content, "application/ms-tnef")
    assert reading.form_faults == ()
    assert [part.filename for part in reading.parts] == ["", "a.pdf", "b.txt"]
    assert len({part.index for part in reading.parts}) == 3
    assert {"Hello there", "ring me", "me too"} <= set(said(reading))


def test_the_text_in_winmail_is_delivered_where_the_mail_has_none() -> None:
    reading = attached("winmail.dat", files.tnef("Hello there"), "application/ms-tnef", "")
    assert [part.text for part in reading.parts][-1] == "Hello there"
    assert Layer.TEXT in {one.layer for one in reading.passages}


@pytest.mark.parametrize(
    "content",
    [
        files.tnef("x", {"a.exe": b"MZ"}),
        files.tnef("x", {"a.zip": b"PK"}),
        files.tnef("x", kind="IPM.Schedule.Meeting.Request"),
        files.tnef("x")[:6] + b"\x01\x06\x90\x08\x00\0\0\0\0\0\0" * 3000,
        files.tnef("x", {"a.txt": b"x"})[:60] + b"x" * 40,
    ],
    ids=["a program", "disguised", "a meeting", "many", "broken"],
)
def test_what_cannot_be_unpacked_safely_is_a_fault(content: bytes) -> None:
    assert attached("winmail.dat", content, "application/ms-tnef").form_faults


@given(st.binary(max_size=200), st.integers(0, 100))
def test_unpacking_never_raises(noise: bytes, at: int) -> None:
    whole = files.tnef("x", {"a.txt": b"x"})
    outlook.unpacked(whole[:at] + noise + whole[at:])


CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ruth\r\nTEL;TYPE=CELL:07700 90\r\n 0123\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE:caf=C3=A9\r\nPHOTO:abc\r\nEND:VCARD\r\n"
)


def test_a_card_is_told_and_removed_visibly() -> None:
    assert cards.told(CARD) == "Ruth\n07700 900123\ncafé"
    reading = attached("a.vcf", CARD.encode(), "text/vcard")
    assert reading.form_faults == ()
    assert said(reading) == ["Ruth\n07700 900123\ncafé"]
    assert [part.text for part in reading.parts][1:] == [CARD_REMOVED]


def test_mails_in_mails_end_somewhere() -> None:
    raw = b"From: a@b.test\r\n\r\ninnermost\r\n"
    for _ in range(3):
        raw = b"From: a@b.test\r\nContent-Type: application/octet-stream; name=a.eml\r\n\r\n" + raw
    assert "innermost" in "".join(said(read(raw)))
    assert read(raw).form_faults == ()
    deeper = b"From: a@b.test\r\nContent-Type: application/octet-stream; name=a.eml\r\n\r\n" + raw
    assert read(deeper).form_faults == ("mails nested too deep",)


def test_the_words_in_a_picture_are_read_where_ocr_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reader:
        def image_to_string(self, image: Any, timeout: int) -> str:
            assert image.mode == "L" and timeout
            return "ring me"

    monkeypatch.setattr(pictures, "_ocr", Reader)
    contents = inspect("image/png", files.picture("PNG", (77, 33)), Budget())
    assert contents.texts == ["ring me"]
    assert not contents.unread
