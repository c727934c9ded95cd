"""Passkeys (WebAuthn): what the browser is asked, and whether its answer is genuine.

A challenge is sealed to the session or visit it was made for, and is good for an hour and
one answer; only answered ones are written down. The authenticator must have checked who holds
it (PIN or fingerprint), so a passkey is two factors in one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from gateway.desk.access import bound_to, origin
from gateway.desk.parts import parts
from gateway.domain.message import new_id
from gateway.domain.people import Person
from gateway.domain.signing import Held, Passkey

LIFE = timedelta(hours=1)  # a sign-in page stays open for a while
NONCE, STAMP, SEAL = 16, 6, 16  # bytes of a challenge
LONGEST_ANSWER = 20_000
LONGEST_NAME = 40
# What a hostile answer makes the library and the decoding raise.
WRONG = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)


def question(held: Held | None = None) -> str:
    """What to ask a browser for a passkey: one of these, or any it has for us. JSON."""
    mine = [PublicKeyCredentialDescriptor(id=one.credential) for one in held.passkeys] if held else None
    return options_to_json(
        generate_authentication_options(
            rp_id=_our_name(),
            challenge=_challenge("get", parts().clock()),
            allow_credentials=mine,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def request_to_make(person: Person, held: Held, account: str) -> str:
    """What to ask a browser that is to make a passkey. JSON.

    account: how the browser's own list calls it.
    """
    return options_to_json(
        generate_registration_options(
            rp_id=_our_name(),
            rp_name="Tutor Gateway",
            user_id=_handle(person),
            user_name=account,
            user_display_name=person.full_name,
            challenge=_challenge("create", parts().clock()),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in held.passkeys],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
    )


def made(answer: str, person: Person, name: str) -> Passkey | None:
    """The passkey that a browser made for that person, None when the answer is not genuine."""
    now = parts().clock()
    challenge = _challenge_in(answer, "create", now)
    if challenge is None:
        return None
    try:
        seen = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_our_name(),
            expected_origin=origin(),
            require_user_verification=True,
        )
    except WRONG:
        return None
    return Passkey(
        id=new_id(now),
        organisation_id=person.organisation_id,
        person_id=person.id,
        name=" ".join(name.split())[:LONGEST_NAME] or "Passkey",
        credential=seen.credential_id,
        public_key=seen.credential_public_key,
        sign_count=seen.sign_count,
        made_at=now,
    )


def shown(answer: str) -> Passkey | None:
    """The passkey that a browser showed, genuine and for the first time; else None."""
    now = parts().clock()
    challenge = _challenge_in(answer, "get", now)
    if challenge is None:
        return None
    try:
        credential = base64url_to_bytes(json.loads(answer)["rawId"])
        passkey = parts().sessions.factors.passkey(credential)
        if passkey is None:
            return None
        seen = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=_our_name(),
            expected_origin=origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WRONG:
        return None
    once = parts().sessions.factors.use_passkey(passkey, challenge, seen.new_sign_count, now)
    return passkey if once else None


def _challenge(purpose: str, now: datetime) -> bytes:
    plain = secrets.token_bytes(NONCE) + int(now.timestamp()).to_bytes(STAMP, "big")
    return plain + _seal(purpose, plain)


def _challenge_in(answer: str, purpose: str, now: datetime) -> bytes | None:
    """The challenge that was answered, when it is one of ours for this session and not too old."""
    if len(answer) > LONGEST_ANSWER:
        return None
    try:
        client = json.loads(base64url_to_bytes(json.loads(answer)["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client["challenge"])
    except WRONG:
        return None
    plain, seal = challenge[: NONCE + STAMP], challenge[NONCE + STAMP :]
    if len(seal) != SEAL or not hmac.compare_digest(seal, _seal(purpose, plain)):
        return None
    age_s = now.timestamp() - int.from_bytes(plain[NONCE:], "big")
    return challenge if -1 <= age_s <= LIFE.total_seconds() else None


def _seal(purpose: str, plain: bytes) -> bytes:
    said = f"passkey {purpose}\0{bound_to()}\0".encode(errors="surrogatepass") + plain
    return hmac.digest(parts().secret_key, said, "sha256")[:SEAL]


def _handle(person: Person) -> bytes:
    """Who a passkey is for, as authenticators keep it: nothing that tells of the person."""
    return hmac.digest(
        parts().secret_key, f"handle\0{person.organisation_id}\0{person.id}".encode(), hashlib.sha256
    )


def _our_name() -> str:
    return urlsplit(origin()).hostname or ""
