from __future__ import annotations

import pytest

from gateway.desk.links import other_spelling


@pytest.mark.parametrize(
    ("link", "other"),
    [
        ("https://lesson\u0430.example.org/w7", "xn--lesson-8nf.example.org"),
        ("https://xn--lesson-8nf.example.org/", "lesson\u0430.example.org"),
        ("https://someone@b\u00fccher.example.org:8443/x?y", "xn--bcher-kva.example.org"),
        ("https://lessons.example.org/w7", ""),
        ("mailto:somebody@example.org", ""),
        ("http://[nonsense", ""),
        ("https://" + "\u0430" * 5000, ""),
        ("xn--", ""),
        ("https://xn--\u0430.example.org", ""),
        ("", ""),
    ],
)
def test_it_tells_the_other_spelling_of_a_host(link: str, other: str) -> None:
    assert other_spelling(link) == other
