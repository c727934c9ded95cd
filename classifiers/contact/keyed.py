"""Views of a text read by a key: one the text gives, one that is taught, or every digit moved by one."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cache

from classifiers.contact.tokens import DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.traits import FIGURED, traits_of
from classifiers.contact.words import any_of, entries, table
from classifiers.normalise.view import View

_STEPS = frozenset(("each", "every", "all"))
_UP = frozenset(("add", "plus", "up", "increase", "higher"))
_DOWN = frozenset(("take", "subtract", "minus", "down", "knock", "less", "lower", "remove"))
_A, _ALPHABET = frozenset("a"), frozenset(("alphabet",))
_ONE = frozenset(("one", "1"))
_STANDS_FOR = frozenset(("=", "is", "→", ":", "means"))


def by_key(view: View, tokens: Tokens) -> list[View]:
    """ "A=0 B=1 and so on: AHHAA JAA FAH"."""
    key = _key(tokens)
    if not key:
        return []
    out: list[str] = []
    marks = bytearray()
    letters = {char for char in key if char.isalpha()}
    words = [False] * len(view.text)
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        equals = view.text[end : end + 2].strip()[:1] == "="
        if not equals and (set(word) <= letters or (len(word) == 1 and word in key)):
            for place in range(start, end):
                words[place] = True
    for place, char in enumerate(view.text):
        swapped = words[place] and char in key
        out.append(key[char] if swapped else char)
        marks.append(1 if swapped else 0)
    if sum(marks) < 7:
        return []
    starts, ends = spans(view)
    return [View("".join(out), view.source, starts, ends, view.dropped, bytes(marks))]


def _key(tokens: Tokens) -> Mapping[str, str]:
    """What stands for each digit, if the text says so for two or more."""
    key: dict[str, str] = {}
    words = tokens.words
    if not traits_of(tokens).any & FIGURED or not tokens.holds(_STANDS_FOR):
        return key
    for index in traits_of(tokens).where(FIGURED):
        if len(words[index]) > 1 or index < 2 or words[index - 1] not in _STANDS_FOR:
            continue
        name, _, digit = words[index - 2 : index + 1]
        if len(name) == 1 and tokens.kinds[index - 2] in (LETTERS, SIGN):
            key[name] = digit
    shifts = {
        ord(name) - ord("a") - int(digit) for name, digit in key.items() if name.isascii() and name.isalpha()
    }
    if len(key) >= 2 and len(shifts) == 1:
        shift = shifts.pop()
        key = {
            chr(ord("a") + shift + digit): str(digit) for digit in range(10) if 0 <= shift + digit < 26
        } | key
    return key if len(key) >= 2 else {}


def moved(view: View, tokens: Tokens) -> list[View]:
    """ "take one off every digit"."""
    words = tokens.words
    if not tokens.holds(_STEPS) or not tokens.holds(_ONE):
        return []
    steps = ([-1] if any_of(words, _DOWN) else []) + ([1] if any_of(words, _UP) else [])
    starts, ends = spans(view)
    found = []
    for step in steps:
        text = "".join(str((int(char) + step) % 10) if "0" <= char <= "9" else char for char in view.text)
        marks = bytes(char.isdigit() for char in view.text)
        found.append(View(text, view.source, starts, ends, view.dropped, marks))
    return found


def by_code(view: View, tokens: Tokens) -> list[View]:
    """Digits by the names of a code that is taught: resistors' colours, atomic numbers."""
    found: list[View] = []
    for code in codes().values() if tokens.holds(_code_words()) else ():
        parts = [
            (start, end, code[word])
            for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True)
            if word in code
        ]
        if len(parts) >= 6:
            digits = _run_together(view, parts)
            found.append(replaced(view, digits))
    return found


def _run_together(view: View, parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The parts, grown over the blanks and commas that lead to the next."""
    out: list[tuple[int, int, str]] = []
    for start, end, said in parts:
        if out and not view.text[out[-1][1] : start].strip(" ,-/\n"):
            out[-1] = (out[-1][0], start, out[-1][2])
        out.append((start, end, said))
    return out


@cache
def codes() -> Mapping[str, Mapping[str, str]]:
    """The codes of config/words/spelling.toml: name of a digit → digit."""
    file = table("spelling")["codes"]
    return {
        name: {entry: digit for digit, line in section.items() for entry in entries(line)}
        for name, section in file.items()
    }


@cache
def _code_words() -> frozenset[str]:
    return frozenset().union(*codes().values())


def by_alphabet(view: View, tokens: Tokens) -> list[View]:
    """ "16-9-16-16-1, a is 1": letters by their places in the alphabet."""
    words = tokens.words
    told = traits_of(tokens).any & FIGURED and (
        tokens.holds(_ALPHABET)
        or any(
            words[at + 2 : at + 3] == ["1"] and words[at + 1] in ("=", "is", "→", ":")
            for at in tokens.where(_A)
        )
    )
    if not told:
        return []
    parts: list[tuple[int, int, str]] = []
    run = 0
    for at, word in enumerate(words):
        if tokens.kinds[at] != DIGITS or len(word) > 2 or not 1 <= int(word) <= 26:
            continue
        joined = bool(parts) and view.text[parts[-1][1] : tokens.starts[at]].strip() in (
            "",
            "-",
            ",",
            ".",
            "/",
        )
        run = run + 1 if joined else 1
        if joined:
            parts[-1] = (parts[-1][0], tokens.starts[at], parts[-1][2])
        parts.append((tokens.starts[at], tokens.ends[at], chr(96 + int(word))))
    return [replaced(view, parts)] if len(parts) >= 4 else []


def replaced(view: View, parts: list[tuple[int, int, str]]) -> View:
    """The view with some spans saying something else."""
    out: list[str] = []
    starts, ends, marks = array("i"), array("i"), bytearray()
    own_starts, own_ends = spans(view)
    at = 0
    for start, end, said in [*parts, (len(view.text), len(view.text), "")]:
        out += [view.text[at:start], said]
        starts.extend(own_starts[at:start])
        ends.extend(own_ends[at:start])
        marks.extend(bytes(start - at))
        if said:
            first, last = view.span(start, end)
            starts.extend([first] * len(said))
            ends.extend([last] * len(said))
            marks.extend(b"\x01" * len(said))
        at = end
    return View("".join(out), view.source, starts, ends, view.dropped, bytes(marks))


def spans(view: View) -> tuple[array[int], array[int]]:
    """Where in the source each character of a view starts and ends."""
    if view.starts is not None and view.ends is not None:
        return view.starts, view.ends
    return array("i", range(len(view.text))), array("i", range(1, len(view.text) + 1))


def built(view: View, said: list[tuple[int, str]], marks: bytes) -> View:
    """A view that says these characters at these places of another."""
    spans = [view.span(at, at + 1) for at, _ in said]
    starts, ends = array("i", [first for first, _ in spans]), array("i", [last for _, last in spans])
    return View("".join(char for _, char in said), view.source, starts, ends, view.dropped, marks)
