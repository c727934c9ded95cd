"""An organisation's own sign-in by OpenID Connect: authorization code with PKCE. Needs the extra `oidc`.

Source: OpenID Connect Core 1.0 section 3.1, Discovery 1.0 section 4; RFC 7636; RFC 9700.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.desk.signing.provider import ProviderFault

TIMEOUT_S = 10
BELIEVED_S = 3600  # how long the provider's own description and keys are kept
LEEWAY_S = 60
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # no "none", and none keyed with our own secret
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
WRONG = (requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError)


@dataclass
class OidcProvider:
    """Fulfils `provider.Provider`. issuer: letter for letter as the provider writes it."""

    organisation_id: str
    issuer: str
    client_id: str
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    _described: dict[str, Any] = field(default_factory=dict, repr=False)
    _keys: dict[str, Any] = field(default_factory=dict, repr=False)
    _believed_until: float = 0.0

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises ProviderFault."""
        try:
            endpoint = self._description()["authorization_endpoint"]
            address, _ = self._client(back).create_authorization_url(
                endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        except WRONG as fault:
            raise _fault("describing itself", fault) from None
        return str(address)

    def email(self, back: str, code: str, nonce: str, verifier: str) -> str:
        """The verified e-mail address of who came back with `code`. Raises ProviderFault."""
        try:
            token = self._client(back).fetch_token(
                self._description()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                allow_redirects=False,
                timeout=TIMEOUT_S,
            )
            claims = self._claims(token["id_token"], nonce)
        except WRONG as fault:
            raise _fault("vouching for somebody", fault) from None
        if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
            raise ProviderFault("it vouches for no e-mail address")
        return str(claims["email"])

    def _claims(self, id_token: str, nonce: str) -> dict[str, Any]:
        claims = dict(self._decoded(id_token).claims)
        wanted = jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        wanted.validate(claims)
        if claims.get("nonce") != nonce:
            raise ValueError("it answers another question")
        if claims.get("azp", self.client_id) != self.client_id:
            raise ValueError("it is for another client")
        return claims

    def _decoded(self, id_token: str) -> jwt.Token:
        """The token, its signature right; keys that are not known are asked for once more."""
        try:
            return jwt.decode(id_token, KeySet.import_key_set(self._key_set()), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            self._believed_until = 0.0
            return jwt.decode(id_token, KeySet.import_key_set(self._key_set()), algorithms=ALGORITHMS)

    def _key_set(self) -> Any:
        self._description()
        return self._keys

    def _description(self) -> dict[str, Any]:
        if time.monotonic() >= self._believed_until:
            described = self._asked(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
            if described["issuer"] != self.issuer:
                raise ValueError("it calls itself another issuer")
            for name in ENDPOINTS:
                if urlsplit(self.issuer).scheme == "https" != urlsplit(described[name]).scheme:
                    raise ValueError("an endpoint of it is not https")
            self._keys = self._asked(described["jwks_uri"])
            self._described, self._believed_until = described, time.monotonic() + BELIEVED_S
        return self._described

    def _asked(self, address: str) -> dict[str, Any]:
        answer = requests.get(address, timeout=TIMEOUT_S, allow_redirects=False)
        if answer.status_code != requests.codes.ok:
            raise ValueError("it does not answer 200")
        return dict(answer.json())

    def _client(self, back: str) -> Any:
        return OAuth2Session(
            self.client_id,
            self.secret,
            scope="openid email",
            redirect_uri=back,
            code_challenge_method="S256",
        )


def _fault(doing: str, fault: Exception) -> ProviderFault:
    """What went wrong, without the provider's words: they may quote a claim."""
    return ProviderFault(f"{type(fault).__name__} while {doing}")
