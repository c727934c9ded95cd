"""Only contact details that come again in disguise are evasive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classifiers.finding import Finding, Kind, Layer, Stance
from gateway.decide.resubmitted import disguised

PLAIN = Finding(Kind.CONTACT, "phone", Layer.TEXT, 0, 12, 0.95)
HIDDEN = replace(PLAIN, evasive=True)


@pytest.mark.parametrize(
    ("before", "after", "evasive"),
    [
        ([PLAIN], [HIDDEN], True),
        ([HIDDEN], [HIDDEN], True),
        ([PLAIN], [PLAIN], False),
        ([PLAIN], [], False),
        ([], [HIDDEN], False),
        ([replace(PLAIN, kind=Kind.NAME)], [HIDDEN], False),
        ([PLAIN], [replace(HIDDEN, kind=Kind.CONDUCT)], False),
        ([PLAIN], [replace(HIDDEN, score=0.3)], False),
        ([PLAIN], [replace(HIDDEN, stance=Stance.REPORT)], False),
    ],
)
def test_a_disguise_is_one_only_after_contact_details_came_back(before, after, evasive: bool) -> None:
    assert disguised(before, after) is evasive
