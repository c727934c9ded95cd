"""The records that we know what to do with, and their forms where a pack has none."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gateway.domain.policy import Policy, RecordForm


class FormRole(StrEnum):
    """What we do with a record beyond keeping it.

    LOW_LEVEL: a concern about an adult under the threshold; several about one are shown as a pattern.
    HARM: the four questions; starts the clock of one working day. SHARING: what was told to another
    agency or person, and the lawful basis. DISSENT: somebody who was there sees it otherwise.
    """

    LOW_LEVEL = "low_level"
    HARM = "harm"
    SHARING = "sharing"
    DISSENT = "dissent"


# A pack's own form takes the place of ours when it enforces one of these clauses.
BY_CLAUSE = {
    "DFT-10": FormRole.LOW_LEVEL,
    "DFT-09": FormRole.HARM,
    "KST-21": FormRole.SHARING,
    "MTW-35": FormRole.SHARING,
    "MTW-24": FormRole.DISSENT,
}
NOTE = "note"
PATTERN_FROM = 2  # concerns about one adult that make a pattern

HOUSE_FORMS = {
    FormRole.LOW_LEVEL: RecordForm(
        "low_level_concern",
        "DFT-10",
        "Low-level concern about an adult",
        {
            "role": "Their role",
            "when": "Date and time",
            "what_happened": "What happened",
            "context": "Where, and what led up to it",
            "raised_by": "Who raised it, or “anonymous”",
            "action": "What was done",
            "reason_under_threshold": "Why it is under the harm threshold",
            "related": "Earlier concerns that belong to it",
        },
        frozenset({"what_happened", "action", "reason_under_threshold"}),
    ),
    FormRole.HARM: RecordForm(
        "harm_threshold",
        "DFT-09",
        "Harm threshold: the four questions",
        {
            "harmed": "Has the adult harmed a child, or may they have?",
            "offence": "May they have committed an offence against a child, or related to one?",
            "risk": "Did they behave in a way that says they may pose a risk of harm to children?",
            "suitable": "Did they behave in a way that says they may not be suitable to work with children?",
            "advice": "Whom you asked, and what they advised",
        },
        frozenset({"harmed", "offence", "risk", "suitable"}),
    ),
    FormRole.SHARING: RecordForm(
        "agency_sharing",
        "KST-21",
        "Shared with another agency or person",
        {
            "who": "With whom, and their role",
            "what": "What was shared",
            "why": "Why",
            "lawful_basis": "Lawful basis, and whether consent was asked for",
            "reference": "Their reference",
        },
        frozenset({"who", "what", "why", "lawful_basis"}),
    ),
    FormRole.DISSENT: RecordForm(
        "dissent",
        "MTW-24",
        "Somebody disagrees with a decision",
        {
            "decision": "Which decision",
            "view": "Their view and their reasons",
            "raised_with": "Whom it was taken to",
        },
        frozenset({"decision", "view"}),
    ),
}


def role_of(form: RecordForm) -> FormRole | None:
    """What we do with a record, by the clauses that it enforces; None for keeping it alone."""
    found = (BY_CLAUSE.get(clause) for clause in (form.clause, *form.also))
    return next((role for role in found if role is not None), None)


def forms_of(policy: Policy) -> Mapping[str, tuple[RecordForm, FormRole | None]]:
    """Every form that may be filled in under a policy: the pack's, and ours for roles it has none for."""
    forms = {name: (form, role_of(form)) for name, form in policy.records.items()}
    covered = {role for _, role in forms.values()}
    ours = {form.name: (form, role) for role, form in HOUSE_FORMS.items() if role not in covered}
    return {**ours, **forms}


def faults_of(form: RecordForm, values: Mapping[str, str], longest: int) -> dict[str, str]:
    """By field what must be mended before a form can be kept; empty when it is right."""
    wrong = {
        name: "This is needed." for name in form.fields if name in form.required and not values.get(name)
    }
    too_long = {
        name: f"Keep it under {longest} characters." for name in values if len(values[name]) > longest
    }
    return wrong | too_long
