"""The first pages of a bundle: who, what and when, in full names and plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from gateway.domain.evidence import Evidence
from gateway.domain.policy import Policy

LONDON = ZoneInfo("Europe/London")
STYLE = (
    "body{font:11pt/1.5 Georgia,serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;"
    "background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid #888}"
    "table{border-collapse:collapse;width:100%;font-size:10pt}th,td{text-align:left;vertical-align:top;"
    "padding:.3rem .6rem .3rem 0;border-bottom:1px solid #ccc;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;font:inherit;margin:0}@media print{body{margin:0;max-width:none}"
    "h2{break-after:avoid}tr{break-inside:avoid}}"
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with a table, or with text when there are no columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections_of(evidence: Evidence, policy: Policy, reason: str, by: str, at: datetime) -> list[Section]:
    """Everything the summary says, for its text and its HTML alike."""
    told = tuple(_head(evidence, policy, reason, by, at))
    return [
        Section("About this bundle", ("", ""), told),
        Section("People", ("Name", "Role", "Born", "Standing", "Id"), tuple(_people(evidence))),
        Section(
            "Guardians", ("Guardian", "Of", "Copied in", "Must not be told"), tuple(_guardians(evidence))
        ),
        Section("What was written down", ("When", "What", "By", "Words"), tuple(_filed(evidence))),
        Section("Decisions", ("When", "What", "By", "Clause", "Reason"), tuple(_decisions(evidence))),
        Section("Messages", ("Received", "From", "Subject", "Outcome", "Folder"), tuple(_messages(evidence))),
        Section("Chronology", ("When", "What", "Who", "Entry"), tuple(_chronology(evidence))),
        Section("Clauses cited", ("Clause", "Document", "What it asks"), tuple(_clauses(evidence, policy))),
    ]


def as_text(title: str, sections: list[Section]) -> str:
    """The summary as plain text, a line a row."""
    lines = [visible(title), "=" * len(title)]
    for one in sections:
        lines += ["", one.title, "-" * len(one.title)]
        lines += [" | ".join(visible(cell) for cell in row if cell) for row in one.rows] or ["none"]
    return "\n".join(lines) + "\n"


def as_html(title: str, sections: list[Section]) -> str:
    """The summary as one page without scripts or links, which prints well."""
    body = "".join(_section(one) for one in sections)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{escape(visible(title))}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>{escape(visible(title))}</h1>{body}</body></html>\n"
    )


def title_of(evidence: Evidence) -> str:
    """What the bundle is called on its first page."""
    return evidence.matter.title if evidence.matter else f"Case {evidence.cases[0].reference}"


def moment(at: datetime) -> str:
    """ "2026-03-02 10:00 GMT": London time, sortable."""
    return f"{at.astimezone(LONDON):%Y-%m-%d %H:%M %Z}"


def _section(one: Section) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in one.columns) if any(one.columns) else ""
    rows = "".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in one.rows)
    table = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if one.rows else "<p>None.</p>"
    )
    return f"<h2>{escape(one.title)}</h2>{table}"


def _cell(text: str) -> str:
    return f"<pre>{escape(visible(text))}</pre>" if "\n" in text else escape(visible(text))


def visible(text: str) -> str:
    """Text without characters that turn the reading direction or cannot be seen: as their numbers."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"[U+{ord(c):04X}]" for c in text)


def _head(
    evidence: Evidence, policy: Policy, reason: str, by: str, at: datetime
) -> Iterator[tuple[str, ...]]:
    matter = evidence.matter
    yield "Organisation", evidence.organisation.name
    yield "Made", f"{moment(at)} by {by}"
    yield "Reason", reason
    yield "Policy", f"{policy.name}, {policy.version}"
    if matter:
        yield "Case file", f"{matter.id}, opened {moment(matter.opened_at)}, {matter.state}"
        if matter.clock_from:
            met = (
                f"put to those who must know {moment(matter.clock_met)}"
                if matter.clock_met
                else "not yet put"
            )
            yield "Harm threshold", f"noted {moment(matter.clock_from)}; {met}"
        if matter.ending:
            yield "Outcome", matter.ending.outcome
            yield "Heard", matter.ending.heard
    if evidence.left_out:
        yield "Left out", f"{len(evidence.left_out)} messages: sealed, or no longer kept"


def _people(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for one in evidence.people:
        born = one.born.isoformat() if one.born else ""
        yield one.full_name, str(one.role).replace("_", " "), born, str(one.standing), one.id


def _guardians(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for one in evidence.guardianships:
        names = evidence.name_of(one.guardian_id), evidence.name_of(one.pupil_id)
        yield *names, "yes" if one.required else "no", "yes" if one.barred else ""


def _filed(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for one in evidence.filed:
        words = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in one.values.items() if value)
        about = f" about {evidence.name_of(one.person_id)}" if one.person_id else ""
        yield moment(one.at), one.form.replace("_", " ") + about, evidence.name_of(one.filed_by), words


def _decisions(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for _, at, made in evidence.decisions:
        yield moment(at), str(made.action), evidence.name_of(made.moderator_id), made.clause, made.reason


def _messages(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for one in evidence.messages:
        envelope = one.arrival.envelope
        outcome = f"{one.verdict.outcome}{', sealed' if one.sealed else ''}"
        sender = evidence.name_of(envelope.sender_id)
        yield moment(envelope.received_at), sender, one.subject, outcome, f"messages/{envelope.reference}"


def _chronology(evidence: Evidence) -> Iterator[tuple[str, ...]]:
    for one in evidence.entries:
        what = one.entry.kind.replace(".", " ").replace("_", " ")
        yield moment(one.entry.at), what, evidence.name_of(one.entry.actor), str(one.sequence)


def _clauses(evidence: Evidence, policy: Policy) -> Iterator[tuple[str, ...]]:
    cited = {ruled.clause for one in evidence.messages for ruled in one.verdict.ruled}
    cited |= {one.clause for one in evidence.cases} | {made.clause for _, _, made in evidence.decisions}
    for clause in sorted(cited & set(policy.clauses)):
        one = policy.clauses[clause]
        yield clause, f"{one.document}, {one.section}", one.summary
