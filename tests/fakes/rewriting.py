"""What a line of text becomes when its names are replaced, for tests of the detector alone."""

from __future__ import annotations

from collections.abc import Iterable

from classifiers.finding import Finding, Kind


def rewrite(text: str, findings: Iterable[Finding]) -> str:
    """Return `text` with every NAME finding of this one passage replaced.

    Offsets are into `text`. What was rewritten holds nothing to rewrite.
    """
    pieces: list[str] = []
    at = 0
    chosen = [f for f in findings if f.kind is Kind.NAME and f.replacement is not None]
    for finding in sorted(chosen, key=lambda f: (f.start, -f.end)):
        if finding.start >= at:
            pieces += [text[at : finding.start], finding.replacement or ""]
            at = finding.end
    return "".join([*pieces, text[at:]])
