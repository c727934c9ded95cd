"""Turns a checked pack into the policy that is applied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from gateway.domain.people import Role
from gateway.domain.policy import (
    Clause,
    Document,
    PackRole,
    Policy,
    RecordForm,
    Reminder,
    ReportRoute,
    RuleTerms,
    Stance,
    Then,
    Watch,
)
from gateway.domain.verdict import Severity
from gateway.packs.choices import PackSettings
from gateway.packs.citing import cited_by, rules_of
from gateway.packs.fields import Strict
from gateway.packs.schema import Pack, Terms
from gateway.packs.sections import Records, Reminds, Reports, Watched, filled

ZERO = Reminder("", "", "", (), "").after
BY_SETTING = {
    "block": Then.REFUSE,
    "hold": Then.HOLD,
    "report": Then.HOLD,
    "record": Then.NOTE,
    "record_from_family_hold_to_pupil": Then.HOLD,
}


def build(
    pack: Pack, documents: tuple[Document, ...], clauses: dict[str, Clause], source: str = ""
) -> Policy:
    """The policy of a pack whose every citation is known. source: see `keeping`."""
    settings = {name: plain(getattr(pack.settings, name).value) for name in PackSettings.model_fields}
    return Policy(
        pack=pack.pack,
        name=pack.name,
        version=f"{pack.pack}@{pack.edition}+{_digest(pack, clauses)}",
        settings=settings,
        rules={name: _terms(terms, settings) for name, terms in rules_of(pack)},
        clauses=clauses,
        clocks={severity: getattr(pack.clocks, severity.value) for severity in Severity},
        documents=documents,
        adopts=tuple(pack.adopts),
        stances=_stances(pack.settings),
        watches=watches_of(pack.watch, settings),
        reminders=tuple(_reminders(pack.reminders, settings)),
        records={name: _record(name, one) for name, one in pack.records.items()},
        reports={name: _report(name, one) for name, one in pack.reports.items()},
        roles={name: PackRole(name, one.title, one.role) for name, one in pack.roles.items()},
        routes=tuple(getattr(pack.routes, str(settings["jurisdiction"]))),
        ladder=tuple(pack.settings.sanction_ladder.value),
        built_in={name: tuple(cited) for name, cited in pack.built_in.items()},
        cited=cited_by(pack),
        source=source,
    )


def watches_of(given: Mapping[str, Watched], settings: Mapping[str, object]) -> tuple[Watch, ...]:
    """The watches of a section, less those that a setting switches off."""
    made = (_watch(name, one, settings) for name, one in given.items())
    return tuple(one for one in made if one is not None)


def plain(value: object) -> object:
    """A setting's value as dicts, lists and scalars."""
    return value.model_dump() if isinstance(value, BaseModel) else value


def _stances(settings: PackSettings) -> dict[str, tuple[Stance, tuple[str, ...]]]:
    found = {name: getattr(settings, name) for name in PackSettings.model_fields}
    return {name: (one.stance, tuple(one.clauses)) for name, one in found.items()}


def _terms(terms: Terms[Strict], settings: Mapping[str, object]) -> RuleTerms:
    parameters = terms.parameters.model_dump()
    return RuleTerms(
        terms.clause, terms.lane, terms.severity, terms.say, parameters, tuple(terms.also), settings
    )


def _watch(name: str, one: Watched, settings: Mapping[str, object]) -> Watch | None:
    """The watch, None when a setting switches it off."""
    then = one.then or BY_SETTING.get(str(settings[str(one.by_setting)]))
    if then is None or not _switched_on(one.only_with, settings):
        return None
    return Watch(
        name=name,
        clause=one.clause,
        then=then,
        lane=one.lane,
        severity=one.severity,
        say=one.say,
        categories=frozenset(one.categories),
        phrases=tuple(one.phrases),
        senders=frozenset(map(Role, one.senders)),
        recipients=frozenset(map(Role, one.recipients)),
        contract=one.contract or "",
        act_at=one.at,
        role=one.role or "",
        within=one.within,
        blameless=one.blameless,
        also=tuple(one.also),
        given=one.given or "",
        unless=one.unless or "",
        notice_days=_notice_days(settings) if one.short_notice else 0,
    )


def _notice_days(settings: Mapping[str, object]) -> int:
    period = settings["notice_period"]
    return int(period["days"]) if isinstance(period, Mapping) else 0


def _switched_on(switch: str | None, settings: Mapping[str, object]) -> bool:
    if switch is None:
        return True
    setting, _, part = switch.partition(".")
    value = settings[setting]
    return bool(value[part] if part and isinstance(value, Mapping) else value)


def _reminders(given: Mapping[str, Reminds], settings: Mapping[str, object]) -> Iterator[Reminder]:
    """The reminders of a section, less those whose setting is off."""
    for name, one in given.items():
        if _switched_on(one.only_with, settings):
            yield _reminder(name, one, settings[one.only_with.partition(".")[0]] if one.only_with else None)


def _reminder(name: str, one: Reminds, setting: object) -> Reminder:
    return Reminder(
        name,
        one.clause,
        one.on,
        tuple(one.to),
        filled(one.say, setting),
        one.after or ZERO,
        one.every or "",
        one.acknowledge,
        tuple(one.also),
    )


def _record(name: str, one: Records) -> RecordForm:
    return RecordForm(name, one.clause, one.title, dict(one.fields), frozenset(one.required), tuple(one.also))


def _report(name: str, one: Reports) -> ReportRoute:
    return ReportRoute(
        name=name,
        clause=one.clause,
        title=one.title,
        senders=frozenset(map(Role, one.senders)),
        to=one.to,
        lane=one.lane,
        severity=one.severity,
        acknowledge=one.acknowledge,
        say=one.say,
        fields=dict(one.fields),
        counts=one.counts,
        guardian=one.guardian,
        also=tuple(one.also),
    )


def _digest(pack: Pack, clauses: dict[str, Clause]) -> str:
    """The first 8 hex digits of the hash of what the pack means: comments and order aside."""
    texts = {one.id: [one.document, one.section, one.summary] for one in clauses.values()}
    content = [pack.model_dump(mode="json"), texts]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
