"""Domains of one organisation are told from neighbours under the same public suffix."""

from __future__ import annotations

import subprocess
import sys

import pytest

from gateway.channels.email.suffixes import organisational


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("mail.example.org", "example.org"),
        ("example.org", "example.org"),
        ("a.b.Example.Co.UK", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a.github.io", "a.github.io"),  # neighbours, not one organisation
        ("b.a.github.io", "a.github.io"),
        ("x.foo.bar.ck", "foo.bar.ck"),  # *.ck
        ("a.www.ck", "www.ck"),  # !www.ck
        ("x.city.kobe.jp", "city.kobe.jp"),
        ("xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),  # a rule beyond ASCII
        ("deep.family.test", "family.test"),
        ("localhost", "localhost"),
        ("example.org.", "example.org"),
    ],
)
def test_the_organisational_domain(domain: str, expected: str) -> None:
    assert organisational(domain) == expected


def test_the_list_is_read_without_running_its_package() -> None:
    code = "import sys; from gateway.channels.email.suffixes import organisational as o; o('a.b.org'); print('authheaders' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
