"""Tutors teach from where the organisation has agreed."""

from __future__ import annotations

from gateway.decide.choices import names, score, table
from gateway.domain.message import Message
from gateway.domain.people import Role
from gateway.domain.policy import RuleTerms, route
from gateway.domain.register import FactKind
from gateway.domain.verdict import Hold, Note, Pass, Ruling

PLACE, ABROAD = "lesson_place", "working_abroad"


def lesson_place(message: Message, terms: RuleTerms) -> Ruling:
    """Hold talk of another place to teach from; note signs of work from abroad.

    Settings: lesson_place_rule (check; allowed places; permission, who hears of work from abroad),
    submission_country_flag (enabled, allowed countries). A permission on file for this pair lets it
    pass. Parameter: act_at.
    """
    if message.sender_role is not Role.TUTOR:
        return Pass()
    least = score(terms, "act_at", 0.5)
    seen = tuple(f for f in message.findings if f.category in (PLACE, ABROAD) and f.score >= least)
    rules = table(terms, "lesson_place_rule")
    pair = message.circle.pair.id
    granted = message.circle.on_file(FactKind.PLACE, message.day, pair_id=pair)
    agreed = names(rules.get("allowed"))
    places = tuple(f for f in seen if f.category == PLACE and f.value not in agreed)
    if places and rules.get("check") and not granted:
        return Hold(terms.lane, terms.severity, "another place to teach from, without leave", places)
    flag = table(terms, "submission_country_flag")
    countries = names(flag.get("allowed"))
    abroad = tuple(f for f in seen if f.category == ABROAD and f.value not in countries)
    if abroad and flag.get("enabled"):
        whom = str(rules.get("permission") or route(terms.settings, "operations"))
        return Note(whom, "a sign of work from abroad", abroad)
    return Pass()
