"""Only the judged bytes leave, over connections that are kept, whatever the next hop does."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from gateway.channels.email import verp
from gateway.channels.email.certificate import ensure_certificate, tls_context
from gateway.channels.email.send import Smarthost, unfit
from gateway.domain.dispatch import Dispatch, SendAnswer
from tests.fakes.circle import NOW

CONTENT = b"From: a@relay.test\r\nSubject: Hi\r\n\r\nHello\r\n.dot\r\n"


def dispatch(content: bytes = CONTENT, **more: object) -> Dispatch:
    known: dict[str, object] = {
        "id": 1,
        "organisation_id": "demo",
        "message_id": "m",
        "pair_id": "p",
        "recipient_id": "jamie",
        "mailbox": "jamie@family.test",
        "return_path": "alias@relay.test",
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "policy_version": "default@1+00000000",
        "required": False,
        "waits_for_required": False,
        "fence": 1,
        "tries": 1,
        "first_try_at": NOW,
        "directory_version": 1,
    }
    return Dispatch(**{**known, **more})  # type: ignore[arg-type]


class Host:
    """A next hop that answers from a script.

    answers: command word to the replies it gives, one after another, the last for ever;
    "close" hangs up, "silence" says nothing.
    """

    def __init__(self, answers: dict[str, list[str]], tls: ssl.SSLContext | None = None) -> None:
        self.answers = {word: list(replies) for word, replies in answers.items()}
        self.tls = tls
        self.connections = 0
        self.encrypted = 0
        self.commands: list[str] = []
        self.mails: list[bytes] = []
        self.silent = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._say(writer, "greeting", "220 host"):
            return
        while line := (await reader.readline()).decode().strip():
            word = line.partition(" ")[0].upper()
            self.commands.append(line)
            offer = "250-STARTTLS\r\n" if self.tls and not self.encrypted else ""
            usual = {
                "EHLO": f"250-host\r\n{offer}250 SIZE 1000000",
                "DATA": "354 go",
                "QUIT": "221 bye",
                "STARTTLS": "220 go",
            }
            if not self._say(writer, word, usual.get(word, "250 ok")):
                return
            if word == "STARTTLS":
                await writer.start_tls(self.tls)  # type: ignore[arg-type]
                self.encrypted += 1
            if word == "DATA" and self.said.startswith("354"):
                self.mails.append(await reader.readuntil(b"\r\n.\r\n"))
                if not self._say(writer, "end", "250 taken"):
                    return

    def _say(self, writer: asyncio.StreamWriter, word: str, usual: str) -> bool:
        replies = self.answers.get(word, [usual])
        self.said = replies.pop(0) if len(replies) > 1 else replies[0]
        if self.said == "close":
            return False
        if self.said == "silence":
            self.silent.set()
        else:
            writer.write(self.said.encode() + b"\r\n")
        return True


def play(host: Host, act: Callable[[Smarthost], Awaitable[object]], **more: object) -> None:
    """Run `act` with a smarthost that talks to `host`."""

    async def run() -> None:
        async with await asyncio.start_server(host, "127.0.0.1", 0, limit=2**24) as server:
            port = server.sockets[0].getsockname()[1]
            settings: dict[str, object] = {"timeout_s": 2, **more}
            async with Smarthost("127.0.0.1", port, **settings) as smarthost:  # type: ignore[arg-type]
                await act(smarthost)

    asyncio.run(run())


def answers_to(answers: dict[str, list[str]], *sent: Dispatch) -> tuple[list[SendAnswer], Host]:
    got: list[SendAnswer] = []

    async def act(smarthost: Smarthost) -> None:
        got.extend([await smarthost(one) for one in sent or (dispatch(),)])

    host = Host(answers)
    play(host, act)
    return got, host


def codes(answers: dict[str, list[str]], *sent: Dispatch) -> list[int]:
    return [answer.code for answer in answers_to(answers, *sent)[0]]


def test_the_next_hop_gets_the_very_bytes() -> None:
    got, host = answers_to({})
    assert [answer.code for answer in got] == [250]
    assert host.mails == [CONTENT.replace(b"\r\n.dot", b"\r\n..dot") + b".\r\n"]
    assert f"MAIL FROM:<alias@relay.test> SIZE={len(CONTENT)}" in host.commands
    assert "RCPT TO:<jamie@family.test>" in host.commands


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"sha256": "0" * 64}, "bytes do not match the verdict"),
        ({"policy_version": ""}, "no policy version: nothing says that this was judged"),
        ({"mailbox": ""}, "no mailbox"),
        ({"content": b"other"}, "bytes do not match the verdict"),
    ],
)
def test_what_was_not_judged_is_not_sent(changed: dict[str, object], because: str) -> None:
    got, host = answers_to({}, replace(dispatch(), **changed))  # type: ignore[arg-type]
    assert got == [SendAnswer(554, because, asked=False)]
    assert host.connections == 0


@pytest.mark.parametrize("content", [b"a\nb\r\n", b"a\rb\r\n", b"a\0b\r\n", b"a", b"a" * 999 + b"\r\n", b""])
def test_bytes_that_are_no_clean_mail_are_not_sent(content: bytes) -> None:
    assert unfit(dispatch(content)) == "bytes that are no clean mail"


def test_one_connection_serves_many_mails() -> None:
    got, host = answers_to({}, *[dispatch()] * 5)
    assert [answer.code for answer in got] == [250] * 5
    assert host.connections == 1


def test_connections_are_shared_among_callers_and_bounded() -> None:
    async def act(smarthost: Smarthost) -> None:
        got = await asyncio.gather(*(smarthost(dispatch()) for _ in range(30)))
        assert {answer.code for answer in got} == {250}

    host = Host({})
    play(host, act, connections=3)
    assert host.connections <= 3
    assert len(host.mails) == 30


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"MAIL": ["550 no"]}, 550),
        ({"RCPT": ["450 later"]}, 450),
        ({"RCPT": ["550 nobody"]}, 550),
        ({"DATA": ["451 later"]}, 451),
        ({"end": ["554 no"]}, 554),
        ({"end": ["452 full"]}, 452),
        ({"end": ["nonsense"]}, 0),
        ({"end": ["close"]}, 0),
        ({"end": ["silence"]}, 0),
        ({"RCPT": ["close"]}, 0),
        ({"greeting": ["421 busy"]}, 421),
        ({"greeting": ["554 not you"]}, 0),
        ({"greeting": ["close"]}, 0),
        ({"EHLO": ["500 what"], "HELO": ["500 what"]}, 0),
    ],
)
def test_what_the_next_hop_says_becomes_a_code(answers: dict[str, list[str]], code: int) -> None:
    assert codes(answers) == [code]


def test_after_a_refusal_the_connection_goes_on() -> None:
    got, host = answers_to({"RCPT": ["550 nobody", "250 ok"]}, dispatch(), dispatch())
    assert [answer.code for answer in got] == [550, 250]
    assert host.connections == 1
    assert "RSET" in host.commands


def test_a_refusal_counts_even_if_the_host_then_hangs_up() -> None:
    assert codes({"RCPT": ["550 nobody"], "RSET": ["close"]}) == [550]


@pytest.mark.parametrize("word", ["close", "421 idle"])
def test_a_connection_that_went_stale_is_replaced_at_once(word: str) -> None:
    got, host = answers_to({"MAIL": ["250 ok", word, "250 ok"]}, dispatch(), dispatch())
    assert [answer.code for answer in got] == [250, 250]
    assert host.connections == 2
    assert len(host.mails) == 2


def test_a_mail_that_may_have_been_taken_is_not_sent_again_at_once() -> None:
    got, host = answers_to({"end": ["250 ok", "close"]}, dispatch(), dispatch())
    assert [answer.code for answer in got] == [250, 0]
    assert len(host.mails) == 2


def test_nobody_there_is_no_answer() -> None:
    async def run() -> SendAnswer:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        return await Smarthost("127.0.0.1", port, timeout_s=2)(dispatch())

    assert asyncio.run(run()).code == 0


def test_a_cancelled_mail_does_not_spoil_the_next() -> None:
    async def act(smarthost: Smarthost) -> None:
        task = asyncio.create_task(smarthost(dispatch()))
        await host.silent.wait()
        task.cancel()
        assert (await asyncio.gather(task, return_exceptions=True))[0].__class__ is asyncio.CancelledError
        assert (await smarthost(dispatch())).code == 250

    host = Host({"RCPT": ["silence", "250 ok"]})
    play(host, act, timeout_s=5)
    assert host.connections == 2


def test_an_address_beyond_ascii_needs_a_host_that_takes_it() -> None:
    assert codes({}, dispatch(mailbox="jörg@family.test")) == [553]
    taking = {"EHLO": ["250-host\r\n250 SMTPUTF8"]}
    got, host = answers_to(taking, dispatch(mailbox="jörg@family.test"))
    assert [answer.code for answer in got] == [250]
    assert "RCPT TO:<jörg@family.test>" in host.commands


def test_an_address_cannot_bring_a_command_with_it() -> None:
    got, host = answers_to({}, dispatch(mailbox="a@b.test>\r\nRCPT TO:<c@d.test"))
    assert got[0].code == 553
    assert not any("c@d.test" in command for command in host.commands)


@pytest.mark.parametrize(
    ("tls", "encrypted", "code"), [("may", 1, 250), ("off", 0, 250), ("encrypt", 1, 250), ("must", 0, 0)]
)
def test_starttls_is_taken_when_offered_unless_told_otherwise(
    tmp_path: Path, tls: str, encrypted: int, code: int
) -> None:
    got: list[SendAnswer] = []

    async def act(smarthost: Smarthost) -> None:
        got.append(await smarthost(dispatch()))

    host = Host({}, tls_context(*ensure_certificate(tmp_path, "relay.test")))
    play(host, act, tls=tls)
    assert (got[0].code, host.encrypted) == (code, encrypted)


@pytest.mark.parametrize("how", ["not offered", "refused", "broken"])
@pytest.mark.parametrize(("tls", "code"), [("off", 250), ("may", 250), ("encrypt", 0), ("must", 0)])
def test_without_tls_only_may_and_off_send_in_plain_text(
    tmp_path: Path, tls: str, code: int, how: str
) -> None:
    got: list[SendAnswer] = []

    async def act(smarthost: Smarthost) -> None:
        got.extend([await smarthost(dispatch()), await smarthost(dispatch())])

    answers = {"refused": {"STARTTLS": ["454 4.7.0 not now"]}, "broken": {"STARTTLS": ["close"]}}
    offered = None if how == "not offered" else tls_context(*ensure_certificate(tmp_path, "relay.test"))
    host = Host(answers.get(how, {}), offered)
    play(host, act, tls=tls)
    assert [answer.code for answer in got] == [code, code]
    assert len(host.mails) == (2 if code else 0)
    assert host.encrypted == 0 or how == "refused"


def test_a_good_certificate_is_enough_for_must(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = ensure_certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    got: list[SendAnswer] = []

    async def run() -> None:
        host = Host({}, tls_context(certificate, key))
        async with await asyncio.start_server(host, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with Smarthost("localhost", port, tls="must", timeout_s=2) as smarthost:
                got.append(await smarthost(dispatch()))
        assert host.encrypted == 1

    asyncio.run(run())
    assert got[0].code == 250


def test_a_notice_goes_out_with_an_empty_return_path() -> None:
    got, host = answers_to({"EHLO": ["250 host"]}, dispatch(return_path=""))
    assert [answer.code for answer in got] == [250]
    assert "MAIL FROM:<>" in host.commands


def test_each_copy_leaves_under_a_return_path_of_its_own_and_a_notice_under_its_own() -> None:
    key = b"k" * 32
    path_of = partial(verp.return_path_of, key=key)

    async def act(smarthost: Smarthost) -> None:
        assert (await smarthost(dispatch(id=7))).code == 250
        assert (await smarthost(dispatch(id=8, return_path=""))).code == 250
        assert (await smarthost.post(dispatch(id=9))).code == 250

    host = Host({})
    play(host, act, return_path=path_of)
    senders = [line.split()[1][6:-1] for line in host.commands if line.startswith("MAIL")]
    assert verp.recognise(senders[0], key) == 7
    assert senders[0].endswith("@relay.test")
    assert senders[1:] == ["", "alias@relay.test"]


def test_large_copies_are_sent_too() -> None:
    content = b"Subject: x\r\n\r\n" + b"a line of text\r\n" * 100_000
    got, host = answers_to({"EHLO": ["250 host"]}, dispatch(content))
    assert [answer.code for answer in got] == [250]
    assert host.mails == [content + b".\r\n"]


def test_an_answer_names_nobody() -> None:
    for answers in ({"RCPT": ["550 jamie@family.test unknown"]}, {"end": ["554 jamie@family.test"]}):
        got, _ = answers_to(answers)
        assert "jamie" not in got[0].because
