"""What is linked to a case file, in words: full names here, for those who must act (DFT-12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for

from gateway.desk.parts import parts
from gateway.domain.matter import Tie, TieKind
from gateway.errors import NotFound


@dataclass(frozen=True, slots=True)
class Tied:
    """One link. address: of its page, "" when it has none."""

    tie: Tie
    words: str = field(repr=False)
    address: str = ""


def tied_in_words(organisation_id: str, ties: Sequence[Tie]) -> list[Tied]:
    """Each link with what it is called."""
    return [_one(organisation_id, tie) for tie in ties]


def _one(organisation_id: str, tie: Tie) -> Tied:
    try:
        match tie.kind:
            case TieKind.CASE:
                case = parts().docket.case(organisation_id, tie.subject_id)
                words = f"{case.reference or case.id[-8:]}, {case.pair_initials}"
                return Tied(tie, words, url_for("case.show", case_id=case.id))
            case TieKind.PAIR:
                circle = parts().directory.circle(tie.subject_id)
                return Tied(tie, f"{circle.tutor.full_name} with {circle.pupil.full_name}")
            case TieKind.PERSON:
                person = parts().directory.person(organisation_id, tie.subject_id)
                return Tied(tie, f"{person.full_name}, {str(person.role).replace('_', ' ')}")
            case TieKind.MESSAGE:
                arrival = parts().docket.arrival(organisation_id, tie.subject_id)
                return Tied(tie, arrival.envelope.reference)
    except NotFound:
        return Tied(tie, "no longer kept")
