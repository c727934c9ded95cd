"""The settings of a run, read once: shipped file, then GATEWAY_HOME/gateway.toml, then environment."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import socket
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from gateway.errors import SettingsError

PREFIX = "GATEWAY_"
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run needs to know about its place; config/gateway.toml says what each is for.

    home: absolute. database_url: empty for the database the gateway starts itself.
    smarthost: host and port. trusted_neighbours, proxy_neighbours: networks in CIDR form.
    submissions_port: 0 for none. mails_…: 0 for no limit.
    clamav: host and port, a socket's path, or None.
    sender_check: header or dns. name_servers: IP addresses and ports; none for the machine's own.
    tls_cert, tls_key: None for the pair that `gateway init` made under `home`.
    readers: processes, at least 1. deep_reader: on or off. public_url: without a slash at its end.
    second_factor: required or optional. oidc_…: of the organisation's own sign-in; empty and None
        without one.
    undo_s: 0 for decisions that leave at once and stand.
    mailboxes: Maildirs to show on an open page, for the demo; None anywhere else.
    """

    home: Path
    database_url: str = field(repr=False)  # may hold a password
    hostname: str
    bind: str
    submission_port: int
    submissions_port: int
    mx_port: int
    web_port: int
    public_url: str
    smarthost: tuple[str, int]
    smarthost_tls: str
    authserv_id: str
    trusted_neighbours: tuple[str, ...]
    proxy_neighbours: tuple[str, ...]
    clamav: tuple[str, int] | Path | None
    sender_check: str
    name_servers: tuple[tuple[str, int], ...]
    tls_cert: Path | None
    tls_key: Path | None
    readers: int
    reader_timeout_s: float
    reader_memory_mb: int
    deep_reader: str
    message_limit_mb: int
    connection_limit: int
    connection_limit_per_address: int
    recipient_limit: int
    idle_timeout_s: float
    session_timeout_s: float
    mails_per_minute: int
    mails_per_hour: int
    mails_per_minute_per_address: int
    mails_per_hour_per_address: int
    second_factor: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_secret_file: Path | None
    oidc_organisation: str
    undo_s: float
    log_level: str
    mailboxes: Path | None


NAMES = tuple(one.name for one in fields(Settings))


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it was given, and where, for the error that may follow."""

    where: str
    value: object = field(repr=False)


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force.

    environment: os.environ when None; tests pass their own.
    Raises: SettingsError naming the file or variable, what is wrong, and the nearest valid word.
    """
    given = _from_file(config_folder() / "gateway.toml")
    overrides = _from_environment(os.environ if environment is None else environment)
    home = _path(overrides.get("home", given["home"]))
    if home is None:
        raise SettingsError(f"{PREFIX}HOME is empty: name the folder that the gateway may write to.")
    own_file = home / "gateway.toml"
    if own_file.is_file():
        own = _from_file(own_file)
        if "home" in own:
            raise SettingsError(f"{own['home'].where}: home cannot be set inside itself; set {PREFIX}HOME.")
        given |= own
    given |= overrides
    missing = [name for name in NAMES if name not in given]
    if missing:
        raise SettingsError(f"{config_folder() / 'gateway.toml'}: {missing[0]} is missing; restore the file.")
    return _settled({name: READERS[name](given[name]) for name in NAMES})


def config_folder() -> Path:
    """The shipped configuration: inside an installed package, else the checkout's `config`."""
    here = Path(__file__).resolve().parent
    for folder in (here / "_config", here.parent / "config"):
        if (folder / "gateway.toml").is_file():
            return folder
    raise SettingsError("The shipped configuration folder is missing; install the gateway again.")


def nearest(word: str, valid: tuple[str, ...] | list[str]) -> str:
    """A hint such as "did you mean 'web_port'?", or all the valid words when none is near."""
    close = difflib.get_close_matches(word, valid, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else "known are: " + ", ".join(valid)


def _from_file(path: Path) -> dict[str, Given]:
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML, {error}.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read ({type(error).__name__}).") from error
    given = {name: Given(f"{path}:{_line_of(name, text)}", value) for name, value in content.items()}
    for name, one in given.items():
        if name not in NAMES:
            raise SettingsError(f"{one.where}: there is no setting '{name}' ({nearest(name, NAMES)})")
    return given


def _line_of(name: str, text: str) -> int:
    wanted = re.compile(rf"\[?\s*[\"']?{re.escape(name)}\b")
    return next((n for n, line in enumerate(text.splitlines(), 1) if wanted.match(line.strip())), 1)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    given = {}
    for variable in sorted(one for one in environment if one.startswith(PREFIX)):
        name = variable.removeprefix(PREFIX).lower()
        if name not in NAMES or not variable.isupper():
            hint = nearest(variable.upper(), [PREFIX + known.upper() for known in NAMES])
            raise SettingsError(f"There is no setting {variable} ({hint})")
        given[name] = Given(variable, environment[variable])
    return given


def _settled(value: dict[str, object]) -> Settings:
    """Fill in what is left to the machine, and refuse what does not go together."""
    settings = Settings(**value)  # type: ignore[arg-type]  # every value went through its reader
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise SettingsError("tls_cert and tls_key go together: set both, or neither.")
    ports = [settings.submission_port, settings.mx_port, settings.web_port]
    if len(set(ports)) < len(ports):
        raise SettingsError("submission_port, mx_port and web_port must be three different ports.")
    if settings.submissions_port in ports:
        raise SettingsError("submissions_port must be a port of its own, or 0 for none.")
    oidc = (settings.oidc_issuer, settings.oidc_client_id, settings.oidc_secret_file)
    if any(oidc) and not all(oidc):
        raise SettingsError("oidc_issuer, oidc_client_id and oidc_secret_file go together: set all, or none.")
    return settings


def _wrong(given: Given, what: str) -> SettingsError:
    return SettingsError(f"{given.where}: {what}")


def _text(given: Given) -> str:
    if not isinstance(given.value, str) or any(ord(letter) < 32 for letter in given.value):
        raise _wrong(given, "write one line of text.")
    return given.value.strip()


def _path(given: Given) -> Path | None:
    text = _text(given)
    return Path(text).expanduser().absolute() if text else None


def _number(low: float, high: float, whole: bool) -> Callable[[Given], float]:
    def read_number(given: Given) -> float:
        value = given.value
        if isinstance(value, str):
            try:
                value = int(value) if whole else float(value)
            except ValueError:
                value = None
        kinds = int if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            kind = "a whole number" if whole else "a number"
            raise _wrong(given, f"write {kind} from {low:g} to {high:g}.")
        return value

    return read_number


def _reader_count(given: Given) -> float:
    count = _number(0, 256, whole=True)(given)
    return count or max(1, (os.cpu_count() or 2) - 1)


def _host(given: Given) -> str:
    text = _text(given)
    if text and not HOST.fullmatch(text):
        raise _wrong(given, "write a host name such as mail.example.org.")
    return text


def _hostname(given: Given) -> str:
    return _host(given) or socket.getfqdn()


def _ip(given: Given) -> str:
    try:
        return str(ipaddress.ip_address(_text(given)))
    except ValueError:
        raise _wrong(given, "write an IP address such as 127.0.0.1 or 0.0.0.0.") from None


def _host_port(given: Given) -> tuple[str, int]:
    host, colon, port = _text(given).rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    known = HOST.fullmatch(bare) or (bare != host and ":" in bare)
    if not colon or not known or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise _wrong(given, "write host:port, such as 127.0.0.1:25.")
    return bare, int(port)


def _scanner(given: Given) -> tuple[str, int] | Path | None:
    text = _text(given)
    if text.startswith("/"):
        return Path(text)
    try:
        return _host_port(given) if text else None
    except SettingsError:
        raise _wrong(given, "write host:port, such as 127.0.0.1:3310, or the path of a socket.") from None


def _networks(given: Given) -> tuple[str, ...]:
    value = given.value.replace(",", " ").split() if isinstance(given.value, str) else given.value
    try:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError
        return tuple(str(ipaddress.ip_network(one, strict=False)) for one in value)
    except ValueError:
        raise _wrong(given, 'write networks such as "127.0.0.0/8", separated by commas.') from None


def _name_servers(given: Given) -> tuple[tuple[str, int], ...]:
    value = given.value.replace(",", " ").split() if isinstance(given.value, str) else given.value
    try:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError
        return tuple(_server(one) for one in value)
    except ValueError:
        raise _wrong(given, 'write IP addresses such as "192.0.2.53" or "192.0.2.53:5353".') from None


def _server(text: str) -> tuple[str, int]:
    """An IP address with or without a port. Raises ValueError."""
    try:
        return str(ipaddress.ip_address(text)), 53
    except ValueError:
        host, port = text.rsplit(":", 1)
        address = ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
        if not port.isdecimal() or not 1 <= int(port) <= 65535:
            raise
        return str(address), int(port)


def _database(given: Given) -> str:
    text = _text(given)
    if text and urlsplit(text).scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise _wrong(given, "write postgresql://user@host/name, or leave it empty.")
    return text


def _url(given: Given) -> str:
    text = _text(given)
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.netloc):
        raise _wrong(given, "write an address such as https://relay.example.org.")
    return text.rstrip("/")


def _issuer(given: Given) -> str:
    """Https, because whoever sits between could sign in as anybody; http on this machine, for tests."""
    parts = urlsplit(_text(given))
    if parts.geturl() and parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise _wrong(given, "write an address that begins with https://.")
    # Its slash at the end is kept: the issuer must be letter for letter what the provider says.
    return _url(given) + ("/" if _text(given).endswith("/") else "")


def _one_of(*words: str) -> Callable[[Given], str]:
    def read_word(given: Given) -> str:
        text = _text(given).lower()
        if text not in words:
            raise _wrong(given, f"'{text}' is not one of its values ({nearest(text, words)})")
        return text

    return read_word


_PORT = _number(1, 65535, whole=True)
_COUNT = _number(1, 100_000, whole=True)
_COUNT_OR_NONE = _number(0, 1_000_000, whole=True)
_SECONDS = _number(0.1, 86_400, whole=False)

READERS: Mapping[str, Callable[[Given], object]] = {
    "home": _path,
    "database_url": _database,
    "hostname": _hostname,
    "bind": _ip,
    "submission_port": _PORT,
    "submissions_port": _number(0, 65535, whole=True),
    "mx_port": _PORT,
    "web_port": _PORT,
    "public_url": _url,
    "smarthost": _host_port,
    "smarthost_tls": _one_of("off", "may", "encrypt", "must"),
    "authserv_id": _host,
    "trusted_neighbours": _networks,
    "proxy_neighbours": _networks,
    "clamav": _scanner,
    "sender_check": _one_of("header", "dns"),
    "name_servers": _name_servers,
    "tls_cert": _path,
    "tls_key": _path,
    "readers": _reader_count,
    "reader_timeout_s": _SECONDS,
    "reader_memory_mb": _number(64, 1_048_576, whole=True),
    "deep_reader": _one_of("on", "off"),
    "message_limit_mb": _number(1, 1024, whole=True),
    "connection_limit": _COUNT,
    "connection_limit_per_address": _COUNT,
    "recipient_limit": _COUNT,
    "idle_timeout_s": _SECONDS,
    "session_timeout_s": _SECONDS,
    "mails_per_minute": _COUNT_OR_NONE,
    "mails_per_hour": _COUNT_OR_NONE,
    "mails_per_minute_per_address": _COUNT_OR_NONE,
    "mails_per_hour_per_address": _COUNT_OR_NONE,
    "second_factor": _one_of("required", "optional"),
    "oidc_issuer": _issuer,
    "oidc_client_id": _text,
    "oidc_secret_file": _path,
    "oidc_organisation": _text,
    "undo_s": _number(0, 3600, whole=False),
    "log_level": _one_of("debug", "info", "warning", "error"),
    "mailboxes": _path,
}
