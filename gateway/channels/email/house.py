"""What the sessions of one mail server share, and whom each of them asks."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from gateway.channels.email.limits import Limits, Turnstile

if TYPE_CHECKING:
    from gateway.channels.email.connection import Connection


class Dialogue(Protocol):
    """What a session asks while it runs; `receive` answers. One per session.

    Each answer is a whole reply. None of these may block the event loop.
    """

    def greeted(self, name: str) -> None:
        """Hear the name in EHLO or HELO."""
        ...

    async def sign_in(self, address: str, password: str) -> str:
        """Answer to AUTH; `reply.SIGNED_IN` and nothing else means yes."""
        ...

    def mail(self, address: str) -> str:
        """Answer to MAIL; `reply.SENDER_OK` begins a mail."""
        ...

    async def rcpt(self, address: str) -> str:
        """Answer to RCPT."""
        ...

    def before_data(self) -> str | None:
        """Why no data may come, None when it may."""
        ...

    async def data(self, content: bytes, odd: bool) -> str:
        """Answer to a whole message. odd: it holds a bare CR, LF or NUL."""
        ...

    def reset(self) -> None:
        """Forget the mail begun."""
        ...

    def fault(self, error: Exception) -> str:
        """Answer to a fault of ours."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What every session of one listening server shares.

    submission: signing in is required, and TLS before it.
    welcome: gives a peer, by its IP address, the one who answers its session's questions.
    room_for: how many connections that peer may have at a time.
    is_balancer: tells whether a peer must begin with a PROXY header (`proxy`).
    sessions: those that are open now.
    """

    hostname: str
    submission: bool
    limits: Limits
    turnstile: Turnstile
    tls: ssl.SSLContext | None
    welcome: Callable[[str], Dialogue]
    room_for: Callable[[str], int]
    is_balancer: Callable[[str], bool] = lambda _: False
    sessions: set[Connection] = field(default_factory=set)
