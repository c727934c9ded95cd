"""What differs between two policies, and whether it loosens anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from gateway.domain.people import Role
from gateway.domain.policy import Policy, RuleTerms, Then, Watch
from gateway.domain.release import Difference
from gateway.domain.verdict import LANE_RANK, SEVERITY_RANK, Severity
from gateway.packs.strictness import loosens

THEN_RANK = {Then.NOTE: 0, Then.HOLD: 1, Then.REFUSE: 1}
# Parameters of rules where more is laxer; in the others any change counts as one that may loosen.
SCORES = ("act_at", "together_at", "refuse_at", "hold_at")
SECTIONS = ("reminders", "records", "reports")


def differences(before: Policy, after: Policy) -> list[Difference]:
    """Everything that a change from one policy to another would do, in the order of a pack."""
    return [
        *_settings(before, after),
        *_clocks(before, after),
        *_rules(before, after),
        *_watches(before, after),
        *_sections(before, after),
    ]


def _settings(before: Policy, after: Policy) -> Iterator[Difference]:
    for name, value in before.settings.items():
        new = after.settings.get(name)
        if new != value:
            yield Difference(f"settings.{name}", value, new, loosens(name, value, new))


def _clocks(before: Policy, after: Policy) -> Iterator[Difference]:
    for severity in Severity:
        old, new = before.clocks[severity], after.clocks[severity]
        if old != new:
            yield Difference(f"clocks.{severity}", str(old), str(new), new > old)


def _rules(before: Policy, after: Policy) -> Iterator[Difference]:
    for name in dict.fromkeys((*before.rules, *after.rules)):
        old, new = before.rules.get(name), after.rules.get(name)
        if old is None or new is None:
            yield Difference(f"rules.{name}", old and "there", new and "there", new is None)
            continue
        yield from _terms(f"rules.{name}", old, new)


def _terms(what: str, old: RuleTerms, new: RuleTerms) -> Iterator[Difference]:
    if old.lane != new.lane:
        laxer = LANE_RANK[new.lane] < LANE_RANK[old.lane]
        yield Difference(f"{what}.lane", str(old.lane), str(new.lane), laxer)
    if old.severity != new.severity:
        laxer = SEVERITY_RANK[new.severity] < SEVERITY_RANK[old.severity]
        yield Difference(f"{what}.severity", str(old.severity), str(new.severity), laxer)
    for plain in ("clause", "say"):
        if getattr(old, plain) != getattr(new, plain):
            yield Difference(f"{what}.{plain}", getattr(old, plain), getattr(new, plain), False)
    for knob in dict.fromkeys((*old.parameters, *new.parameters)):
        first, second = old.parameters.get(knob), new.parameters.get(knob)
        if first != second:
            yield Difference(f"{what}.{knob}", first, second, _knob_loosens(knob, first, second))


def _knob_loosens(knob: str, old: Any, new: Any) -> bool:
    if knob in SCORES and isinstance(old, float) and isinstance(new, float):
        return new > old
    return True


def _watches(before: Policy, after: Policy) -> Iterator[Difference]:
    olds, news = ({one.name: one for one in each.watches} for each in (before, after))
    for name in dict.fromkeys((*olds, *news)):
        old, new = olds.get(name), news.get(name)
        if old is None or new is None:
            yield Difference(f"watch.{name}", old and "there", new and "there", new is None)
        elif old != new:
            changed = ", ".join(f.name for f in fields(Watch) if getattr(old, f.name) != getattr(new, f.name))
            yield Difference(f"watch.{name}", "as it was", f"other {changed}", _watch_loosens(old, new))


def _watch_loosens(old: Watch, new: Watch) -> bool:
    """True unless the new watch sees at least what the old one saw and does at least as much about it."""
    return not (
        new.categories >= old.categories
        and set(new.phrases) >= set(old.phrases)
        and _covers(new.senders, old.senders)
        and _covers(new.recipients, old.recipients)
        and new.contract in ("", old.contract)
        and new.act_at <= old.act_at
        and THEN_RANK[new.then] >= THEN_RANK[old.then]
        and SEVERITY_RANK[new.severity] >= SEVERITY_RANK[old.severity]
        and (new.blameless or not old.blameless)
        and (new.notice_days == 0 or new.notice_days >= old.notice_days > 0)
    )


def _covers(new: frozenset[Role], old: frozenset[Role]) -> bool:
    """Whether the new roles take in the old ones; none named means everybody."""
    return not new or bool(old and new >= old)


def _sections(before: Policy, after: Policy) -> Iterator[Difference]:
    for section in SECTIONS:
        olds, news = _by_name(getattr(before, section)), _by_name(getattr(after, section))
        for name in dict.fromkeys((*olds, *news)):
            old, new = olds.get(name), news.get(name)
            if old != new:
                words = (old and "there", "changed" if old and new else new and "there")
                yield Difference(f"{section}.{name}", *words, loosens=new is None)


def _by_name(entries: Any) -> Mapping[str, Any]:
    return entries if isinstance(entries, Mapping) else {one.name: one for one in entries}
