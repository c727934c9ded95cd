"""Our own check of who wrote a mail from outside, for want of a trusted server in front (MAIL 4).

SPF, DKIM and DMARC together answer one question: may this be taken for mail of the registered
mailbox? DNS is asked on the event loop; what reads the mail runs in a thread, in small pieces.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.channels.email import dkim_check, spf
from gateway.channels.email.authresults import header_fields, written_by
from gateway.channels.email.canonical import Body, Field, split
from gateway.channels.email.dkim_check import Signature
from gateway.channels.email.dkim_keys import record_name
from gateway.channels.email.dmarc import Demand, aligned, demand_of
from gateway.channels.email.path import domain_of
from gateway.channels.email.resolver import LookupFailed, Resolver
from gateway.domain.message import Assurance

MOST_SIGNATURES = 5
LIMIT_S = 8.0
PASS, FAIL, NONE, TEMPERROR, PERMERROR = "pass", "fail", "none", "temperror", "permerror"


@dataclass(frozen=True, slots=True)
class SenderCheck:
    """What was found. results: (method, result) pairs such as ("dmarc", "pass"); no addresses."""

    assurance: Assurance
    results: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Mail:
    fields: Sequence[Field]
    body: Body
    signatures: tuple[Signature, ...]


async def check(
    content: bytes,
    peer_ip: str,
    helo: str,
    mail_from: str,
    resolver: Resolver,
    *,
    limit_s: float = LIMIT_S,
    now: datetime | None = None,
) -> SenderCheck:
    """Say whether the owner of `mail_from` is proven to have written this.

    peer_ip: "" when a server of ours stands in front, so that SPF can say nothing. In any doubt,
    and after `limit_s`, the answer is Assurance.NONE: a person decides (DECISIONS 7).
    """
    domain = domain_of(mail_from)
    try:
        async with asyncio.timeout(limit_s):
            mail = await asyncio.to_thread(_read, content, mail_from, domain)
            if mail is None:
                return SenderCheck(Assurance.NONE, (("form", FAIL),))
            by_spf, (by_dkim, signer), demand = await asyncio.gather(
                spf.check_host(peer_ip, domain, mail_from, helo, resolver),
                _dkim(mail, resolver, domain, now or datetime.now(UTC)),
                _demand(domain, resolver),
            )
    except TimeoutError:
        return SenderCheck(Assurance.NONE, (("time", TEMPERROR),))
    by_dmarc = _dmarc(domain, by_spf, signer, demand)
    proven = by_dmarc == PASS or (by_dmarc == NONE and (by_spf == PASS or signer == domain))
    assurance = Assurance.AUTHENTICATED_MAIL if proven else Assurance.NONE
    return SenderCheck(assurance, (("spf", by_spf), ("dkim", by_dkim), ("dmarc", by_dmarc)))


def _read(content: bytes, mail_from: str, domain: str) -> _Mail | None:
    """Everything that takes time to read, None when From does not hold that one address."""
    if not mail_from or not written_by(header_fields(content), mail_from):
        return None
    try:
        fields, body = split(content)
    except ValueError:
        return None
    own = [one for one in fields if one[0].lower().rstrip() == dkim_check.FIELD_NAME]
    found = [one for one in map(dkim_check.readable, own[: 2 * MOST_SIGNATURES]) if one]
    # A signature that cannot align proves nothing here, so nobody's DNS is asked about it.
    near = [one for one in found if aligned(domain, one.domain, strict=False)]
    for one in near[:MOST_SIGNATURES]:
        body.hashed(relaxed=one.relaxed_body)
    return _Mail(fields, body, tuple(near[:MOST_SIGNATURES]))


async def _dkim(mail: _Mail, resolver: Resolver, domain: str, now: datetime) -> tuple[str, str]:
    """The best signature's result, and its domain when it passes; the author's own first."""
    if not mail.signatures:
        return NONE, ""
    results = await asyncio.gather(*(_signature(mail, one, resolver, now) for one in mail.signatures))
    signers = [one.domain for one, result in zip(mail.signatures, results, strict=True) if result == PASS]
    if signers:
        return PASS, domain if domain in signers else signers[0]
    return next((result for result in (TEMPERROR, FAIL) if result in results), results[0]), ""


async def _signature(mail: _Mail, signature: Signature, resolver: Resolver, now: datetime) -> str:
    try:
        records = await resolver.look_up(record_name(signature.selector, signature.domain), "TXT")
    except LookupFailed:
        return TEMPERROR
    if len(records) != 1:
        return PERMERROR
    try:
        key = dkim_check.read_key(records[0], signature.algorithm)
    except ValueError:
        return PERMERROR
    return await asyncio.to_thread(dkim_check.verify, mail.fields, mail.body, signature, key, now)


async def _demand(domain: str, resolver: Resolver) -> Demand | LookupFailed | None:
    try:
        return await demand_of(domain, resolver)
    except LookupFailed as fault:
        return fault


def _dmarc(domain: str, by_spf: str, signer: str, demand: Demand | LookupFailed | None) -> str:
    """SPF was asked about the author's own domain, so where it passes it is aligned."""
    if isinstance(demand, LookupFailed):
        return TEMPERROR
    if demand is None:
        return NONE
    by_dkim = bool(signer) and aligned(domain, signer, strict=demand.strict_dkim)
    return PASS if by_dkim or by_spf == PASS else FAIL
