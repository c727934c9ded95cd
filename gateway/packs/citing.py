"""Which clauses and roles each part of a pack names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from gateway.domain.policy import OFFICE
from gateway.packs.choices import PackSettings
from gateway.packs.fields import Party, Strict
from gateway.packs.marked import Step
from gateway.packs.schema import Pack, Rules, Terms
from gateway.packs.sections import Cited

Steps = list[Step]
PARTIES: tuple[str, ...] = get_args(Party)


def rules_of(pack: Pack) -> Iterator[tuple[str, Terms[Strict]]]:
    """The rules that the pack applies, by name."""
    for name in Rules.model_fields:
        if (terms := getattr(pack.rules, name)) is not None:
            yield name, terms


def citations(pack: Pack) -> Iterator[tuple[Steps, str]]:
    """Every clause that is cited, and the steps that lead to the citation."""
    for section, name, one in _cited(pack):
        around: Steps = [section, name] if name else [section]
        yield [*around, "clause"], one.clause
        for number, clause in enumerate(one.also):
            yield [*around, "also", number], clause
    for name in PackSettings.model_fields:
        for number, clause in enumerate(getattr(pack.settings, name).clauses):
            yield ["settings", name, "clauses", number], clause
    for name, clauses in pack.built_in.items():
        for number, clause in enumerate(clauses):
            yield ["built_in", name, number], clause


def cited_by(pack: Pack) -> dict[str, tuple[str, ...]]:
    """The clauses that each part enforces, by "section.name"."""
    found: dict[str, list[str]] = {}
    for steps, clause in citations(pack):
        named = [str(step) for step in steps[:2] if step not in ("clause", "also")]
        found.setdefault(".".join(named), []).append(clause)
    return {name: tuple(dict.fromkeys(clauses)) for name, clauses in found.items()}


def roles_named(pack: Pack) -> Iterator[tuple[Steps, str, tuple[str, ...]]]:
    """Every role that is named: the steps to it, its name, and the names that are known there."""
    ours = tuple(pack.roles)
    anybody = (*ours, *PARTIES, OFFICE)
    for name, watch in pack.watch.items():
        if watch.role is not None:
            yield ["watch", name, "role"], watch.role, ours
    for name, reminder in pack.reminders.items():
        for number, role in enumerate(reminder.to):
            yield ["reminders", name, "to", number], role, anybody
    for name, report in pack.reports.items():
        yield ["reports", name, "to"], report.to, ours
    if (approver := pack.settings.policy_review.value.approver) is not None:
        yield ["settings", "policy_review", "value", "approver"], approver, ours
    for name, role in pack.settings.roles_routes.value.items():
        yield ["settings", "roles_routes", "value", name], role, ours


def _cited(pack: Pack) -> Iterator[tuple[str, str, Cited]]:
    for name, terms in rules_of(pack):
        yield "rules", name, terms
    sections: Mapping[str, Mapping[str, Cited]] = {
        "watch": pack.watch,
        "reminders": pack.reminders,
        "records": pack.records,
        "reports": pack.reports,
    }
    for section, entries in sections.items():
        for name, one in entries.items():
            yield section, name, one
    yield "ladder", "", pack.ladder
    yield "routes", "", pack.routes
