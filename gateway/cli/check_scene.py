"""Puts an item into the world the gateway judges in: invented people, a real message."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from classifiers.finding import Examination, Finding, Layer, Passage, Scene
from gateway.channels.email.parse import on_the_wire
from gateway.cli.allow_values import canonical
from gateway.cli.check_item import Item, Named, WrongItem, split_name
from gateway.cli.check_papers import lesson_at, on_file
from gateway.domain.course import Trajectory
from gateway.domain.message import Arrival, Assurance, Channel, Envelope, Reading
from gateway.domain.pair import Circle, Pair
from gateway.domain.people import FAMILY_ROLES, Guardianship, Organisation, Person, Role
from gateway.domain.policy import Policy
from gateway.journey import Tools, judge
from gateway.ports import Brief, Judgement

DOMAIN = "check.invalid"
ORGANISATION = Organisation("check", "Check", DOMAIN)
PAIR = Pair("check", ORGANISATION.id, "tutor", "pupil")
GUARDIANSHIPS = (Guardianship("guardian", "pupil", registered=date(2000, 1, 1)),)
CIRCLE_ROLES = (Role.TUTOR, Role.PUPIL, Role.GUARDIAN)
BOM = "\ufeff"
NOT_OF_HTML = frozenset({Layer.SUBJECT, Layer.PRIOR, Layer.DISPLAY})
HTML_FRAME = (
    b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
)


AT_REST = Trajectory()


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement, with what its offsets count in. subject: as read, before any change."""

    judgement: Judgement
    subject: str


def judge_item(
    item: Item,
    policy: Policy,
    tools: Tools,
    prior: tuple[str, ...] = (),
    heading: Trajectory = AT_REST,
) -> Judged:
    """Judge one item as if everybody were who they say and a guardian were properly copied.

    prior: the sender's earlier messages, oldest first. Raises: WrongItem for an unreadable file.
    """
    people = _people(item)
    sender, recipients = _parties(item, people)
    raw = _raw(item)
    reading = _reading(item, raw, sender, tools)
    envelope = Envelope(
        id="check",
        reference="",
        organisation_id=ORGANISATION.id,
        pair_id=PAIR.id,
        channel=item.channel,
        sender_id=sender.id,
        recipient_ids=recipients,
        received_at=item.sent_at,
        assurance=_assurance(item.channel, sender),
    )
    circle = replace(_circle(item, people), facts=on_file(policy, PAIR.id), lessons=lesson_at(item.sent_at))
    brief = Brief(Arrival(envelope, raw), circle, policy, prior, trajectory=heading)
    judgement = judge(brief, _tools(item, reading, tools))
    if item.form == "html":
        judgement = replace(judgement, findings=_as_given(judgement.findings, item.content))
    return Judged(judgement, reading.subject)


def _people(item: Item) -> dict[str, Person]:
    """Tutor, pupil and guardian with the roster's names, and whoever else takes part."""
    # In this order, which shared initials are numbered by.
    wanted = dict.fromkeys((*CIRCLE_ROLES, item.sender_role, item.recipient_role or item.sender_role))
    people = {role.value: _person(role.value, role, item.roster) for role in wanted}
    if item.recipient_role is item.sender_role:
        people["recipient"] = _person("recipient", item.sender_role, ())
    return people


def _person(person_id: str, role: Role, roster: Sequence[Named]) -> Person:
    named = next((one for one in roster if one.role is role), None)
    given, family = split_name(named.name) if named else ("", "")
    return Person(
        id=person_id,
        organisation_id=ORGANISATION.id,
        role=role,
        given=given,
        family=family,
        nicknames=named.nicknames if named else (),
        address=f"{person_id}@{DOMAIN}",
        mailboxes=(f"{person_id}@mailbox.{DOMAIN}",),
    )


def _neighbours(item: Item) -> tuple[Person, ...]:
    """The roster's further people of roles that are taken."""
    seen: set[Role] = set()
    others = []
    for number, named in enumerate(item.roster):
        if named.role in seen or named.role not in (*CIRCLE_ROLES, item.sender_role, item.recipient_role):
            others.append(_person(f"other{number}", named.role, (named,)))
        seen.add(named.role)
    return tuple(others)


def _circle(item: Item, people: Mapping[str, Person]) -> Circle:
    return Circle(
        organisation=ORGANISATION,
        pair=PAIR,
        people=people,
        guardianships=GUARDIANSHIPS,
        aliases={one: f"{one}.alias@{DOMAIN}" for one in people},
        neighbours=_neighbours(item),
        allowed=frozenset(form for value in item.allow for form in canonical(value)),
    )


def _parties(item: Item, people: Mapping[str, Person]) -> tuple[Person, tuple[str, ...]]:
    sender = people[item.sender_role.value]
    if item.recipient_role is item.sender_role:
        return sender, ("recipient",)
    role = item.recipient_role or (Role.PUPIL if item.sender_role not in FAMILY_ROLES else Role.TUTOR)
    recipients = [role.value]
    if Role.PUPIL in (role, item.sender_role) and Role.GUARDIAN not in (role, item.sender_role):
        recipients.append(Role.GUARDIAN.value)
    return sender, tuple(recipients)


def _assurance(channel: Channel, sender: Person) -> Assurance:
    if channel is Channel.PLATFORM:
        return Assurance.API_KEY
    return Assurance.AUTHENTICATED_MAIL if sender.role in FAMILY_ROLES else Assurance.PASSWORD


def _raw(item: Item) -> bytes:
    if item.form == "eml":
        try:
            return on_the_wire(Path(item.content).read_bytes())
        except OSError as error:
            raise WrongItem(f"the .eml file cannot be read ({type(error).__name__})") from error
    if item.form == "html":
        # base64 keeps every code point, so offsets count in the source as it was given.
        lines = base64.encodebytes(item.content.encode("utf-8", "replace"))
        return HTML_FRAME + lines.replace(b"\n", b"\r\n")
    return json.dumps({"subject": item.subject or "", "text": item.content}).encode()


def _reading(item: Item, raw: bytes, sender: Person, tools: Tools) -> Reading:
    reading = tools.read[Channel.PLATFORM if item.form == "text" else Channel.EMAIL](raw)
    if item.form == "html" and item.subject:
        passages = (Passage(Layer.SUBJECT, item.subject), *reading.passages)
        reading = replace(reading, passages=passages, subject=item.subject)
    # Whether the author is the sender is for a directory to say; several authors stay odd.
    known = item.form != "eml" or len(reading.authors) == 1
    return replace(reading, authors=(sender.address,)) if known else reading


def _as_given(findings: tuple[Finding, ...], source: str) -> tuple[Finding, ...]:
    """Findings counted in the HTML as it was given: reading mail makes every line end one "\\n"."""
    if "\r" not in source and not source.startswith(BOM):
        return findings
    ends_within_pairs = {at + 1 for at in range(len(source) - 1) if source.startswith("\r\n", at)}
    start = len(BOM) if source.startswith(BOM) else 0
    at = [*(n for n in range(start, len(source)) if n not in ends_within_pairs), len(source)]
    return tuple(
        found if found.layer in NOT_OF_HTML else replace(found, start=at[found.start], end=at[found.end])
        for found in findings
    )


def _tools(item: Item, reading: Reading, tools: Tools) -> Tools:
    """The real detectors; only names that were given; nothing composed where there was no mail."""

    def screen(passages: Sequence[Passage], scene: Scene) -> Examination:
        return tools.screen(passages, replace(scene, names=tuple(one for one in scene.names if one.given)))

    ours = replace(tools, read={item.channel: lambda _raw: reading}, screen=screen)
    if item.form == "eml":
        return ours
    return replace(ours, compose=dict.fromkeys(Channel, _nothing), leaks=_no_leak)


def _nothing(*_args: object, **_named: object) -> bytes:
    return b""


def _no_leak(*_args: object, **_named: object) -> tuple[str, ...]:
    return ()
