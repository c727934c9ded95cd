"""People and their initials."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.domain.people import Guardianship, Person, Role


@pytest.mark.parametrize(
    ("given", "family", "expected"),
    [
        ("Jamie", "Whitfield", "J.W."),
        ("Anne-Marie", "Doyle", "A.M.D."),
        ("Amara", "Nwosu-Bell", "A.N.B."),
        ("Sofia", "van der Berg", "S.V."),
        ("Mary Jane", "Ellis", "M.E."),
        ("Élodie", "Dupont", "É.D."),
        ("Niamh", "O'Hara", "N.O."),
        ("Ravi", "", "R."),
        ("", "", "?"),
    ],
)
def test_initials_follow_the_convention(given: str, family: str, expected: str) -> None:
    assert Person("x", "demo", Role.PUPIL, given, family).initials == expected


@pytest.mark.parametrize(
    ("guardianship", "required"),
    [
        (Guardianship("g", "p", registered=date(2026, 1, 5)), True),
        (Guardianship("g", "p"), False),
        (Guardianship("g", "p", copied=False, registered=date(2026, 1, 5)), False),
        (Guardianship("g", "p", barred=True, registered=date(2026, 1, 5)), False),
    ],
)
def test_only_a_registered_guardian_who_is_not_barred_is_required(
    guardianship: Guardianship, required: bool
) -> None:
    assert guardianship.required is required


def test_a_persons_repr_tells_nothing() -> None:
    person = Person("x", "demo", Role.PUPIL, "Jamie", "Whitfield", mailboxes=("jamie@family.test",))
    assert "Jamie" not in repr(person) and "family.test" not in repr(person)
