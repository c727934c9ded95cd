"""What ClamAV finds, and what it does not answer, is held; the words of a mail alone are not asked about."""

from __future__ import annotations

import base64
import socket
import time
from pathlib import Path

import pytest

from gateway.channels.email.clamav import FOUND, UNCHECKED, NoAnswer, Scanner, checking, version, virus_in
from gateway.channels.email.parse import read
from tests.fakes.clamd import NAME, VIRUS, clamd

WORDS = b"From: Tara <tara@relay.test>\r\nSubject: Hi\r\nMIME-Version: 1.0\r\n"


def with_file(content: bytes) -> bytes:
    head = b'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: attachment; filename="a.txt"\r\n'
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    parts = b"--b\r\n\r\nHello\r\n--b\r\n" + head + b"Content-Transfer-Encoding: base64\r\n\r\n" + coded
    return WORDS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"


def test_a_clean_file_passes_and_all_of_the_mail_was_seen() -> None:
    raw = with_file(b"Solve for x")
    with clamd() as scanner:
        reading = checking(read, Scanner(scanner.where))(raw)
    assert reading.form_faults == ()
    assert [part.filename for part in reading.parts] == ["", "a.txt"]
    assert scanner.streams == [raw]


def test_a_mail_of_words_alone_is_not_asked_about() -> None:
    with clamd() as scanner:
        assert checking(read, Scanner(scanner.where))(WORDS + b"\r\nHello\r\n").form_faults == ()
    assert scanner.streams == []


def test_a_virus_is_a_fault_and_its_file_cannot_be_released() -> None:
    with clamd() as scanner:
        # Not base64: the fake looks at the bytes as they come, where clamd decodes.
        raw = with_file(b"x").replace(base64.encodebytes(b"x").replace(b"\n", b"\r\n"), VIRUS + b"\r\n")
        reading = checking(read, Scanner(scanner.where))(raw.replace(b"base64", b"7bit"))
    assert reading.form_faults == (f"{FOUND} ({NAME})",)
    assert [part.filename for part in reading.parts] == [""]


@pytest.mark.parametrize("behaviour", ["silent", "broken", "garbage", "error"])
def test_no_clear_answer_counts_as_unread(behaviour: str) -> None:
    with clamd(behaviour) as scanner:
        reading = checking(read, Scanner(scanner.where, 0.3))(with_file(b"Solve for x"))
    assert reading.form_faults == (UNCHECKED,)


def test_a_mail_over_clamds_limit_counts_as_unread_however_much_is_left_to_send() -> None:
    with clamd(stream_limit=10_000) as scanner:
        for size in (20_000, 8_000_000):
            with pytest.raises(NoAnswer):
                virus_in(b"x" * size, Scanner(scanner.where))


def test_a_scanner_that_is_away_counts_as_unread_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused
        for where in (taken.getsockname(), tmp_path / "nobody.sock"):
            began = time.monotonic()
            reading = checking(read, Scanner(where))(with_file(b"x"))
            assert reading.form_faults == (UNCHECKED,)
            assert time.monotonic() - began < 2


def test_its_socket_may_be_a_path_and_it_says_its_version(tmp_path: Path) -> None:
    with clamd(path=tmp_path / "clamd.sock") as scanner:
        assert virus_in(VIRUS, Scanner(tmp_path / "clamd.sock")) == NAME
        assert (version(Scanner(tmp_path / "clamd.sock")) or "").startswith("ClamAV 1.4.3")
        assert scanner.streams == [VIRUS]
    with clamd("silent") as silent:
        assert version(Scanner(silent.where, 0.2)) is None


def test_a_large_mail_goes_in_pieces_and_arrives_whole() -> None:
    content = bytes(range(256)) * 4 * 1024 + b"end"
    with clamd() as scanner:
        assert virus_in(content, Scanner(scanner.where)) == ""
    assert scanner.streams == [content]
