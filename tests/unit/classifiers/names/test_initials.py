"""Initials as the convention has them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from classifiers.finding import KnownName
from classifiers.names.initials import numbered, parts_of


def initials_of(name: KnownName, all_names: Sequence[KnownName]) -> str:
    """Return what stands for `name` in a subject, given everybody who may be meant."""
    everybody = list(all_names) if name in all_names else [*all_names, name]
    return numbered(everybody)[everybody.index(name)]


def name(given: str, family: str, role: str = "pupil") -> KnownName:
    return KnownName(f"{given}/{family}", role, given, family)


@pytest.mark.parametrize(
    ("given", "family", "wanted"),
    [
        ("Jane", "Smith", "J.S."),
        ("jane", "smith", "J.S."),
        ("Jane Elizabeth", "Smith", "J.S."),
        ("Anna-Sophie", "Berg", "A.S.B."),
        ("Jane", "Smith-Jones", "J.S.J."),
        ("Ludwig", "van der Berg", "L.V."),
        ("Ludwig van der", "Berg", "L.V."),
        ("Élodie", "Dubois", "É.D."),
        ("Siobhán", "O'Brien", "S.O."),
        ("Mrs Dana", "Fox", "D.F."),
        ("Nur", "", "N."),
        ("王", "伟", "[pupil]"),
        ("", "", "[pupil]"),
    ],
)
def test_initials(given: str, family: str, wanted: str) -> None:
    assert initials_of(name(given, family), [name(given, family)]) == wanted


def test_shared_initials_are_numbered_in_directory_order() -> None:
    tom, tina, dana = name("Tom", "Fox"), name("Tina", "Fox"), name("Dana", "Fox", "guardian")
    everybody = [tom, dana, tina]
    assert [initials_of(one, everybody) for one in everybody] == ["T.F.1", "D.F.", "T.F.2"]


def test_somebody_outside_the_list_is_counted_last() -> None:
    assert initials_of(name("Tina", "Fox"), [name("Tom", "Fox")]) == "T.F.2"


def test_a_role_stands_for_an_adult_without_a_latin_name() -> None:
    assert initials_of(name("Юлия", "Петрова", "guardian"), []) == "[guardian]"


def test_particles_go_with_the_surname_wherever_they_were_typed() -> None:
    assert parts_of(name("Zoë de la", "Cruz")).surname == ("de", "la", "Cruz")
    assert parts_of(name("Zoë", "de la Cruz")).surname == ("de", "la", "Cruz")
