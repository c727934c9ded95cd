"""Plays the demo's scenes over real SMTP and the real API."""

from __future__ import annotations

import json
import re
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid

from gateway.cli.demo_script import Scene, Wire
from gateway.domain.people import Person

REFERENCE = re.compile(r"M-[0-9A-Z]{4}-[0-9A-Z]{4}")
TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays.

    aliases: (tutor id, pupil id, person id) to that person's alias in that pair.
    pairs: (tutor id, pupil id) to the pair's id.
    """

    people: Mapping[str, Person]
    passwords: Mapping[str, str] = field(repr=False)
    aliases: Mapping[tuple[str, str, str], str] = field(repr=False)
    pairs: Mapping[tuple[str, str], str]
    submission_port: int
    mx_port: int
    web_port: int
    api_key: str = field(repr=False)
    authserv_id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What the sender was told: a status code, one line, and the reference in it."""

    code: int
    line: str
    reference: str


def play(scene: Scene, stage: Stage) -> Heard:
    """Send one scene's message the way its sender would, and return what came back."""
    if scene.wire is Wire.API:
        return _by_api(scene, stage)
    mail = _mail(scene, stage)
    if scene.wire is Wire.SUBMISSION:
        return _by_submission(scene, stage, mail)
    return _by_mx(scene, stage, mail)


def _mail(scene: Scene, stage: Stage) -> EmailMessage:
    sender = stage.people[scene.sender]
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{sender.full_name} <{sender.address or sender.mailboxes[0]}>"
    mail["To"] = ", ".join(_aliases(scene, stage))
    mail["Subject"] = scene.subject
    mail["Message-ID"] = make_msgid(domain="client.test")
    mail.set_content(scene.text)
    return mail


def _aliases(scene: Scene, stage: Stage) -> list[str]:
    return [stage.aliases[scene.tutor, scene.pupil, person_id] for person_id in scene.to]


def _by_submission(scene: Scene, stage: Stage, mail: EmailMessage) -> Heard:
    sender = stage.people[scene.sender]
    with smtplib.SMTP("127.0.0.1", stage.submission_port, timeout=TIMEOUT_S) as client:
        client.starttls(context=_own_certificate())
        client.login(sender.address, stage.passwords[sender.id])
        return _send(client, sender.address, _aliases(scene, stage), mail)


def _by_mx(scene: Scene, stage: Stage, mail: EmailMessage) -> Heard:
    """The family's provider delivers; the mail server in front of us has checked DMARC."""
    mailbox = stage.people[scene.sender].mailboxes[0]
    domain = mailbox.partition("@")[2]
    mail["Authentication-Results"] = f"{stage.authserv_id}; dmarc=pass header.from={domain}"
    with smtplib.SMTP("127.0.0.1", stage.mx_port, timeout=TIMEOUT_S) as client:
        return _send(client, mailbox, _aliases(scene, stage), mail)


def _send(client: smtplib.SMTP, sender: str, to: list[str], mail: EmailMessage) -> Heard:
    client.ehlo_or_helo_if_needed()
    for code, answer in (client.mail(sender), *(client.rcpt(one) for one in to)):
        if code >= 400:
            return _heard(code, answer.decode("ascii", "replace"))
    code, answer = client.data(mail.as_bytes())
    return _heard(code, answer.decode("ascii", "replace"))


def _by_api(scene: Scene, stage: Stage) -> Heard:
    body = {
        "pair": stage.pairs[scene.tutor, scene.pupil],
        "sender": scene.sender,
        "recipients": list(scene.to),
        "text": scene.text,
    }
    request = urllib.request.Request(
        f"http://127.0.0.1:{stage.web_port}/v1/messages",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {stage.api_key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"demo-{scene.title.replace(' ', '-')}",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return _heard(answer.status, answer.read().decode())
    except urllib.error.HTTPError as refused:
        return _heard(refused.code, refused.read().decode())


def _heard(code: int, line: str) -> Heard:
    found = REFERENCE.search(line)
    return Heard(code, line.replace("\n", " "), found.group() if found else "")


def _own_certificate() -> ssl.SSLContext:
    """The demo's certificate is self-signed and both ends are this machine."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
