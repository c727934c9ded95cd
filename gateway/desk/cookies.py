"""The desk's cookies: the session, a visitor's nonce, a browser that is known, and whether keys are on."""

from __future__ import annotations

from flask import Response, request

SESSION = "desk"
VISIT = "desk-visit"
KNOWN = "desk-known"
AWAY = "desk-away"  # while somebody is at the organisation's own sign-in
KEYS = "desk-keys"
YEAR_S = 365 * 24 * 3600

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


def behind_tls() -> bool:
    """False only on plain http to this very machine, where a Secure cookie would be lost.

    `X-Forwarded-Proto` is believed in the one direction in which a lie does no harm.
    """
    if request.is_secure or request.headers.get("X-Forwarded-Proto") == "https":
        return True
    host = request.host if request.host.endswith("]") else request.host.rsplit(":", 1)[0]
    return host not in LOOPBACK


def get(name: str) -> str:
    """The cookie's value, "" when the browser sent none."""
    return request.cookies.get(_full(name), "")


def put(response: Response, name: str, value: str, max_age_s: int | None = None) -> None:
    """Set a cookie that scripts cannot read and other sites cannot use."""
    response.set_cookie(
        _full(name), value, max_age=max_age_s, secure=behind_tls(), httponly=True, samesite="Lax", path="/"
    )


def drop(response: Response, name: str) -> None:
    """Make the browser forget a cookie."""
    response.delete_cookie(_full(name), secure=behind_tls(), httponly=True, samesite="Lax", path="/")


def _full(name: str) -> str:
    """`__Host-` binds a cookie to this host and to https, so that no neighbour can plant one."""
    return f"__Host-{name}" if behind_tls() else name
