"""What else finds contact details, asked about the same texts. No network, no model.

A peer reads one text and knows no earlier messages; `Find` gives where it found anything.
Presidio runs once with the recognisers it loads by default and once with those that can mean a
way to reach or pay somebody in Britain; phonenumbers once with each leniency that makes sense.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import phonenumbers
import tldextract
from phonenumbers import Leniency, PhoneNumberMatcher
from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UkPostcodeRecognizer,
    UrlRecognizer,
)

from classifiers.nlp import blank_english

Find = Callable[[str], list[tuple[int, int]]]


def peers() -> Mapping[str, Find]:
    """Every peer by name, made ready."""
    # Presidio's e-mail recogniser would fetch a list of domains at the first address.
    offline: Any = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())
    tldextract.extract = offline
    return {
        "Presidio": partial(_presidio, _analyzer(None)),
        "Presidio, UK": partial(_presidio, _analyzer(_british())),
        "phonenumbers": partial(_phones, Leniency.POSSIBLE),
        "phonenumbers, valid": partial(_phones, Leniency.VALID),
    }


def _british() -> list[EntityRecognizer]:
    """What is, or may be, a way to reach or pay somebody; phone numbers as dialled in Britain.

    Lenient, because the numbers set aside for fiction are possible but not valid.
    """
    return [
        PhoneRecognizer(supported_regions=("GB",), leniency=Leniency.POSSIBLE),
        EmailRecognizer(),
        UrlRecognizer(),
        IpRecognizer(),
        UkPostcodeRecognizer(),
        IbanRecognizer(),
        CreditCardRecognizer(),
    ]


def _analyzer(recognizers: list[EntityRecognizer] | None) -> AnalyzerEngine:
    """Presidio over a blank pipeline, which it would otherwise replace by a download."""
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    pipelines: Any = {"en": blank_english()}
    engine.nlp = pipelines
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["en"])
    if recognizers is None:
        registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])


def _presidio(analyzer: AnalyzerEngine, text: str) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in analyzer.analyze(text, language="en")]


def _phones(leniency: int, text: str) -> list[tuple[int, int]]:
    matches: list[phonenumbers.PhoneNumberMatch] = list(PhoneNumberMatcher(text, "GB", leniency=leniency))
    return [(one.start, one.end) for one in matches]
