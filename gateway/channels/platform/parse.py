"""Reads the bytes of a platform message: one subject, one plain text."""

from __future__ import annotations

import json

from classifiers.finding import Layer, Passage
from gateway.domain.message import Part, Reading

NOT_OURS = "it is not a platform message"
NOT_UNICODE = "it holds characters that are not Unicode text"


def read(raw: bytes) -> Reading:
    """The reading of a platform message (fulfils `ports.Read`); never raises.

    raw: UTF-8 JSON with "text" and perhaps "subject"; other fields say nothing to a reader.
    Returns: the text as passage and part 0, as befits a message that is only text.
    """
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return Reading(form_faults=(NOT_OURS,))
    text, subject = _fields(body)
    if text is None or subject is None:
        return Reading(form_faults=(NOT_OURS,))
    clean_text, clean_subject = _scalars(text), _scalars(subject)
    passages = [Passage(Layer.SUBJECT, clean_subject)] if clean_subject else []
    return Reading(
        passages=(*passages, Passage(Layer.TEXT, clean_text)),
        parts=(Part(0, "text/plain", clean_text),),
        subject=clean_subject,
        form_faults=() if (clean_text, clean_subject) == (text, subject) else (NOT_UNICODE,),
    )


def _fields(body: object) -> tuple[str | None, str | None]:
    """Text and subject ("" when there is none); None for one that is no string."""
    if not isinstance(body, dict):
        return None, None
    text, subject = body.get("text"), body.get("subject")
    return (
        text if isinstance(text, str) else None,
        "" if subject is None else subject if isinstance(subject, str) else None,
    )


def _scalars(text: str) -> str:
    """`text` with each lone surrogate, which JSON can spell but nothing can encode, as "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")
