"""A school's own rules over an agency's: the stricter wins, setting by setting, until the contract ends."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import Field, create_model

from gateway.domain.policy import Overlay, Policy, Stance
from gateway.errors import PolicyError
from gateway.packs.building import plain, watches_of
from gateway.packs.choices import PackSettings
from gateway.packs.fields import Day, Name, Setting, Strict
from gateway.packs.marked import Marked
from gateway.packs.sections import Watched
from gateway.packs.shaping import nearest, shaped
from gateway.packs.strictness import stricter

CLAUSE = "HST-15"  # the contracting school's rules are followed
OF_THE_AGENCY = frozenset(
    {
        "jurisdiction",
        "response_reminder_hours",
        "retention_recordings",
        "retention_messages_days",
        "sanction_ladder",
        "roles_routes",
        "policy_review",
        "sampling_duty",
        "recording_notice",
        "guardian_presence_prompt",
        "notice_period",
    }
)
"""Settings that are about the agency as a whole; a school has no word in them."""


class _Some(Strict):
    """The settings that a school has rules for."""


SchoolSettings = create_model(
    "SchoolSettings",
    __base__=_Some,
    **{  # type: ignore[call-overload]  # every field is a model, made optional here
        name: (field.annotation | None, None)  # type: ignore[operator]
        for name, field in PackSettings.model_fields.items()
        if name not in OF_THE_AGENCY
    },
)


class SchoolRules(Strict):
    """An overlay's file. until: the last day of the contract."""

    overlay: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    until: Day
    settings: SchoolSettings = SchoolSettings()  # type: ignore[valid-type]  # made above
    watch: dict[Name, Watched] = Field(default={})


def school_rules(policy: Policy, marked: Marked) -> SchoolRules:
    """A school's rules from their file. Raises Wrong, PolicyError."""
    school = shaped(marked, SchoolRules)
    if school.overlay != marked.path.stem:
        what = f"the overlay '{school.overlay}' stands in a file named '{marked.path.stem}'"
        raise PolicyError(marked.where(["overlay"]), what, "name both alike")
    _check_names(marked, school, policy)
    return school


def laid_over(policy: Policy, watch: Mapping[str, Watched], schools: Iterable[SchoolRules]) -> Policy:
    """The policy with what applies instead under each school's rules. watch: the pack's own section."""
    return replace(policy, overlays={one.overlay: _overlay(policy, watch, one) for one in schools})


def _overlay(policy: Policy, watch: Mapping[str, Watched], school: SchoolRules) -> Overlay:
    settings, stances = dict(policy.settings), dict(policy.stances)
    for name in SchoolSettings.model_fields:
        given: Setting[object] | None = getattr(school.settings, name)
        if given is None:
            continue
        settings[name] = stricter(name, policy.settings[name], plain(given.value))
        if settings[name] != policy.settings[name]:
            stances[name] = (Stance.SCHOOL, (CLAUSE,))
    made = replace(
        policy,
        version=f"{policy.version}/{school.overlay}+{_digest(school)}",
        settings=settings,
        stances=stances,
        rules={name: replace(terms, settings=settings) for name, terms in policy.rules.items()},
        watches=(*watches_of(watch, settings), *watches_of(school.watch, settings)),
        overlays={},
    )
    return Overlay(school.overlay, school.name, school.until, made)


def _check_names(marked: Marked, school: SchoolRules, policy: Policy) -> None:
    for name, watch in school.watch.items():
        if watch.clause not in policy.clauses:
            what = f"'{name}' cites clause '{watch.clause}', which none of the pack's documents has"
            raise PolicyError(
                marked.where(["watch", name, "clause"]), what, nearest(watch.clause, policy.clauses)
            )
        if watch.role is not None and watch.role not in policy.roles:
            what = f"there is no role '{watch.role}'"
            raise PolicyError(marked.where(["watch", name, "role"]), what, nearest(watch.role, policy.roles))


def _digest(school: SchoolRules) -> str:
    content = json.dumps(school.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:8]
