"""What the desk needs of an organisation's own sign-in (OpenID Connect)."""

from __future__ import annotations

from typing import Protocol


class Provider(Protocol):
    """Sends people away to sign in, and reads who came back."""

    @property
    def organisation_id(self) -> str:
        """Whose it is: it vouches for nobody of another organisation."""
        ...

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises ProviderFault.

        back: our address that it is sent back to. verifier: of PKCE (RFC 7636), ours to keep.
        """
        ...

    def email(self, back: str, code: str, nonce: str, verifier: str) -> str:
        """The verified e-mail address of who came back with `code`. Raises ProviderFault."""
        ...


class ProviderFault(Exception):
    """The provider does not answer, or what it says cannot be believed. Holds no claim of anybody."""
