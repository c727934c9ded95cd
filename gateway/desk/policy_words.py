"""A policy in plain words: where its settings come from, and what their values say. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.desk.words import plain
from gateway.domain.policy import Clause, Overlay, Policy, Stance
from gateway.domain.release import Flip

STANCES: Mapping[str, str] = {
    Stance.STATED: "stated in the document",
    Stance.INFERRED: "inferred from the document",
    Stance.DEFAULT: "the default",
    Stance.CHOSEN: "chosen where the document is silent",
    Stance.SITE: "set by your organisation",
    Stance.SCHOOL: "set by the school",
}
PARTS: Mapping[str, str] = {
    "settings": "setting",
    "rules": "rule",
    "watch": "watch",
    "reminders": "reminder",
    "records": "record",
    "reports": "way to report",
    "built_in": "built in",
    "clocks": "time to decide",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as the page shows it. clauses: with their texts; usual: what it is without the school."""

    name: str
    value: str
    stance: str
    clauses: tuple[Clause, ...]
    usual: str = ""


def settings_of(policy: Policy) -> list[Setting]:
    """Every setting, in the order of the pack."""
    return [_setting(policy, name) for name in policy.settings]


def overlay_settings(policy: Policy, overlay: Overlay) -> list[Setting]:
    """The settings that a school makes stricter."""
    theirs = overlay.policy
    changed = [name for name, value in theirs.settings.items() if value != policy.settings.get(name)]
    return [_setting(theirs, name, said(policy.settings.get(name))) for name in changed]


def said(value: object) -> str:
    """A setting's value in words: "yes", "48", "required: yes; min age: 18"."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return "; ".join(
            f"{plain(name)}: {f'({said(one)})' if isinstance(one, Mapping) else said(one)}"
            for name, one in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(said(one) for one in value) or "none"
    return plain(value) if isinstance(value, str) and ":" not in value else str(value)


def part_of(part: str) -> str:
    """What enforces a clause, in words: "rules.contact_details" is "rule: contact details"."""
    section, _, name = part.partition(".")
    return f"{PARTS.get(section, plain(section))}: {plain(name)}" if name else plain(part)


def tally(flips: Sequence[Flip]) -> list[tuple[str, str, str, str, int]]:
    """How often a shadow differed: was, would be, rule, clause, how many; the most frequent first."""
    counted: dict[tuple[str, str, str, str], int] = {}
    for one in flips:
        key = (one.was, one.would_be, one.rule, one.clause)
        counted[key] = counted.get(key, 0) + 1
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return [(*key, many) for key, many in ordered]


def _setting(policy: Policy, name: str, usual: str = "") -> Setting:
    stance, clauses = policy.stances.get(name, (Stance.DEFAULT, ()))
    cited = tuple(policy.clauses[one] for one in clauses if one in policy.clauses)
    return Setting(plain(name), said(policy.settings[name]), STANCES[stance], cited, usual)
