"""What the record says of reports, strikes and what tutors do with their messages: ids and kinds only."""

from __future__ import annotations

from datetime import datetime

from gateway.domain.address_change import CLAUSE, AddressChange
from gateway.domain.entry import Detail, Entry
from gateway.domain.report import Report
from gateway.domain.strike import Strike


def report_made(report: Report, lane: str, words_mark: str) -> Entry:
    """Somebody told the organisation something. words_mark: keyed hash of what they wrote, hex."""
    detail: Detail = {
        "report": report.name,
        "role": str(report.reporter_role),
        "message": report.message_id,
        "lane": lane,
        "counts": report.counts,
        "words": words_mark,
    }
    return Entry(report.organisation_id, report.at, "report.made", report.case_id, report.reporter_id, detail)


def report_viewed(organisation_id: str, case_id: str, person_id: str, at: datetime) -> Entry:
    """Somebody of the desk read a report."""
    return Entry(organisation_id, at, "report.viewed", case_id, person_id, {})


def report_answered(organisation_id: str, case_id: str, person_id: str, mark: str, at: datetime) -> Entry:
    """Somebody of the desk answered a report and closed its case."""
    return Entry(organisation_id, at, "report.answered", case_id, person_id, {"words": mark})


def address_changed(one: AddressChange, what: str, actor: str, at: datetime, leg: str = "") -> Entry:
    """A guardian's new address was asked about, agreed to, vouched for, moved, objected to, and so on.

    leg: which of the addresses that are asked said it, by its name.
    """
    detail: Detail = {"change": one.id, "leg": leg, "clause": CLAUSE}
    return Entry(one.organisation_id, at, f"address.{what}", one.person_id, actor, detail)


def strike_changed(strike: Strike, what: str, actor: str, at: datetime, mark: str = "") -> Entry:
    """A strike was given, replied_to, appealed, upheld, reversed. mark: keyed hash of the words, hex."""
    detail: Detail = {"tutor": strike.tutor_id, "step": strike.step, "clause": strike.clause, "words": mark}
    return Entry(strike.organisation_id, at, f"strike.{what}", strike.id, actor, detail)


def message_withdrawn(organisation_id: str, message_id: str, person_id: str, at: datetime) -> Entry:
    """Its sender took a held message back."""
    return Entry(organisation_id, at, "message.withdrawn", message_id, person_id, {})


def message_superseded(
    organisation_id: str, message_id: str, supersedes: str, evasive: bool, person_id: str, at: datetime
) -> Entry:
    """A message was written anew in place of one that came back."""
    detail: Detail = {"supersedes": supersedes, "evasive": evasive}
    return Entry(organisation_id, at, "message.superseded", message_id, person_id, detail)


def question_answered(organisation_id: str, case_id: str, person_id: str, at: datetime) -> Entry:
    """A message's sender answered what the desk asked."""
    return Entry(organisation_id, at, "case.answered", case_id, person_id, {})
