"""E-mail in: who is speaking, to whom, and the message handed to the office.

A session (`session`) asks, this answers, in the words of `reply`. Where the directory does not remember,
it is asked on worker threads; moderation happens behind `office.take`.
"""

from __future__ import annotations

import asyncio
import logging
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.channels.email import proving, reply
from gateway.channels.email.bounces import Bounces
from gateway.channels.email.handover import Commits, take, where
from gateway.channels.email.identity import Addressed, Place, Transaction, places
from gateway.channels.email.limits import Attempts, Limits
from gateway.channels.email.pace import Pace
from gateway.channels.email.path import same_address
from gateway.channels.email.peers import Network, client_of, is_among
from gateway.channels.email.resolver import Resolver
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.people import Person
from gateway.errors import NotAtHand
from gateway.ports import Clock, Directory, Office

log = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.0/8", "::1/128")


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Reception:
    """What all sessions of one listening server share on our side.

    authserv_id, neighbours: whose Authentication-Results are believed, from which addresses.
    resolver: for our own check of senders that nobody vouches for; None makes none.
    bounces: takes reports about what we sent; None takes none.
    at_hand: the directory answering from memory alone, None while it has to look.
    has_room: False while store or disk are short; then no mail is begun.
    commits: messages handed to the office and not yet answered, hung-up clients' included.
    """

    office: Office
    directory: Directory
    submission: bool
    limits: Limits
    authserv_id: str = ""
    neighbours: tuple[Network, ...] = ()
    resolver: Resolver | None = None
    bounces: Bounces | None = None
    clock: Clock = utc_now
    at_hand: Callable[[], Directory | None] = lambda: None
    has_room: Callable[[], bool] = lambda: True
    commits: Commits = field(default_factory=set)
    lookups: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "directory"))
    # Apart from the look-ups, so that a storm of sign-ins (argon2) leaves mail flowing.
    sign_ins: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "sign-in"))
    attempts: Attempts = field(init=False)
    tutors: Pace = field(init=False)
    clients: Pace = field(init=False)

    def __post_init__(self) -> None:
        limits = self.limits
        self.attempts = Attempts(limits.sign_in_failures, time.monotonic)
        self.tutors = Pace(limits.mails_per_minute, limits.mails_per_hour, time.monotonic)
        self.clients = Pace(
            limits.mails_per_minute_per_address, limits.mails_per_hour_per_address, time.monotonic
        )

    def is_neighbour(self, peer: str) -> bool:
        """Tell whether a peer's address is one of the trusted neighbours'."""
        return is_among(peer, self.neighbours)

    def may_send(self, peer: str, person: Person | None) -> bool:
        """Count a mail that is about to come; False when it is one too many for its sender."""
        if self.is_neighbour(peer):
            return True
        counted = [(self.clients, client_of(peer))]
        if person is not None:
            counted.append((self.tutors, person.id))
        if any(pace.is_over(key) for pace, key in counted):
            return False
        for pace, key in counted:
            pace.count(key)
        return True

    def room_for(self, peer: str) -> int:
        """How many connections a peer may have at a time."""
        if not self.submission and self.is_neighbour(peer):
            return self.limits.connections_per_neighbour
        return self.limits.connections_per_address

    def welcome(self, peer: str) -> Visitor:
        """Receive a new session."""
        return Visitor(self, peer)

    def close(self) -> None:
        """Let the worker threads go."""
        self.lookups.shutdown(wait=False, cancel_futures=True)
        self.sign_ins.shutdown(wait=False, cancel_futures=True)


class Visitor:
    """Answers one session's questions (the `Dialogue` of `session`)."""

    def __init__(self, reception: Reception, peer: str) -> None:
        self._reception, self._peer = reception, peer
        self._of_ours = reception.is_neighbour(peer)
        self._helo = ""
        self._person: Person | None = None
        self._mail: Transaction | None = None

    def greeted(self, name: str) -> None:
        """Remember how the client calls itself; SPF may ask (RFC 7208 section 2.3)."""
        self._helo = name

    async def sign_in(self, address: str, password: str) -> str:
        """Check an issued address and app password; failures are rationed."""
        # However the address is spaced, composed and cased, the directory finds one person by it.
        named = unicodedata.normalize("NFC", address.strip()).casefold()
        keys = (f"peer {client_of(self._peer)}", f"person {named}")
        attempts = self._reception.attempts
        if not attempts.begin(*keys):
            return reply.SIGN_IN_LATER
        loop, reception = asyncio.get_running_loop(), self._reception
        try:
            async with asyncio.timeout(reception.limits.lookup_s):
                person = await loop.run_in_executor(
                    reception.sign_ins, reception.directory.sign_in, address, password
                )
        except Exception as error:
            attempts.succeeded(*keys)
            log.error("sign-in not possible: %s", where(error))
            return reply.SIGN_IN_UNAVAILABLE
        if person is None:
            return reply.WRONG_PASSWORD
        attempts.succeeded(*keys)
        self._person = person
        return reply.SIGNED_IN

    def mail(self, address: str) -> str:
        """Begin a mail; from a tutor only under the address they signed in with."""
        if not self._reception.has_room():
            return reply.NO_ROOM
        if self._reception.submission and (
            self._person is None or not same_address(address, self._person.address)
        ):
            return reply.NOT_YOUR_ADDRESS
        self._mail = Transaction(address, self._person)
        return reply.SENDER_OK

    async def rcpt(self, address: str) -> str:
        """Accept a recipient whom this sender may write to, all of one pair."""
        mail, reception = self._mail, self._reception
        assert mail is not None
        if mail.taken >= reception.limits.recipients or mail.bounced is not None:
            return reply.TOO_MANY_RECIPIENTS
        if mail.is_own(address):
            mail.taken += 1
            return reply.RECIPIENT_OK
        if self._is_bounce(mail, address):
            return reply.RECIPIENT_OK
        if not mail.mail_from:
            return reply.NO_REPORTS
        try:
            found = await self._places(mail, address)
        except Exception as error:
            return self.fault(error)
        if not found:
            return reply.NO_SUCH_RECIPIENT
        return reply.RECIPIENT_OK if mail.add(found) else reply.OTHER_FAMILY

    def _is_bounce(self, mail: Transaction, address: str) -> bool:
        """Note the copy that a mail to one of our return paths alone is about."""
        bounces = self._reception.bounces
        if bounces is None or mail.taken:
            return False
        mail.bounced = bounces.dispatch_of(address)
        mail.taken += mail.bounced is not None
        return mail.bounced is not None

    async def _places(self, mail: Transaction, address: str) -> tuple[Place, ...]:
        reception = self._reception
        remembered = reception.at_hand()
        if remembered is not None:
            with suppress(NotAtHand):
                return places(remembered, mail.person, mail.mail_from, address)
        async with asyncio.timeout(reception.limits.lookup_s):
            return await asyncio.get_running_loop().run_in_executor(
                reception.lookups, places, reception.directory, mail.person, mail.mail_from, address
            )

    def before_data(self) -> str | None:
        """Refuse, before any of it is sent, a message that could go to nobody or to two families."""
        mail = self._mail
        if mail is None or not mail.taken:
            return reply.NO_RECIPIENTS
        if mail.mixed:
            return reply.OTHER_FAMILY
        if mail.ambiguous:
            return reply.WHICH_PUPIL
        if mail.bounced is None and not mail.addressed():
            return reply.NO_RECIPIENTS
        return None if self._reception.may_send(self._peer, self._person) else reply.TOO_MANY_MAILS

    async def data(self, content: bytes, odd: bool) -> str:
        """Hand the message to the office and answer with what was committed.

        odd: bare CR, LF or NUL from outside; handed on unchanged, for the reader to hold.
        """
        assert self._mail is not None
        reference = new_reference()
        if self._mail.bounced is not None:
            return await self._take_bounce(self._mail.bounced, content, reference)
        addressed = self._mail.addressed()
        assert addressed is not None
        try:
            assurance = Assurance.NONE if odd else await self._assurance(content, reference)
            arrival = self._arrival(addressed, assurance, reference, content)
            receipt = await take(self._reception.office, self._reception.commits, arrival)
        except Exception as error:
            log.error("message not taken, reference %s: %s", reference, where(error))
            return reply.fault(error, reference)
        return reply.answer(receipt)

    async def _take_bounce(self, dispatch_id: int, content: bytes, reference: str) -> str:
        reception = self._reception
        assert reception.bounces is not None
        try:
            async with asyncio.timeout(reception.limits.lookup_s):
                return await reception.bounces.take(dispatch_id, content, reception.clock())
        except Exception as error:
            log.error(
                "report about copy %d not taken, reference %s: %s", dispatch_id, reference, where(error)
            )
            return reply.fault(error, reference)

    def reset(self) -> None:
        """Forget the mail begun; who signed in stays."""
        self._mail = None

    def fault(self, error: Exception) -> str:
        """Log a fault of ours by reference and answer it."""
        reference = reply.fresh_reference()
        log.error("fault in a session, reference %s: %s", reference, where(error))
        return reply.fault(error, reference)

    def _arrival(self, to: Addressed, assurance: Assurance, reference: str, raw: bytes) -> Arrival:
        now = self._reception.clock()
        envelope = Envelope(
            id=new_id(now),
            reference=reference,
            organisation_id=to.organisation_id,
            pair_id=to.pair_id,
            channel=Channel.EMAIL,
            sender_id=to.sender_id,
            recipient_ids=to.recipient_ids,
            received_at=now,
            assurance=assurance,
        )
        return Arrival(envelope, raw)

    async def _assurance(self, content: bytes, reference: str) -> Assurance:
        reception, mail = self._reception, self._mail
        assert mail is not None
        if mail.person is not None:
            return Assurance.PASSWORD
        asked = (content, mail.mail_from)
        proven = (
            self._of_ours
            and bool(reception.authserv_id)
            and await proving.vouched(*asked, reception.authserv_id, reception.lookups)
        )
        if not proven and reception.resolver is not None:
            # A server of ours in front is no stranger's host: SPF would ask about the wrong one.
            peer = "" if self._of_ours else self._peer
            proven = await proving.checked(*asked, peer, self._helo, reception.resolver, reference)
        return Assurance.AUTHENTICATED_MAIL if proven else Assurance.NONE
