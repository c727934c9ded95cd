"""Our letters to families and tutors: signing in, an answer, a strike, a new address to say yes to.

Like every notice they carry no text of a message, and none says what somebody reported.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gateway.domain.address_change import AddressLetter, Side
from gateway.domain.correspondence import Invitation
from gateway.domain.language import Say
from gateway.domain.links import Way
from gateway.domain.people import Organisation
from gateway.hold.notices import Notice, our_mail

Write = Callable[[Organisation, str, str, Say, str, datetime], Notice]

SIGN_IN = """\
Somebody, most likely you, asked to sign in to the pages of {organisation}.

1. Open this link:
{link}

2. Type this code: {code}

The link and the code work once, within 15 minutes. If it was not you, you need not do anything.
"""
CODE = """\
You asked to read a message that {organisation} keeps under seal.

Type this code on the page: {code}

It works once, within 15 minutes. Do not tell it to anybody. If it was not you, you need not do anything.
"""
ANSWERED = """\
There is an answer to what you told us. Please sign in to read it:
{link}
"""
STRIKE = """\
There is news for you on your page. Please sign in to read it, and to say what you think of it:
{link}
"""

ADDRESS_OLD = """\
{organisation} was told that copies of a child's lesson mail should no longer come to this address.

If that is right, say yes on this page. If it was not you, say no there, and nothing changes:
{link}

Until the old and the new address have both said yes, everything goes on to come here. The page works for 14 days.
"""
ADDRESS_NEW = """\
{organisation} was told that this is a parent's or carer's new address.

If it is yours and you want it, say yes on this page. If not, say no there:
{link}

Nothing else is sent here until the old and the new address have both said yes. The page works for 14 days.
"""
ADDRESS_MOVED = """\
The change of address that you were asked about has taken effect: mail goes to the new address now.

If this is not right, please tell {organisation} at once.
"""


CHILD_TOLD = """\
Your child told us that something is not right. A person is looking into it and will get in touch with you.
You need not do anything. You can write to us from your page:
{link}
"""


def sign_in(
    organisation: Organisation, invitation: Invitation, base: str, say: Say, local_id: str, now: datetime
) -> Notice:
    """The letter with a link and a code."""
    link = f"{base}/me/enter/{invitation.token}"
    body = say(SIGN_IN).format(organisation=organisation.name, link=link, code=invitation.code)
    return _letter(organisation, invitation.mailbox, say("Your sign-in link"), body, local_id, now)


def code(
    organisation: Organisation, invitation: Invitation, say: Say, local_id: str, now: datetime
) -> Notice:
    """The letter with a code that opens a sealed message."""
    body = say(CODE).format(organisation=organisation.name, code=invitation.code)
    return _letter(organisation, invitation.mailbox, say("Your code"), body, local_id, now)


def answered(
    organisation: Organisation, mailbox: str, link: str, say: Say, local_id: str, now: datetime
) -> Notice:
    """There is an answer to a report."""
    body = say(ANSWERED).format(link=link)
    return _letter(organisation, mailbox, say("There is an answer for you"), body, local_id, now)


def child_told(
    organisation: Organisation, mailbox: str, link: str, say: Say, local_id: str, now: datetime
) -> Notice:
    """Tell a guardian that their child told us something, and nothing of what."""
    body = say(CHILD_TOLD).format(link=link)
    return _letter(organisation, mailbox, say("Your child told us something"), body, local_id, now)


def strike(
    organisation: Organisation, mailbox: str, link: str, say: Say, local_id: str, now: datetime
) -> Notice:
    """A strike was given, decided or taken back."""
    body = say(STRIKE).format(link=link)
    return _letter(organisation, mailbox, say("News on your page"), body, local_id, now)


def address(
    organisation: Organisation, one: AddressLetter, base: str, say: Say, local_id: str, now: datetime
) -> Notice:
    """Asks an old or a new address whether a change is right, or says that it was made. Names no address."""
    if not one.token:
        body = say(ADDRESS_MOVED).format(organisation=organisation.name)
        return _letter(organisation, one.mailbox, say("Your address was changed"), body, local_id, now)
    words = ADDRESS_OLD if one.side is Side.OLD else ADDRESS_NEW
    body = say(words).format(organisation=organisation.name, link=f"{base}/{Way.ADDRESS}/{one.token}")
    return _letter(organisation, one.mailbox, say("A change of address"), body, local_id, now)


def _letter(
    organisation: Organisation, mailbox: str, subject: str, body: str, local_id: str, now: datetime
) -> Notice:
    return our_mail(organisation, mailbox, subject, f"{body}\n{organisation.name}\n", local_id, now)
