"""However a text is wrapped on its way in, it comes out the same, in lines that any server takes."""

from __future__ import annotations

import base64
import email
import email.policy
import quopri
from email.header import Header
from email.message import EmailMessage
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email.compose import compose, leaks
from gateway.channels.email.footer import footer, without_footers, without_html_footers
from gateway.channels.email.parse import read
from tests.fakes.circle import JAMIE, RUTH, TARA, circle, envelope

END = "\n\n---\nChecked by"
LETTERS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Co", "Cn"])
WORDS = st.text(LETTERS | st.sampled_from(" .=-_?>é€日😀"), max_size=60).filter(lambda one: "@" not in one)
TEXTS = st.lists(WORDS | st.integers(900, 3000).map(lambda n: "long " * (n // 5)), max_size=6).map("\n".join)
LATIN = st.text(st.characters(codec="iso-8859-1", exclude_categories=["Cc"]), max_size=200).filter(
    lambda one: "@" not in one
)
ENCODINGS = st.sampled_from(["8bit", "quoted-printable", "base64"])


def delivered(raw: bytes) -> EmailMessage:
    reading = read(raw)
    assert reading.form_faults == ()
    content = compose(reading, envelope("tara"), circle(), (JAMIE, RUTH), RUTH)
    assert leaks(content, circle(), RUTH) == ()
    lines = content.split(b"\r\n")
    assert lines[-1] == b"" and content.isascii()
    assert all(len(line) <= 998 and not {10, 13, 0} & set(line) for line in lines)
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not any(part.defects for part in message.walk())
    return message


def body_of(message: EmailMessage) -> str:
    data = message.get_payload(decode=True)
    assert isinstance(data, bytes)
    return data.decode("utf-8").replace("\r\n", "\n").partition(END)[0]


def encoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(data).replace(b"\n", b"\r\n")
    return quopri.encodestring(data).replace(b"\n", b"\r\n") if encoding == "quoted-printable" else data


def mail(body: bytes, kind: str, encoding: str, subject: str = "x") -> bytes:
    head = f"From: {TARA.address}\r\nSubject: {subject}\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\r\n\r\n".encode() + body + b"\r\n"


def same(one: str, other: str) -> bool:
    """Spaces at the end of a line do not survive the journey of a mail (RFC 2045 6.7 rule 3)."""
    return [line.rstrip() for line in one.rstrip().split("\n")] == [
        line.rstrip() for line in other.rstrip().split("\n")
    ]


@settings(deadline=None)
@given(TEXTS, ENCODINGS)
def test_a_text_in_utf_8_comes_out_as_it_was(text: str, encoding: str) -> None:
    wire = text.replace("\n", "\r\n").encode()
    raw = mail(
        encoded(wire if encoding != "quoted-printable" else text.encode(), encoding),
        "text/plain; charset=utf-8",
        encoding,
    )
    assert same(body_of(delivered(raw)), text)


@settings(deadline=None)
@given(LATIN, ENCODINGS)
def test_a_text_in_latin_1_comes_out_as_it_was(text: str, encoding: str) -> None:
    raw = mail(encoded(text.encode("iso-8859-1"), encoding), "text/plain; charset=iso-8859-1", encoding)
    assert same(body_of(delivered(raw)), text)


@given(TEXTS)
def test_a_text_in_utf_16_comes_out_as_it_was(text: str) -> None:
    raw = mail(encoded(text.encode("utf-16"), "base64"), "text/plain; charset=utf-16", "base64")
    assert same(body_of(delivered(raw)), text.removeprefix("\ufeff"))


PLAIN = st.lists(st.text("abc de", min_size=1, max_size=200).map(str.strip), min_size=1, max_size=5)


def flowing(paragraph: str, delete_space: bool) -> str:
    """A paragraph broken at every tenth letter or so, as format=flowed is."""
    if delete_space:
        return " \r\n".join(paragraph[at : at + 10] for at in range(0, len(paragraph), 10))
    return paragraph.replace(" ", " \r\n")


@settings(deadline=None)
@given(PLAIN, st.booleans(), st.sampled_from(["", "> ", ">> "]))
def test_paragraphs_that_flow_come_out_whole(paragraphs: list[str], delete_space: bool, mark: str) -> None:
    paragraphs = [" ".join(one.split()) for one in paragraphs]
    lines = "\r\n".join(flowing(one, delete_space) for one in paragraphs).split("\r\n")
    stuffed = "\r\n".join(mark + (" " if line.startswith(" ") and not mark else "") + line for line in lines)
    kind = "text/plain; charset=utf-8; format=flowed" + ("; delsp=yes" if delete_space else "")
    told = body_of(delivered(mail(stuffed.encode(), kind, "8bit")))
    depth = mark.rstrip()
    wanted = [f"{depth} {one}" if depth else one for one in paragraphs]
    assert same(told, "\n".join(wanted))


def test_a_signature_mark_does_not_flow() -> None:
    raw = mail(b"Hi\r\n-- \r\nTara\r\n", "text/plain; format=flowed", "7bit")
    assert body_of(delivered(raw)) == "Hi\n-- \nTara"


@settings(deadline=None)
@given(WORDS.filter(lambda one: "=?" not in one), st.sampled_from(["utf-8", "8bit"]))
def test_a_subject_comes_out_as_it_was(subject: str, form: str) -> None:
    subject = " ".join(subject.split())
    written = subject if form == "8bit" else Header(subject, form, maxlinelen=70).encode(linesep="\r\n")
    message = delivered(mail(b"x", "text/plain", "7bit", written))
    assert " ".join(str(message["Subject"]).split()) == subject


NAMES = (
    st.text(LETTERS.filter(lambda one: one not in '/\\".%'), min_size=1, max_size=70)
    .map(str.strip)
    .filter(bool)
)


@settings(deadline=None)
@given(NAMES, st.sampled_from(["2231", "pieces", "2047", "8bit"]))
def test_a_file_name_comes_out_as_it_was(name: str, form: str) -> None:
    name = name.strip(" .") or "x"
    if "=?" in name or not name.isprintable():
        return
    coded = quote(name + ".txt", safe="")
    written = {
        "2231": f"filename*=utf-8''{coded}",
        "pieces": "; ".join(
            f"filename*{n}*={'utf-8' + chr(39) * 2 if not n else ''}{quote(one, safe='')}"
            for n, one in enumerate([name[:5], name[5:] + ".txt"])
        ),
        "2047": f'filename="=?utf-8?b?{base64.b64encode((name + ".txt").encode()).decode()}?="',
        "8bit": f'filename="{name}.txt"',
    }[form]
    part = f"--b\r\nContent-Disposition: attachment; {written}\r\n\r\nx\r\n--b--\r\n"
    message = delivered(mail(part.encode(), "multipart/mixed; boundary=b", "8bit"))
    (file,) = message.iter_attachments()
    assert file.get_filename() == name + ".txt"


@pytest.mark.parametrize("to_pupil", [True, False])
@given(before=TEXTS, after=TEXTS)
def test_only_our_own_lines_are_taken_out(to_pupil: bool, before: str, after: str) -> None:
    lines = "\n".join(("---", *footer("Demo Tutors", "M-2345-6789", to_pupil)))
    for mark in ("", "> ", "> > "):
        quoted = "\n".join(mark + line for line in lines.split("\n"))
        assert without_footers(f"{before}\n{quoted}\n{after}") == f"{before}\n{after}"


def test_looking_for_our_lines_is_linear() -> None:
    for hostile in (
        "---\nChecked by " * 40_000,
        "> " * 200_000 + "Checked by",
        "<p>---Checked by <p" * 40_000,
    ):
        without_footers(hostile)
        without_html_footers(hostile)
