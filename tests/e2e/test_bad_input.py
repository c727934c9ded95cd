"""Bad input and bad days: a clear answer each time, nothing lost, service again afterwards."""

from __future__ import annotations

import base64
import os
import random
import signal
import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.errors import StoreUnavailable
from gateway.ports import CaseFilter
from gateway.store import server
from gateway.wiring.running import now
from tests.e2e.installation import Installation, deliver, eventually

pytestmark = pytest.mark.xdist_group("gateway")


def held(gateway: Installation, reference: str) -> bool:
    found = gateway.store.docket.cases("demo", CaseFilter(), now(), 500)
    return any(one.reference == reference for one in found)


def reference_in(answer: str) -> str:
    return answer.split()[-1].rstrip(".")


def raw_mail(gateway: Installation, subject: str, body: bytes, more: str = "") -> bytes:
    head = f"From: <{gateway.issued('tara')}>\r\nTo: <x@relay.test>\r\nSubject: {subject}\r\n{more}\r\n"
    return head.encode() + body


def send_raw(gateway: Installation, raw: bytes) -> tuple[int, str]:
    to = [gateway.alias("jamie", "ruth")]
    with gateway.signed_in() as client:
        return deliver(client, gateway.issued("tara"), to, raw)


def test_a_wrong_password_is_refused(gateway: Installation) -> None:
    with pytest.raises(smtplib.SMTPAuthenticationError) as told, gateway.signed_in("owen", "wrong"):
        pass
    assert told.value.smtp_code == 535


def test_an_unknown_alias_is_refused_at_once(gateway: Installation) -> None:
    with gateway.signed_in() as client:
        client.mail(gateway.issued("tara"))
        code, answer = client.rcpt("nobody@relay.test")
    assert (code, answer[:5]) == (550, b"5.1.1")


def test_an_alias_of_somebody_elses_pair_is_unknown(gateway: Installation) -> None:
    with gateway.signed_in("owen") as client:
        client.mail(gateway.issued("owen"))
        assert client.rcpt(gateway.alias("jamie", "jamie"))[0] == 550


def test_mail_to_two_families_goes_to_neither(gateway: Installation) -> None:
    to = [gateway.alias("jamie", "ruth"), gateway.alias("amara", "chidi")]
    mail = gateway.mail(gateway.issued("tara"), to, "Two families", "Dear all.")
    with gateway.signed_in() as client:
        client.mail(gateway.issued("tara"))
        assert client.rcpt(to[0])[0] == 250
        assert client.rcpt(to[1])[0] == 550
        code, _ = client.docmd("DATA")
        assert code == 550
    assert not gateway.received("ruth@family.test", "Two families")
    assert mail["Subject"] == "Two families"


def test_another_tutors_address_cannot_be_used(gateway: Installation) -> None:
    with gateway.signed_in() as client:
        assert client.mail(gateway.issued("owen"))[0] == 553


def test_a_forged_from_header_comes_back(gateway: Installation) -> None:
    to = [gateway.alias("jamie", "ruth")]
    mail = gateway.mail(gateway.issued("owen"), to, "Forged", "Hello.")
    with gateway.signed_in() as client:
        code, answer = deliver(client, gateway.issued("tara"), to, mail.as_bytes())
    assert code == 550
    assert "From" in answer


@pytest.mark.parametrize("body", [b"", b"\r\n", b" "])
def test_an_empty_mail_passes(gateway: Installation, body: bytes) -> None:
    assert send_raw(gateway, raw_mail(gateway, "Nothing to say", body))[0] == 250


def large_picture() -> bytes:
    """A photograph as a phone takes it: 17 MB that nothing can squeeze."""
    from io import BytesIO

    from PIL import Image

    noise = random.Random(7).randbytes(2400 * 2360 * 3)
    file = BytesIO()
    Image.frombytes("RGB", (2400, 2360), noise).save(file, "PNG", compress_level=0)
    return file.getvalue()


def test_a_large_attachment_is_delivered_whole(gateway: Installation) -> None:
    lines = base64.encodebytes(large_picture()).replace(b"\n", b"\r\n")
    more = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
    body = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nThe worksheet is attached.\r\n"
        b"--b\r\nContent-Type: image/png; name=sheet.png\r\n"
        b"Content-Disposition: attachment; filename=sheet.png\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + lines + b"--b--\r\n"
    )
    raw = raw_mail(gateway, "Large sheet", body, more)
    assert 22_000_000 < len(raw) < 25 * 1024 * 1024
    code, answer = send_raw(gateway, raw)
    assert code == 250, answer
    got = eventually(lambda: gateway.received("ruth@family.test", "Large sheet"), 60)[0]
    assert len(got) > 22_000_000


def test_more_than_25_megabytes_are_refused(gateway: Installation) -> None:
    with gateway.signed_in() as client:
        code, answer = client.docmd("MAIL", f"FROM:<{gateway.issued('tara')}> SIZE=30000000")
    assert (code, answer[:5]) == (552, b"5.3.4")


@pytest.mark.parametrize(
    "body", [b"x" * 1_000_000, b"a NUL \0 inside", b"a bare \n inside"], ids=["1 MB line", "NUL", "bare LF"]
)
def test_odd_bytes_from_a_tutor_come_back(gateway: Installation, body: bytes) -> None:
    code, answer = send_raw(gateway, raw_mail(gateway, "Odd bytes", body + b"\r\n"))
    assert code == 550
    assert answer.startswith("5.6.0")


def test_mail_that_can_be_read_in_two_ways_is_held(gateway: Installation) -> None:
    more = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="a"; boundary="b"\r\n'
    code, answer = send_raw(gateway, raw_mail(gateway, "Two ways", b"--a\r\n\r\nHello\r\n--a--\r\n", more))
    assert code == 250
    assert eventually(lambda: held(gateway, reference_in(answer)))


def test_odd_bytes_from_outside_are_held(gateway: Installation) -> None:
    to = [gateway.alias("jamie", "tara")]
    raw = b"From: <ruth@family.test>\r\nSubject: Odd\r\n\r\na NUL \0 inside\r\n"
    with smtplib.SMTP("127.0.0.1", gateway.ports["mx"], timeout=30) as client:
        code, answer = deliver(client, "ruth@family.test", to, raw)
    assert code == 250
    assert eventually(lambda: held(gateway, reference_in(answer)))


def test_a_stranger_reaches_nobody(gateway: Installation) -> None:
    with smtplib.SMTP("127.0.0.1", gateway.ports["mx"], timeout=30) as client:
        client.helo("stranger.test")
        client.mail("stranger@example.org")
        assert client.rcpt(gateway.alias("jamie", "jamie"))[0] == 550


def test_the_same_mail_again_gets_the_same_answer(gateway: Installation) -> None:
    raw = raw_mail(gateway, "Sent twice", b"Once is enough.\r\n", "Message-ID: <twice@client.test>\r\n")
    first, again = send_raw(gateway, raw), send_raw(gateway, raw)
    assert first == again
    eventually(lambda: gateway.received("ruth@family.test", "Sent twice"))
    gateway.tutor_sends("jamie", ["ruth"], "After it", "Something else.")
    eventually(lambda: gateway.received("ruth@family.test", "After it"))
    assert len(gateway.received("ruth@family.test", "Sent twice")) == 1


@pytest.mark.xdist_group("own-1")
@pytest.mark.timeout(240)
def test_a_stopped_database_means_451_and_service_again(own_gateway: Installation) -> None:
    own_gateway.start("smtp", "courier")
    assert own_gateway.tutor_sends("jamie", ["ruth"], "Before", "All is well.")[0] == 250
    with own_gateway.signed_in() as client:
        alias, sender = own_gateway.alias("jamie", "ruth"), own_gateway.issued("tara")
        server.stop(own_gateway.home)
        mail = own_gateway.mail(sender, [alias], "Meanwhile", "Nobody keeps this yet.")
        code, answer = deliver(client, sender, [alias], mail.as_bytes())
        assert code == 451
        assert answer.startswith("4.3.0")
    server.embedded(own_gateway.home)

    def again() -> bool:
        try:
            with own_gateway.signed_in() as client:
                return deliver(client, sender, [alias], mail.as_bytes())[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    eventually(again, 60, 0.5)
    eventually(lambda: own_gateway.received("ruth@family.test", "Meanwhile"), 60)
    eventually(lambda: own_gateway.received("ruth@family.test", "Before"), 60)


@pytest.mark.xdist_group("own-1")
@pytest.mark.timeout(240)
def test_a_full_database_means_452_and_nothing_half_kept(own_gateway: Installation) -> None:
    """PostgreSQL itself says disk full (SQLSTATE 53100) when the message is written."""
    import psycopg

    own_gateway.start("smtp")
    full = (
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER no_room BEFORE INSERT ON message EXECUTE FUNCTION no_room()"
    )
    with psycopg.connect(own_gateway.store.conninfo, autocommit=True) as database:
        database.execute(full)
        code, answer = own_gateway.tutor_sends("jamie", ["ruth"], "No room", "Hello.")
        assert (code, answer[:5]) == (452, "4.3.1")
        database.execute("DROP TRIGGER no_room ON message")
    assert own_gateway.tutor_sends("jamie", ["ruth"], "Room again", "Hello.")[0] == 250


@pytest.mark.xdist_group("own-2")
@pytest.mark.timeout(240)
def test_a_smarthost_that_is_down_is_waited_for(own_gateway: Installation) -> None:
    own_gateway.start("smtp", "courier")
    port = own_gateway.sink.port
    own_gateway.sink.stop()
    assert own_gateway.tutor_sends("jamie", ["jamie"], "Patience", "All is well.")[0] == 250
    from gateway.channels.email.sink import Sink

    own_gateway.sink = Sink(port=port).start()
    # The first retry comes after a minute.
    eventually(lambda: own_gateway.received("jamie@family.test", "Patience"), 150)
    assert own_gateway.received("ruth@family.test", "Patience")


@pytest.mark.xdist_group("own-2")
@pytest.mark.timeout(240)
def test_a_guardian_whose_server_refuses_stops_the_pupils_copy(tmp_path_factory) -> None:
    from tests.e2e.installation import install

    def answer(mailbox: str) -> str:
        return "550 5.1.1 No such mailbox" if mailbox.startswith("ruth") else "250 OK"

    gateway = install(tmp_path_factory.mktemp("refusing"), answer=answer)
    try:
        gateway.start("smtp", "courier")
        assert gateway.tutor_sends("jamie", ["jamie"], "Guardian first", "All is well.")[0] == 250

        def delivery_case() -> list:
            found = gateway.store.docket.cases("demo", CaseFilter(lane="delivery"), now())
            return [one for one in found if one.pair_id]

        assert eventually(delivery_case)
        assert not gateway.received("jamie@family.test", "Guardian first")
    finally:
        gateway.close()


@pytest.mark.xdist_group("own-2")
def test_processes_end_in_good_order_when_told_to(own_gateway: Installation) -> None:
    own_gateway.start("smtp", "courier", "web")
    import psutil

    for name in ("smtp", "courier", "web"):
        family = psutil.Process(own_gateway.processes[name].pid).children(recursive=True)
        assert own_gateway.stop(name) == 0, (own_gateway.home / f"{name}.log").read_text()[-2000:]
        _, left = psutil.wait_procs(family, 10)
        assert not left, f"{name} left processes behind"


def test_wrong_settings_are_told_in_one_sentence(gateway: Installation, tmp_path: Path) -> None:
    for name, value, words in (
        ("GATEWAY_MX_PORT", "seventy", "GATEWAY_MX_PORT"),
        ("GATEWAY_SMARTHST", "x:25", "GATEWAY_SMARTHOST"),
        ("GATEWAY_HOME", str(tmp_path / "empty"), "gateway init"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "gateway", "smtp"],
            env={**gateway.environment, name: value},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert "Traceback" not in done.stderr


@pytest.mark.xdist_group("own-1")
@pytest.mark.timeout(120)
def test_serve_starts_again_what_dies(own_gateway: Installation) -> None:
    with (own_gateway.home / "serve.log").open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "gateway", "serve"],
            env=own_gateway.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:

        def sent(subject: str) -> bool:
            try:
                return own_gateway.tutor_sends("jamie", ["ruth"], subject, "Hello.")[0] == 250
            except (OSError, smtplib.SMTPException, StoreUnavailable):
                return False

        eventually(lambda: sent("First life"), 60, 0.3)
        import psutil

        children = psutil.Process(supervisor.pid).children()
        smtp = next(one for one in children if one.cmdline()[-1] == "smtp")
        os.killpg(smtp.pid, signal.SIGKILL)
        eventually(lambda: sent("Second life"), 60, 0.3)
        # The embedded database is one of those that may die.
        postmaster = (own_gateway.home / "postgres" / "postmaster.pid").read_text().split()[0]
        os.kill(int(postmaster), signal.SIGKILL)
        eventually(lambda: sent("Third life"), 60, 0.3)
    finally:
        supervisor.terminate()
        assert supervisor.wait(60) == 0
