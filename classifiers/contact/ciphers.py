"""Views of a text read by a rule: backwards, by a key the text gives, or with every digit moved by one.

Only where the text itself invites it: it speaks of the rule, or something it holds makes
sense that way and no other.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from functools import cache

from classifiers.contact.hosts import hosts
from classifiers.contact.mending import plain_letters, plain_word
from classifiers.contact.tokens import DIGITS, LETTERS, SIGN, Tokens
from classifiers.contact.words import any_of, entries, lexicon, table
from classifiers.normalise.view import View

_LONGEST = 4000
_STEPS = frozenset(("each", "every", "all"))
_UP = frozenset(("add", "plus", "up", "increase", "higher"))
_DOWN = frozenset(("take", "subtract", "minus", "down", "knock", "less", "lower", "remove"))
_MOST_CHUNK = 80


def ciphered(view: View, tokens: Tokens) -> list[View]:
    """The views of the text by each rule that it invites."""
    if len(view.text) > _LONGEST:
        return []
    return [
        *_backwards(view, tokens),
        *_by_key(view, tokens),
        *_by_code(view, tokens),
        *_by_alphabet(view, tokens),
        *_by_first_letters(view),
        *_moved(view, tokens),
        *_dressed_up(view),
    ]


def _backwards(view: View, tokens: Tokens) -> list[View]:
    told = any(phrase in view.text for phrase in lexicon().context["backwards"])
    told = told or any(mark in view.source for mark in "\u202e\u2067\u202b")
    if not (told or _mirrored(view, tokens)):
        return []
    whole = list(range(len(view.text) - 1, -1, -1))
    by_word: list[int] = []
    start = 0
    for chunk in view.text.split(" "):
        by_word += range(start + len(chunk) - 1, start - 1, -1)
        start += len(chunk) + 1
        if start <= len(view.text):
            by_word.append(start - 1)
    return [_rearranged(view, whole), _rearranged(view, by_word)]


def _mirrored(view: View, tokens: Tokens) -> bool:
    """Whether a platform, a host or an address stands in the text from its end."""
    if not _mirror().isdisjoint(tokens.words):
        return True
    text = view.text
    if "." not in text:
        return False
    for chunk in text.split():
        if "." not in chunk:
            continue
        if chunk.startswith(("moc.", "gro.", "ten.", "ku.oc.", "ku.gro.")) and len(chunk) > 6:
            return True
        if not 7 <= len(chunk) <= _MOST_CHUNK:
            continue
        mirrored = chunk.strip(",;!?()\"'")[::-1]
        host = mirrored.split("@")[-1].split("/")[0]
        if host in hosts().known or host in hosts().mail_providers:
            return True
        if "@" in mirrored and host.endswith((".com", ".org", ".co.uk", ".net")):
            return True
    return False


@cache
def _mirror() -> frozenset[str]:
    names = {name for name, (symbol, _) in lexicon().platforms.items() if symbol in "PG" and len(name) >= 5}
    words = names | {"phone", "number", "mobile", "email", "follow", "message"}
    return frozenset(word[::-1] for word in words if " " not in word)


def _rearranged(view: View, order: list[int]) -> View:
    starts, ends = array("i"), array("i")
    for place in order:
        first, last = view.span(place, place + 1)
        starts.append(first)
        ends.append(last)
    text = "".join(view.text[place] for place in order)
    return View(text, view.source, starts, ends, view.dropped, b"\x01" * len(order))


def _by_key(view: View, tokens: Tokens) -> list[View]:
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
    starts, ends = _spans(view)
    return [View("".join(out), view.source, starts, ends, view.dropped, bytes(marks))]


def _key(tokens: Tokens) -> Mapping[str, str]:
    """What stands for each digit, if the text says so for two or more."""
    key: dict[str, str] = {}
    words = tokens.words
    digits = [index for index, kind in enumerate(tokens.kinds) if kind == DIGITS and index > 1]
    for index in digits:
        name, equals, digit = words[index - 2 : index + 1]
        if (
            len(name) == len(digit) == 1
            and equals in ("=", "is", "→", ":", "means")
            and tokens.kinds[index - 2] in (LETTERS, SIGN)
        ):
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


def _moved(view: View, tokens: Tokens) -> list[View]:
    """ "take one off every digit"."""
    words = tokens.words
    if not any_of(words, _STEPS) or not any_of(words, frozenset(("one", "1"))):
        return []
    steps = ([-1] if any_of(words, _DOWN) else []) + ([1] if any_of(words, _UP) else [])
    starts, ends = _spans(view)
    found = []
    for step in steps:
        text = "".join(str((int(char) + step) % 10) if "0" <= char <= "9" else char for char in view.text)
        marks = bytes(char.isdigit() for char in view.text)
        found.append(View(text, view.source, starts, ends, view.dropped, marks))
    return found


def _replaced(view: View, parts: list[tuple[int, int, str]]) -> View:
    """The view with some spans saying something else."""
    out: list[str] = []
    starts, ends, marks = array("i"), array("i"), bytearray()
    own_starts, own_ends = _spans(view)
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


def _by_code(view: View, tokens: Tokens) -> list[View]:
    """Digits by the names of a code that is taught: resistors' colours, atomic numbers."""
    found: list[View] = []
    for code in codes().values():
        if code.keys().isdisjoint(tokens.words):
            continue
        parts = [
            (start, end, code[word])
            for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True)
            if word in code
        ]
        if len(parts) >= 6:
            digits = _run_together(view, parts)
            found.append(_replaced(view, digits))
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


def _by_alphabet(view: View, tokens: Tokens) -> list[View]:
    """ "16-9-16-16-1, a is 1": letters by their places in the alphabet."""
    words = tokens.words
    told = "alphabet" in words or (
        {"a", "1"}.issubset(words)
        and any(
            words[at] == "a" and words[at + 2] == "1" and words[at + 1] in ("=", "is", "→", ":")
            for at in range(len(words) - 2)
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
    return [_replaced(view, parts)] if len(parts) >= 4 else []


def _by_first_letters(view: View) -> list[View]:
    """The first letters of the lines, where the text speaks of them."""
    text = view.text
    if not any(
        cue in text
        for cue in ("first letter", "acrostic", "initial letter", "down the side", "first of each line")
    ):
        return []
    own_starts, own_ends = _spans(view)
    places: list[int] = []
    at = 0
    for line in text.split("\n"):
        shift = len(line) - len(line.lstrip())
        if line.strip() and line.strip()[0].isalnum():
            places.append(at + shift)
        at += len(line) + 1
    if len(places) < 5:
        return []
    lead = "my name on "
    word = "".join(text[place] for place in places[1:])
    platform = next(
        (
            name
            for name in view.text.split()
            if lexicon().platforms.get(name.strip(",.:!"), ("", ""))[0] in ("P", "O")
        ),
        "",
    )
    if not platform:
        return []
    said = f"{lead}{platform.strip(',.:!')} is {word}_"
    first, last = own_starts[places[1]], own_ends[len(text) - 1]
    size = len(said)
    return [
        View(
            said,
            view.source,
            array("i", [first] * size),
            array("i", [last] * size),
            view.dropped,
            b"\x01" * size,
        )
    ]


def _dressed_up(view: View) -> list[View]:
    """Hosts and words with digits for letters: "p4yp4l.m3/jane", "f1nd m3 0n 1g"."""
    parts: list[tuple[int, int, str]] = []
    words = 0
    at = 0
    for chunk in view.text.split(" "):
        bare = chunk.strip(",;:!?()'\"\n")
        if bare.isalpha():
            at += len(chunk) + 1
            continue
        start = at + chunk.find(bare) if bare else at
        at += len(chunk) + 1
        if not 2 <= len(bare) <= _MOST_CHUNK or not any(char.isdigit() or char in "@$!" for char in bare):
            continue
        host, slash, _ = bare.partition("/")
        if "." in host and (letters := plain_letters(host)) != host:
            parts.append((start, start + len(host), letters))
            words += 2
        elif "_" in bare and not slash:
            parts.append((start, start + len(bare), bare))
        elif not slash and _could_be_leet(bare) and (word := plain_word(bare)):
            parts.append((start, start + len(bare), word))
            words += 1
    return [_replaced(view, parts)] if words >= 2 else []


def _could_be_leet(chunk: str) -> bool:
    return all(char.isalnum() or char in "@$!" for char in chunk)


def _spans(view: View) -> tuple[array[int], array[int]]:
    if view.starts is not None and view.ends is not None:
        return view.starts, view.ends
    return array("i", range(len(view.text))), array("i", range(1, len(view.text) + 1))
