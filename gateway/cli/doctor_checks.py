"""What `gateway doctor` looks at on this machine. A check says a word, what was seen, and what to do."""

from __future__ import annotations

import ipaddress
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gateway.errors import GatewayError
from gateway.settings import Settings, config_folder

# CVE-2026-1299: older versions write newlines in mail headers as they come (MAIL 11).
PYTHON_FLOOR = {11: (3, 11, 15), 12: (3, 12, 13), 13: (3, 13, 12), 14: (3, 14, 3)}
GIBIBYTE = 1 << 30
NETWORK_TIMEOUT_S = 3.0
WIDEST_BALANCERS = 1 << 24


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. state: ok, warn or fail. todo: empty when it is ok."""

    name: str
    state: str
    what: str
    todo: str = ""


def python(version: tuple[int, int, int]) -> Check:
    """Warn of a Python whose mail library has a known hole."""
    seen = ".".join(map(str, version))
    floor = PYTHON_FLOOR.get(version[1], version)
    if version >= floor:
        return Check("Python", "ok", seen)
    wanted = ".".join(map(str, floor))
    what = f"{seen} has CVE-2026-1299 in its mail library"
    return Check("Python", "warn", what, f"update Python to {wanted} or newer")


def policies() -> Check:
    """Load every pack that ships."""
    from gateway import packs

    try:
        found = [packs.load(config_folder(), name).version for name in packs.names(config_folder())]
    except GatewayError as error:
        return Check("Policies", "fail", str(error), "correct the pack; `gateway policy check FILE` helps")
    return Check("Policies", "ok", ", ".join(found))


def home(settings: Settings) -> Check:
    """See whether GATEWAY_HOME can be written."""
    if not settings.home.is_dir():
        return Check(
            "Home", "fail", f"{settings.home} is not there", "run `gateway init`, or set GATEWAY_HOME"
        )
    try:
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        what = f"{settings.home} cannot be written ({type(error).__name__})"
        return Check("Home", "fail", what, "give this user the right to write there")
    return Check("Home", "ok", f"{settings.home} can be written")


def keys(settings: Settings) -> Check:
    """See whether keys are there, and readable by nobody else."""
    found = [path for path in _under(settings.home, "key") if path.is_file()]
    found += sorted(settings.home.glob("keys/dkim/*/*.pem"))
    if settings.tls_key and settings.tls_key.is_file():
        found.append(settings.tls_key)
    if not found:
        return Check("Keys", "fail", "there is no key under GATEWAY_HOME", "run `gateway init`")
    open_ones = [path for path in found if path.stat().st_mode & 0o077]
    if open_ones:
        names = " ".join(str(path) for path in open_ones)
        return Check("Keys", "fail", "others may read a key file", f"run: chmod 600 {names}")
    return Check("Keys", "ok", f"{len(found)} key files, readable by this user only")


def _under(home: Path, ending: str) -> Iterator[Path]:
    """Files of ours; the database has its own below `postgres`, many of them."""
    for pattern in (f"*.{ending}", f"*/*.{ending}"):
        yield from (path for path in sorted(home.glob(pattern)) if "postgres" not in path.parts)


def disk(settings: Settings) -> Check:
    """See how much room there is for mail."""
    nearest_folder = next(one for one in (settings.home, *settings.home.parents) if one.is_dir())
    free = shutil.disk_usage(nearest_folder).free
    state = "fail" if free < GIBIBYTE // 2 else "warn" if free < 5 * GIBIBYTE else "ok"
    todo = "" if state == "ok" else "make room: below a little, mail is answered 452 and waits outside"
    return Check("Disk", state, f"{free / GIBIBYTE:.1f} GiB free under GATEWAY_HOME", todo)


def certificate(settings: Settings) -> Check:
    """See whether the certificate can be used, and for how long."""
    from cryptography import x509

    path = settings.tls_cert or next(_under(settings.home, "crt"), None)
    if path is None or not path.is_file():
        todo = "run `gateway init`, or set GATEWAY_TLS_CERT and GATEWAY_TLS_KEY"
        return Check("Certificate", "fail", "there is none", todo)
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (ValueError, OSError) as error:
        return Check(
            "Certificate", "fail", f"it cannot be read ({type(error).__name__})", "replace it by a PEM file"
        )
    left = found.not_valid_after_utc - datetime.now(UTC)
    what = f"valid until {found.not_valid_after_utc:%Y-%m-%d}"
    if left < timedelta():
        return Check("Certificate", "fail", what, "renew it now: mail programs refuse it")
    if left < timedelta(days=14):
        return Check("Certificate", "warn", what, "renew it soon")
    return Check("Certificate", "ok", what)


def port(name: str, bind: str, number: int) -> Check:
    """See whether a port is free, or something answers on it."""
    title = f"Port {number}"
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, number))
        except PermissionError:
            return Check(title, "fail", f"{name}: this user may not use it", "choose one above 1023")
        except OSError:
            return _who_answers(title, name, bind, number)
    return Check(title, "ok", f"{name}: free")


def mail_ports(settings: Settings) -> Iterator[Check]:
    """See to implicit TLS, PROXY headers and rates of the mail ports."""
    if settings.submissions_port:
        yield port("submissions_port", settings.bind, settings.submissions_port)
    else:
        yield Check("Implicit TLS", "ok", "no such port; tutors use STARTTLS")
    yield _balancers(settings.proxy_neighbours)
    rates = (
        f"{settings.mails_per_minute or 'any'} mails a minute and {settings.mails_per_hour or 'any'} an hour "
        f"of a tutor, {settings.mails_per_minute_per_address or 'any'} and "
        f"{settings.mails_per_hour_per_address or 'any'} from an address"
    )
    if settings.mails_per_minute and settings.mails_per_hour:
        yield Check("Rates", "ok", rates)
    else:
        todo = "set GATEWAY_MAILS_PER_MINUTE and _PER_HOUR: a stolen password sends as fast as it may"
        yield Check("Rates", "warn", rates, todo)


def _balancers(listed: tuple[str, ...]) -> Check:
    """Warn where anybody could say that somebody else calls."""
    if not listed:
        return Check("PROXY", "ok", "no balancer is listed; the header is refused")
    what = "asked of " + ", ".join(listed)
    if any(ipaddress.ip_network(one).num_addresses > WIDEST_BALANCERS for one in listed):
        return Check("PROXY", "warn", what, "list the balancers alone: whoever is listed tells who calls")
    return Check("PROXY", "ok", what)


def virus_scanner(settings: Settings) -> Check:
    """See whether ClamAV answers, where it is asked for."""
    from gateway.channels.email.clamav import Scanner, version

    if settings.clamav is None:
        return Check("ClamAV", "ok", "not asked for; attachments are judged by what they say")
    answer = version(Scanner(settings.clamav))
    if answer is None:
        todo = "start clamd, or correct GATEWAY_CLAMAV; until then every mail with an attachment is held"
        return Check("ClamAV", "fail", "it does not answer", todo)
    return Check("ClamAV", "ok", answer)


def _who_answers(title: str, name: str, bind: str, number: int) -> Check:
    try:
        with socket.create_connection((_reachable(bind), number), timeout=NETWORK_TIMEOUT_S):
            return Check(title, "ok", f"{name}: in use, by the gateway if it runs here")
    except OSError:
        todo = f"stop what holds it, or set another with GATEWAY_{name.upper()}"
        return Check(title, "fail", f"{name}: cannot be used, and nothing answers on it", todo)


def _reachable(bind: str) -> str:
    """Where to call what listens on every address."""
    address = ipaddress.ip_address(bind)
    if not address.is_unspecified:
        return bind
    return "127.0.0.1" if address.version == 4 else "::1"


def database(settings: Settings) -> Check:
    """See whether the database answers and keeps what it has committed."""
    from gateway.store import engine

    own = not settings.database_url
    if own and not (settings.home / "postgres").is_dir():
        return Check("Database", "fail", "there is none under GATEWAY_HOME", "run `gateway init`")
    try:
        found = engine.connect(engine.embedded(settings.home) if own else settings.database_url)
        engine.check_durable(found)
        found.dispose()
    except GatewayError as error:
        return Check("Database", "fail", str(error), "see to the database and run this again")
    return Check("Database", "ok", "answers, and commits are synced to disk" + (" (our own)" if own else ""))


def signing_in(settings: Settings) -> Check:
    """Warn of a desk that a password alone opens, or whose passkeys would belong to a passing name."""
    if settings.second_factor != "required":
        what, todo = "a password alone is enough", "set second_factor to required"
        return Check("Signing in", "warn", what, todo)
    if not settings.public_url and not ipaddress.ip_address(settings.bind).is_loopback:
        what = "public_url is empty, so passkeys belong to whatever name a browser used"
        return Check("Signing in", "warn", what, "set public_url to the address people type")
    return Check("Signing in", "ok", "a second factor is required")
