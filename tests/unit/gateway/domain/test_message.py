from __future__ import annotations

import re
from collections import Counter

from gateway.domain.message import REFERENCE_ALPHABET, new_reference


def test_references_have_one_form_and_every_place_every_letter() -> None:
    made = [new_reference() for _ in range(3_000)]
    assert all(re.fullmatch(f"M(-[{REFERENCE_ALPHABET}]{{4}}){{2}}", one) for one in made)
    assert len(set(made)) == len(made)
    for place in (2, 3, 4, 5, 7, 8, 9, 10):
        letters = Counter(one[place] for one in made)
        assert letters.keys() == set(REFERENCE_ALPHABET)
        assert max(letters.values()) < 200  # of 100 expected
