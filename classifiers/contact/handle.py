"""User names on other platforms: "@jane_99", "my snap is jane99", "jane dot smith on insta"."""

from __future__ import annotations

from dataclasses import replace

from classifiers.contact.chunks import Chunk, chunk_at, chunk_before, handle_shaped, number_word, sign_word
from classifiers.contact.hits import REFUSE, Hit, hit
from classifiers.contact.made_up import INVITING, MOST_HITS, SIGNS, is_host, lesson_code
from classifiers.contact.mending import plain_word
from classifiers.contact.polarity import polarity
from classifiers.contact.stream import Stream
from classifiers.contact.symbols import places_of
from classifiers.contact.tokens import BREAK, DIGITS, LETTERS, SIGN
from classifiers.contact.usernames import usernames
from classifiers.contact.words import MAIL, STRONG, WEAK, is_english, lexicon
from classifiers.finding import Stance

_LEADING = frozenset(("on", "my", "the", "over", "at", "for", "via", "(", "-", "/", ":", ","))
_BEING = frozenset(("is", "s", "was", "its", "im"))
_MONTHS = frozenset(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
_OFFERED = STRONG + WEAK + MAIL + "u"
_PATH = frozenset("._-/")
_FARTHEST, _MOST_SPELT = 9, 8


def handles(stream: Stream, names: frozenset[str], *, said: bool = True) -> list[Hit]:
    """Every user name that is offered.

    names: folded words of names the directory knows. said: the text is somebody's words, not
    a link or the name of a file.
    """
    found = usernames(stream, names, said=said)
    for place in places_of(stream.symbols, _OFFERED)[:MOST_HITS]:
        for one in (_after(stream, place, names), _before(stream, place, names)):
            if one is not None:
                found.append(one)
    return [_with_stance(stream, one) for one in found if one.score >= 0.3]


def _with_stance(stream: Stream, one: Hit) -> Hit:
    """A name that somebody else is said to have given is for a person to look at, not a refusal."""
    first = stream.place(stream.tokens.index_at(one.start))
    if polarity(stream, first, first + 1) is not Stance.REPORT:
        return one
    return Hit(
        one.category,
        one.start,
        one.end,
        min(one.score, 0.55),
        one.value,
        Stance.REPORT,
        one.evasive,
        one.evidence,
    )


def _after(stream: Stream, place: int, names: frozenset[str]) -> Hit | None:
    """The name that follows a platform: "my snap is jane99", "insta: jane.smith"."""
    tokens, symbol = stream.tokens, stream.symbols[place]
    index, introduced, steps = stream.upto[place] + 1, False, 0
    mine = _is_mine(stream, place)
    while index < len(tokens.words) and steps < _FARTHEST:
        word, kind = tokens.words[index], tokens.kinds[index]
        if word == "/" and tokens.tight(index) and (path := chunk_at(tokens, index + 1, _PATH)) is not None:
            return (
                _as_hit(stream, place, path, 0.84)
                if symbol != MAIL and not path.text.isdigit() and len(path.text) > 3
                else None
            )
        if kind in (SIGN, BREAK):
            if word[0] in "?!" or (word == "." and not _goes_on(stream, index)):
                return None
            introduced = introduced or word[0] in ":=→@>" or (word[0] in "\"'(" and tokens.tight(index))
        else:
            chunk = chunk_at(tokens, index, SIGNS)
            if chunk is None:
                return None
            if chunk.first != chunk.last or word not in lexicon().passed:
                return _offered(
                    stream, place, _spelt(stream, chunk), symbol, introduced=introduced, names=names
                )
            introduced = introduced or (word in lexicon().introducing and (mine or word not in _BEING))
        index, steps = index + 1, steps + 1
    return None


def _is_mine(stream: Stream, place: int) -> bool:
    """Whether a platform is said to be the writer's: "my insta", "I'm on snap"."""
    before = stream.symbols[max(0, place - 3) : place]
    return "M" in before or "I" in before


def _goes_on(stream: Stream, index: int) -> bool:
    """Whether the sentence after a full stop still says what the name is."""
    follows = stream.tokens.words[index + 1 : index + 3]
    return bool(follows) and follows[0] in ("its", "im", "my", "user", "username", "name", "it", "handle")


def _offered(
    stream: Stream, place: int, chunk: Chunk, symbol: str, *, introduced: bool, names: frozenset[str]
) -> Hit | None:
    text = chunk.text
    before = stream.symbols[max(0, place - 5) : place]
    mine = _is_mine(stream, place)
    inviting = bool(INVITING & set(before)) or mine
    if (
        (symbol == "u" and not (mine or introduced))
        or not any(char.isalpha() for char in text)
        or plain_word(text)
    ):
        return None
    score = _name_score(stream, chunk, symbol, mine=mine, inviting=inviting, introduced=introduced)
    if _bears_a_name(text, names):
        score = max(score, 0.75)
    if score <= 0 or is_host(stream, chunk):
        return None
    if score < REFUSE and polarity(stream, place, place + 1) is Stance.REFUSAL:
        return None
    return _as_hit(stream, place, chunk, score)


def _name_score(
    stream: Stream, chunk: Chunk, symbol: str, *, mine: bool, inviting: bool, introduced: bool
) -> float:
    text = chunk.text
    known = lexicon()
    if not chunk.spelt and (is_english(text) or text in known.platforms):
        return 0.0
    if chunk.spelt:
        return 0.86
    if (handle_shaped(text) or _dotted(text)) and not lesson_code(text):
        return 0.9 if inviting or introduced else 0.82
    if not text.replace(".", "").isalpha() or len(text) < 3 or (symbol == "u" and not mine):
        return 0.0
    if mine and introduced:
        return 0.78 if symbol != WEAK else 0.68
    if introduced and inviting:
        return 0.72 if symbol != WEAK else 0.6
    if introduced and len(stream.symbols) <= 12 and symbol == STRONG:
        return 0.6
    if inviting and _ends_sentence(stream, chunk.last) and symbol != MAIL and len(text) >= 5:
        return 0.6
    return 0.0


def _bears_a_name(text: str, names: frozenset[str]) -> bool:
    """Whether a longer word contains a name of the circle: "tarateaches"."""
    return len(text) >= 7 and text not in names and any(len(name) >= 4 and name in text for name in names)


def _dotted(text: str) -> bool:
    """Whether a name has inner dots and is not plainly a host."""
    inner = text.strip(".")
    return (
        "." in inner
        and sum(char.isalpha() for char in inner) >= 3
        and len(inner) >= 5
        and inner.rsplit(".", 1)[1] not in ("com", "uk", "org", "net", "edu", "gov")
    )


def _ends_sentence(stream: Stream, last: int) -> bool:
    tokens = stream.tokens
    return (
        last + 1 >= len(tokens.words)
        or tokens.kinds[last + 1] == BREAK
        or tokens.words[last + 1][0] in ".!?,)"
    )


def _spelt(stream: Stream, chunk: Chunk) -> Chunk:
    """A chunk with the signs and digits that follow it in words: "jane underscore nine nine"."""
    tokens = stream.tokens
    parts, last, spelt, index = [number_word(chunk.text) or chunk.text], chunk.last, False, chunk.last + 1
    for _ in range(_MOST_SPELT):
        if index >= len(tokens.words):
            break
        word = tokens.words[index]
        sign = sign_word(stream, index)
        if (
            sign in (".", "_", "-")
            and index + 1 < len(tokens.words)
            and tokens.kinds[index + 1] in (LETTERS, DIGITS)
        ):
            follows = chunk_at(tokens, index + 1, SIGNS)
            if follows is None or sign_word(stream, index + 1) not in ("", sign):
                break
            parts += [sign, number_word(follows.text) or follows.text]
            last, spelt = follows.last, True
        elif digits := (word if tokens.kinds[index] == DIGITS else number_word(word)):
            if len(digits) > 4 or (not spelt and (is_english(chunk.text) or _is_date(chunk.text, digits))):
                break
            parts.append(digits)
            last, spelt = index, True
        else:
            break
        index = last + 1
    return Chunk("".join(parts), chunk.first, last, spelt)


def _before(stream: Stream, place: int, names: frozenset[str]) -> Hit | None:
    """The name in front of a platform: "jane_99 on insta", "I'm janesmith on TikTok"."""
    tokens, symbol = stream.tokens, stream.symbols[place]
    if symbol == "u":
        return None
    index, stepped = stream.at[place] - 1, 0
    while index >= 0 and stepped < 3 and (tokens.words[index] in _LEADING or tokens.kinds[index] == BREAK):
        index, stepped = index - 1, stepped + 1
    chunk = chunk_before(tokens, index, SIGNS)
    if chunk is None or not chunk.text.strip("._"):
        return None
    chunk = _spelt_before(stream, chunk)
    if not any(char.isalpha() for char in chunk.text) or plain_word(chunk.text):
        return None
    if (not chunk.spelt and is_english(chunk.text)) or (chunk.first and tokens.words[chunk.first - 1] == "@"):
        return None
    if symbol == MAIL and tokens.words[stream.upto[place] + 1 : stream.upto[place] + 2] == ["com"]:
        return _as_hit(stream, place, chunk, 0.85)
    score = _score_before(stream, chunk, symbol, names) if stepped or chunk.spelt else 0.0
    if not stepped and (handle_shaped(chunk.text) and not lesson_code(chunk.text)):
        score = 0.82
    return _as_hit(stream, place, chunk, score) if score else None


def _score_before(stream: Stream, chunk: Chunk, symbol: str, names: frozenset[str]) -> float:
    text = chunk.text
    if chunk.spelt or ((handle_shaped(text) or _dotted(text)) and not lesson_code(text)):
        return 0.86 if symbol != WEAK else 0.82
    if symbol == STRONG and _is_proper_name(stream, chunk):
        return 0.62
    if not text.isalpha() or len(text) < 4 or text in names:
        return 0.0
    if _bears_a_name(text, names):
        return 0.75
    lead = stream.symbols[max(0, stream.place(chunk.first) - 2) : stream.place(chunk.first)]
    if symbol == WEAK or "J" in lead or _capital(stream, chunk.first):
        return 0.0
    if lead.endswith(("I", "B", "z")):
        return 0.7
    return 0.6 if lead.endswith(("A", "D")) and len(text) >= 6 else 0.0


def _as_hit(stream: Stream, place: int, chunk: Chunk, score: float) -> Hit:
    """A name beside a platform; beside a mail provider it is the front of an address."""
    words = stream.tokens.words
    if chunk.first > 1 and words[chunk.first - 1] == ":" and words[chunk.first - 2] == "live":
        chunk = replace(chunk, first=chunk.first - 2)
    evidence = ("user name beside a platform", *(("spelt out",) if chunk.spelt else ()))
    platform, text = stream.platforms.get(place, "handle"), chunk.text
    mail = stream.symbols[place] == MAIL
    category, value = ("email", f"{text}@{platform}") if mail else ("handle", f"{platform}:{text}")
    hidden = mail or chunk.spelt or stream.evasive(stream.at[place], stream.upto[place])
    return hit(stream, category, chunk.first, chunk.last, score, value, evasive=hidden, evidence=evidence)


def _is_date(word: str, digits: str) -> bool:
    """Whether a word before digits makes a date or a year of them: "jan 1917"."""
    return (len(digits) == 4 and digits[:2] in ("17", "18", "19", "20")) or word[:3] in _MONTHS


def _is_proper_name(stream: Stream, chunk: Chunk) -> bool:
    """Whether "Tara Okafor" is to be looked for: capitals, after "find" or "add"."""
    tokens, view = stream.tokens, stream.view
    first = chunk.first
    while first > 0 and chunk.first - first < 2 and _capital(stream, first - 1):
        first -= 1
    lead = stream.symbols[: stream.place(first) + 1][-2:]
    starts = view.source[view.span(tokens.starts[chunk.first], tokens.ends[chunk.first])[0]]
    return starts.isupper() and first < chunk.first and ("D" in lead or "A" in lead)


def _capital(stream: Stream, index: int) -> bool:
    tokens, view = stream.tokens, stream.view
    if tokens.kinds[index] != LETTERS or tokens.words[index] in lexicon().meaning:
        return False
    return view.source[view.span(tokens.starts[index], tokens.ends[index])[0]].isupper()


def _spelt_before(stream: Stream, chunk: Chunk) -> Chunk:
    """A chunk with what leads to it in words: "jane underscore smith nine nine"."""
    tokens = stream.tokens
    parts, first, spelt, index = [number_word(chunk.text) or chunk.text], chunk.first, False, chunk.first - 1
    for _ in range(_MOST_SPELT):
        if index < 0 or tokens.kinds[index] not in (LETTERS, DIGITS):
            break
        sign = sign_word(stream, index)
        if sign in (".", "_", "-") and index > 0:
            before = chunk_before(tokens, index - 1, SIGNS)
            if before is None:
                break
            parts[:0] = [number_word(before.text) or before.text, sign]
            first, spelt = before.first, True
        elif parts[0].isdigit() and (before := chunk_before(tokens, index, SIGNS)) is not None:
            digits = number_word(before.text)
            if not digits and _is_date(before.text, parts[0]):
                break
            if not digits and (before.text in lexicon().common or before.text in lexicon().meaning):
                break
            parts.insert(0, digits or before.text)
            first, spelt = before.first, True
        else:
            break
        index = first - 1
    return Chunk("".join(parts), first, chunk.last, spelt)
