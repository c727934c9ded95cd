"""Ways to pay past the organisation: bank details, IBANs, cards, payment names."""

from __future__ import annotations

from classifiers.contact.hits import Hit, hit
from classifiers.contact.pay_apps import app_name, cashtag
from classifiers.contact.stream import Stream
from classifiers.contact.tokens import DIGITS, LETTERS, Tokens, where
from classifiers.contact.traits import FIGURED, PAYING, TWO_LETTERS, traits_of
from classifiers.contact.words import any_of, lexicon

_MOST_HITS = 100
_MOST_LOOKS = 2000
_IBAN_SHORTEST, _IBAN_LONGEST = 15, 34
_ACCOUNT = frozenset(["account", "acc", "acct", "ac"])
_SORT = frozenset(["sort", "sc", "bank", "sortcode"])
_BETWEEN_BANK = frozenset(
    (
        "account",
        "acc",
        "acct",
        "number",
        "no",
        "and",
        "is",
        "sort",
        "code",
        "then",
        "the",
        "a",
        "c",
        "ac",
        "name",
    )
)
_BANKS = frozenset(
    (
        "bank",
        "society",
        "barclays",
        "lloyds",
        "natwest",
        "hsbc",
        "monzo",
        "starling",
        "nationwide",
        "santander",
        "halifax",
        "tsb",
        "transfer",
        "bacs",
        "payee",
        "refund",
    )
)
_CURRENCY = frozenset(("£", "$"))
_BANKED = _ACCOUNT | _SORT | _BANKS | frozenset(("fee", "fees", "pay"))
"""Without any of these, and without eight digits in a row, digits are no account and no sort code."""


def payments(stream: Stream) -> list[Hit]:
    """Sort codes and accounts, IBANs, cards, and names on payment apps."""
    tokens, apps = stream.tokens, lexicon().context["pay_apps"]
    found: list[Hit] = []
    looks, past = 0, -1
    places = _worth_a_look(tokens)
    banked = tokens.holds(_BANKED) or any(len(tokens.words[index]) == 8 for index in places)
    for index in places:
        word, kind = tokens.words[index], tokens.kinds[index]
        one: Hit | None = None
        if kind == DIGITS:
            size = len(word)
            if size in (2, 6, 8) and banked:
                one = _bank(stream, index)
            if one is None and size <= 6 and index > past and looks < _MOST_LOOKS:
                looks += 1
                one, past = _bank_run(stream, index) if banked else (None, past)
            if one is None and size in (4, 15, 16) and looks < _MOST_LOOKS:
                looks += 1
                one = _card(stream, index)
        elif kind == LETTERS and word not in apps:
            if looks < _MOST_LOOKS:
                looks += 1
                one = _iban(stream, index)
        elif kind == LETTERS:
            one = app_name(stream, index)
        elif word in _CURRENCY and tokens.tight(index) and tokens.kinds[index + 1] == LETTERS:
            one = cashtag(stream, index)
        if one is not None:
            found.append(one)
        if len(found) >= _MOST_HITS:
            break
    return found


def _worth_a_look(tokens: Tokens) -> list[int]:
    """The tokens at which a way to pay may begin: figures, two letters that touch some, apps and money."""
    traits = traits_of(tokens)
    if not traits.any & FIGURED:
        return traits.where(PAYING)
    places = (traits.each & (PAYING | FIGURED)) != 0
    countries = ((traits.each[:-1] & TWO_LETTERS) != 0) & ((traits.each[1:] & FIGURED) != 0)
    for index in where(countries):
        places[index] |= tokens.tight(index) and tokens.kinds[index + 1] == DIGITS
    return where(places)


def _digits_from(stream: Stream, index: int, most: int) -> tuple[str, int]:
    """Digits from a token on, over single spaces and hyphens, and the last token of them."""
    tokens = stream.tokens
    digits, last, step = tokens.words[index], index, index + 1
    while step < len(tokens.words) and len(digits) < most:
        if tokens.kinds[step] == DIGITS:
            digits += tokens.words[step]
            last = step
        elif tokens.words[step] != "-":
            break
        step += 1
    return digits, last


def _bank_run(stream: Stream, index: int) -> tuple[Hit | None, int]:
    """A sort code and account in groups of digits, beside words of banks; and how far was looked."""
    tokens = stream.tokens
    digits, last, step = "", index, index
    words = 0
    while step < len(tokens.words) and len(digits) < 14 and words <= 5:
        word = tokens.words[step]
        if tokens.kinds[step] == DIGITS and len(word) <= 8:
            digits, last, words = digits + word, step, 0
        elif word not in ("-", ",", ";", ":", ".", "–", "\n"):
            words += 1
            if word not in _BETWEEN_BANK:
                break
        step += 1
    if len(digits) not in (6, 8, 14) or last == index:
        return None, last
    cues = set(stream.around(index, last, 10, 8))
    sorted_ = bool(cues & {"sort", "sortcode"})
    account = bool(cues & _ACCOUNT)
    if len(digits) == 14 and (sorted_ or account or cues & _BANKS):
        evidence = ("sort code and account",)
    elif (len(digits) == 6 and sorted_) or (
        len(digits) == 8 and account and cues & (_BANKS | {"sort", "pay", "refund", "transfer"})
    ):
        evidence = ("sort code",) if len(digits) == 6 else ("account number",)
    else:
        return None, last
    return hit(stream, "payment", index, last, 0.84, digits, evidence=evidence), last


def _bank(stream: Stream, index: int) -> Hit | None:
    """A sort code (said to be, or followed by an account number), or an account number."""
    tokens = stream.tokens
    before = tokens.words[max(0, index - 6) : index]
    size = len(tokens.words[index])
    if size == 8:
        told = any_of(before, _ACCOUNT) and stream.cue("bank", index, index, 14, 10)
        if told and any_of(
            stream.around(index, index, 20, 12),
            frozenset(("sort", "bank", "pay", "transfer", "payee", "bacs")),
        ):
            return hit(
                stream, "payment", index, index, 0.85, tokens.words[index], evidence=("account number",)
            )
        return None
    groups = tokens.words[index : index + 5]
    dashed = (
        size == 2
        and len(groups) == 5
        and groups[1] == groups[3]
        and groups[1] in ("-", ".", "/")
        and len(groups[2]) == len(groups[4]) == 2
        and groups[2].isdigit()
        and groups[4].isdigit()
    )
    last = index + 4 if dashed else index
    code = groups[0] + groups[2] + groups[4] if dashed else tokens.words[index]
    if size == 2 and not dashed:
        spaced = tokens.words[index : index + 3]
        if not (
            any_of(before, _SORT)
            and all(len(part) == 2 and part.isdigit() for part in spaced)
            and len(spaced) == 3
        ):
            return None
        code, last = "".join(spaced), index + 2
    if (account := _account(tokens, last + 1)) is not None:
        number, until = account
        if dashed or any_of(before, _SORT) or (before[-2:-1] == ["/"] and before[-1] == "c"):
            return hit(
                stream,
                "payment",
                index,
                until,
                0.92,
                f"{code} {number}",
                evidence=("sort code and account",),
            )
    if any_of(before, frozenset(("sort", "sortcode"))) and (
        any_of(before, frozenset(("code", "sortcode"))) and stream.cue("bank", index, last, 12, 8)
    ):
        return hit(stream, "payment", index, last, 0.82, code, evidence=("sort code",))
    return None


def _account(tokens: Tokens, index: int) -> tuple[str, int] | None:
    """The eight digits of an account soon after a place, in one or two groups, and the last token of them."""
    for at in range(index, min(index + 7, len(tokens.words))):
        word = tokens.words[at]
        if tokens.kinds[at] != DIGITS:
            continue
        if len(word) == 8:
            return word, at
        step = at + 1 + (tokens.words[at + 1 : at + 2] in (["."], ["-"]))
        follows = tokens.words[step : step + 1]
        if len(word) == 4 and follows and len(follows[0]) == 4 and follows[0].isdigit():
            return word + follows[0], step
    return None


def _card(stream: Stream, index: int) -> Hit | None:
    tokens = stream.tokens
    if index and tokens.kinds[index - 1] == DIGITS:
        return None
    digits, last = _digits_from(stream, index, 16)
    if len(digits) not in (15, 16) or digits[0] not in "3456" or len(set(digits)) < 2 or not _luhn(digits):
        return None
    return hit(stream, "payment", index, last, 0.8, digits, evidence=("card number",))


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _iban(stream: Stream, index: int) -> Hit | None:
    tokens = stream.tokens
    compact, last = "", index
    while (
        last < len(tokens.words) and len(compact) < _IBAN_LONGEST and tokens.kinds[last] in (LETTERS, DIGITS)
    ):
        compact += tokens.words[last]
        if _IBAN_SHORTEST <= len(compact) <= _IBAN_LONGEST and _is_iban(compact):
            return hit(stream, "payment", index, last, 0.92, compact.upper(), evidence=("IBAN",))
        if last + 1 >= len(tokens.words) or tokens.starts[last + 1] - tokens.ends[last] > 1:
            break
        last += 1
    return None


def _is_iban(text: str) -> bool:
    if not (text.isascii() and text.isalnum() and text[2:4].isdigit() and text[:2].isalpha()):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1
