"""Plays the dialogues of this folder; README.md says how they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop

from gateway import errors
from gateway.channels.email.limits import Limits
from tests.fakes.office import held, passed, refused
from tests.fakes.smtp import Client, Gateway, plain, running

HERE = Path(__file__).parent
DIALOGUES = sorted(HERE.glob("*.txt"))
ESCAPES = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}


def unescaped(text: str) -> bytes:
    def one(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        return ESCAPES[found[2]].decode()

    plain_text = re.sub(r"\\(?:x([0-9a-f]{2})|([rnt0\\]))", one, text)
    return plain_text.encode("latin-1") if plain_text.isascii() or "\\x" in text else plain_text.encode()


def settings_of(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    settings: dict[str, str] = {}
    rest = [line for line in lines if line and not line.startswith("#")]
    while rest and (
        found := re.fullmatch(r"(service|limits|office|directory|room|neighbours|balancers): (.*)", rest[0])
    ):
        settings[found[1]] = found[2]
        rest.pop(0)
    return settings, rest


def limits_of(text: str) -> Limits:
    pairs = dict(word.split("=") for word in text.split())
    return Limits(**{name: float(value) if "." in value else int(value) for name, value in pairs.items()})


def arrange(gateway: Gateway, settings: dict[str, str]) -> None:
    gateway.has_room = settings.get("room") != "none"
    word, _, rest = settings.get("office", "pass").partition(" ")
    verdicts = {"pass": passed, "hold": held, "raise": passed}
    if word == "refuse":
        gateway.office.verdict = refused(rest)
    elif word == "refuse-form":
        gateway.office.verdict = refused(rest, rule="unreadable")
    else:
        gateway.office.verdict = verdicts[word]()
    if word == "raise":
        name, _, words = rest.partition(" ")
        kind = getattr(errors, name, None) or {"RuntimeError": RuntimeError, "ValueError": ValueError}[name]
        gateway.office.raises = kind(words)
    word, _, rest = settings.get("directory", "").partition(" ")
    if word == "revoke":
        gateway.directory.revoke(rest)
    elif word == "close":
        gateway.directory.close(rest)
    elif word == "broken":
        gateway.directory.broken = errors.StoreUnavailable("The database does not answer.")


def listed(settings: dict[str, str]) -> dict[str, tuple[str, ...]]:
    given = {name: settings[name] for name in ("neighbours", "balancers") if name in settings}
    return {name: () if text == "none" else tuple(text.split()) for name, text in given.items()}


def port_of(gateway: Gateway, service: str) -> int:
    if service == "submissions":
        return gateway.submission.tls_port
    return {"mx": gateway.mx, "submission": gateway.submission}[service].port


class Player:
    """Plays one line after the other."""

    def __init__(self, gateway: Gateway, client: Client) -> None:
        self.gateway, self.client = gateway, client

    def play(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        actions = {
            "S:": self.expect_line,
            "S*": self.expect_reply,
            "C:": lambda rest: self.client.send(unescaped(rest) + b"\r\n"),
            "C-": lambda rest: self.client.send(unescaped(rest)),
            "FILL": self.fill,
            "AUTH": self.auth,
            "TLS": lambda _: self.client.start_tls(),
            "SIGNED-IN": lambda _: self.signed_in(),
            "SHUT": lambda _: self.client.shut(),
            "CLOSED": lambda _: self.expect_closed(),
            "TAKEN": self.expect_taken,
            "BODY": self.expect_body,
        }
        actions[word](rest)

    def expect_line(self, pattern: str) -> None:
        line = self.client.line()
        assert re.fullmatch(pattern, line), f"expected {pattern!r}, got {line!r}"

    def expect_reply(self, code: str) -> None:
        lines = self.client.reply()
        assert all(line.startswith(code) for line in lines), f"expected {code}, got {lines}"

    def fill(self, rest: str) -> None:
        count, letter = rest.split()
        self.client.send(letter.encode() * int(count))

    def auth(self, rest: str) -> None:
        self.client.send(f"AUTH PLAIN {plain(*rest.split())}\r\n".encode())

    def signed_in(self) -> None:
        assert self.client.sign_in().startswith("235")

    def expect_closed(self) -> None:
        assert self.client.is_closed(), "the connection is still open"

    def expect_taken(self, rest: str) -> None:
        taken = self.gateway.office.taken
        if rest == "nothing":
            assert not taken
            return
        envelope = taken[-1].envelope
        who = f"{envelope.sender_id}>{','.join(envelope.recipient_ids)}"
        assert f"{envelope.pair_id} {who} {envelope.assurance}" == rest

    def expect_body(self, rest: str) -> None:
        assert self.gateway.office.taken[-1].raw == unescaped(rest)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("certificates")


@pytest.mark.parametrize("file", DIALOGUES, ids=lambda file: file.stem)
def test_the_dialogue_goes_as_written(file: Path, certificates: Path) -> None:
    settings, lines = settings_of(file.read_text("utf-8").splitlines())
    limits, loop = limits_of(settings.get("limits", "")), uvloop.new_event_loop()  # as in production
    with running(certificates, limits, loop, **listed(settings)) as gateway:
        arrange(gateway, settings)
        with Client(port_of(gateway, settings["service"])) as client:
            player = Player(gateway, client)
            for number, line in enumerate(lines, 1):
                try:
                    player.play(line)
                except (AssertionError, EOFError, OSError) as error:
                    pytest.fail(f"{file.name}, step {number} ({line}): {type(error).__name__} {error}")


def test_there_are_dialogues_and_each_says_why_it_exists() -> None:
    assert len(DIALOGUES) >= 60
    assert all(file.read_text("utf-8").startswith("# ") for file in DIALOGUES)
