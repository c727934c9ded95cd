"""A copy is a new mail: ours from the first header to the last boundary."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.channels.email import writing
from gateway.channels.email.compose import compose, leaks, message_id
from gateway.channels.email.parse import CIRCLES, read
from gateway.channels.email.sanitise import clean
from gateway.domain.message import Earlier, Part, Reading
from gateway.domain.people import Guardianship, Person
from tests.fakes.circle import DAN, JAMIE, RUTH, TARA, circle, envelope

FAMILY = (JAMIE, RUTH)


def copy(reading: Reading, to: Person = JAMIE, visible: tuple[Person, ...] = FAMILY) -> bytes:
    return compose(reading, envelope("tara"), circle(), visible, to)


def parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content.replace(b"\r\n", b"\n"), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text(*texts: str) -> Reading:
    return Reading(parts=tuple(Part(n, "text/plain", one) for n, one in enumerate(texts)), subject="Hello")


def html(source: str) -> str:
    content = copy(Reading(parts=(Part(0, "text/html", source),)))
    return str(parsed(content).get_content())


def test_headers_are_ours_and_no_others() -> None:
    raw = (
        b"From: Tara <tara.okafor@relay.test>\r\nSender: x@mail.test\r\nReply-To: x@mail.test\r\n"
        b"Received: from laptop\r\nX-Mailer: Pigeon\r\nOrganization: Home\r\nList-Post: x\r\nSubject: Hi\r\n"
        b"Disposition-Notification-To: x@mail.test\r\nReturn-Receipt-To: x@mail.test\r\n"
        b"DKIM-Signature: v=1\r\nThread-Index: abc\r\nBcc: x@mail.test\r\nMessage-ID: <1@laptop>\r\n\r\nHi\r\n"
    )
    assert parsed(copy(read(raw))).keys() == [
        *("From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version"),
        *("X-Tutor-Gateway-Reference", "Content-Type", "Content-Transfer-Encoding"),
    ]


def test_everybody_is_shown_by_alias_and_a_family_without_its_name() -> None:
    message = parsed(copy(text("Hi")))
    assert message["From"] == "Tara Okafor <alias0oftara@relay.test>"
    assert message["To"] == '"Jamie W." <alias1ofjamie@relay.test>'
    assert message["Cc"] == '"Ruth W." <alias2ofruth@relay.test>'


def test_a_pupil_who_writes_is_shown_without_a_family_name() -> None:
    content = compose(text("Hi"), envelope("jamie", ("tara",)), circle(), (TARA, RUTH), TARA)
    assert b"Whitfield" not in content
    assert parsed(content)["From"] == '"Jamie W." <alias1ofjamie@relay.test>'


def test_guardians_alone_are_addressed_and_never_see_each_others_addresses() -> None:
    content = compose(text("Hi"), envelope("tara"), circle(DAN), (RUTH, DAN), RUTH)
    assert parsed(content)["To"] == '"Ruth W." <alias2ofruth@relay.test>, "Dan W." <alias3ofdan@relay.test>'
    assert parsed(content)["Cc"] is None
    assert b"other.test" not in content


def test_a_barred_guardian_and_the_sender_are_not_among_the_recipients() -> None:
    barred = circle(DAN, guardianships=(Guardianship("dan", "jamie", barred=True),))
    content = compose(text("Hi"), envelope("tara"), barred, (JAMIE, DAN, TARA), JAMIE)
    assert b"Dan" not in content
    assert parsed(content)["To"] == '"Jamie W." <alias1ofjamie@relay.test>'


def test_somebody_without_an_alias_is_not_shown_by_a_private_address_but_refused() -> None:
    bare = replace(circle(), aliases={"tara": "t@relay.test"})
    with pytest.raises(ValueError, match="address"):
        compose(text("Hi"), envelope("tara"), bare, FAMILY, JAMIE)


FIRST, SECOND, THIRD = "a" * 32, "b" * 32, "c" * 32
THREAD = (
    Earlier(SECOND, "ruth", "<2@phone.test>", frozenset({"tara", "jamie"})),
    Earlier(FIRST, "tara", "<1@laptop.test>", frozenset({"ruth", "jamie"})),
)


def threaded(to: Person, *ids: str, thread: tuple[Earlier, ...] = THREAD) -> EmailMessage:
    return parsed(copy(replace(text("Hi"), in_reply_to=ids[-1], references=ids, thread=thread), to))


def test_ids_depend_on_the_recipient() -> None:
    assert message_id(FIRST, RUTH, "relay.test") != message_id(FIRST, JAMIE, "relay.test")


def test_each_recipient_finds_the_ids_of_their_own_mailbox() -> None:
    of_ruth = (message_id(FIRST, RUTH, "relay.test"), "<2@phone.test>")
    of_tara = ("<1@laptop.test>", message_id(SECOND, TARA, "relay.test"))
    of_jamie = (message_id(FIRST, JAMIE, "relay.test"), message_id(SECOND, JAMIE, "relay.test"))
    everybodys = {RUTH.id: of_ruth, TARA.id: of_tara, JAMIE.id: of_jamie}
    for writes in (of_ruth, of_tara, of_jamie):
        for reader in (RUTH, TARA, JAMIE):
            message = threaded(reader, *writes)
            assert message["References"].split() == list(everybodys[reader.id])
            assert message["In-Reply-To"] == everybodys[reader.id][-1]


def test_an_unknown_id_is_dropped_even_if_it_looks_like_ours() -> None:
    message = threaded(RUTH, "<9@laptop.test>", f"<{THIRD}.{'0' * 16}@relay.test>")
    assert message["References"] is None and message["In-Reply-To"] is None


def test_a_mail_somebody_was_never_sent_is_not_named_to_them() -> None:
    held = (Earlier(FIRST, "tara", "<1@laptop.test>", frozenset()),)
    assert threaded(RUTH, "<1@laptop.test>", thread=held)["References"] is None
    assert (
        threaded(TARA, message_id(FIRST, RUTH, "relay.test"), thread=held)["References"] == "<1@laptop.test>"
    )


def test_of_two_mails_with_one_id_the_delivered_one_is_named() -> None:
    # Outlook keeps the id when a refused mail is mended and sent again.
    twice = (
        Earlier(SECOND, "tara", "<1@laptop.test>", frozenset()),
        Earlier(FIRST, "tara", "<1@laptop.test>", frozenset({"ruth"})),
    )
    found = threaded(RUTH, "<1@laptop.test>", thread=twice)["References"]
    assert found == message_id(FIRST, RUTH, "relay.test")


@pytest.mark.parametrize("original", ["", "<ruth@family.test>", "<caf\u00e9@mail.test>", "<a@b>\r\nX: y"])
def test_an_id_that_tells_an_address_or_cannot_be_written_is_dropped(original: str) -> None:
    thread = (Earlier(FIRST, "tara", original, frozenset({"ruth"})),)
    assert threaded(TARA, message_id(FIRST, RUTH, "relay.test"), thread=thread)["References"] is None


def test_the_date_tells_no_time_zone() -> None:
    assert parsed(copy(text("Hi")))["Date"].endswith("+0000")


def test_the_same_message_makes_the_same_bytes() -> None:
    assert copy(text("Hi")) == copy(text("Hi"))


CHECKED = (
    "Checked by Demo Tutors. Reference M-2345-6789.\nTo report a concern about it, tell us this reference.\n"
)
WORRY = "If something in this message worries you, tell an adult you trust.\nChildline: 0800 1111.\n"


def test_every_copy_says_who_checked_it_and_a_pupils_what_to_do_when_worried() -> None:
    assert parsed(copy(text("Hi"))).get_content() == "Hi\n\n---\n" + CHECKED + WORRY
    assert parsed(copy(text("Hi"), RUTH)).get_content() == "Hi\n\n---\n" + CHECKED
    assert "Checked by Demo Tutors. Reference M-2345-6789.<br>" in html("<p>Hi")
    assert parsed(copy(Reading())).get_content().endswith(CHECKED + WORRY)


@pytest.mark.parametrize("quote", ["", "> ", ">> "])
@pytest.mark.parametrize("to", FAMILY)
def test_a_quoted_footer_is_not_quoted_on(to: Person, quote: str) -> None:
    once = parsed(copy(text("Hi"), to)).get_content()
    quoted = "".join(f"{quote}{line}\r\n" for line in once.splitlines())
    reading = read(f"From: a@relay.test\r\n\r\nThanks\r\n\r\n{quoted}".encode())
    assert "Checked" not in "".join(passage.text for passage in reading.passages)
    assert parsed(copy(reading, to)).get_content().count("Checked by") == 1


@pytest.mark.parametrize("to", FAMILY)
def test_a_footer_in_quoted_html_is_not_quoted_on(to: Person) -> None:
    once = str(parsed(copy(Reading(parts=(Part(0, "text/html", "<p>Hi"),)), to)).get_content())
    inner = once.replace("<p>", '<p style="margin:0">').replace("<br>", "<br>\r\n")
    source = f"<p>Thanks</p><blockquote>{inner}</blockquote>".replace("\r\n", "\n").replace("\n", "\r\n")
    reading = read(f"From: a@relay.test\r\nContent-Type: text/html\r\n\r\n{source}".encode())
    assert "Checked" not in "".join(passage.text for passage in reading.passages)
    assert reading.form_faults == ()


def test_words_that_only_look_like_a_footer_stay() -> None:
    words = "---\r\nChecked by me. Reference M-2345-6789. Ring me on 0800 1111."
    reading = read(f"From: a@relay.test\r\n\r\n{words}\r\n".encode())
    assert "Ring me" in reading.passages[-1].text


def test_a_subject_is_on_one_line_and_its_plain_words_stay_plain() -> None:
    assert b"\r\nSubject: [SECURE] =?utf-8?b?" in copy(Reading(subject="[SECURE] Übung"))
    assert parsed(copy(Reading(subject="a\r\nBcc: x@y.test\u2028b")))["Bcc"] is None
    assert b"Subject: =?utf-8?b?" in copy(Reading(subject="=?utf-8?q?ruth?="))


def test_a_header_value_that_would_begin_a_line_is_refused() -> None:
    for value in ("a\r\nBcc: b", "a\nb", "a\0b", "é", "a\x0bb"):
        with pytest.raises(ValueError, match="header value"):
            writing.header("Subject", value)


@pytest.mark.parametrize(
    "address", ["", "a", "a@b>, <c@d", "a b@c.test", "a@b.test\r\nX: y", "a,b@c.test", '"a"@c']
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        writing.named_address("Ruth W.", address)


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ('<p onclick="x()">Hi</p>', "<p>Hi</p>"),
        (
            '<a href="https://x.example.org/">x</a>',
            '<a href="https://x.example.org/" rel="noopener noreferrer">x</a>',
        ),
        ('<a href="javascript:x">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<a href="/x">x</a>', '<a rel="noopener noreferrer">x</a>'),
        ('<img src="https://x.example.org/p.gif">', "<img>"),
        ('<img src="cid:gone">', "<img>"),
        ('<b style="color:red;background:url(https://x.example.org)">x</b>', '<b style="color:red">x</b>'),
        ("<script>x</script><style>y</style><svg><a>z</a></svg>", ""),
        ('<iframe src="https://x.example.org"></iframe><object data=x>y</object>', ""),
        ('<form action="https://x.example.org"><input value=x>y</form>', "y"),
        ('<link rel=stylesheet href="https://x.example.org"><meta http-equiv=refresh content="0">', ""),
    ],
)
def test_html_fetches_nothing_and_runs_nothing(source: str, kept: str) -> None:
    body = html(source).removeprefix("<!DOCTYPE html><html><body>\n").partition("\n<p>---")[0]
    assert body == kept


def test_an_image_in_the_text_keeps_its_place_under_a_new_id() -> None:
    image = Part(2, "image/png", None, b"\x89PNG", "a.png", "image001@laptop.mail.test")
    reading = Reading(parts=(Part(1, "text/html", '<img src="cid:image001@laptop.mail.test">'), image))
    content = copy(reading)
    assert b"laptop" not in content
    message = parsed(content)
    assert message.get_content_type() == "multipart/related"
    page, picture = message.iter_parts()
    assert f"cid:{picture['Content-ID'].strip('<>')}" in page.get_content()


def test_attachments_keep_their_bytes_and_a_safe_name() -> None:
    names = [
        "a.pdf",
        "Übung 4.pdf",
        "x" * 300 + ".pdf",
        'q"\\;.pdf',
        "../../etc/é.pdf",
        "日本語" * 40 + ".pdf",
    ]
    parts = tuple(Part(n, "application/pdf", None, bytes(range(256)) * 9, one) for n, one in enumerate(names))
    content = copy(Reading(parts=parts))
    got = list(parsed(content).iter_attachments())
    assert [part.get_content() for part in got] == [bytes(range(256)) * 9] * len(names)
    shown = [part.get_filename() or "" for part in got]
    assert shown[:2] == names[:2] and shown[4] == "é.pdf"
    assert all(name.endswith(".pdf") and "/" not in name and len(name) <= 120 for name in shown)


def test_texts_that_follow_each_other_are_one_text() -> None:
    assert parsed(copy(text("one", "two"))).get_content().startswith("one\ntwo\n")


def test_quoted_private_addresses_become_aliases_and_longer_ones_stay() -> None:
    body = parsed(
        copy(text("> Ruth@Family.test wrote to xruth@family.test.uk, ruth@family.test."))
    ).get_content()
    assert body.startswith(
        "> alias2ofruth@relay.test wrote to xruth@family.test.uk, alias2ofruth@relay.test."
    )


TEXTS = st.text(max_size=400) | st.text(alphabet="a =?_.\r\n\t-\0\x0b\u2028é😀<>&\"'@", max_size=1500)


@settings(deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.binary(max_size=200), TEXTS)
def test_whatever_goes_in_comes_out_as_a_clean_mail(
    subject: str, plain: str, source: str, file: bytes, name: str
) -> None:
    parts = (
        Part(1, "text/plain", plain),
        Part(2, "text/html", source, alternative=True),
        Part(3, "application/pdf", None, b"%PDF-" + file, name + ".pdf"),
    )
    content = copy(Reading(parts=parts, subject=subject))
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 998 and not {10, 13, 0} & set(line) for line in lines)
    assert content.isascii()
    assert leaks(content, circle(), JAMIE) == ()
    message = parsed(content)
    alternative, attachment = message.iter_parts()
    assert attachment.get_payload(decode=True) == b"%PDF-" + file
    body = next(iter(alternative.iter_parts())).get_payload(decode=True)
    assert isinstance(body, bytes)
    wanted = plain.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd").rstrip()
    assert body.decode("utf-8").replace("\r\n", "\n").startswith(wanted)
    # Bytes that chance makes look like an encrypted or a busy PDF are held on the next reading, and rightly.
    assert set(read(content).form_faults) <= {"an encrypted attachment", "an attachment with macros", CIRCLES}


@given(TEXTS)
def test_a_subject_comes_back_as_it_was(subject: str) -> None:
    content = copy(Reading(subject=subject))
    once = read(content).subject
    assert read(copy(Reading(subject=once))).subject == once
    if subject.isprintable():
        assert once == subject.strip()


@pytest.mark.parametrize(
    ("source", "gone"),
    [
        ('<ol start="7700900123"><li>ok</li></ol>', "7700900123"),
        ('<ol start="7"><li></li></ol><ol start="0"><li></li></ol>', "start"),
        ('<p dir="rtl">3 2 1 0 0 9 0 0 7 7 0</p>', "rtl"),
    ],
)
def test_nothing_that_was_not_judged_is_shown_by_an_attribute(source: str, gone: str) -> None:
    assert gone not in clean(source)
