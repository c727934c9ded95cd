"""Calendar invitations: read, and written anew with aliases for the people in them (MAIL 2)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

SIZE_LIMIT_BYTES = 512 * 1024
COMPONENT_LIMIT = 200
UNREADABLE = "an invitation that cannot be read safely"

_FOLD = re.compile(r"\r?\n[ \t]")
_METHODS = frozenset({"REQUEST", "CANCEL", "REPLY", "PUBLISH", "COUNTER", "DECLINECOUNTER", "ADD", "REFRESH"})
_KEPT_COMPONENTS = frozenset({"VEVENT", "VTODO", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VALARM"})
_WORDS = frozenset({"SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "URL", "CATEGORIES"})
_KEPT = _WORDS | frozenset(
    {
        "DTSTART",
        "DTEND",
        "DURATION",
        "DUE",
        "DTSTAMP",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
    }
    | {"STATUS", "TRANSP", "PRIORITY", "CLASS", "TZID", "TZNAME", "TZOFFSETFROM", "TZOFFSETTO", "TRIGGER"}
    | {"ACTION", "COMPLETED", "PERCENT-COMPLETE", "CREATED", "LAST-MODIFIED", "REPEAT", "GEO"}
)
_KEPT_PARAMETERS = frozenset({"TZID", "VALUE", "RELATED", "RANGE"})
_ANSWERS = frozenset({"PARTSTAT", "ROLE", "RSVP", "CUTYPE"})
_PEOPLE = frozenset({"ORGANIZER", "ATTENDEE"})

Shown = Mapping[str, tuple[str, str]]
"""The alias and the name to show, by every address of a person, lower-case."""


def _opened(text: str) -> Any:
    from icalendar import Calendar

    if len(text) > SIZE_LIMIT_BYTES:
        raise ValueError(UNREADABLE)
    found = Calendar.from_ical(text, multiple=True)
    if len(found) != 1 or found[0].name != "VCALENDAR":
        raise ValueError(UNREADABLE)
    every = found[0].walk()
    if len(every) > COMPONENT_LIMIT or not any(one.name in ("VEVENT", "VTODO") for one in every):
        raise ValueError(UNREADABLE)
    if any(getattr(one, "errors", ()) for one in every) or any("ATTACH" in one for one in every):
        raise ValueError(UNREADABLE)
    return found[0]


def told(text: str) -> tuple[list[str], list[str], list[str]]:
    """Return an invitation's words, the names of its people, and faults."""
    try:
        calendar = _opened(text)
        words, names = [], []
        for part in calendar.walk():
            for name, value in part.property_items(recursive=False):
                if name in _WORDS or name in ("TZID", "TZNAME"):
                    words.append(_text(value))
                elif name in _PEOPLE:
                    names.append(str(value.params.get("CN", "")))
        calendar_bytes = rewritten(text, {}, "example.org")
    except MemoryError:
        raise
    except Exception:  # whatever it does to the library: nobody has read it
        return [text], [], [UNREADABLE]
    return [one for one in words if calendar_bytes and one], [one for one in names if one], []


def _text(value: Any) -> str:
    return ", ".join(str(one) for one in value.cats) if hasattr(value, "cats") else str(value)


def unfolded(text: str) -> str:
    """Return the text with each property on one line (RFC 5545 section 3.1)."""
    return _FOLD.sub("", text)


def rewritten(text: str, shown: Shown, domain: str) -> bytes:
    """Return the invitation anew: known people by alias, nobody else, nothing that is not on the list.

    Raises ValueError when it cannot be read.
    """
    from icalendar import Calendar

    old = _opened(text)
    new = Calendar()
    new.add("PRODID", "-//Tutor Gateway//EN")
    new.add("VERSION", "2.0")
    if (method := str(old.get("METHOD", "")).upper()) in _METHODS:
        new.add("METHOD", method)
    for part in old.subcomponents:
        if part.name in _KEPT_COMPONENTS:
            new.add_component(_component(part, shown, domain))
    made: bytes = new.to_ical()
    return made


def _component(old: Any, shown: Shown, domain: str) -> Any:
    new = type(old)()
    for name, value in old.property_items(recursive=False):
        if name in ("BEGIN", "END"):
            continue
        if name in _PEOPLE:
            if (person := _person(value, shown)) is not None:
                new.add(name, person, encode=0)
        elif name == "UID":
            new.add("UID", f"{hashlib.sha256(str(value).encode()).hexdigest()[:32]}@{domain}")
        elif name in _KEPT and not (name == "ACTION" and str(value).upper() == "EMAIL"):
            _keep_parameters(value)
            new.add(name, value, encode=0)
    if old.name == "VALARM" and "ACTION" not in new:
        new.add("ACTION", "DISPLAY")
    for part in old.subcomponents:
        if part.name in _KEPT_COMPONENTS:
            new.add_component(_component(part, shown, domain))
    return new


def _keep_parameters(value: Any) -> None:
    for name in list(getattr(value, "params", ())):
        if name.upper() not in _KEPT_PARAMETERS:
            del value.params[name]


def _person(value: Any, shown: Shown) -> Any:
    from icalendar import vCalAddress

    known = shown.get(str(value).lower().removeprefix("mailto:").strip())
    if known is None:
        return None
    alias, name = known
    person = vCalAddress(f"mailto:{alias}")
    person.params["CN"] = name.replace('"', "'")
    for parameter in _ANSWERS & set(value.params):
        if str(value.params[parameter]).replace("-", "").isalnum():
            person.params[parameter] = value.params[parameter]
    return person
