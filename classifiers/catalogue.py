"""All detectors, written out, and how their answers become one examination.

A detector that raises, runs late or talks nonsense leaves a fault, which holds the message;
what the others found is kept. A detector that hangs is ended from outside, with the process
that reads (gateway's readers): nothing in here could stop it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Sequence
from time import perf_counter

from classifiers.conduct.detector import Conduct
from classifiers.contact.detector import ContactDetails
from classifiers.finding import Detector, Examination, Fault, Finding, KnownName, Layer, Passage, Scene
from classifiers.matters.detector import Matters
from classifiers.names.matcher import NameMatcher

BUDGET_S = 2.0

_log = logging.getLogger(__name__)
_WRITERS = ("tutor", "pupil", "guardian")
_SOMEBODY = KnownName("warm", "pupil", "Jane", "Example")
_ONE_OF_EACH = (
    Passage(Layer.SUBJECT, "Jane Example on Tuesday"),
    Passage(Layer.TEXT, "My snap is jane_99, or ring 07700 900123. Don't tell your mum. My dad hits me."),
    Passage(Layer.TEXT, "Let us do the lesson on Zoom."),
)
"""A sentence for each family of detectors: names, contact details, conduct by tutor and by family, matters."""
_LAYER_ORDER = {layer: place for place, layer in enumerate(Layer)}


class Catalogue:
    """Runs detectors one after the other; a `gateway.ports.Screen`.

    budget_s: how long each may take before its lateness is a fault.
    """

    def __init__(
        self,
        detectors: Iterable[Detector],
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.detectors = tuple(detectors)
        self.budget_s = budget_s
        self._clock = clock

    def __call__(self, passages: Sequence[Passage], scene: Scene) -> Examination:
        """Say what all detectors found, ordered by layer, part and start, and which failed."""
        findings: list[Finding] = []
        faults: list[Fault] = []
        ends = _source_ends(passages)
        for detector in self.detectors:
            found, fault = self._ask(detector, passages, scene, ends)
            findings += found
            faults += fault
        findings.sort(key=lambda one: (_LAYER_ORDER[one.layer], one.part, one.start, one.end))
        return Examination(tuple(findings), tuple(faults))

    def warm(self) -> None:
        """Make every detector ready, so that the first message does not wait for what it needs.

        Lists are read, matchers built and spaCy imported, which takes about a second. Never
        raises: a detector that fails here is a fault of the first message, where it counts.
        """
        patient = Catalogue(self.detectors, math.inf, self._clock)
        for role in _WRITERS:
            patient(_ONE_OF_EACH, Scene(role, names=(_SOMEBODY,)))

    def _ask(
        self,
        detector: Detector,
        passages: Sequence[Passage],
        scene: Scene,
        ends: dict[tuple[Layer, int], int],
    ) -> tuple[list[Finding], list[Fault]]:
        began = self._clock()
        try:
            answer = list(detector.find(passages, scene))
        except Exception as error:
            # Whatever went wrong, the message was not read by this one: held, never passed.
            _log.error("detector %s raised %s", detector.name, type(error).__name__)
            return [], [Fault(detector.name, "raised")]
        faults: list[Fault] = []
        if self._clock() - began > self.budget_s:
            _log.error("detector %s was late", detector.name)
            faults.append(Fault(detector.name, "late"))
        sane = [one for one in answer if _is_sane(one, ends)]
        if len(sane) < len(answer):
            _log.error("detector %s talked nonsense", detector.name)
            faults.append(Fault(detector.name, "nonsense"))
        return sane, faults


def standard(*, deep: bool = True) -> Catalogue:
    """The detectors of every message. One line each; the order does not matter.

    deep: whether conduct is read by the sentence encoder too.
    """
    return Catalogue(
        (
            ContactDetails(),
            NameMatcher(),
            Conduct(deep=deep),
            Matters(),
        )
    )


def _source_ends(passages: Sequence[Passage]) -> dict[tuple[Layer, int], int]:
    """How far the source of each layer and part reaches, as far as its passages show it."""
    ends: dict[tuple[Layer, int], int] = {}
    for passage in passages:
        end = len(passage.text) if passage.origin is None else max(passage.origin, default=-1) + 1
        key = (passage.layer, passage.part)
        ends[key] = max(end, ends.get(key, 0))
    return ends


def _is_sane(one: object, ends: dict[tuple[Layer, int], int]) -> bool:
    """Whether a finding points into a source and has a score that is one."""
    if not isinstance(one, Finding):
        return False
    end = ends.get((one.layer, one.part))
    return (
        end is not None
        and 0 <= one.start <= one.end <= end
        and math.isfinite(one.score)
        and 0 <= one.score <= 1
    )
