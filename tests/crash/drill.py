"""Situations that tell a sound gateway from one with a bug; each says what it finds wrong."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count

from gateway.channels.email.sink import accept
from tests.crash import orders
from tests.crash.invariants import violations
from tests.crash.points import PLACES, Place, Point
from tests.crash.rig import Rig, Sent, write
from tests.crash.strace import Call, Fault
from tests.crash.sweep import attempt, ready
from tests.e2e.installation import eventually, family_roster

Probe = Callable[[Rig], list[str]]
ANY_CALL = Call("", "")
COMMIT_CALLS = range(4, 16)
TEXT = "Please read page 4."
_numbers = count(1)


def killed_before_the_commit(rig: Rig) -> list[str]:
    """SIGKILL at the first byte that the committing thread writes."""
    return _killed(rig, "smtp, committing", [1])


def killed_in_the_commit(rig: Rig) -> list[str]:
    """SIGKILL at every later call of the committing thread."""
    return _killed(rig, "smtp, committing", COMMIT_CALLS)


def killed_in_the_commit_of_a_case(rig: Rig) -> list[str]:
    """The same for a mail that is held."""
    return _killed(rig, "smtp, committing", COMMIT_CALLS, held=True)


def killed_before_the_answer(rig: Rig) -> list[str]:
    """SIGKILL at the last calls of the session: the mail is stored, its client does not know."""
    return _killed(rig, "smtp, sessions", range(9, 13))


def killed_while_sending(rig: Rig) -> list[str]:
    """SIGKILL when the courier names sender, recipient and content to the next hop."""
    return _killed(rig, "courier, sending", range(1, 5))


def disk_full(rig: Rig) -> list[str]:
    """The database has no room for a mail."""
    ready(rig)
    mail = _mail(rig)
    rig.run(FULL)
    rig.send(mail)
    rig.run("DROP TRIGGER full_disk ON message")
    return violations(rig, [mail])


def power_cut_after_the_answer(rig: Rig) -> list[str]:
    """The database dies the moment the client hears 250; its log writer was slow."""
    ready(rig)
    rig.kill("courier")
    writer = rig.server("walwriter")
    assert writer is not None
    os.kill(writer, signal.SIGSTOP)
    mail = rig.send(_mail(rig))
    os.kill(writer, signal.SIGKILL)
    ready(rig)
    return violations(rig, [mail])


def bytes_changed(rig: Rig) -> list[str]:
    """Between verdict and sending the pupil's copy is no longer what the verdict names."""
    rig.kill("courier")
    mail = rig.send_until_taken(_mail(rig, "amara"))
    rig.run("UPDATE dispatch SET sha256 = repeat('0', 64) WHERE state = 'waiting' AND recipient_id = 'amara'")
    rig.start("courier")
    return violations(rig, [mail])


def detector_raises(rig: Rig) -> list[str]:
    """A detector fails over a text."""
    return violations(rig, [rig.send_until_taken(_mail(rig, text=orders.RAISE, held=True))])


def reader_sleeps(rig: Rig) -> list[str]:
    """A mail keeps its reader beyond the time it has."""
    return violations(rig, [rig.send_until_taken(ordering(_mail(rig, held=True), orders.SLEEP))])


def reader_dies(rig: Rig) -> list[str]:
    """A mail kills every reader that reads it."""
    return violations(rig, [rig.send_until_taken(ordering(_mail(rig, held=True), orders.DIE))])


def headers_name_others(rig: Rig) -> list[str]:
    """A mail whose headers name one guardian only, and its envelope the pupil only."""
    return violations(rig, [rig.send_until_taken(_mail(rig, pupil)) for pupil in ("jamie", "amara")])


def guardian_later(rig: Rig) -> list[str]:
    """A guardian's server says 451 the first time."""
    return _guardian_says(rig, "451 4.2.0 Later")


def guardian_refuses(rig: Rig) -> list[str]:
    """A guardian's server refuses for good."""
    return _guardian_says(rig, "550 5.1.1 No such mailbox")


def lease_ran_out(rig: Rig) -> list[str]:
    """While the next hop makes up its mind to refuse, another courier has claimed the copy."""

    def overtaken(mailbox: str) -> str:
        rig.answer = accept
        rig.run("UPDATE dispatch SET fence = fence + 1 WHERE state = 'waiting' AND fence > 0")
        return "550 5.1.1 No such mailbox"

    ready(rig)
    rig.answer = overtaken
    return violations(rig, [rig.send_until_taken(_mail(rig))])


def guardian_barred_meanwhile(rig: Rig) -> list[str]:
    """Between verdict and sending a court bars the guardian."""
    rig.kill("courier")
    mail = rig.send_until_taken(_mail(rig))
    roster = family_roster()
    barred = (replace(one, barred=one.guardian_id == "ruth") for one in roster.guardianships)
    rig.house.store.roster.apply(replace(roster, guardianships=tuple(barred)))
    rig.start("courier")
    wrong = violations(rig, [mail])
    heading = f"Subject: {mail.subject}\r\n".encode()
    left = [one for one in rig.arrived() if heading in one.content]
    rig.house.store.roster.apply(roster)
    return wrong + [f"not looked at again: {len(left)} copies left after all"] * bool(left)


PROBES: tuple[Probe, ...] = (
    headers_name_others,
    detector_raises,
    reader_dies,
    reader_sleeps,
    killed_before_the_commit,
    killed_in_the_commit,
    killed_in_the_commit_of_a_case,
    killed_before_the_answer,
    killed_while_sending,
    disk_full,
    power_cut_after_the_answer,
    guardian_later,
    lease_ran_out,
    guardian_barred_meanwhile,
    bytes_changed,
    guardian_refuses,
)

CAUGHT_BY: dict[str, Probe] = {
    "answer_before_commit": killed_before_the_commit,
    "fault_answered_250": disk_full,
    "verdict_apart": killed_in_the_commit_of_a_case,
    "record_apart": killed_in_the_commit,
    "commits_not_synced": power_cut_after_the_answer,
    "same_mail_taken_anew": killed_before_the_answer,
    "hash_not_checked": bytes_changed,
    "detector_fails_open": detector_raises,
    "late_answer_is_clean": reader_sleeps,
    "recipients_from_headers": headers_name_others,
    "pupil_beside_guardian": guardian_later,
    "failed_guardian_counts": guardian_refuses,
    "settled_before_250": killed_while_sending,
    "lease_never_expires": killed_while_sending,
    "fence_ignored": lease_ran_out,
    "given_up_in_silence": guardian_refuses,
    "world_not_looked_at_again": guardian_barred_meanwhile,
}


FULL = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON message FOR EACH ROW EXECUTE FUNCTION no_room();
"""


def found_wrong(rig: Rig, probe: Probe) -> list[str]:
    """What a probe finds; a gateway that does not come to rest again is wrong too."""
    try:
        return probe(rig)
    except AssertionError as stuck:
        return [f"stuck: {stuck}"]


def ordering(mail: Sent, order: bytes) -> Sent:
    """The mail with an order to its reader."""
    mail.raw = order + b"\r\n" + mail.raw
    return mail


def _mail(rig: Rig, pupil: str = "jamie", text: str = TEXT, held: bool = False) -> Sent:
    return write(rig, f"Lesson plan {next(_numbers)}", pupil, text, held=held)


def _killed(rig: Rig, place: str, calls: Iterable[int], held: bool = False) -> list[str]:
    """SIGKILL at each of these calls, until something is wrong."""
    ready(rig)
    for number in calls:
        mail = _mail(rig, text=orders.RAISE if held else TEXT, held=held)
        if wrong := attempt(rig, Point(_place(place), number, ANY_CALL), Fault.KILL, mail).wrong:
            return wrong
    return []


def _guardian_says(rig: Rig, answer: str) -> list[str]:
    """One of two guardians' servers answers so, once."""

    def says(mailbox: str) -> str:
        if mailbox != "chidi@nwosu.test":
            return accept(mailbox)
        rig.answer = accept
        return answer

    rig.answer = says
    mail = rig.send_until_taken(_mail(rig, "amara"))
    eventually(lambda: rig.answer is accept)
    return violations(rig, [mail])


def _place(name: str) -> Place:
    return next(place for place in PLACES if place.name == name)
