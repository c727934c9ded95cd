"""The only door to spaCy and Presidio, opened when somebody asks.

Nothing heavy is imported until a function is called: importing spaCy takes about a second,
Presidio somewhat more, and readers start often. Our own detectors need neither. Presidio
stays as a frame: an integrator can use our detectors through its API, beside the few of its
recognisers that know what ours do not.

Traps met here (DETECTION, "Presidio and spaCy"): `AnalyzerEngine()` without an engine tries
to download a model; a blank pipeline has no lemmas, so that context words do nothing; its
e-mail and URL recognisers go to the network or take seconds on hostile text, and are left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Detector, Layer, Passage, Scene

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from spacy.language import Language

ENTITIES = {
    "phone": "TUTOR_PHONE",
    "email": "TUTOR_EMAIL",
    "handle": "TUTOR_HANDLE",
    "link": "TUTOR_LINK",
    "video_link": "TUTOR_VIDEO_LINK",
    "invite": "TUTOR_INVITE",
    "address": "TUTOR_ADDRESS",
    "postcode": "TUTOR_POSTCODE",
    "payment": "TUTOR_PAYMENT",
    "intent": "TUTOR_CONTACT_INTENT",
}
"""Our categories by the names Presidio knows them under."""


@cache
def blank_english() -> Language:
    """A spaCy pipeline without a model: tokens, sentences, and lemmas that are the lower-case words."""
    import spacy
    from spacy.language import Language
    from spacy.tokens import Doc

    if not Language.has_factory("lower_lemma"):

        @Language.component("lower_lemma")
        def lower_lemma(doc: Doc) -> Doc:
            """Without lemmas Presidio's context words would silently do nothing."""
            for token in doc:
                token.lemma_ = token.lower_
            return doc

    pipeline = spacy.blank("en")
    pipeline.max_length = 2_000_000
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("lower_lemma")
    return pipeline


@cache
def _words_only() -> Any:
    """A vocabulary that knows nothing but the words put into it."""
    from spacy.vocab import Vocab

    return Vocab()


def document(words: Sequence[str]) -> Any:
    """A spaCy Doc of exactly these words. Give only words of a closed set: it remembers them."""
    from spacy.tokens import Doc

    return Doc(_words_only(), words=list(words))


def matcher(pattern: Sequence[Mapping[str, object]]) -> Any:
    """A spaCy Matcher for one pattern; called with a `document`, it returns (_, first, last)."""
    from spacy.matcher import Matcher

    made = Matcher(_words_only())
    made.add("cue", [[dict(token) for token in pattern]], greedy="LONGEST")
    return made


def recognizers() -> list[EntityRecognizer]:
    """Our detectors as Presidio recognisers."""
    return [_recognizer_class()(ContactDetails(), ENTITIES)]


@cache
def analyzer() -> AnalyzerEngine:
    """A Presidio analyzer over our recognisers and those of its own that add to them.

    Its own: NHS number, NINO, UK passport, IBAN and payment card. Makes no network call.
    """
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import (
        CreditCardRecognizer,
        IbanRecognizer,
        NhsRecognizer,
        UkNinoRecognizer,
        UkPassportRecognizer,
    )

    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    pipelines: Any = {"en": blank_english()}
    engine.nlp = pipelines
    own = [
        NhsRecognizer(),
        UkNinoRecognizer(),
        UkPassportRecognizer(),
        IbanRecognizer(),
        CreditCardRecognizer(),
    ]
    registry = RecognizerRegistry(recognizers=[*recognizers(), *own], supported_languages=["en"])
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


@cache
def _recognizer_class() -> Any:
    """The class that wraps one of our detectors; made late, because Presidio is imported late."""
    from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

    class DetectorRecognizer(EntityRecognizer):
        """Lets a detector be asked through Presidio's API."""

        def __init__(self, detector: Detector, entities: Mapping[str, str]) -> None:
            self.detector, self.entity_of = detector, dict(entities)
            self.label = f"{detector.name.title()}Recognizer"
            super().__init__(
                supported_entities=list(self.entity_of.values()),
                name=self.label,
                version=detector.version,
            )

        def load(self) -> None:
            """Nothing to load: a detector is ready once made."""

        def analyze(
            self, text: str, entities: list[str], nlp_artifacts: Any = None
        ) -> list[RecognizerResult]:
            """Return what the detector finds in a plain text, of the entities asked for."""
            del nlp_artifacts
            scene = Scene(sender_role="outsider")
            found = self.detector.find([Passage(Layer.TEXT, text)], scene)
            return [
                RecognizerResult(
                    entity_type=self.entity_of[one.category],
                    start=one.start,
                    end=one.end,
                    score=one.score,
                    analysis_explanation=AnalysisExplanation(
                        recognizer=self.label,
                        original_score=one.score,
                        textual_explanation="; ".join(one.evidence),
                    ),
                    recognition_metadata={
                        RecognizerResult.RECOGNIZER_NAME_KEY: self.label,
                        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                    },
                )
                for one in found
                if self.entity_of.get(one.category) in entities
            ]

    return DetectorRecognizer
