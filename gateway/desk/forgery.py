"""Tokens that show a form came from our own page and from this very sign-in.

A token is `salt.seal`; the seal is an HMAC of the salt and of what the token is bound to
(the session, or a visitor's nonce before signing in). Nothing is kept on the server.
Source: OWASP, signed double-submit cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

FIELD = "form_token"


def issue(secret_key: bytes, bound_to: str) -> str:
    """A fresh token for forms on one page; another page's differs but is as good."""
    salt = secrets.token_urlsafe(12)
    return f"{salt}.{_seal(secret_key, bound_to, salt)}"


def genuine(secret_key: bytes, bound_to: str, token: str) -> bool:
    """True when `token` was issued by us for the same session or visit."""
    salt, _, seal = token.partition(".")
    if not (bound_to and salt and seal.isascii()):
        return False
    return hmac.compare_digest(seal, _seal(secret_key, bound_to, salt))


def _seal(secret_key: bytes, bound_to: str, salt: str) -> str:
    said = f"form\0{salt}\0{bound_to}".encode(errors="surrogatepass")
    return hmac.new(secret_key, said, hashlib.sha256).hexdigest()
