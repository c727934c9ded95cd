"""An organisation's policy, ready to be applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from gateway.domain.verdict import Lane, Severity


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a policy document, in our own words.

    id: such as HST-02. document, section: where it stands.
    """

    id: str
    document: str
    section: str
    summary: str


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """How one rule is applied under a pack.

    clause: id of the clause it enforces. say: wording for a sender whose message comes back.
    parameters: the rule's own knobs, checked when the pack is loaded.
    """

    clause: str
    lane: Lane = Lane.REVIEW
    severity: Severity = Severity.MEDIUM
    say: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """A loaded pack.

    version: "default@1+3f2a9c01": pack, edition and the first 8 hex digits of the hash of
        its effective content; every verdict pins it.
    settings: the pack's settings by name.
    rules: the terms of every rule that applies, by rule name; a rule not named does not run.
    clocks: time to a decision by severity.
    """

    pack: str
    name: str
    version: str
    settings: Mapping[str, object]
    rules: Mapping[str, RuleTerms]
    clauses: Mapping[str, Clause]
    clocks: Mapping[Severity, timedelta]

    def setting(self, name: str) -> object:
        """The value of a setting; KeyError if the pack does not know it."""
        return self.settings[name]
