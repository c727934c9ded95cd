"""Items and conversations are judged in the gateway's own way and answered in stable words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from classifiers.finding import Examination, Finding, Kind, Passage, Scene
from gateway import packs
from gateway.channels.email.parse import read as read_email
from gateway.channels.platform.parse import read as read_platform
from gateway.cli.check import _answered, _before
from gateway.cli.check_item import Item, WrongItem, read_line, split_name
from gateway.cli.check_scene import AT_REST, Judged, judge_item
from gateway.domain.course import Trajectory
from gateway.domain.message import Channel
from gateway.domain.people import Role
from gateway.domain.policy import Policy
from gateway.journey import Tools
from gateway.settings import config_folder

HERE = Path()


@pytest.fixture(scope="module")
def policy() -> Policy:
    return packs.load(config_folder(), "default")


class Watching:
    """A screen that finds given words, and remembers the scenes it was shown."""

    def __init__(self, words: Mapping[str, tuple[Kind, str, float]]) -> None:
        self.words = words
        self.scenes: list[Scene] = []

    def __call__(self, passages: Sequence[Passage], scene: Scene) -> Examination:
        self.scenes.append(scene)
        found = []
        for passage in passages:
            for word, (kind, category, score) in self.words.items():
                start = passage.text.find(word)
                if start >= 0 and word not in scene.allowed:
                    span = passage.source_span(start, start + len(word))
                    new = "J.W." if kind is Kind.NAME else None
                    found.append(
                        Finding(kind, category, passage.layer, *span, score, value=word, replacement=new)
                    )
        return Examination(tuple(found))


WORDS = {
    "07700 900123": (Kind.CONTACT, "phone", 0.95),
    "between us": (Kind.CONDUCT, "secrecy", 0.9),
    "Jamie Whitfield": (Kind.NAME, "name", 0.9),
    "he hits me": (Kind.CONDUCT, "disclosure_abuse", 0.9),
}


@pytest.fixture
def screen() -> Watching:
    return Watching(WORDS)


@pytest.fixture
def tools(screen: Watching) -> Tools:
    return Tools(
        read={Channel.EMAIL: read_email, Channel.PLATFORM: read_platform},
        screen=screen,
        compose=dict.fromkeys(Channel, lambda *_: b""),
        leaks=lambda *_: (),
    )


def answered(given: object, policy: Policy, tools: Tools, folder: Path = HERE) -> dict[str, object]:
    def judge(item: Item, prior: tuple[str, ...], heading: Trajectory = AT_REST) -> Judged:
        return judge_item(item, policy, tools, prior, heading)

    return _answered("x", given, folder, judge)


def test_a_clean_text_passes_with_every_field_of_the_contract(policy: Policy, tools: Tools) -> None:
    line = answered({"text": "See you at four.", "sender_role": "tutor"}, policy, tools)
    assert line == {
        "id": "x", "outcome": "pass", "lane": None, "severity": None, "findings": [], "rulings": [],
    }  # fmt: skip


def test_offsets_count_code_points_of_the_given_text(policy: Policy, tools: Tools) -> None:
    text = "Grüße 👋 ring 07700 900123 please"
    line = answered({"text": text, "sender_role": "tutor"}, policy, tools)
    assert line["outcome"] == "refuse"
    assert line["rulings"] == [{"rule": "contact_details", "clause": "MTW-69", "outcome": "refuse"}]
    (found,) = line["findings"]  # type: ignore[misc]
    assert text[found["start"] : found["end"]] == "07700 900123"
    assert set(found) == {"kind", "category", "layer", "start", "end", "score", "value"}


@pytest.mark.parametrize(
    "source",
    [
        "<p>Ring <b>07700 900123</b> \U0001f44b</p>",
        "<p>\U0001f44b Gr\u00fc\u00dfe,\r\n\r\nring<br>\n07700 900123</p>\r\n",
        "\ufeff<p>07700 900123</p>",
    ],
)
def test_offsets_count_code_points_of_the_html_source(source: str, policy: Policy, tools: Tools) -> None:
    line = answered({"html": source, "sender_role": "tutor", "subject": "Hi"}, policy, tools)
    assert line["outcome"] == "refuse", line
    spans = {source[f["start"] : f["end"]] for f in line["findings"] if f["layer"] == "html"}  # type: ignore[attr-defined]
    assert spans == {"07700 900123"}


def test_a_name_in_the_subject_comes_back_as_initials(policy: Policy, tools: Tools) -> None:
    line = answered({"text": "Hi", "subject": "About Jamie Whitfield today"}, policy, tools)
    assert (line["outcome"], line["subject"]) == ("amend", "About J.W. today")


def test_a_held_message_has_lane_and_severity(policy: Policy, tools: Tools) -> None:
    line = answered({"text": "This stays between us.", "sender_role": "tutor"}, policy, tools)
    assert (line["outcome"], line["lane"], line["severity"]) == ("hold", "review", "critical")
    sealed = answered({"text": "At home he hits me", "sender_role": "pupil"}, policy, tools)
    assert (sealed["outcome"], sealed["lane"], sealed["severity"]) == ("hold", "sealed", "critical")


@pytest.mark.parametrize(
    ("sender", "recipient", "roles"),
    [
        ("tutor", None, ("guardian", "pupil")),
        ("tutor", "guardian", ("guardian",)),
        ("pupil", None, ("guardian", "tutor")),
        ("parent", None, ("tutor",)),
        ("guardian", "pupil", ("pupil",)),
        ("staff", None, ("guardian", "pupil")),
        ("outsider", "tutor", ("tutor",)),
        ("tutor", "tutor", ("tutor",)),
        ("organisation", "guardian", ("guardian",)),
    ],
)
def test_everybody_may_write_to_everybody_with_a_guardian_copied_into_pupil_contact(
    policy: Policy, tools: Tools, screen: Watching, sender: str, recipient: str | None, roles: tuple[str, ...]
) -> None:
    given = {"text": "Hello", "sender_role": sender, "recipient_role": recipient}
    line = answered(given, policy, tools)
    assert line["outcome"] == "pass", line
    scene = screen.scenes[-1]
    assert scene.recipient_roles == roles
    assert scene.sender_role == ("guardian" if sender == "parent" else sender)


def test_only_names_of_the_roster_are_looked_for(policy: Policy, tools: Tools, screen: Watching) -> None:
    roster = [
        {"name": "Jamie Whitfield", "nicknames": ["Jay"], "role": "pupil"},
        {"name": "Mrs Ruth van der Berg", "role": "parent"},
        {"name": "Ola Brook", "role": "pupil"},
    ]
    answered({"text": "Hello", "roster": roster}, policy, tools)
    names = {(one.given, one.family, one.role) for one in screen.scenes[-1].names}
    assert names == {
        ("Jamie", "Whitfield", "pupil"), ("Ruth", "van der Berg", "guardian"), ("Ola", "Brook", "pupil"),
    }  # fmt: skip
    answered({"text": "Hello"}, policy, tools)
    assert screen.scenes[-1].names == ()


def test_allowed_values_are_shown_to_the_detectors_in_canonical_form(
    policy: Policy, tools: Tools, screen: Watching
) -> None:
    allow = ["07700 900123", "Office@Relay.test", "https://lessons.example.org/"]
    answered({"text": "Hello", "allow": allow}, policy, tools)
    allowed = screen.scenes[-1].allowed
    assert {"+447700900123", "office@relay.test", "lessons.example.org"} <= allowed


def test_prior_messages_are_shown_and_the_item_is_not_shown_twice(
    policy: Policy, tools: Tools, screen: Watching
) -> None:
    answered({"text": "900123", "prior": ["one", "07700"]}, policy, tools)
    assert screen.scenes[-1].prior == ("one", "07700")
    answered({"text": "900123", "prior": ["one", "07700", "900123"]}, policy, tools)
    assert screen.scenes[-1].prior == ("one", "07700")


def test_a_conversation_tells_where_it_was_first_flagged(policy: Policy, tools: Tools) -> None:
    said = ["Hello", "Ring 07700 900123", "Keep this between us", "Bye"]
    messages = [{"sender_role": "tutor", "text": text, "day": day} for day, text in enumerate(said)]
    line = answered({"messages": messages}, policy, tools)
    assert (line["first_flag_index"], line["opened_case"]) == (1, True)
    assert (line["outcome"], line["lane"]) == ("hold", "review")
    assert [one["message"] for one in line["findings"]] == [1, 2]  # type: ignore[attr-defined]
    clean = answered({"messages": messages[:1]}, policy, tools)
    assert (clean["first_flag_index"], clean["opened_case"], clean["outcome"]) == (None, False, "pass")
    refused = answered({"messages": messages[:2]}, policy, tools)
    assert (refused["first_flag_index"], refused["opened_case"], refused["outcome"]) == (1, False, "refuse")


def test_a_conversation_remembers_each_senders_messages_of_the_last_day(
    policy: Policy, tools: Tools, screen: Watching
) -> None:
    messages = [
        {"sender_role": "tutor", "text": "077", "day": 1, "hour": 9},
        {"sender_role": "pupil", "text": "what", "day": 1, "hour": 10},
        {"sender_role": "tutor", "text": "00 900", "day": 1, "hour": 11},
        {"sender_role": "tutor", "text": "123", "day": 2, "hour": 10},
        {"sender_role": "tutor", "text": "x" * 500, "day": 2, "hour": 10.5},
        {"sender_role": "tutor", "text": "done", "day": 2, "hour": 10.75},
    ]
    answered({"messages": messages}, policy, tools)
    assert [scene.prior for scene in screen.scenes] == [
        (), (), ("077",), ("00 900",), ("00 900", "123"), ("00 900", "123"),
    ]  # fmt: skip


def test_a_mail_of_whoever_it_says_is_taken_as_the_senders_own(
    policy: Policy, tools: Tools, screen: Watching, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(b"From: Tara <tara.personal@mail.test>\nSubject: Hi\n\nHello\n")
    line = answered({"eml": "a.eml", "sender_role": "tutor"}, policy, tools, tmp_path)
    assert (line["outcome"], line["subject"]) == ("pass", "Hi"), line
    # What the mail names as its author is proven by nothing and may not stand in its text.
    assert not any("tara.personal" in value for value in screen.scenes[-1].allowed)


def test_what_could_not_be_read_is_a_form_finding_and_a_hold(policy: Policy, tools: Tools) -> None:
    line = answered({"text": "lone \ud83d surrogate"}, policy, tools)
    assert (line["outcome"], line["lane"]) == ("hold", "unreadable")
    (found,) = line["findings"]  # type: ignore[misc]
    assert (found["kind"], found["category"]) == ("form", "unreadable")


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "text",
        {},
        {"text": 5},
        {"text": "a", "html": "b"},
        {"text": "a", "sender_role": "uncle"},
        {"text": "a", "sender_role": 7},
        {"text": "a", "prior": "b"},
        {"text": "a", "prior": [1]},
        {"text": "a", "allow": {"x": 1}},
        {"text": "a", "roster": [{"role": "pupil"}]},
        {"text": "a", "roster": [{"name": "A", "role": "pet"}]},
        {"text": "a", "subject": 5},
        {"messages": []},
        {"messages": ["a"]},
        {"messages": [{"text": "a", "day": "Monday"}]},
        {"messages": [{"text": "a", "day": float("inf")}]},
        {"eml": "not/there.eml"},
    ],
)
def test_a_wrong_line_is_an_error_of_that_line_alone(given: object, policy: Policy, tools: Tools) -> None:
    line = answered(given, policy, tools)
    assert set(line) == {"id", "error"} and line["error"]


def test_a_fault_in_judging_is_an_error_that_quotes_nothing(policy: Policy, tools: Tools) -> None:
    def broken(item: Item, prior: tuple[str, ...]) -> Judged:
        raise RuntimeError("secret words")

    line = _answered("x", {"text": "secret words"}, HERE, broken)
    assert line == {"id": "x", "error": "could not be judged (RuntimeError)"}


def test_unknown_fields_and_channels_do_not_disturb() -> None:
    item = read_line({"id": 1, "text": "a", "label": "benign", "channel": "chat"}, HERE)
    assert isinstance(item, Item)
    assert (item.channel, item.sender_role) == (Channel.PLATFORM, Role.TUTOR)


def test_a_conversation_shares_its_roster_with_its_messages() -> None:
    roster = [{"name": "Jamie", "role": "pupil"}]
    items = read_line({"roster": roster, "messages": [{"text": "a"}, {"text": "b"}]}, HERE)
    assert isinstance(items, list)
    assert all(len(one.roster) == 1 for one in items)
    with pytest.raises(WrongItem):
        read_line({"messages": [{"text": "a"}, {}]}, HERE)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Jamie Whitfield", ("Jamie", "Whitfield")),
        ("Jamie Paul Whitfield", ("Jamie Paul", "Whitfield")),
        ("Anna van der Berg", ("Anna", "van der Berg")),
        ("Mr Dan Fox", ("Dan", "Fox")),
        ("Cher", ("Cher", "")),
        ("Mrs Fox", ("Fox", "")),
        ("李雷", ("李雷", "")),
        ("van Dyke", ("van", "Dyke")),
    ],
)
def test_a_full_name_is_split_into_given_names_and_surname(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_the_items_own_text_is_dropped_from_the_end_of_prior() -> None:
    item = Item("text", "b", Role.TUTOR, prior=("b", "a", "b"))
    assert _before(item) == ("b", "a")
