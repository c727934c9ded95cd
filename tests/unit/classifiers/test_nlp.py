"""spaCy and Presidio: lazily, without models or network."""

import socket
import subprocess
import sys

import pytest

from classifiers import nlp


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a classifier opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def entities(text):
    return {
        (one.entity_type, text[one.start : one.end])
        for one in nlp.analyzer().analyze(text, "en")
        if one.score >= 0.5
    }


def test_neither_is_imported_before_it_is_asked_for():
    code = (
        "import sys, classifiers.nlp, classifiers.contact.detector\n"
        "sys.exit(any(name in sys.modules for name in ('spacy', 'presidio_analyzer')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_blank_pipeline_has_sentences_and_lemmas():
    doc = nlp.blank_english()("Ring me. Two SENTENCES here.")
    assert len(list(doc.sents)) == 2
    assert doc[4].lemma_ == "sentences"


def test_our_detector_speaks_through_presidio():
    assert ("TUTOR_PHONE", "oh double seven double oh nine hundred one two three") in entities(
        "ring oh double seven double oh nine hundred one two three"
    )
    assert ("TUTOR_HANDLE", "tara_99") in entities("my snap is tara_99")


def test_presidio_adds_what_we_do_not_have():
    found = {kind for kind, _ in entities("My NHS number is 943 476 5919 and my NINO is AB 12 34 56 C")}
    assert {"UK_NHS", "UK_NINO"} <= found


def test_context_words_raise_a_score():
    def passport(text):
        return max(
            (one.score for one in nlp.analyzer().analyze(text, "en", entities=["UK_PASSPORT"])), default=0
        )

    assert passport("my passport is AB1234567") > passport("it is AB1234567") > 0


def test_a_helpline_is_nobodys_phone_number():
    assert not {kind for kind, _ in entities("call Childline on 0800 1111")} & {"TUTOR_PHONE", "PHONE_NUMBER"}


def test_only_the_entities_asked_for_are_returned():
    text = "my snap is tara_99, ring 07700 900123"
    found = nlp.analyzer().analyze(text, "en", entities=["TUTOR_PHONE"])
    assert {one.entity_type for one in found} == {"TUTOR_PHONE"}
