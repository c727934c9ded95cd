"""Tokens that show a form came from our own page and from this very sign-in.

A token is `salt.seal`; the seal is an HMAC of the salt and of what the token is bound to
(the session, or a visitor's nonce before signing in). Nothing is kept on the server.
Source: OWASP, signed double-submit cookie.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

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


def from_elsewhere(site: str | None, origin: str | None, host: str, public_url: str) -> bool:
    """True when the browser says that a page of another site sent the form.

    site, origin: the headers Sec-Fetch-Site and Origin, None where the browser sent none.
    Behind this desk's own `no-referrer` a browser writes "Origin: null" for our forms too, so
    that alone tells nothing; the token decides. Source: Fetch 3.1; W3C Fetch Metadata 2.3.
    """
    if site not in (None, "same-origin", "none"):
        return True
    if origin in (None, "null"):
        return False
    ours = {host.lower(), urlsplit(public_url).netloc.lower()} - {""}
    try:
        return urlsplit(origin or "").netloc.lower() not in ours
    except ValueError:
        return True


def _seal(secret_key: bytes, bound_to: str, salt: str) -> str:
    said = f"form\0{salt}\0{bound_to}".encode(errors="surrogatepass")
    return hmac.new(secret_key, said, hashlib.sha256).hexdigest()
