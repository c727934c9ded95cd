"""The corpora are what their card says: well-formed, invented, apart, and as many as promised."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import Leniency, PhoneNumberMatcher
from rapidfuzz import fuzz, process

from gateway.settings import config_folder
from tests.corpora import items, score, tables
from tests.corpora.items import ConductItem, ContactItem, Conversation, NamesItem
from tests.corpora.score import Share


def words(text: str) -> set[str]:
    return set(text.split())


ROLES = {"tutor", "pupil", "guardian"}
PEOPLE = ROLES | {"staff"}
CHANNELS = {"email", "chat"}
KINDS = words("phone email handle link video_link invite address postcode payment intent")
EVASIONS = words(
    "none spelled spaced punctuation homoglyph zero_width leet emoji_digits fullwidth split_lines"
    " split_messages substitution reversed url_encoded foreign_words roman arithmetic partial phonetic"
    " mixed"
)
REGISTERS = {"teen", "formal", "regional", "non_native", "neutral"}
LABELS = words(
    "secrecy isolation off_platform probing risk_assessment gifts flattery personal image_request meeting"
    " control boundary_testing desensitisation dependency infatuation disclosure_abuse disclosure_self_harm"
    " threat third_party_report profanity discrimination bullying contract_cheating extremism ordinary"
    " hard_negative"
)
STANCES = {"act", "refuse", "report", "absorb", "safeguard", "mention", "none"}
# Ofcom, "Telephone numbers for use in TV and radio drama programmes".
FOR_DRAMA = re.compile(
    r"0(?:7700900|2079460|11[3-8]4960|1[2-6]14960|1914980|2896496|2920180|8081570|9098790|3069990|1632960)\d{3}"
)
AS_DIALLED = re.compile(r"(?<![\d.])(?:\+44\s?(?:\(0\)\s?)?|0)[1-9](?:[ \-().]{0,2}\d){8,9}(?!\d)")
# An exact or nearly exact twin would carry what was learnt on one split over to the other.
SHORT, TWINS = 20, 88

CONTACT: list[ContactItem] = [one for split in items.SPLITS for one in items.contact(split)]
NAMES: list[NamesItem] = [one for split in items.SPLITS for one in items.names(split)]
CONDUCT: list[ConductItem] = (
    [one for split in items.CONDUCT_SPLITS for one in items.conduct(split)]
    if items.conduct_is_split()
    else items.conduct("dev")
)
COURSES: list[Conversation] = [one for split in items.SPLITS for one in items.conversations(split)]


def texts() -> Iterator[tuple[str, str]]:
    """Everything anybody wrote, with its id."""
    for item in CONTACT:
        yield item["id"], "\n".join([*item.get("prior", []), item["text"]])
    for line in NAMES:
        yield line["id"], line["subject"]
    for talk in CONDUCT:
        yield talk["id"], talk["text"]
    for course in COURSES:
        yield course["id"], "\n\n".join(message["text"] for message in course["messages"])


def plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def helplines() -> set[str]:
    known = tomllib.loads((config_folder() / "words" / "helplines.toml").read_text("utf-8"))
    return {re.sub(r"\D", "", number) for number in known["phones"]} | set(known["short"])


def test_there_are_as_many_as_promised() -> None:
    assert len(CONTACT) >= 1_500
    assert len(NAMES) >= 400
    assert len(CONDUCT) >= 7_000
    assert sum(one["label"] == "hard_negative" for one in CONDUCT) >= 2_000
    assert min(Counter(one["label"] for one in CONDUCT).values()) >= 120
    assert len(COURSES) >= 90
    assert min(len(items.contact(split)) for split in items.SPLITS) >= 700
    assert sum(one["stop"] is None for one in CONTACT) >= len(CONTACT) / 2


def test_every_kind_and_every_evasion_is_in_both_splits() -> None:
    for split in items.SPLITS:
        of_split = items.contact(split)
        assert {span["kind"] for one in of_split for span in one["spans"]} == KINDS
        assert {one["evasion"] for one in of_split} == EVASIONS


def test_no_id_is_used_twice() -> None:
    used = Counter(item_id for item_id, _ in texts())
    assert [item_id for item_id, times in used.items() if times > 1] == []


def test_contact_items_are_well_formed() -> None:
    for item in CONTACT:
        assert {item["sender_role"], item["recipient_role"]} <= ROLES, item["id"]
        assert item["sender_role"] != item["recipient_role"], item["id"]
        assert item["channel"] in CHANNELS, item["id"]
        assert item["evasion"] in EVASIONS, item["id"]
        assert item["register"] in REGISTERS, item["id"]
        assert item["stop"] in ("refuse", "hold", None), item["id"]
        assert item["text"].strip(), item["id"]


def test_every_span_is_a_piece_of_its_text_and_only_what_must_stop_has_any() -> None:
    for item in CONTACT:
        assert bool(item["spans"]) == (item["stop"] is not None), item["id"]
        for span in item["spans"]:
            assert span["text"].strip() and span["text"] in item["text"], item["id"]
            assert span["kind"] in KINDS, item["id"]
            assert span["stance"] in ("offer", "request"), item["id"]


def test_what_is_split_over_messages_has_earlier_ones() -> None:
    for item in CONTACT:
        if item["evasion"] == "split_messages":
            assert item.get("prior"), item["id"]


def test_subject_lines_are_well_formed() -> None:
    for line in NAMES:
        known = {person["name"] for person in line["roster"]}
        assert {person["role"] for person in line["roster"]} <= PEOPLE, line["id"]
        assert set(line["names"]) <= known, line["id"]
        assert line["subject"].strip() and line["expected"].strip(), line["id"]
        if line["names"]:
            assert line["expected"] != line["subject"], line["id"]


def test_conduct_items_are_well_formed() -> None:
    ids = {item["id"] for item in CONDUCT}
    for item in CONDUCT:
        assert {item["sender_role"], item["recipient_role"]} <= PEOPLE, item["id"]
        assert item["label"] in LABELS, item["id"]
        assert item["near"] in LABELS | {""}, item["id"]
        assert item["stance"] in STANCES, item["id"]
        assert item["register"] in REGISTERS, item["id"]
        assert not item["pair"] or item["pair"] in ids, item["id"]


def test_conversations_are_well_formed_and_half_of_them_drift() -> None:
    kinds = Counter(one["kind"] for one in COURSES)
    assert set(kinds) == {"slow_burn", "benign"}
    assert 0.4 < kinds["slow_burn"] / len(COURSES) < 0.6
    for one in COURSES:
        assert (one["onset"] is not None) == (one["kind"] == "slow_burn"), one["id"]
        assert (one["onset"] or 0) < len(one["messages"]), one["id"]
        times = [(message["day"], message["hour"]) for message in one["messages"]]
        assert [day for day, _ in times] == sorted(day for day, _ in times), one["id"]
        assert all(0 <= hour < 24 for _, hour in times), one["id"]
        assert {message["sender_role"] for message in one["messages"]} <= ROLES, one["id"]


def test_numbers_written_in_digits_are_for_drama_or_for_help() -> None:
    known = helplines()
    must_stop = {item["id"] for item in CONTACT if item["stop"]}
    for item_id, text in texts():
        for number in _written(text, anything=item_id in must_stop):
            assert FOR_DRAMA.fullmatch(number) or number in known, item_id


def _written(text: str, *, anything: bool) -> Iterator[str]:
    """Numbers as dialled in Britain. anything: also what no network has given out.

    Sums and codes of innocent texts are full of those.
    """
    for match in PhoneNumberMatcher(text, "GB", leniency=Leniency.VALID):
        if match.raw_string[0] in "+0(":
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.NATIONAL)
            yield re.sub(r"\D", "", number)
    if anything:
        for found in AS_DIALLED.finditer(text):
            yield re.sub(r"\D", "", re.sub(r"^\+44\s?(\(0\))?", "0", found[0]))


@pytest.mark.parametrize("name", ["contact", "names", "conduct"])
def test_no_text_is_in_two_splits_nor_nearly(name: str) -> None:
    if name == "conduct" and not items.conduct_is_split():
        assert len({plain(one["text"]) for one in CONDUCT}) == len(CONDUCT)
        return
    for one, other in itertools.combinations(_splits_of(name), 2):
        _assert_apart(_said(name, one), _said(name, other))


def _splits_of(name: str) -> tuple[str, ...]:
    return items.CONDUCT_SPLITS if name == "conduct" else items.SPLITS


def _assert_apart(one: list[str], other: list[str]) -> None:
    dev, test = ([(text, plain(text)) for text in half] for half in (one, other))
    same = {_whole(text) for text, _ in dev} & {_whole(text) for text, _ in test}
    assert same == set()
    long_dev, long_test = ([key for _, key in half if len(key) > SHORT] for half in (dev, test))
    alike = process.cdist(long_dev, long_test, scorer=fuzz.ratio, score_cutoff=TWINS)
    assert [(long_dev[row], long_test[at]) for row, at in zip(*alike.nonzero(), strict=True)] == []


def _said(name: str, split: str) -> list[str]:
    if name == "names":
        return [one["subject"] for one in items.names(split)]
    if name == "conduct":
        return [one["text"] for one in items.conduct(split)]
    return ["\n".join([*one.get("prior", []), one["text"]]) for one in items.contact(split)]


def _whole(text: str) -> str:
    """The text with only case and white space evened out; a homoglyph's point is its letters."""
    return " ".join(text.casefold().split())


def test_wilsons_interval_is_the_published_one() -> None:
    low, high = Share("", 81, 263).interval()  # Newcombe 1998, table I
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    low, high = Share("", 0, 20).interval()
    assert (round(low, 4), round(high, 4)) == (0.0, 0.1611)


def test_a_span_counts_where_its_text_stands_a_second_time() -> None:
    span: items.Span = {"kind": "handle", "text": "jo_9", "stance": "offer"}
    assert score.found("jo_9? yes, jo_9", span, [(11, 15)], 0.8)
    assert not score.found("jo_9? yes, jo_9", span, [(11, 14)], 0.8)


def test_names_left_in_and_words_changed_are_told_apart() -> None:
    line = NAMES[0] | {"subject": "Will Mark mark this?", "expected": "Will M.B. mark this?"}
    assert not score.leaks(line, "Will M.B. mark this?") and not score.harms(line, "Will M.B. mark this?")
    assert score.leaks(line, "Will Mark mark this?")
    assert score.harms(line, "W.B. M.B. mark this?")


def test_the_readme_keeps_what_stands_around_the_table(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- corpora -->\nold\n<!-- /corpora -->\nafter\n")
    tables.write_readme("new", readme)
    assert readme.read_text() == "before\n<!-- corpora -->\nnew\n<!-- /corpora -->\nafter\n"
    readme.write_text("no markers")
    with pytest.raises(ValueError, match="has no"):
        tables.write_readme("new", readme)
