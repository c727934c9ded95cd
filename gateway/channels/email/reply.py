"""Every answer an SMTP client can get; receipts are turned into answers here and only here.

An answer says the same for a clean, an amended and a held message (MAIL 7).
"""

from __future__ import annotations

import textwrap
import unicodedata

from gateway.domain.message import new_reference
from gateway.domain.verdict import Outcome, Refuse
from gateway.errors import StoreFull
from gateway.ports import Receipt

FIRST_LINE = 100
# Rules that refuse a message for its form, not for what it says.
FORM_RULES = frozenset({"unreadable"})

OK = "250 2.0.0 OK"
SENDER_OK = "250 2.1.0 Sender OK"
RECIPIENT_OK = "250 2.1.5 Recipient OK"
BYE = "221 2.0.0 Bye"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"
START_TLS = "220 2.0.0 Ready to start TLS"
HELP = "214 2.0.0 See RFC 5321"
CANNOT_VERIFY = "252 2.1.5 Send some mail and it will be seen"
SIGNED_IN = "235 2.7.0 Signed in"

TOO_MANY_CONNECTIONS = "421 4.7.0 Too many connections, try again later"
TOO_MANY_COMMANDS = "421 4.7.0 Too many commands, closing"
TOO_MANY_ERRORS = "421 4.7.0 Too many errors, closing"
IDLE = "421 4.4.2 Idle for too long, closing"
SESSION_TOO_LONG = "421 4.4.2 Session too long, closing"
TOO_SLOW = "421 4.4.2 Data comes too slowly, closing"
GOING_AWAY = "421 4.3.2 Closing for maintenance, try again soon"

UNKNOWN_COMMAND = "500 5.5.1 Command not recognised"
NOT_A_LINE = "500 5.5.2 Lines must end in CR LF and hold no bare CR, LF or NUL"
NOT_UTF8 = "500 5.5.2 Commands must be UTF-8"
LINE_TOO_LONG = "500 5.5.6 Command line too long"
BAD_ARGUMENT = "501 5.5.4 Bad or missing argument"
BAD_SENDER = "501 5.1.7 Bad sender address"
BAD_RECIPIENT = "501 5.1.3 Bad recipient address"
BAD_PARAMETER = "501 5.5.4 Bad value of a parameter"
UNKNOWN_PARAMETER = "555 5.5.4 Parameter not supported"
NOT_OFFERED = "502 5.5.1 Command not offered"
BAD_ORDER = "503 5.5.1 Bad sequence of commands"
EARLY_DATA = "503 5.5.0 Data sent before it was asked for, closing"
NEEDS_SMTPUTF8 = "553 5.6.7 Address needs SMTPUTF8"

NEEDS_TLS = "530 5.7.0 Must issue a STARTTLS command first"
SIGN_IN_NEEDS_TLS = "538 5.7.11 Encryption required, issue STARTTLS first"
NEEDS_SIGN_IN = "530 5.7.0 Please sign in first"
UNKNOWN_MECHANISM = "504 5.5.4 Use AUTH PLAIN or AUTH LOGIN"
SIGN_IN_ABORTED = "501 5.7.0 Sign-in aborted"
NOT_BASE64 = "501 5.5.2 Not valid base64"
WRONG_PASSWORD = "535 5.7.8 Address or app password is wrong"
SIGN_IN_LATER = "454 4.7.0 Too many failed sign-ins, try again in a minute"
SIGN_IN_UNAVAILABLE = "454 4.7.0 Signing in is not possible just now, try again later"

NOT_YOUR_ADDRESS = "553 5.7.1 Please send from the address you signed in with"
NO_SUCH_RECIPIENT = "550 5.1.1 No such recipient for you here"
NO_REPORTS = "550 5.7.1 Delivery reports are not accepted here"
NO_REPORT = "550 5.7.1 Only delivery reports are accepted here"
OTHER_FAMILY = "550 5.7.1 One message may go to one family only; please send separate messages"
WHICH_PUPIL = "550 5.7.1 Please reply to a message you got here, so that it is clear which pupil it is about"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients"
NO_RECIPIENTS = "554 5.5.1 No valid recipients"
TOO_LARGE = "552 5.3.4 Message is too large"
MALFORMED = "550 5.6.0 Message has a bare CR, LF or NUL or a line over 64 KB; please send it as plain text"
TOO_MANY_MAILS = "450 4.7.1 Too many messages in a short time, try again later"
NO_ROOM = "452 4.3.1 No room just now, try again later"


def accepted(reference: str) -> str:
    """The one answer to everything that was kept and not refused."""
    return f"250 2.0.0 Accepted for checking, reference {reference}"


def answer(receipt: Receipt) -> str:
    """The answer to a committed message; lines are separated by CR LF."""
    if receipt.verdict.outcome is not Outcome.REFUSE:
        return accepted(receipt.reference)
    leading = receipt.verdict.leading
    if leading is None or not isinstance(leading.ruling, Refuse):
        return refusal("550 5.7.1", "", receipt.reference)
    code = "550 5.6.0" if leading.rule in FORM_RULES else "550 5.7.1"
    return refusal(code, leading.ruling.say, receipt.reference)


def fault(error: BaseException, reference: str) -> str:
    """The answer when the fault is ours: fixed words, never the error's."""
    if isinstance(error, StoreFull):
        return f"{NO_ROOM}, reference {reference}"
    return f"451 4.3.0 Not possible just now, try again later, reference {reference}"


def fresh_reference() -> str:
    """A reference for a fault that met no message."""
    return new_reference()


def refusal(code: str, say: str, reference: str) -> str:
    """A refusal whose first line says enough by itself, for programs that show only that.

    code: such as "550 5.7.1". say: wording of the policy.
    """
    words = plain(say) or "This message was not accepted."
    room = FIRST_LINE - len(code) - 1
    named = f"{words} Reference {reference}"
    if len(named) <= room:
        return f"{code} {named}"
    first = _first_sentence(words, room)
    rest = words[len(first) :].strip() if words.startswith(first) else words
    lines = [first, *textwrap.wrap(rest, room), f"Reference {reference}"]
    number, _, enhanced = code.partition(" ")
    marks = ["-"] * (len(lines) - 1) + [" "]
    return "\r\n".join(f"{number}{mark}{enhanced} {line}" for mark, line in zip(marks, lines, strict=True))


def plain(say: str) -> str:
    """The wording in printable ASCII on one line."""
    say = say.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    text = unicodedata.normalize("NFKD", say).encode("ascii", "ignore").decode()
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _first_sentence(words: str, room: int) -> str:
    for end in range(len(words)):
        if words[end] in ".!?" and words[end + 1 : end + 2] in ("", " "):
            words = words[: end + 1]
            break
    if len(words) <= room:
        return words
    return textwrap.shorten(words, room, placeholder="...")
