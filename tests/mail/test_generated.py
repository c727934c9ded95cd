"""Every fiftieth of 100,000 generated mails; `make generated` plays them all."""

from __future__ import annotations

import pytest

from tests.mail.generated import played, unclean

TENTHS = 10


@pytest.mark.parametrize("tenth", range(TENTHS))
def test_no_copy_of_a_generated_mail_has_a_bare_line_end_or_an_overlong_line(tenth: int) -> None:
    seen = played(tenth * 10_000, 200)
    assert [word for word in seen if word.startswith("UNCLEAN")] == []
    assert seen["copies"] > 200
    assert seen["pass"] + seen["amend"] > 50


def test_the_measure_sees_what_it_looks_for() -> None:
    assert unclean(b"x" * 998 + b"\r\n") == ""
    for content in (b"x" * 999 + b"\r\n", b"x", b"\nx\r\n", b"x\r\r\n", b"\0\r\n"):
        assert unclean(content)
