from __future__ import annotations

import binascii

import pytest

from gateway.channels.email.uuencoded import is_within


def uuencoded(content: bytes, name: str = "a.txt") -> str:
    lines = (binascii.b2a_uu(content[at : at + 45]).decode() for at in range(0, len(content), 45))
    return f"begin 644 {name}\n{''.join(lines)}`\nend\n"


@pytest.mark.parametrize(
    "text",
    [
        uuencoded(b"ring me"),
        uuencoded(b"x" * 500),
        "Hello\n" + uuencoded(b"a"),
        uuencoded(b"ring me").replace("\n", "\nwords between\n", 1),
        uuencoded(b"ring me").replace("\n", " \n"),
        uuencoded(b"ring me").partition("`")[0],
        "begin-base64 644 a.txt\ncmluZyBtZQ==\n====\n",
    ],
)
def test_a_file_in_a_text_is_seen(text: str) -> None:
    assert is_within(text)


@pytest.mark.parametrize(
    "text",
    [
        "We shall\nbegin 2026 with page four\nand go on.\n",
        "begin 1066 and all that\n\nTHE END\nA. B. C.\n12345\n",
        "begin 644 nothing\n",
        "To begin 644 times\n#86)C\n",
    ],
)
def test_a_sentence_is_no_file(text: str) -> None:
    assert not is_within(text)
