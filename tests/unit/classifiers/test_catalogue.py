"""All detectors together: what one does wrong costs nothing of what the others found."""

import math
import subprocess
import sys
from array import array
from dataclasses import replace

import pytest

from classifiers.catalogue import Catalogue, standard
from classifiers.finding import Fault, Finding, Kind, Layer, Passage, Scene

SCENE = Scene("tutor")
TEXT = Passage(Layer.TEXT, "ring me on 07700 900123", 1)
GOOD = Finding(Kind.CONTACT, "phone", Layer.TEXT, 11, 23, 0.9, part=1, detector="good")


class Fake:
    version = "1"

    def __init__(self, name, *found, error=None):
        self.name, self.found, self.error = name, found, error

    def find(self, passages, scene):
        if self.error:
            raise self.error
        return list(self.found)


class Ticking:
    """A clock that moves on by a second whenever it is read."""

    def __init__(self, step=1.0):
        self.now, self.step = 0.0, step

    def __call__(self):
        self.now += self.step
        return self.now


def test_the_standard_detectors_read_a_message():
    seen = standard()([TEXT], SCENE)
    assert any(one.category == "phone" and one.score >= 0.8 for one in seen.findings)
    assert seen.faults == ()


@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), MemoryError(), KeyError("secret text")])
def test_a_detector_that_raises_is_a_fault_and_the_others_are_kept(error, caplog):
    seen = Catalogue([Fake("bad", error=error), Fake("good", GOOD)])([TEXT], SCENE)
    assert seen.findings == (GOOD,)
    assert seen.faults == (Fault("bad", "raised"),)
    assert "secret" not in caplog.text


def test_a_late_detector_is_a_fault_and_its_findings_are_kept():
    seen = Catalogue([Fake("slow", GOOD)], budget_s=0.5, clock=Ticking())([TEXT], SCENE)
    assert seen.faults == (Fault("slow", "late"),)
    assert seen.findings == (GOOD,)


def test_a_punctual_detector_is_none():
    assert Catalogue([Fake("quick", GOOD)], budget_s=1.5, clock=Ticking())([TEXT], SCENE).faults == ()


@pytest.mark.parametrize(
    "nonsense",
    [
        replace(GOOD, end=24),
        replace(GOOD, start=-1),
        replace(GOOD, start=12, end=11),
        replace(GOOD, score=math.nan),
        replace(GOOD, score=1.2),
        replace(GOOD, score=-0.1),
        replace(GOOD, part=7),
        replace(GOOD, layer=Layer.HTML),
        "not a finding",
        None,
    ],
)
def test_nonsense_is_a_fault_and_sense_is_kept(nonsense):
    seen = Catalogue([Fake("odd", nonsense, GOOD), Fake("good", GOOD)])([TEXT], SCENE)
    assert seen.findings == (GOOD, GOOD)
    assert seen.faults == (Fault("odd", "nonsense"),)


def test_a_detector_that_returns_nothing_iterable_has_raised():
    class Mute(Fake):
        def find(self, passages, scene):
            return None

    assert Catalogue([Mute("mute")])([TEXT], SCENE).faults == (Fault("mute", "raised"),)


def test_offsets_are_judged_in_the_source():
    html = Passage(Layer.HTML, "07", 0, array("i", [40, 41]))
    inside = Finding(Kind.CONTACT, "phone", Layer.HTML, 40, 42, 0.9)
    seen = Catalogue([Fake("good", inside)])([html], SCENE)
    assert seen.findings == (inside,)
    assert seen.faults == ()


def test_findings_come_in_reading_order():
    passages = [Passage(Layer.TEXT, "x" * 50, part) for part in (0, 1)] + [Passage(Layer.SUBJECT, "x" * 50)]
    late = Finding(Kind.NAME, "name", Layer.TEXT, 30, 31, 0.9, part=1)
    early = replace(late, start=2, end=3)
    first_part = replace(late, part=0)
    subject = replace(late, layer=Layer.SUBJECT, part=0)
    seen = Catalogue([Fake("a", late, early), Fake("b", first_part, subject)])(passages, SCENE)
    assert seen.findings == (subject, first_part, early, late)


def test_a_warm_catalogue_has_paid_for_what_the_first_cue_needs():
    program = (
        "import sys\n"
        "from classifiers.catalogue import standard\n"
        "catalogue = standard()\n"
        "cold = 'spacy' in sys.modules\n"
        "catalogue.warm()\n"
        "sys.exit(cold or 'spacy' not in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_warming_asks_every_detector_and_survives_one_that_raises():
    asked = []

    class Noting(Fake):
        def find(self, passages, scene):
            asked.append((self.name, scene.sender_role))
            return super().find(passages, scene)

    Catalogue([Noting("bad", error=ValueError("x")), Noting("good", GOOD)]).warm()
    assert {("bad", "tutor"), ("good", "tutor"), ("good", "pupil")} <= set(asked)
