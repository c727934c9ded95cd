"""E-mail in: who is speaking, to whom, and the message handed to the office.

A session (`session`) asks, this answers, in the words of `reply`. Where the directory does not remember,
it is asked on worker threads; moderation happens behind `office.take`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import PurePath

from gateway.channels.email import reply
from gateway.channels.email.authresults import vouched_for
from gateway.channels.email.identity import Addressed, Place, Transaction, places
from gateway.channels.email.limits import Attempts, Limits
from gateway.channels.email.path import same_address
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, new_id, new_reference
from gateway.domain.people import Person
from gateway.errors import NotAtHand, StoreUnavailable
from gateway.ports import Clock, Directory, Office, Receipt

log = logging.getLogger(__name__)

Network = IPv4Network | IPv6Network
SHORT_HEADER = 8 * 1024  # read on the event loop, in well under a millisecond
LOOPBACK = ("127.0.0.0/8", "::1/128")


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Reception:
    """What all sessions of one listening server share on our side.

    authserv_id, neighbours: whose Authentication-Results are believed, from which addresses.
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
    clock: Clock = utc_now
    at_hand: Callable[[], Directory | None] = lambda: None
    has_room: Callable[[], bool] = lambda: True
    commits: set[asyncio.Task[Receipt]] = field(default_factory=set)
    lookups: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "directory"))
    # Apart from the look-ups, so that a storm of sign-ins (argon2) leaves mail flowing.
    sign_ins: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(2, "sign-in"))
    attempts: Attempts = field(init=False)

    def __post_init__(self) -> None:
        self.attempts = Attempts(self.limits.sign_in_failures, time.monotonic)

    def is_neighbour(self, peer: str) -> bool:
        """Tell whether a peer's address is one of the trusted neighbours'."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.neighbours)

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


def networks(neighbours: tuple[str, ...]) -> tuple[Network, ...]:
    """Read addresses and networks. Raises ValueError on one that is neither."""
    return tuple(ip_network(one, strict=False) for one in neighbours)


class Visitor:
    """Answers one session's questions (the `Dialogue` of `session`)."""

    def __init__(self, reception: Reception, peer: str) -> None:
        self._reception, self._peer = reception, peer
        self._believed = bool(reception.authserv_id) and reception.is_neighbour(peer)
        self._person: Person | None = None
        self._mail: Transaction | None = None

    async def sign_in(self, address: str, password: str) -> str:
        """Check an issued address and app password; failures are rationed."""
        keys = (f"peer {self._peer}", f"person {address.casefold()}")
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
        if mail.taken >= reception.limits.recipients:
            return reply.TOO_MANY_RECIPIENTS
        if mail.is_own(address):
            mail.taken += 1
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
        return None if mail.addressed() else reply.NO_RECIPIENTS

    async def data(self, content: bytes, odd: bool) -> str:
        """Hand the message to the office and answer with what was committed.

        odd: bare CR, LF or NUL from outside; handed on unchanged, for the reader to hold.
        """
        assert self._mail is not None
        addressed = self._mail.addressed()
        assert addressed is not None
        reference = new_reference()
        try:
            assurance = Assurance.NONE if odd else await self._assurance(content)
            arrival = self._arrival(addressed, assurance, reference, content)
            receipt = await take(self._reception, arrival)
        except Exception as error:
            log.error("message not taken, reference %s: %s", reference, where(error))
            return reply.fault(error, reference)
        return reply.answer(receipt)

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

    async def _assurance(self, content: bytes) -> Assurance:
        reception, mail = self._reception, self._mail
        assert mail is not None
        if mail.person is not None:
            return Assurance.PASSWORD
        if not self._believed:
            return Assurance.NONE
        asked = (content, mail.mail_from, reception.authserv_id)
        if content.find(b"\r\n\r\n", 0, SHORT_HEADER) >= 0:
            vouched = vouched_for(*asked)
        else:
            loop = asyncio.get_running_loop()
            vouched = await loop.run_in_executor(reception.lookups, vouched_for, *asked)
        return Assurance.AUTHENTICATED_MAIL if vouched else Assurance.NONE


async def take(reception: Reception, arrival: Arrival) -> Receipt:
    """Have the office take a message, to the end also when the client hangs up (MAIL 6)."""
    work = asyncio.ensure_future(reception.office.take(arrival))
    reception.commits.add(work)
    work.add_done_callback(reception.commits.discard)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        if work.cancelled():
            # Somebody cancelled the commit itself, not the session.
            raise StoreUnavailable("The message was not stored; send it again.") from None
        work.add_done_callback(_report_unheard)
        raise


def _report_unheard(work: asyncio.Task[Receipt]) -> None:
    """Log how a commit ended whose client had gone."""
    if work.cancelled():
        log.warning("a commit was cancelled after its client had gone")
    elif (error := work.exception()) is not None:
        log.error("a commit failed after its client had gone: %s", where(error))
    else:
        log.info("message %s was taken after its client had gone", work.result().message_id)


def where(error: BaseException) -> str:
    """The kind of an error and the line it comes from, never its text (it may quote a message)."""
    trace, place = error.__traceback__, "unknown place"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{PurePath(code.co_filename).name}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
