from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.authresults import header_fields, read_results, vouched_for

MAILBOX, SERVER = "ruth@family.test", "mx.relay.test"


def mail(*results: str, author: str = "Ruth <ruth@family.test>") -> bytes:
    headers = [f"Authentication-Results: {one}" for one in results]
    return "\r\n".join([*headers, f"From: {author}", "Subject: Re: Maths", "", "Thanks.", ""]).encode()


def vouched(*results: str, author: str = "Ruth <ruth@family.test>") -> bool:
    return vouched_for(mail(*results, author=author), MAILBOX, SERVER)


@pytest.mark.parametrize(
    "result",
    [
        "mx.relay.test; dmarc=pass header.from=family.test",
        "MX.Relay.Test 1; DMARC=Pass (p=reject dis=none) header.from=Family.Test",
        '"mx.relay.test"; spf=fail smtp.mailfrom=x.test; dmarc=pass (a \\) b (nested; c)) header.from="family.test"',
        'mx.relay.test;\r\n\tdkim=pass reason="good; signature" header.d=family.test;\r\n dmarc = pass header . from = family.test',
        "mx.relay.test; spf=pass smtp.mailfrom=ruth@family.test",
        "mx.relay.test; dmarc=none header.from=family.test; spf=pass smtp.mailfrom=family.test",
        "mx.relay.test; dkim=fail header.d=family.test; dkim=pass header.d=family.test header.s=k1 header.b=ab/c+d==",
        "mx.relay.test; dkim=pass header.i=@family.test",
        "mx.relay.test; dmarc/1=pass header.from=family.test;",
    ],
)
def test_it_believes_our_mail_server(result: str) -> None:
    assert vouched(result)


@pytest.mark.parametrize(
    "result",
    [
        "mx.evil.test; dmarc=pass header.from=family.test",
        "mx.relay.test.evil.test; dmarc=pass header.from=family.test",
        "(mx.relay.test) mx.evil.test; dmarc=pass header.from=family.test",
        "mx.relay.test; none",
        "mx.relay.test",
        "",
        "mx.relay.test; dmarc=fail header.from=family.test; spf=pass smtp.mailfrom=ruth@family.test",
        "mx.relay.test; dmarc=pass header.from=evil.test",
        "mx.relay.test; dmarc=pass",
        "mx.relay.test; dmarc=pass header.from=family.test; dmarc=fail header.from=family.test",
        "mx.relay.test; spf=pass smtp.mailfrom=mallory@evil.test",
        "mx.relay.test; spf=softfail smtp.mailfrom=ruth@family.test",
        "mx.relay.test; dkim=pass header.d=evil.test header.i=@family.test",
        "mx.relay.test; dkim=pass header.d=notfamily.test",
        'mx.relay.test; spf=fail smtp.mailfrom="; dmarc=pass header.from=family.test ; x="@evil.test',
        "mx.relay.test; spf=fail (; dmarc=pass header.from=family.test ;) smtp.mailfrom=x.test",
        "mx.relay.test; spf=fail (never closed; dmarc=pass header.from=family.test",
        "mx.relay.test; x-dmarc=pass header.from=family.test",
        "mx.relay.test; dmarc=passed header.from=family.test",
        "mx.relay.test; dmarc=pass junk header.from=family.test",
    ],
)
def test_it_believes_nobody_else_and_nothing_else(result: str) -> None:
    assert not vouched(result)


@pytest.mark.parametrize(
    ("author", "mailbox"),
    [
        ("x'ruth@family.test", "ruth@family.test"),
        ("'ruth@family.test", "ruth@family.test"),
        ("x\u00a0ruth@family.test", "ruth@family.test"),
        ("stra\u00dfe@family.test", "strasse@family.test"),
        ("strasse@family.test", "stra\u00dfe@family.test"),
        ("\u212aate@family.test", "kate@family.test"),
    ],
)
def test_a_neighbour_at_the_same_provider_is_not_taken_for_the_mailbox(author: str, mailbox: str) -> None:
    content = mail("mx.relay.test; dmarc=pass header.from=family.test", author=author)
    assert not vouched_for(content, mailbox, SERVER)


@pytest.mark.parametrize(
    ("author", "mailbox"),
    [
        ("Kate <Kate.O'Brien@Family.test>", "kate.o'brien@family.test"),
        ("'ruth@family.test' <ruth@family.test>", "ruth@family.test"),
        ("J\u00fcrgen <j\u00fcrgen@FAMILY.test>", "j\u00fcrgen@family.test"),
    ],
)
def test_a_mailbox_of_unusual_letters_is_known_again(author: str, mailbox: str) -> None:
    content = mail("mx.relay.test; dmarc=pass header.from=family.test", author=author)
    assert vouched_for(content, mailbox, SERVER)


def test_only_the_topmost_header_of_our_server_counts() -> None:
    good, bad = (
        "mx.relay.test; dmarc=pass header.from=family.test",
        "mx.relay.test; dmarc=fail header.from=family.test",
    )
    assert vouched("mx.other.test; dmarc=fail header.from=family.test", good)
    assert vouched(good, bad)
    assert not vouched(bad, good)
    assert not vouched("mx.relay.test; =broken=", good)


@pytest.mark.parametrize(
    "author",
    [
        "mallory@family.test",
        '"ruth@family.test" <mallory@family.test>',
        "ruth@family.test, mallory@family.test",
        "Ruth <ruth@family.test> (mallory@evil.test)",
        "Ruth",
        "ruth@family.test\r\nFrom: mallory@family.test",
        "ruth@family.test\r\nno colon here",
    ],
)
def test_a_from_header_that_is_not_the_mailbox_alone_is_not_vouched_for(author: str) -> None:
    assert not vouched("mx.relay.test; dmarc=pass header.from=family.test", author=author)


def test_quoted_values_and_properties_are_read() -> None:
    server, results = read_results(
        'a.test; spf=pass (x) smtp.mailfrom="a\\"b"@c.test; dkim=pass header.d=c.test'
    )
    assert server == "a.test"
    assert [(one.method, one.result) for one in results] == [("spf", "pass"), ("dkim", "pass")]
    assert results[0].properties == {"smtp.mailfrom": 'a"b@c.test'}


@given(st.text("ab.=;/1 \t)x\u00e9", max_size=40) | st.just("a.test; spf=pass smtp.mailfrom=c.test;"))
def test_a_comment_at_the_end_changes_nothing(value: str) -> None:
    assert read_results(value + "(x)") == read_results(value)


@pytest.mark.parametrize(
    "block", [b"A: b\n C: d\r\n\r\n", b"A: b\rC: d\r\n\r\n", b"A : b\r\n\r\n", b"A: \0\r\n\r\n"]
)
def test_headers_that_others_may_read_otherwise_give_nothing(block: bytes) -> None:
    assert header_fields(block) == []


def test_folded_headers_are_unfolded_and_the_body_is_left_alone() -> None:
    assert header_fields(b"A: b\r\n c\r\nD: e\r\n\r\nF: g\r\n") == [(b"a", b" b c"), (b"d", b" e")]
    assert header_fields(b"A: b\r\n") == [(b"a", b" b")]
    assert header_fields(b"\r\nA: b\r\n") == []


@pytest.mark.parametrize(
    "filling", ["(" * 8000, '"' * 7999, "a@" * 4000, "a" * 8000, "; a=b" * 1600, "; a=b c.d=" * 800]
)
def test_hostile_headers_cost_little(filling: str) -> None:
    began = time.thread_time()
    for _ in range(8):
        vouched(
            "mx.relay.test; dmarc=pass header.from=family.test " + filling,
            author="ruth@family.test " + filling,
        )
        read_results("mx.relay.test;" + filling)
    assert time.thread_time() - began < 1.0
