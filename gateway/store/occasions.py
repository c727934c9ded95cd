"""What a pack's reminders wait for, looked up in the database: whom each is about, and once only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, func, select

from gateway.domain.people import Role, Standing
from gateway.domain.policy import Policy, Reminder
from gateway.domain.register import FactKind, lapses
from gateway.domain.strike import proposed
from gateway.domain.zones import LONDON, zone_of
from gateway.hold.reminders import comes_of_age, period
from gateway.store.fairness import held_by_group
from gateway.store.families_schema import strike
from gateway.store.people import open_person
from gateway.store.policy_schema import lesson, policy_release, register_fact
from gateway.store.register import all_facts
from gateway.store.schema import case_file, decision, failing_address, message, pair, person
from gateway.store.vault import Vault

LOOK_BACK = timedelta(days=14)  # nobody is reminded of what is older
MOST = 500
UNEQUAL_WINDOW = timedelta(days=90)  # clause MTW-06
BREACHES, BREACH_WINDOW = 3, timedelta(days=180)  # clause MTW-12


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that has come. subject: names it for good, so that it is told once.

    role: of the person it is about, when it is theirs alone. adds: a sentence to the reminder's own.
    """

    subject: str
    pair_id: str = ""
    person_id: str = ""
    message_id: str = ""
    role: str = ""
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A reminder looked at for one organisation at one moment."""

    connection: Connection
    vault: Vault
    organisation_id: str
    policy: Policy
    reminder: Reminder
    now: datetime


def occasions(asked: Asked) -> list[Occasion]:
    """What has come for a reminder; nothing for those that are told in another way (copies, answers)."""
    look = LOOKS.get(asked.reminder.on)
    return list(look(asked))[:MOST] if look else []


def _calendar(asked: Asked) -> Iterator[Occasion]:
    yield Occasion(period(asked.reminder.every, asked.now.date()))


def _joined(asked: Asked) -> Iterator[Occasion]:
    roles = [str(role) for role in Role if role.value in asked.reminder.to or role in _desk(asked)]
    theirs = select(person.c.id, person.c.role).where(
        person.c.organisation_id == asked.organisation_id,
        person.c.role.in_(roles),
        person.c.standing == str(Standing.ACTIVE),
    )
    if asked.reminder.acknowledge:  # who has said so already is not asked again
        said = exists().where(
            register_fact.c.organisation_id == person.c.organisation_id,
            register_fact.c.person_id == person.c.id,
            register_fact.c.kind == str(FactKind.ACKNOWLEDGED),
        )
        theirs = theirs.where(~said)
    for row in asked.connection.execute(theirs):
        yield Occasion(row.id, person_id=row.id, role=row.role)


def _desk(asked: Asked) -> set[Role]:
    return {asked.policy.roles[one].desk for one in asked.reminder.to if one in asked.policy.roles}


def _lessons(asked: Asked) -> Iterator[Occasion]:
    soon = select(lesson.c.id, lesson.c.pair_id).where(
        lesson.c.organisation_id == asked.organisation_id,
        lesson.c.starts > asked.now,
        lesson.c.starts <= asked.now + (asked.reminder.after or timedelta(days=1)),
    )
    for row in asked.connection.execute(soon.order_by(lesson.c.starts)):
        first = asked.reminder.on == "first_lesson"
        yield Occasion(row.pair_id if first else str(row.id), pair_id=row.pair_id)


def _lessons_over(asked: Asked) -> Iterator[Occasion]:
    over = select(lesson.c.id, lesson.c.pair_id, pair.c.tutor_id).join(pair, pair.c.id == lesson.c.pair_id)
    lately = asked.now - asked.reminder.after
    wanted = over.where(
        lesson.c.organisation_id == asked.organisation_id,
        lesson.c.ends <= lately,
        lesson.c.ends > lately - LOOK_BACK,
    )
    for row in asked.connection.execute(wanted):
        yield Occasion(str(row.id), row.pair_id, row.tutor_id)


def _repeated(asked: Asked) -> Iterator[Occasion]:
    """Tutors whose messages were sent back, or held and not let go, three times in half a year.

    The next step of the ladder is proposed with it (clause MTW-11); only a person gives a strike.
    """
    let_go = exists().where(
        case_file.c.message_id == message.c.id,
        decision.c.case_id == case_file.c.id,
        decision.c.action == "release",
    )
    breaches = (
        select(pair.c.tutor_id, func.count().label("times"))
        .join(pair, pair.c.id == message.c.pair_id)
        .where(
            message.c.organisation_id == asked.organisation_id,
            message.c.sender_id == pair.c.tutor_id,
            message.c.outcome.in_(("refuse", "hold")),
            message.c.received_at > asked.now - BREACH_WINDOW,
            ~let_go,
        )
        .group_by(pair.c.tutor_id)
        .having(func.count() >= BREACHES)
    )
    for row in asked.connection.execute(breaches):
        # Told again at every third.
        adds = _next_step(asked, row.tutor_id)
        yield Occasion(f"{row.tutor_id}:{row.times // BREACHES}", person_id=row.tutor_id, adds=adds)


def _next_step(asked: Asked, tutor_id: str) -> str:
    standing = select(strike.c.step).where(
        strike.c.organisation_id == asked.organisation_id,
        strike.c.tutor_id == tutor_id,
        strike.c.reversed_at.is_(None),
        strike.c.expires_at.is_(None) | (strike.c.expires_at > asked.now),
    )
    step = proposed(asked.policy.ladder, asked.connection.execute(standing).scalars())
    return f"Proposed, for you to decide: {step.replace('_', ' ')}." if step else ""


def _unanswered(asked: Asked) -> Iterator[Occasion]:
    """Families' messages that went on to the tutor and have no later word from the tutor."""
    hours = timedelta(hours=int(str(asked.policy.settings.get("response_reminder_hours", 48))))
    wait = asked.reminder.after or hours
    later = message.alias()
    answered = exists().where(
        later.c.organisation_id == message.c.organisation_id,
        later.c.pair_id == message.c.pair_id,
        later.c.sender_id == pair.c.tutor_id,
        later.c.received_at > message.c.received_at,
    )
    waiting = (
        select(message.c.id, message.c.pair_id, pair.c.tutor_id)
        .join(pair, pair.c.id == message.c.pair_id)
        .where(
            message.c.organisation_id == asked.organisation_id,
            message.c.outcome.in_(("pass", "amend")),
            message.c.sender_id != pair.c.tutor_id,
            pair.c.tutor_id == message.c.recipient_ids.any_(),
            message.c.received_at <= asked.now - wait,
            message.c.received_at > asked.now - LOOK_BACK,
            ~answered,
        )
    )
    for row in asked.connection.execute(waiting):
        yield Occasion(row.id, row.pair_id, row.tutor_id, row.id)


def _cases(asked: Asked) -> Iterator[Occasion]:
    """Cases opened lately, or closed as long ago as the reminder says."""
    ours = case_file.c.organisation_id == asked.organisation_id
    if asked.reminder.on == "case_opened":
        found = select(case_file.c.id, case_file.c.pair_id, case_file.c.message_id).where(
            ours, case_file.c.opened_at > asked.now - LOOK_BACK, case_file.c.state != "closed"
        )
    else:
        closed_at = func.max(decision.c.at)
        found = (
            select(case_file.c.id, case_file.c.pair_id, case_file.c.message_id)
            .join(decision, decision.c.case_id == case_file.c.id)
            .where(ours, case_file.c.state == "closed", case_file.c.severity >= 2)
            .group_by(case_file.c.id, case_file.c.pair_id, case_file.c.message_id)
            .having(
                and_(
                    closed_at <= asked.now - asked.reminder.after,
                    closed_at > asked.now - asked.reminder.after - LOOK_BACK,
                )
            )
        )
    for row in asked.connection.execute(found):
        yield Occasion(row.id, row.pair_id, "", row.message_id)


def _reviews(asked: Asked) -> Iterator[Occasion]:
    """Documents whose review is due or overdue, a month ahead; without a date, or by term, by the calendar.

    The setting policy_review says how often, a document may say more often.
    """
    today, review = asked.now.date(), asked.policy.settings.get("policy_review")
    cadence = review.get("cadence") if isinstance(review, dict) else ""
    for document in asked.policy.documents:
        if document.id not in asked.policy.adopts:
            continue
        termly = "termly" in (cadence, document.cadence)
        if document.next_review and document.next_review <= today + timedelta(days=30):
            yield Occasion(f"{document.id}:{document.next_review}")
        elif termly or (not document.next_review and (cadence or document.cadence)):
            yield Occasion(f"{document.id}:{period('term' if termly else 'year', today)}")


def _observations(asked: Asked) -> Iterator[Occasion]:
    """Lessons of every tutor that are to be observed in this term, as sampling_duty says how many."""
    duty = asked.policy.settings.get("sampling_duty")
    many = int(duty.get("lessons_per_term", 0)) if isinstance(duty, dict) else 0
    tutors = select(person.c.id).where(
        person.c.organisation_id == asked.organisation_id,
        person.c.role == str(Role.TUTOR),
        person.c.standing == str(Standing.ACTIVE),
    )
    term = period("term", asked.now.date())
    for tutor_id in asked.connection.execute(tutors.order_by(person.c.id)).scalars() if many else ():
        for number in range(1, many + 1):
            yield Occasion(f"{term}:{number}:{tutor_id}", person_id=tutor_id)


def _policy_changed(asked: Asked) -> Iterator[Occasion]:
    ours = policy_release.c.organisation_id == asked.organisation_id
    live = select(policy_release.c.version).where(ours, policy_release.c.state == "live")
    before = select(func.count()).where(ours, policy_release.c.state == "retired")
    if asked.connection.execute(before).scalar_one():  # the first policy has changed nothing
        for version in asked.connection.execute(live).scalars():
            yield Occasion(version)


def _turning_adult(asked: Asked) -> Iterator[Occasion]:
    definition = asked.policy.settings.get("pupil_definition")
    age = int(definition.get("under", 18)) if isinstance(definition, dict) else 18
    pupils = select(person).where(
        person.c.organisation_id == asked.organisation_id,
        person.c.role == str(Role.PUPIL),
        person.c.standing == str(Standing.ACTIVE),
    )
    days = _local_days(asked)
    for row in asked.connection.execute(pupils):
        born = open_person(row, asked.vault).born
        if born and comes_of_age(born, age, asked.reminder.after, days(row.id)):
            yield Occasion(row.id, person_id=row.id)


def _local_days(asked: Asked) -> Callable[[str], date]:
    """What day it is where somebody is."""
    today = asked.now.date()
    facts = all_facts(asked.connection, asked.vault, asked.organisation_id, kind=FactKind.TIME_ZONE)
    return lambda who: asked.now.astimezone(zone_of(facts, (who,), today) or LONDON).date()


def _unequal(asked: Asked) -> Iterator[Occasion]:
    """Groups whose messages are held markedly more often than others', once a term each."""
    since = asked.now - UNEQUAL_WINDOW
    term = period("term", asked.now.date())
    for one in held_by_group(asked.connection, asked.vault, asked.organisation_id, since, asked.now):
        if one.unequal:  # the figures name the group, the task does not
            mark = asked.vault.mark(f"group\0{one.role}\0{one.name}").hex()[:16]
            yield Occasion(f"{mark}:{term}")


def _lapsing(asked: Asked) -> Iterator[Occasion]:
    """Assessments of tools that end within a month, by their own date or by the months that the pack allows."""
    soon = asked.now.date() + timedelta(days=30)
    rules = asked.policy.settings.get("approved_technology")
    months = int(rules.get("assessment_valid_months", 12)) if isinstance(rules, dict) else 12
    assessed = select(register_fact.c.id, register_fact.c.since, register_fact.c.until).where(
        register_fact.c.organisation_id == asked.organisation_id,
        register_fact.c.kind == str(FactKind.TECHNOLOGY),
    )
    for row in asked.connection.execute(assessed.order_by(register_fact.c.id)):
        ends = [row.until] if row.until else []
        ends += [lapses(row.since, months)] if row.since else []
        if ends and min(ends) <= soon:
            yield Occasion(str(row.id))


def _left(asked: Asked) -> Iterator[Occasion]:
    gone = select(person.c.id).where(
        person.c.organisation_id == asked.organisation_id,
        person.c.role == str(Role.TUTOR),
        person.c.standing == str(Standing.LEFT),
    )
    ended = select(register_fact.c.person_id).where(
        register_fact.c.organisation_id == asked.organisation_id,
        register_fact.c.kind == str(FactKind.ENGAGED),
        register_fact.c.until < asked.now.date(),
    )
    for person_id in asked.connection.execute(gone.union(ended)).scalars():
        yield Occasion(person_id, person_id=person_id)


def _unreachable(asked: Asked) -> Iterator[Occasion]:
    failing = select(failing_address.c.person_id, failing_address.c.case_id).where(
        failing_address.c.organisation_id == asked.organisation_id
    )
    for row in asked.connection.execute(failing):
        yield Occasion(row.case_id, person_id=row.person_id)


LOOKS: dict[str, Callable[[Asked], Iterator[Any]]] = {
    "calendar": _calendar,
    "joined": _joined,
    "first_lesson": _lessons,
    "before_lesson": _lessons,
    "after_lesson": _lessons_over,
    "repeated": _repeated,
    "unanswered": _unanswered,
    "case_opened": _cases,
    "case_closed": _cases,
    "policy_review": _reviews,
    "observation": _observations,
    "policy_changed": _policy_changed,
    "turning_adult": _turning_adult,
    "technology_review": _lapsing,
    "unequal_holds": _unequal,
    "left": _left,
    "guardian_unreachable": _unreachable,
}
