"""Links that lead to somebody: profiles, video rooms, invitations, short and personal addresses.

Links to learning pages are no findings: most tutors send some in every lesson.
"""

from __future__ import annotations

from functools import cache

from classifiers.contact.chunks import chunk_at, chunk_before, sign_word
from classifiers.contact.domains import Domain, parts_sentences, read_domain
from classifiers.contact.hits import Hit, hit
from classifiers.contact.hosts import Place, hosts, institutional, personal_label, place_of
from classifiers.contact.mending import plain_letters
from classifiers.contact.protected import Protected
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import BREAK, LETTERS, SIGN
from classifiers.contact.words import any_of, lexicon

_HOST_SIGNS = frozenset("-")
_DOTS = frozenset(".·•")
_LONGEST_PATH = 200
_MOST_HITS = 200
_OWN = frozenset(["my", "our", "mine"])
_PAGES = frozenset(
    [
        "website",
        "site",
        "webpage",
        "page",
        "blog",
        "portfolio",
        "channel",
        "shop",
        "store",
        "podcast",
        "vlog",
        "booking",
        "calendar",
        "notes",
        "resources",
        "materials",
        "worksheets",
        "videos",
        "details",
        "stuff",
    ]
)
_FORM_PATHS = frozenset(
    (
        "contact",
        "contact-me",
        "contact-us",
        "book",
        "book-me",
        "book-now",
        "bookings",
        "appointments",
        "booking",
        "enquire",
        "enquiry",
        "join",
        "signup",
        "sign-up",
        "hire-me",
        "message",
    )
)
_FORMS = frozenset(("form", "details", "enquire", "enquiry", "testimonials", "charges", "rates", "tuition"))
_USUAL_ENDINGS = frozenset(
    [
        "com",
        "org",
        "net",
        "co",
        "uk",
        "io",
        "gg",
        "ly",
        "app",
        "info",
        "biz",
        "tv",
        "fm",
        "cc",
        "ie",
        "eu",
        "fr",
        "de",
        "es",
        "pl",
        "ro",
        "nl",
        "edu",
        "site",
        "page",
        "blog",
        "online",
    ]
)
"""Of hosts without a path whose dot is a word: "the point lol" is none."""
_LETTER_NAMES = {"jay": "j", "ess": "s", "em": "m", "tee": "t", "you": "u", "double-you": "w"}
_SCHEMES = frozenset(("http", "https", "hxxp", "hxxps", "ftp"))


def links(stream: Stream, protected: Protected, names: frozenset[str]) -> list[Hit]:
    """Every link that leads to somebody, but those of protected hosts."""
    tokens = stream.tokens
    found: list[Hit] = []
    after = -1
    for index in tokens.where(_dots()):
        if index <= after or parts_sentences(stream, index):
            continue
        label = chunk_before(tokens, _word_before(stream, index), _HOST_SIGNS)
        if label is None or label.first <= after:
            continue
        domain = read_domain(stream, label.first)
        if domain is None or "." not in domain.name or not domain.whole:
            continue
        after = domain.last
        one = _link(stream, label.first, domain, protected, names)
        if one is not None:
            found.append(one)
            after = tokens.index_at(one.end) - 1
        if len(found) >= _MOST_HITS:
            break
    return found


@cache
def _dots() -> frozenset[str]:
    return _DOTS | lexicon().signs["dot"]


def _word_before(stream: Stream, index: int) -> int:
    """The token before a dot, over the bracket of "[dot]"."""
    before = index - 1
    return before - 1 if before > 0 and stream.tokens.words[before] in ("(", "[", "{", "<") else before


def _link(
    stream: Stream, first: int, domain: Domain, protected: Protected, names: frozenset[str]
) -> Hit | None:
    tokens = stream.tokens
    opening, schemed = _opening(stream, first)
    if opening > 0 and tokens.words[opening - 1] == "@" and tokens.tight(opening - 1) and not schemed:
        return None
    path, last = _path(stream, domain.last)
    if protected.host(domain.name):
        return None
    bare = not (schemed or path or domain.name.startswith("www."))
    if bare and domain.name.rsplit(".", 1)[1] in hosts().weak_tlds and domain.name not in hosts().known:
        return None
    hidden = domain.spelt or stream.evasive(first, domain.last)
    place = place_of(domain.name, path) or _personal(stream, opening, domain, path, names)
    if place is None and hidden and not _of_protected_address(stream, opening, domain.name, protected):
        place = _in_disguise(domain.name, path)
    if place is None:
        return None
    category, value = place.category, domain.name + path
    if category == "handle":
        name = path.strip("/").split("?")[0].split("/")[-1].lstrip("@")
        value = f"{place.platform}:{name}" if name else value
        category = "invite" if path.startswith(("/+", "/joinchat")) else "link"
    score = place.score + (0.05 if hidden else 0.0)
    return hit(
        stream, category, opening, last, score, value, evasive=hidden, evidence=(f"link: {place.platform}",)
    )


def _of_protected_address(stream: Stream, first: int, host: str, protected: Protected) -> bool:
    """Whether a host is the end of an e-mail address that may stand."""
    before = stream.tokens.words[max(0, first - 6) : first]
    return any(f"{word}@{host}" in protected.addresses for word in before)


def _in_disguise(host: str, path: str) -> Place | None:
    """What an unknown host is whose letters were dressed up, or whose dots were spelt."""
    if not path and host.split(".", 1)[0] in lexicon().common:
        return None
    letters = plain_letters(host)
    if letters != host and (place := place_of(letters, path)) is not None:
        return place
    known = hosts()
    label, ending = host.removeprefix("www.").split(".", 1)[0], host.rsplit(".", 1)[1]
    if institutional(host) or label in known.education or ending not in known.tlds:
        return None
    if not path and ending not in _USUAL_ENDINGS:
        return None
    return Place("link", "host in disguise", 0.62 if not path else 0.8)


def _opening(stream: Stream, first: int) -> tuple[int, bool]:
    """The token with which a link begins, and whether it names a scheme."""
    tokens = stream.tokens
    if (
        first >= 3
        and tokens.words[first - 1] == "//"
        and tokens.words[first - 2] == ":"
        and tokens.words[first - 3] in _SCHEMES
    ):
        return first - 3, True
    return first, False


def _path(stream: Stream, last: int) -> tuple[str, int]:
    """What follows a host, plain or in words, and its last token."""
    tokens, text = stream.tokens, stream.view.text
    index = last + 1
    if (
        index < len(tokens.words)
        and tokens.words[index][0] in "/?#:"
        and tokens.tight(last)
        and tokens.tight(index)
    ):
        until = index
        while (
            tokens.tight(until)
            and tokens.kinds[until + 1] != BREAK
            and tokens.starts[until + 1] - tokens.starts[index] < _LONGEST_PATH
        ):
            until += 1
        while _broken_code(stream, until):
            until += 2
        while until > index and tokens.words[until][0] in ".,;:!?)]}>'\"":
            until -= 1
        path = text[tokens.starts[index] : tokens.ends[until]]
        if path.startswith(":"):
            path = path.lstrip(":0123456789")
        return path, until
    parts: list[str] = []
    while (
        index + 1 < len(tokens.words)
        and len(parts) < 4
        and (sign_word(stream, index) == "/" or tokens.words[index] == "/")
    ):
        chunk = chunk_at(tokens, index + 1 if tokens.words[index + 1] != "@" else index + 2)
        if chunk is None:
            break
        piece = _LETTER_NAMES.get(chunk.text, chunk.text)
        parts.append(("/@" if tokens.words[index + 1] == "@" else "/") + piece)
        last, index = chunk.last, chunk.last + 1
    return "".join(parts), last


def _broken_code(stream: Stream, last: int) -> bool:
    """Whether a path that ends in a hyphen goes on in the next line: "phz-" and "uqor"."""
    tokens = stream.tokens
    ahead = tokens.kinds[last + 1 : last + 3]
    if tokens.words[last] in ("-", "/"):
        return ahead == [BREAK, LETTERS] and len(tokens.words[last + 2]) <= 4
    return (
        tokens.kinds[last] == LETTERS
        and ahead[:1] == [SIGN]
        and tokens.words[last + 1] == "-"
        and tokens.tight(last)
        and tokens.kinds[last + 2 : last + 3] == [BREAK]
    )


def _personal(stream: Stream, first: int, domain: Domain, path: str, names: frozenset[str]) -> Place | None:
    """Somebody's own page: said to be, bearing a name of the circle, or advertising a tutor."""
    before = stream.tokens.words[max(0, first - 6) : first]
    if any_of(before, _OWN) and any_of(before, _PAGES):
        return Place("link", "own page", 0.85)
    label = domain.name.removeprefix("www.").split(".", 1)[0]
    if any(len(name) >= 4 and name in label for name in names):
        return Place("link", "bears a name", 0.7)
    if personal_label(domain.name):
        return Place("link", "a tutor's page", 0.6)
    if _asks_for_details(stream, first, domain.last, path) and _unknown(domain.name):
        return Place("link", "a form to fill in", 0.62)
    if domain.name.startswith("xn--") or ".xn--" in domain.name:
        return Place("link", "disguised host", 0.6)
    if path and ("/" in path) and any(f"//{scheme}" in path for scheme in ("wa.me", "t.me")):
        return Place("link", "forwarding", 0.6)
    return None


def _asks_for_details(stream: Stream, first: int, last: int, path: str) -> bool:
    """Whether a link is there to be filled in or to write to somebody."""
    part = path.strip("/").split("/")[-1].split("?")[0]
    if part in _FORM_PATHS:
        return True
    return any_of(stream.around(first, last, 16, 12), _FORMS) and stream.cue("mine", first, last, 16, 12)


def _unknown(host: str) -> bool:
    known = hosts()
    label = host.removeprefix("www.").split(".", 1)[0]
    return not institutional(host) and label not in known.education and host.rsplit(".", 1)[-1] in known.tlds
