"""What `gateway doctor` looks at between this machine and other mail servers."""

from __future__ import annotations

import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator

from gateway.cli.doctor_checks import NETWORK_TIMEOUT_S, Check
from gateway.errors import GatewayError
from gateway.settings import Settings


def smarthost(settings: Settings) -> Check:
    """See whether the next mail server greets us."""
    host, number = settings.smarthost
    try:
        with socket.create_connection((host, number), timeout=NETWORK_TIMEOUT_S) as line:
            line.settimeout(NETWORK_TIMEOUT_S)
            greeting = line.recv(200)
    except OSError as error:
        todo = "start it, or set GATEWAY_SMARTHOST; until then mail waits here"
        return Check("Smarthost", "fail", f"{host}:{number} does not answer ({type(error).__name__})", todo)
    if not greeting.startswith(b"220"):
        todo = "see what listens there; a mail server greets with 220"
        return Check("Smarthost", "fail", f"{host}:{number} answers, but not as a mail server", todo)
    return Check("Smarthost", "ok", f"{host}:{number} greets")


def senders(settings: Settings) -> Check:
    """See whether anything can prove who wrote a family's mail."""
    if settings.sender_check == "dns":
        what = "the gateway looks at SPF, DKIM and DMARC itself"
        return Check(
            "Senders", "ok", f"{what}, and at {settings.authserv_id}" if settings.authserv_id else what
        )
    if settings.authserv_id and settings.trusted_neighbours:
        return Check("Senders", "ok", f"{settings.authserv_id} in front vouches for them")
    todo = "set GATEWAY_SENDER_CHECK=dns, or GATEWAY_AUTHSERV_ID to the name of the mail server in front"
    return Check("Senders", "warn", "nothing proves them: every mail of a family is held", todo)


def smarthost_tls(settings: Settings) -> Check:
    """See whether mail gets to the next mail server unread, and gets there at all."""
    host, number = settings.smarthost
    wanted = settings.smarthost_tls
    if wanted in ("off", "may"):
        if _is_near(host):
            return Check("Smarthost TLS", "ok", f"{wanted}, to this machine or a network of its own")
        todo = "set GATEWAY_SMARTHOST_TLS=must"
        return Check("Smarthost TLS", "warn", f"{wanted}: mail may travel in plain text", todo)
    context = ssl.create_default_context()
    if wanted == "encrypt":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with smtplib.SMTP(host, number, timeout=NETWORK_TIMEOUT_S) as client:
            client.starttls(context=context)
    except (OSError, smtplib.SMTPException) as error:
        todo = "give it a good certificate, or loosen GATEWAY_SMARTHOST_TLS; until then mail waits here"
        return Check("Smarthost TLS", "fail", f"{wanted}: no TLS ({type(error).__name__})", todo)
    return Check("Smarthost TLS", "ok", f"{wanted}, and it does")


def _is_near(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def signing_keys(settings: Settings) -> Check:
    """See whether every domain's DKIM keys can be used; a domain with a broken one sends nothing."""
    from gateway.channels.email.dkim_keys import load_dkim_keys

    folders = sorted(path for path in settings.home.glob("keys/dkim/*") if path.is_dir())
    broken, count = [], 0
    for folder in folders:
        try:
            count += len(load_dkim_keys(folder.parent, folder.name))
        except ValueError as error:
            broken.append(f"{folder.name}: {error}")
    if broken:
        todo = "put a good key file back, or take the broken one away; until then that mail is held"
        return Check("Signing", "fail", "; ".join(broken), todo)
    if not count:
        return Check("Signing", "warn", "there is no DKIM key: mail leaves unsigned", "run `gateway init`")
    return Check("Signing", "ok", f"{count} DKIM keys for {len(folders)} domains can be used")


def names(settings: Settings) -> Iterator[Check]:
    """Ask DNS for MX, SPF, DKIM and DMARC of every organisation's domain."""
    from gateway.channels.email.dkim_keys import load_dkim_keys
    from gateway.channels.email.dns_advice import advise
    from gateway.channels.email.resolver import DnsResolver
    from gateway.wiring.storing import dkim_folder, open_store

    try:
        store = open_store(settings)
    except GatewayError:
        return  # the database's own check has said why
    for one in store.directory.organisations():
        try:
            keys = load_dkim_keys(dkim_folder(settings), one.domain)
        except ValueError:
            continue  # `signing_keys` has said why
        for advice in advise(one.domain, keys, settings.hostname, DnsResolver(settings.name_servers)):
            yield Check(advice.name, advice.state, advice.what, advice.todo)
    store.close()
