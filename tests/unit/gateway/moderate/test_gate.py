"""Every way of being ambiguous is named, and ordinary mail has none of them."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.moderate.gate import dissect, faults

HEAD = b"From: Tara <tara@example.org>\r\nTo: a@example.org\r\nSubject: Chapter four\r\n"


def mail(*lines: str, body: str = "Hello\r\n") -> bytes:
    return HEAD + "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body.encode()


def mixed(inside: str, *lines: str, boundary: str = "b") -> bytes:
    return mail(
        "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', *lines, body=inside
    )


TWO_PARTS = "--b\r\n\r\nHello\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hi\r\n--b--\r\n"


def within(inner: str) -> str:
    return f'--a\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n{inner}\r\n--a--\r\n'


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        mail(),
        mail("Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes"),
        mail('Content-Type: text/plain; charset="us-ascii";'),
        mail("Content-type: TEXT/PLAIN; CHARSET=UTF-8", "content-transfer-encoding: 8BIT ", body="Grüße\r\n"),
        mail("X-Long: one", "\ttwo", " three"),
        mail("Subject-Free:"),
        mail("Content-Transfer-Encoding: base64", body="SGVsbG8=\r\n"),
        mail("Content-Transfer-Encoding: base64", body="SGVsbG8\r\n"),
        mail("Content-Transfer-Encoding: quoted-printable", body="a=\r\nb =E2=82=ac=20 \r\nc=\r\n"),
        mixed(TWO_PARTS),
        mixed("\r\n" + TWO_PARTS + "\r\n\r\n"),
        mixed("This is a multi-part message in MIME format.\r\n" + TWO_PARTS),
        mixed("--b  \r\n\r\nHello\r\n--b--"),
        mixed("--b\r\n--b\r\n\r\n\r\n--b--\r\n"),
        mixed(TWO_PARTS, "Content-Transfer-Encoding: 7bit"),
        mail("Content-Type: text/plain; charset=windows-1252", body="it’s\r\n").replace("’".encode(), b"\x92"),
        mail("Content-Type: text/plain; charset=gb2312"),
        mail("Content-Type: application/pdf; name*0*=utf-8''r%C3%A9; name*1=sum.pdf"),
        HEAD.replace(b"Chapter", "Größe".encode()) + b"\r\nHello\r\n",
    ],
)  # fmt: skip
def test_it_lets_ordinary_mail_through(raw: bytes) -> None:
    assert faults(raw) == ()


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (mail(body="a\nb\r\n"), "a line feed without a carriage return"),
        (mail(body="a\rb\r\n"), "a carriage return without a line feed"),
        (mail(body="a\0b\r\n"), "a NUL byte"),
        (mail("From: other@example.org"), "two From headers"),
        (mail("subject: other"), "two Subject headers"),
        (mail("Content-Type: text/plain", "Content-Type: text/html"), "two Content-Type headers"),
        (
            mail("Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: base64"),
            "two Content-Transfer-Encoding headers",
        ),
        (mail("no colon here"), "a header line without a colon"),
        (mail("Subject : x"), "a header line with a space before its colon"),
        (mail("Sub ject: x"), "a header line that names no field"),
        (b" folded: first\r\n" + mail(), "a folded header line that continues nothing"),
        (b"From nobody Mon Mar  2 10:00:00 2026\r\n" + mail(), "a header line that names no field"),
        (mail("X: a", " \t", " b"), "a folded header line of nothing but spaces"),
        (mail("X: a\x08b"), "a control character in a header"),
        (mail("X: \x7f"), "a control character in a header"),
        (HEAD + ("X: " + "Привет всем " * 9).encode("koi8-r") + b"\r\n\r\n", "a header in an unknown character set"),
        (mail("X: " + "a" * 66000), "a header section over 64 KiB"),
        (mail(*["X: a"] * 201), "over 200 header fields"),
        (mail("Content-Type: text/plain (not html)"), "a comment in Content-Type"),
        (mail("Content-Transfer-Encoding: base64 (really)"), "a comment in Content-Transfer-Encoding"),
        (mail("Content-Transfer-Encoding: x-uuencode"), "an unknown transfer encoding"),
        (mail("Content-Transfer-Encoding: base 64"), "an unknown transfer encoding"),
        (mail("Content-Type: text"), "a Content-Type that cannot be read"),
        (mail("Content-Type: ;charset=utf-8"), "a Content-Type that cannot be read"),
        (mail("Content-Type: text/plain; charset utf-8"), "a Content-Type that cannot be read"),
        (mail("Content-Type: text/plain; charset"), "a Content-Type that cannot be read"),
        (mail('Content-Type: text/plain; name="open'), "a Content-Type that cannot be read"),
        (mail("Content-Type: text/plain; charset=utf-8; charset=utf-16"), "two charset parameters"),
        (mail("Content-Type: text/plain; charset=klingon"), "an unknown character set"),
        (mail("Content-Type: text/plain; charset=utf-7", body="+ADw-"), "UTF-7"),
        (mail("Content-Type: text/plain; charset=unicode-1-1-utf-7"), "UTF-7"),
        (mail("Content-Type: text/plain; charset*=utf-8''utf-8"), "a Content-Type in an unusual form"),
        (HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + "Привет".encode("koi8-r"), "text that does not fit its character set"),
        (mail("Content-Transfer-Encoding: base64", body="SGk=SGVsbG8="), "data after base64 padding"),
        (mail("Content-Transfer-Encoding: base64", body="SGk=\r\n-- \r\nfooter"), "base64 with foreign characters"),
        (mail("Content-Transfer-Encoding: base64", body="SGVsb"), "base64 with wrong padding"),
        (mail("Content-Transfer-Encoding: base64", body="SGk=="), "base64 with wrong padding"),
        (mail("Content-Transfer-Encoding: quoted-printable", body="a=3"), "broken quoted-printable"),
        (mail("Content-Transfer-Encoding: quoted-printable", body="a=00b"), "a NUL byte"),
        (mixed(TWO_PARTS, "Content-Transfer-Encoding: base64"), "an encoded multipart"),
        (mail("Content-Type: multipart/mixed"), "a multipart without a boundary"),
        (mail('Content-Type: multipart/mixed; boundary=""'), "an empty boundary"),
        (mail('Content-Type: multipart/mixed; boundary="a"; boundary="b"'), "two boundary parameters"),
        (mail("Content-Type: multipart/mixed; boundary*=utf-8''b"), "a Content-Type in an unusual form"),
        (mail('Content-Type: multipart/mixed; boundary="b "'), "a boundary of an unusual form"),
        (mail(f"Content-Type: multipart/mixed; boundary={'b' * 201}"), "a boundary of an unusual form"),
        (mixed("Call me\r\n" + TWO_PARTS), "text before the first part"),
        (mixed(" " * 300 + "Call me\r\n" + TWO_PARTS), "text before the first part"),
        (mixed(TWO_PARTS + "Call me\r\n"), "text after the last part"),
        (mixed(within(TWO_PARTS[:-7]), boundary="a"), "a multipart that is not closed"),
        (mixed("--b--\r\n"), "a multipart without parts"),
        (mixed("Hello\r\n"), "a multipart that is not closed"),
        (mixed(TWO_PARTS.replace("Hello", "Hello\r\n--bx")), "a line that looks like a part boundary"),
        (mixed(TWO_PARTS.replace("--b--", "--b-- x")), "a line that looks like a part boundary"),
        (mixed("--b\r\n\r\nx\r\n" * 101 + "--b--\r\n"), "over 100 parts"),
        (mixed("--b\r\nContent-Type: multipart/mixed\r\n\r\nx\r\n" * 101 + "--b--\r\n"), "over 100 parts"),
        (
            mixed("--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nSGk=\r\n--b--\r\n"),
            "an encoded message inside the message",
        ),
    ],
)  # fmt: skip
def test_it_names_what_cannot_be_read_in_one_way(raw: bytes, fault: str) -> None:
    assert fault in faults(raw)


def test_it_holds_parts_nested_over_twenty_deep() -> None:
    body = "--b21\r\n\r\nx\r\n--b21--\r\n"
    for depth in range(20, 0, -1):
        head = f'--b{depth}\r\nContent-Type: multipart/mixed; boundary="b{depth + 1}"\r\n\r\n'
        body = f"{head}{body}--b{depth}--\r\n"
    assert "parts nested over 20 deep" in faults(mixed(body, boundary="b1"))


def test_utf_16_needs_its_byte_order_mark() -> None:
    def raw(text: bytes) -> bytes:
        lines = ("Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: base64")
        return mail(*lines, body=base64.b64encode(text).decode())

    assert faults(raw("\ufeffHi".encode("utf-16-le"))) == ()
    assert "UTF-16 without a byte order mark" in faults(raw("Hi".encode("utf-16-le")))


def test_a_fault_never_repeats_what_the_mail_says() -> None:
    raw = mail("Content-Type: text/plain; secret-word=1; secret-word=2; boundary=x", "secret word")
    assert not any("secret" in fault for fault in faults(raw))


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"To: " + b'"' * 40_000 + b"\r\n\r\n",
        mail("Content-Type: text/plain; " + 'name="' * 8000),
        mail("Content-Type: text/plain; " + 'a="\\' * 10_000),
        mail(*[" x"] * 20_000),
        mixed("--bx\r\n" * 200_000),
        mixed("--b\r\n" * 200_000),
        mail("Content-Transfer-Encoding: quoted-printable", body=" " * 1_000_000 + "x" + "= " * 500_000),
        mail("Content-Transfer-Encoding: base64", body="=" * 1_000_000),
        b"\r" * 1_000_000,
        mail(body="x" * 1_000_000),
    ],
    ids=["quotes", "open", "slashes", "folds", "alike", "parts", "spaces", "padding", "returns", "line"],
)
def test_hostile_mail_costs_no_more_than_its_length(raw: bytes) -> None:
    start = time.process_time()
    faults(raw)
    assert time.process_time() - start < 2  # milliseconds each; quadratic would be minutes


@given(st.binary(max_size=400))
def test_it_never_raises(tail: bytes) -> None:
    faults(tail)
    faults(HEAD + tail)
    faults(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + tail + b"\r\n--b--\r\n")


def test_the_tree_of_a_faulty_mail_still_shows_its_text() -> None:
    root, found = dissect(mixed("Call me\r\n" + TWO_PARTS))
    assert found
    assert [child.text for child in root.children] == ["Hello", "<p>Hi"]


WESTERN = HEAD + b"Content-Type: text/plain%s\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s"


@pytest.mark.parametrize("label", [b"", b"; charset=us-ascii", b"; charset=unknown-8bit"])
@pytest.mark.parametrize("text", ["It’s “fine” – yes", "Un café, please\r\n" * 30])
@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
def test_letters_beyond_an_unsaid_character_set_are_what_the_machine_writes(
    label: bytes, text: str, codec: str
) -> None:
    root, found = dissect(WESTERN % (label, text.encode(codec)))
    assert found == ()
    assert root.text == text.replace("\r\n", "\n")


def test_a_byte_that_windows_leaves_out_is_read_as_browsers_do() -> None:
    root, found = dissect(WESTERN % (b"; charset=iso-8859-1", "“fine”".encode()))
    assert (root.text, found) == ("â€œfineâ€\x9d", ())


def test_without_its_closing_line_a_mail_is_read_to_its_end() -> None:
    root, found = dissect(mixed(TWO_PARTS[:-7]))
    assert found == ()
    assert [(child.text or "").strip() for child in root.children] == ["Hello", "<p>Hi"]


@pytest.mark.parametrize(
    "given", ["charset = utf-8", "charset\t=\r\n utf-8", 'charset = "utf-8" ; format = flowed']
)
def test_space_about_the_equals_sign_says_nothing(given: str) -> None:
    root, found = dissect(mail(f"Content-Type: text/plain; {given}"))
    assert (root.parameters["charset"], found) == ("utf-8", ())


def test_phrases_before_the_first_part_may_be_folded_in_any_way() -> None:
    phrase = (
        "  This message is in MIME format.  The first part should be readable text,\r\n  while the remaining "
    )
    assert (
        faults(mixed(phrase + "parts are likely unreadable without MIME-aware tools.\r\n\r\n" + TWO_PARTS))
        == ()
    )
