"""Asks clamd about a mail with files, over INSTREAM (clamd(8)), and holds what it does not pass.

It is asked by the reader, in its child process: the event loop never waits for it, and one that hangs
costs that child its time and nobody else's. No answer, an error and "too large" count as unread.
"""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass, replace
from pathlib import Path

from classifiers.finding import Layer
from gateway.domain.message import Reading
from gateway.ports import Read

UNCHECKED = "a file that could not be checked for viruses"
FOUND = "a virus was found"

CHUNK_BYTES = 256 * 1024
ANSWER_LIMIT_BYTES = 4096
CONNECT_TIMEOUT_S = 1.0
_FOUND = re.compile(r"stream: (.+) FOUND")
_OF_FILES = frozenset({Layer.ATTACHMENT, Layer.FILENAME})


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where clamd listens, and how long it may take over one mail, connecting included."""

    where: tuple[str, int] | Path
    timeout_s: float = 5.0


class NoAnswer(Exception):
    """Clamd did not say whether the mail is clean."""


def checking(read: Read, scanner: Scanner) -> Read:
    """Return a `read` that also has clamd look at every mail with files."""

    def checked(raw: bytes) -> Reading:
        reading = read(raw)
        return _told(reading, raw, scanner) if has_files(reading) else reading

    return checked


def has_files(reading: Reading) -> bool:
    """Tell whether a mail carries anything but its own words, delivered or not."""
    return (
        bool(reading.form_faults)
        or any(part.text is None for part in reading.parts)
        or any(passage.layer in _OF_FILES for passage in reading.passages)
    )


def _told(reading: Reading, raw: bytes, scanner: Scanner) -> Reading:
    """Add what clamd says. A file with a virus is taken out, so that no release can send it."""
    try:
        virus = virus_in(raw, scanner)
    except NoAnswer:
        return replace(reading, form_faults=(*reading.form_faults, UNCHECKED))
    if not virus:
        return reading
    words = tuple(part for part in reading.parts if part.text is not None)
    return replace(reading, parts=words, form_faults=(*reading.form_faults, f"{FOUND} ({virus})"))


def virus_in(content: bytes, scanner: Scanner) -> str:
    """Return the name of the virus in these bytes, "" when clamd calls them clean. Raises NoAnswer."""
    answer = _asked(scanner, b"zINSTREAM\0", content)
    if answer == "stream: OK":
        return ""
    found = _FOUND.fullmatch(answer)
    if found is None:
        raise NoAnswer("error")
    return re.sub(r"[^\w.:/-]", "_", found[1], flags=re.ASCII)[:80]


def version(scanner: Scanner) -> str | None:
    """Return what clamd says of itself, None when it does not answer as clamd."""
    try:
        answer = _asked(scanner, b"zVERSION\0")
    except NoAnswer:
        return None
    return answer[:80] if answer.startswith("ClamAV ") and answer.isprintable() else None


def _asked(scanner: Scanner, command: bytes, content: bytes | None = None) -> str:
    """Return clamd's answer to a command, after which come the bytes of a mail if there is one."""
    until = time.monotonic() + scanner.timeout_s
    try:
        with _connected(scanner, until) as line:
            try:
                line.sendall(command)
                if content is not None:
                    _send(line, content, until)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it answered before it had read all, as it does over its size limit
            return _answer(line, until)
    except (OSError, UnicodeDecodeError) as error:
        raise NoAnswer(type(error).__name__) from None


def _connected(scanner: Scanner, until: float) -> socket.socket:
    if isinstance(scanner.where, tuple):
        return socket.create_connection(scanner.where, min(CONNECT_TIMEOUT_S, _left(until)))
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(min(CONNECT_TIMEOUT_S, _left(until)))
        line.connect(str(scanner.where))
    except BaseException:
        line.close()
        raise
    return line


def _send(line: socket.socket, content: bytes, until: float) -> None:
    """Send pieces, each after its length as four bytes, and an empty one at the end."""
    whole = memoryview(content)
    for start in range(0, len(content), CHUNK_BYTES):
        piece = whole[start : start + CHUNK_BYTES]
        line.settimeout(_left(until))
        line.sendall(len(piece).to_bytes(4, "big"))
        line.sendall(piece)
    line.sendall(bytes(4))


def _answer(line: socket.socket, until: float) -> str:
    """Read up to the NUL that ends an answer; one that breaks off before it is none."""
    answer = b""
    while not answer.endswith(b"\0"):
        line.settimeout(_left(until))
        piece = line.recv(ANSWER_LIMIT_BYTES)
        answer += piece
        if not piece or len(answer) > ANSWER_LIMIT_BYTES:
            raise ConnectionResetError
    return answer.rstrip(b"\0").decode()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
