"""Tells mail that the gateway writes itself from the copies of what people wrote."""

from __future__ import annotations


def is_notice(content: bytes) -> bool:
    """A reminder, letter or notice: the clock may set some at any time, and none holds a part of a message."""
    head = content.partition(b"\r\n\r\n")[0]
    return b"\r\nAuto-Submitted: auto-generated\r\n" in head + b"\r\n" and b"<no-reply@" in head
