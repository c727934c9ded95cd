"""Every clause of the documents that a policy adopts, and what enforces it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from gateway.domain.policy import Policy
from gateway.domain.release import Covered
from gateway.packs.examples import ExampleFile
from gateway.packs.marked import read
from gateway.packs.shaping import shaped


def coverage(policy: Policy, fired: Mapping[str, datetime], played: Mapping[str, int]) -> list[Covered]:
    """The clauses of the adopted documents, in their order.

    fired: when each last led to something. played: as `examples_played` counts them.
    """
    behind: dict[str, list[str]] = defaultdict(list)
    for part, clauses in policy.cited.items():
        for clause in clauses:
            behind[clause].append(part)
    documents = {one.id: one for one in policy.documents}
    return [
        Covered(
            clause=clause.id,
            enforce=clause.enforce,
            parts=tuple(behind[clause.id]),
            examples=played.get(clause.id, 0),
            last_fired=fired.get(clause.id),
            owner=documents[clause.source].owner,
            review=documents[clause.source].next_review,
            why=clause.why,
        )
        for clause in policy.clauses.values()
        if clause.source in policy.adopts
    ]


def examples_played(adopts: Iterable[str], folder: Path) -> dict[str, int]:
    """Sides of examples by clause, from the files of these documents in a folder."""
    counted: dict[str, int] = {}
    for document in adopts:
        path = folder / f"{document}.yaml"
        if path.is_file():
            for one in shaped(read(path), ExampleFile).examples:
                counted[one.clause] = sum(side is not None for side in (one.fires, one.passes))
    return counted
