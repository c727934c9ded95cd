"""What a client may say: the commands of an SMTP session, answered in the words of `reply`.

Kept of aiosmtpd: decoding of AUTH PLAIN and LOGIN. Nothing here knows of people or pairs;
that is `receive`'s part.
"""

# Method names are aiosmtpd's, and so are the arguments that some of them leave unused.
# ruff: noqa: N802, ARG002

from __future__ import annotations

import asyncio
import binascii
from base64 import b64decode
from typing import Any

from aiosmtpd.smtp import MISSING, AuthResult, LoginPassword

from gateway.channels.email import path, reply
from gateway.channels.email.connection import LONGEST_AUTH, Connection
from gateway.channels.email.house import House
from gateway.channels.email.intake import Intake


class MailSession(Connection):
    """The commands. `argument` is "" when there is none."""

    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self, house: House, loop: asyncio.AbstractEventLoop, *, peer: str = "", secure: bool = False
    ) -> None:
        self._signed_in = self._smtputf8 = False
        super().__init__(house, loop, peer=peer, secure=secure)

    def _reset_mail(self) -> None:
        self.in_mail = self._smtputf8 = False
        self.dialogue.reset()

    async def smtp_HELO(self, hostname: str) -> None:
        """Greet an old client."""
        if not hostname:
            await self.reject(reply.BAD_ARGUMENT)
            return
        self._greeted(hostname, extended=False)
        await self.push(f"250 {self.hostname}")

    async def smtp_EHLO(self, hostname: str) -> None:
        """Greet, and say what is offered."""
        if not hostname:
            await self.reject(reply.BAD_ARGUMENT)
            return
        self._greeted(hostname, extended=True)
        offers = [
            self.hostname,
            "PIPELINING",
            f"SIZE {self.limits.message_bytes}",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
        ]
        if self.house.tls is not None and not self.secure:
            offers.append("STARTTLS")
        if self.house.submission and self.secure:
            offers.append("AUTH PLAIN LOGIN")
        lines = [f"250-{offer}" for offer in offers]
        await self.push("\r\n".join([*lines, "250 ENHANCEDSTATUSCODES"]))

    def _greeted(self, hostname: str, *, extended: bool) -> None:
        assert self.session is not None
        self.session.host_name, self.session.extended_smtp = hostname, extended
        self.dialogue.greeted(hostname)
        self._reset_mail()

    @property
    def _has_greeted(self) -> bool:
        return self.session is not None and bool(self.session.host_name)

    async def smtp_STARTTLS(self, argument: str) -> None:
        """Begin TLS."""
        if argument:
            await self.reject(reply.BAD_ARGUMENT)
        elif self.house.tls is None:
            await self.reject(reply.NOT_OFFERED)
        elif self.secure or self.in_mail:
            await self.reject(reply.BAD_ORDER)
        else:
            await self.push(reply.START_TLS)
            await self.begin_tls(self.house.tls)
            # RFC 3207 section 4.2: nothing learnt before TLS counts any more.
            self.session = self._create_session()
            self._reset_mail()

    async def smtp_AUTH(self, argument: str) -> None:
        """Sign in with PLAIN or LOGIN, under TLS only."""
        mechanism, _, initial = argument.partition(" ")
        mechanism = mechanism.upper()
        if not self.house.submission:
            await self.reject(reply.NOT_OFFERED)
        elif not self.secure:
            await self.reject(reply.SIGN_IN_NEEDS_TLS)
        elif not self._has_greeted or self._signed_in or self.in_mail:
            await self.reject(reply.BAD_ORDER)
        elif mechanism not in ("PLAIN", "LOGIN"):
            await self.reject(reply.UNKNOWN_MECHANISM)
        else:
            decode = self.auth_PLAIN if mechanism == "PLAIN" else self.auth_LOGIN
            result = await decode(self, [mechanism, *initial.split()])
            if isinstance(result.auth_data, LoginPassword):
                await self._sign_in(result.auth_data)

    async def _sign_in(self, given: LoginPassword) -> None:
        try:
            address, password = given.login.decode(), given.password.decode()
        except UnicodeDecodeError:
            await self.reject(reply.WRONG_PASSWORD)
            return
        words = await self.working(self.dialogue.sign_in(address, password))
        self._signed_in = words == reply.SIGNED_IN
        await (self.reject(words) if words == reply.WRONG_PASSWORD else self.push(words))

    def _authenticate(self, mechanism: str, auth_data: Any) -> AuthResult:
        """Hand back what was decoded; aiosmtpd would decide here, on the event loop."""
        return AuthResult(success=False, auth_data=auth_data)

    async def challenge_auth(
        self, challenge: str | bytes, encode_to_b64: bool = True, log_client_response: bool = False
    ) -> Any:
        """Ask for one more piece of a sign-in; aiosmtpd's accepts endless and bare-LF lines."""
        prompt = challenge.encode() if isinstance(challenge, str) else challenge
        await self.push(b"334 " + binascii.b2a_base64(prompt, newline=False))
        line = await self.command_line()
        blob = line[:-2]
        if blob == b"*":
            await self.reject(reply.SIGN_IN_ABORTED)
            return MISSING
        try:
            if not line.endswith(b"\r\n") or len(blob) > LONGEST_AUTH:
                raise ValueError
            return b64decode(blob, validate=True)
        except ValueError:
            await self.reject(reply.NOT_BASE64)
            return MISSING

    async def smtp_MAIL(self, argument: str | None) -> None:
        """Begin a mail."""
        if not self._has_greeted or self.in_mail:
            await self.reject(reply.BAD_ORDER)
            return
        if self.house.submission and not self._signed_in:
            await self.reject(reply.NEEDS_SIGN_IN)
            return
        found = await self._path(argument, "FROM:", path.MAIL_PARAMETERS, reply.BAD_SENDER)
        if found is None:
            return
        if int(found.parameters.get("SIZE", 0)) > self.limits.message_bytes:
            await self.push(reply.TOO_LARGE)
            return
        smtputf8 = "SMTPUTF8" in found.parameters
        if not found.address.isascii() and not smtputf8:
            await self.push(reply.NEEDS_SMTPUTF8)
            return
        words = self.dialogue.mail(found.address)
        self.in_mail = words == reply.SENDER_OK
        self._smtputf8 = smtputf8
        await self.push(words)

    async def smtp_RCPT(self, argument: str | None) -> None:
        """Name a recipient."""
        if not self.in_mail:
            await self.reject(reply.BAD_ORDER)
            return
        found = await self._path(argument, "TO:", path.RCPT_PARAMETERS, reply.BAD_RECIPIENT)
        if found is None:
            return
        if not found.address:
            await self.reject(reply.BAD_RECIPIENT)
            return
        if not found.address.isascii() and not self._smtputf8:
            await self.push(reply.NEEDS_SMTPUTF8)
            return
        await self.push(await self.working(self.dialogue.rcpt(found.address)))

    async def _path(self, argument: str | None, keyword: str, known: Any, bad: str) -> path.Path | None:
        try:
            return path.read_path(argument or "", keyword, known)
        except path.UnknownParameter:
            await self.reject(reply.UNKNOWN_PARAMETER)
        except path.BadParameter:
            await self.reject(reply.BAD_PARAMETER)
        except ValueError:
            await self.reject(bad)
        return None

    async def smtp_DATA(self, argument: str) -> None:
        """Take the message; the answer stands for a finished commit."""
        if argument:
            await self.reject(reply.BAD_ARGUMENT)
            return
        if not self.in_mail:
            await self.reject(reply.BAD_ORDER)
            return
        if self.sent_ahead():
            # Part of it may be a body, so none of it may be read as commands.
            self.good_bye(reply.EARLY_DATA)
            return
        refused = self.dialogue.before_data()
        if refused is not None:
            self._reset_mail()
            await self.push(refused)
            return
        body = await self.receive_body()
        try:
            words = await self.working(self._judge(body))
        finally:
            self._reset_mail()
        if words.startswith("250"):
            self.commands = self.errors = 0
        await self.push(words)

    async def _judge(self, body: Intake) -> str:
        if body.too_large:
            return reply.TOO_LARGE
        if body.long_line or (body.odd and self.house.submission):
            return reply.MALFORMED
        return await self.dialogue.data(body.content(), body.odd)

    async def smtp_BDAT(self, argument: str) -> None:
        """Not offered; and what follows it unasked is a body, of which no line may be a command."""
        if self.sent_ahead():
            self.good_bye(reply.EARLY_DATA)
        else:
            await self.reject(reply.NOT_OFFERED)

    async def smtp_RSET(self, argument: str) -> None:
        """Forget the mail begun."""
        self._reset_mail()
        await self.push(reply.OK)

    async def smtp_NOOP(self, argument: str) -> None:
        """Do nothing."""
        await self.push(reply.OK)

    async def smtp_QUIT(self, argument: str) -> None:
        """Say good-bye."""
        self.good_bye(reply.BYE, linger=False)

    async def smtp_HELP(self, argument: str) -> None:
        """Help, without naming the software."""
        await self.push(reply.HELP)

    async def smtp_VRFY(self, argument: str | None) -> None:
        """Neither confirm nor deny."""
        await self.push(reply.CANNOT_VERIFY)

    async def smtp_EXPN(self, argument: str) -> None:
        """Not offered."""
        await self.reject(reply.NOT_OFFERED)
