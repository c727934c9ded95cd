"""The detector of contact details over many kinds, evasions and tricky clean lines.

refused.txt, intents.txt and clean.txt beside this file hold the lines.
"""

import socket
import time
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.contact.detector import ContactDetails
from classifiers.finding import Kind, Layer, Passage, Scene, Stance

HERE = Path(__file__).parent
REFUSE, HOLD = 0.8, 0.5
DETECTOR = ContactDetails()


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a classifier opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def find(text, *, layer=Layer.TEXT, allowed=(), prior=(), names=()):
    scene = Scene("tutor", allowed=frozenset(allowed), prior=tuple(prior), names=tuple(names))
    return DETECTOR.find([Passage(layer, text)], scene)


def strongest(text, **scene):
    return max((one.score for one in find(text, **scene)), default=0.0)


def lines(name):
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]


@pytest.mark.parametrize("line", lines("refused.txt"))
def test_it_refuses_a_value_however_it_is_written(line):
    category, value, text = line.split("|", 2)
    found = [one for one in find(text) if one.category == category and one.score >= REFUSE]
    assert found
    assert value in ("-", found[0].value)
    assert 0 <= found[0].start < found[0].end <= len(text)
    assert found[0].kind is Kind.CONTACT


@pytest.mark.parametrize("text", lines("intents.txt"))
def test_it_holds_asking_and_offering_without_a_value(text):
    assert strongest(text) >= HOLD


@pytest.mark.parametrize("text", lines("clean.txt"))
def test_it_lets_ordinary_and_tricky_lines_through(text):
    assert strongest(text) < HOLD


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Ring me on 07700 900123 after eight", "07700 900123"),
        ("so +44 (0)7700 900123.", "+44 (0)7700 900123"),
        ("ring (07700) 900-123 x", "(07700) 900-123"),
        (
            "it is oh double seven double oh nine hundred one two three ok",
            "oh double seven double oh nine hundred one two three",
        ),
        ("a 0️⃣7️⃣7️⃣0️⃣0️⃣ 9️⃣0️⃣0️⃣ 1️⃣2️⃣3️⃣ z", "0️⃣7️⃣7️⃣0️⃣0️⃣ 9️⃣0️⃣0️⃣ 1️⃣2️⃣3️⃣"),
        ("mail tara (at) example (dot) org now", "tara (at) example (dot) org"),
        ("mail ta\u200bra@exa\u200bmple.org now", "ta\u200bra@exa\u200bmple.org"),
        ("see https://discord.gg/abc, ok", "https://discord.gg/abc"),
        ("find @tara_teaches there", "@tara_teaches"),
        ("my insta is t a r a _ t now", "t a r a _ t"),
    ],
)
def test_a_span_covers_exactly_the_offending_characters(text, covered):
    value = next(one for one in find(text) if one.category != "intent")
    assert text[value.start : value.end] == covered


def test_spans_are_in_the_source_of_a_passage():
    html = "<p>07<b>700</b> 900123</p>"
    visible = [index for index, char in enumerate(html) if char.isdigit() or char == " "]
    passage = Passage(Layer.HTML, "".join(html[index] for index in visible), 2, array("i", visible))
    (one,) = DETECTOR.find([passage], Scene("tutor"))
    assert html[one.start : one.end] == "07<b>700</b> 900123"
    assert (one.layer, one.part) == (Layer.HTML, 2)


@pytest.mark.parametrize(
    "text",
    ["oh double seven double oh nine double oh one two three", "0-7-7-0-0-9-0-0-1-2-3", "０７７００ ９００１２３",
     "tara (at) example (dot) org", "my s.n.a.p is tara_99", "07700%20900%20123"],
)  # fmt: skip
def test_trouble_taken_is_marked_as_evasion(text):
    assert any(one.evasive for one in find(text) if one.category != "intent")


@pytest.mark.parametrize("text", ["07700 900123", "tara@example.org", "my snap is tara_99"])
def test_plain_values_are_no_evasion(text):
    assert not any(one.evasive for one in find(text))


def test_a_hidden_layer_is_evasion_in_itself():
    (one,) = (one for one in find("07700 900123", layer=Layer.HIDDEN) if one.category == "phone")
    assert one.evasive


@pytest.mark.parametrize(
    "text",
    ["Sorry, I can't share my number.", "I won't be adding you on Instagram.", "We can't swap numbers, it's against the rules.",
     "I can't text you outside the platform.", "I will not add you on Snapchat"],
)  # fmt: skip
def test_a_refusal_is_known_as_one_and_weighs_nothing(text):
    for one in find(text):
        assert one.score < 0.3
        assert one.stance in (Stance.REFUSAL, Stance.REPORT)


@pytest.mark.parametrize(
    "text",
    ["He said \"add me on snap\" and I said no.", "She told me to text her privately.", "My tutor asked for my number."],
)  # fmt: skip
def test_a_report_is_never_held_against_the_one_who_tells(text):
    assert all(one.score < 0.3 for one in find(text))


def test_a_reported_value_is_for_a_person_to_look_at():
    (one,) = (one for one in find("he said his snap is jane_99") if one.category == "handle")
    assert one.stance is Stance.REPORT
    assert HOLD <= one.score < REFUSE


@pytest.mark.parametrize(
    "text",
    ["I can't give you my number here but you can text me on 07700 900123", "I'm not supposed to but here's my number",
     "I don't use email much, text me", "don't forget to add me on insta", "why don't you add me on snap",
     "no worries, just whatsapp me"],
)  # fmt: skip
def test_a_not_elsewhere_in_the_sentence_excuses_nothing(text):
    assert strongest(text) >= HOLD


@pytest.mark.parametrize(
    "written",
    ["0800 1111", "08001111", "0 8 0 0 1 1 1 1", "0800-1111", "(0800) 1111", "oh eight hundred one one one one",
     "oh eight hundred double one double one", "zero eight zero zero one one one one", "0️⃣8️⃣0️⃣0️⃣ 1️⃣1️⃣1️⃣1️⃣",
     "+44 800 1111", "０８００ １１１１", "116 123", "116123", "0808 800 5000", "0808 8005000", "0800 068 41 41"],
)  # fmt: skip
@pytest.mark.parametrize(
    "frame", ["{}", "You can call Childline on {} at any time.", "text or ring {}, it is free"]
)
def test_a_helpline_is_never_stopped(written, frame):
    assert strongest(frame.format(written)) < HOLD


@pytest.mark.parametrize(
    "text",
    ["0800 1111 07700 900123", "07700 900123 or 0800 1111", "Childline: 08001111, me: 07700900123", "999 or 07700 900123",
     "0 8 0 0 1 1 1 1 0 7 7 0 0 9 0 0 1 2 3", "jo@samaritans.org tara@example.org"],
)  # fmt: skip
def test_a_helpline_shields_nothing_beside_it(text):
    assert strongest(text) >= REFUSE


ALLOWED = ("+442079460000", "lessons.example.org", "office@relay.test")


@pytest.mark.parametrize(
    "text",
    ["Office: 020 7946 0000", "02079460000", "+44 20 7946 0000", "oh two oh seven nine four six oh oh oh oh",
     "write to office@relay.test", "Office (at) relay (dot) test", "https://lessons.example.org/room/7",
     "https://www.lessons.example.org/my/website"],
)  # fmt: skip
def test_what_the_directory_allows_may_stand(text):
    assert strongest(text, allowed=ALLOWED) < HOLD


@pytest.mark.parametrize(
    "text",
    ["020 7946 0001", "020 7946 0000 or 020 7946 0999", "office@relay.test.example.org", "xoffice@relay.test",
     "https://lessons.example.org.discord.gg/abc", "https://discord.gg/lessons.example.org", "020794600001 is mine, ring me"],
)  # fmt: skip
def test_allowed_values_are_compared_whole(text):
    assert strongest(text, allowed=ALLOWED) >= HOLD


@pytest.mark.parametrize(
    ("prior", "text", "value"),
    [
        (["07700", "900"], "123", "+447700900123"),
        (["my number is", "oh double seven"], "double oh nine hundred one two three", "+447700900123"),
        (["0", "7", "7", "0", "0", "9", "0", "0"], "1 2 3", "+447700900123"),
        (["0770", "0 900"], "12 and then 3", "+447700900123"),
        (["add me on snap"], "tara_99", "snapchat:tara_99"),
        (["tara.maths"], "at example dot org", "tara.maths@example.org"),
        (["my postcode is SW1A"], "1AA", "SW1A 1AA"),
    ],
)
def test_it_puts_together_what_was_split_over_messages(prior, text, value):
    found = [one for one in find(text, prior=prior) if one.value == value]
    assert found
    assert found[0].score >= HOLD
    assert found[0].evasive
    assert 0 <= found[0].start < found[0].end <= len(text)


@pytest.mark.parametrize(
    ("prior", "text"),
    [(["07700 900123"], "ok thanks"), (["07700"], "ok thanks"), (["see you at 7"], "page 12 question 3"),
     (["12", "07"], "the answer is 700"), (["add me on snap"], "great lesson today")],
)  # fmt: skip
def test_earlier_messages_alone_stop_nothing(prior, text):
    assert strongest(text, prior=prior) < HOLD


@pytest.mark.parametrize(
    ("url", "category"),
    [("https://discord.gg/abc", "invite"), ("https://zoom.us/j/123456789", "video_link"), ("tel:+447700900123", "phone"),
     ("mailto:tara@example.org", "email"), ("https://wa.me/447700900123", "phone"), ("https://bit.ly/abc", "link")],
)  # fmt: skip
def test_link_targets_are_read(url, category):
    assert any(one.category == category and one.score >= REFUSE for one in find(url, layer=Layer.LINK))


def test_a_file_name_may_look_made_up():
    assert strongest("homework_jamie2.jpg", layer=Layer.FILENAME) < HOLD


HOSTILE = [
    "1",
    ".",
    "oh ",
    "\u200b",
    "a.",
    "a ",
    "1 2 ",
    "@a",
    "a@b.c ",
    "0 7 ",
    "5n",
    "seven ",
    "dot ",
    "%40",
    "not ",
    "----- ",
    "'",
    "\n",
    "а",
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_megabyte_costs_no_more_than_its_length(unit):
    """Twice the text takes about twice the time: nothing quadratic hides (generous, for busy machines)."""

    def seconds(size):
        text = unit * (size // len(unit))
        began = time.process_time()
        find(text)
        return time.process_time() - began

    seconds(1000)
    small, large = seconds(50_000), seconds(400_000)
    assert large < 8 * max(small, 0.02) * 3


def test_more_than_can_be_read_is_held():
    found = find("a 1 " * 120_000)
    assert any(one.score >= HOLD and "too many words to read" in one.evidence for one in found)


@given(
    st.text(max_size=80),
    st.sampled_from(["07700 900123", "tara@example.org", "add me on snap: tara_99"]),
    st.text(max_size=40),
)
@settings(max_examples=150, deadline=None)
def test_findings_stay_inside_any_text(before, value, after):
    text = before + value + after
    for one in find(text):
        assert 0 <= one.start < one.end <= len(text)
        assert 0 <= one.score <= 1


@given(st.text(alphabet="the hen sat on a nest .,\n", max_size=120))  # no "scam": that tells of one
@settings(max_examples=100, deadline=None)
def test_words_around_a_mobile_number_do_not_hide_it(filler):
    assert strongest(f"{filler}\n07700 900123\n{filler}") >= REFUSE


def test_no_value_shows_in_a_findings_repr():
    assert "900123" not in repr(find("ring me on 07700 900123"))
