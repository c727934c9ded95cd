"""Mails that order their reader about, as a hostile mail would like to."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from classifiers.contact.detector import ContactDetails
from gateway.moderate.readers import Bench
from gateway.ports import Brief, Judgement
from gateway.wiring import judging, running

DIE = b"X-Test-Order: die"
SLEEP = b"X-Test-Order: sleep"
RAISE = "This makes a detector fail."  # the detector sees only text

_find = ContactDetails.find


def obey() -> None:
    """Have readers of this process do what mails order."""
    running.bench = bench  # type: ignore[attr-defined]
    ContactDetails.find = _find_or_fail  # type: ignore[method-assign]


def bench(*settings: Any) -> Bench:
    """The readers' own bench, behind our ear."""
    judge, read = judging.bench(*settings)
    return partial(_judge, judge), read


def _judge(judge: Callable[[Brief], Judgement], brief: Brief) -> Judgement:
    if DIE in brief.arrival.raw:
        os.kill(os.getpid(), signal.SIGKILL)
    if SLEEP in brief.arrival.raw:
        time.sleep(60)
    return judge(brief)


def _find_or_fail(self, passages, scene):  # type: ignore[no-untyped-def]
    if any(RAISE in passage.text for passage in passages):
        raise RuntimeError("as ordered")
    return _find(self, passages, scene)
