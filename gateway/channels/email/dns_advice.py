"""What the DNS says of an organisation's domain, and what to publish so that its mail arrives.

For `gateway doctor`. Each check asks through a `Resolver` and returns an `Advice`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.channels.email import dkim_check, spf
from gateway.channels.email.dkim_keys import SigningKey, record_name, zone_line
from gateway.channels.email.dmarc import demand_of
from gateway.channels.email.resolver import LookupFailed, Resolver
from gateway.channels.email.spf_record import Wrong, read_record, record_among

OK, WARN, FAIL = "ok", "warn", "fail"
PROBE = "192.0.2.1"  # TEST-NET-1 (RFC 5737): nobody sends from there
LIMIT_S = 15.0


@dataclass(frozen=True, slots=True)
class Advice:
    """One finding. state: ok, warn or fail. todo: empty when it is ok."""

    name: str
    state: str
    what: str
    todo: str = ""


def advise(
    domain: str, keys: Sequence[SigningKey], hostname: str, resolver: Resolver, sends_from: str = ""
) -> list[Advice]:
    """Every check of a domain: MX, SPF, DKIM by key, DMARC. Not for a running event loop.

    hostname: of the server that takes the domain's mail. sends_from: the address that mail
        leaves from, "" when not known.
    """
    return asyncio.run(_advise(domain, keys, hostname, resolver, sends_from))


async def _advise(
    domain: str, keys: Sequence[SigningKey], hostname: str, resolver: Resolver, sends_from: str
) -> list[Advice]:
    checks = {
        f"MX {domain}": mail_exchangers(domain, hostname, resolver),
        f"SPF {domain}": sender_policy(domain, resolver, sends_from),
        f"DMARC {domain}": dmarc_policy(domain, resolver),
        **{f"DKIM {record_name(key.selector, domain)}": dkim_key(domain, key, resolver) for key in keys},
    }
    found = []
    for name, one in checks.items():
        try:
            found.append(await asyncio.wait_for(one, LIMIT_S))
        except (LookupFailed, TimeoutError):
            found.append(Advice(name, WARN, "the DNS did not answer", "see to this machine's name servers"))
    return found if keys else [*found, _no_keys(domain)]


def _no_keys(domain: str) -> Advice:
    todo = "run `gateway init`, unless the mail server behind the gateway signs"
    return Advice(f"DKIM {domain}", WARN, "no key: the gateway signs nothing", todo)


async def mail_exchangers(domain: str, hostname: str, resolver: Resolver) -> Advice:
    """See whether replies find their way here. Raises LookupFailed."""
    name, publish = f"MX {domain}", f"publish: {domain}. IN MX 10 {hostname}."
    found = [one.split() for one in await resolver.look_up(domain, "MX")]
    hosts = [one[-1].removesuffix(".").lower() for one in found if one]
    if not found:
        return Advice(name, FAIL, "there is none: families' replies cannot arrive", publish)
    if not any(hosts) or hosts == ["0"]:
        return Advice(name, FAIL, "the domain says that it takes no mail (RFC 7505)", publish)
    for host in hosts:
        if not (await resolver.look_up(host, "A") or await resolver.look_up(host, "AAAA")):
            return Advice(name, FAIL, f"{host} has no address", f"publish an A record for {host}")
    if hostname.lower() in hosts:
        return Advice(name, OK, f"mail comes to {hostname}")
    todo = f"nothing, if those servers hand it on to the gateway; else {publish}"
    return Advice(name, WARN, f"mail goes to {', '.join(hosts)}, not to {hostname}", todo)


async def sender_policy(domain: str, resolver: Resolver, sends_from: str = "") -> Advice:
    """See whether SPF lets our mail through, and nobody else's. Raises LookupFailed."""
    name = f"SPF {domain}"
    own = f"ip{6 if ':' in sends_from else 4}:{sends_from}" if sends_from else "mx"
    publish = f'publish: {domain}. IN TXT "v=spf1 {own} -all"'
    try:
        text = record_among(await resolver.look_up(domain, "TXT"))
        if text is None:
            return Advice(name, FAIL, "there is no record: much mail will be taken for spam", publish)
        read_record(text)
    except Wrong as fault:
        return Advice(name, FAIL, f"the record cannot be used: {fault}", publish)
    stranger = await spf.check_host(PROBE, domain, f"postmaster@{domain}", domain, resolver)
    if stranger in (spf.PERMERROR, spf.PASS):
        what = "anybody may send" if stranger == spf.PASS else "it cannot be used, or needs over 10 look-ups"
        return Advice(name, FAIL, what, publish)
    if sends_from:
        ours = await spf.check_host(sends_from, domain, f"postmaster@{domain}", domain, resolver)
        if ours != spf.PASS:
            return Advice(name, FAIL, f"it does not let {sends_from} send ({ours})", publish)
    if stranger not in (spf.FAIL, spf.SOFTFAIL):
        return Advice(name, WARN, "it says nothing against strangers", "end the record with -all")
    return Advice(name, OK, f"strangers are refused ({stranger})")


async def dkim_key(domain: str, key: SigningKey, resolver: Resolver) -> Advice:
    """See whether a signing key is published, and as it is. Raises LookupFailed."""
    name = f"DKIM {record_name(key.selector, domain)}"
    publish = f"publish: {zone_line(key, domain)}"
    records = await resolver.look_up(record_name(key.selector, domain), "TXT")
    if not records:
        return Advice(name, FAIL, "the key is not published", publish)
    if len(records) > 1:
        return Advice(name, FAIL, "there is more than one record", f"keep only one; {publish}")
    try:
        published = dkim_check.read_key(records[0], key.algorithm)
    except ValueError as fault:
        return Advice(name, FAIL, f"the record cannot be used: {fault}", publish)
    if published.public != key.private.public_key():
        return Advice(name, FAIL, "another key is published than the one that signs", publish)
    if published.testing:
        return Advice(name, WARN, "it is marked as a trial (t=y)", "take t=y out of the record")
    return Advice(name, OK, f"published, {key.algorithm}")


async def dmarc_policy(domain: str, resolver: Resolver) -> Advice:
    """See whether DMARC protects the domain's name. Raises LookupFailed."""
    name = f"DMARC {domain}"
    publish = f'publish: _dmarc.{domain}. IN TXT "v=DMARC1; p=quarantine"'
    demand = await demand_of(domain, resolver)
    if demand is None:
        return Advice(name, WARN, "there is no record that can be used: anybody may write as you", publish)
    if demand.policy == "none":
        return Advice(name, WARN, "it asks for nothing (p=none)", f"once mail arrives well, {publish}")
    return Advice(name, OK, f"p={demand.policy}")
