"""What a reader needs to judge: parsers, detectors, composer. No database; of the network ClamAV alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from classifiers.catalogue import Catalogue, standard
from gateway.channels.email import clamav
from gateway.channels.email import compose as email_compose
from gateway.channels.email import parse as email_parse
from gateway.channels.email.dkim import Signed
from gateway.channels.platform import compose as platform_compose
from gateway.channels.platform import parse as platform_parse
from gateway.domain.links import Links
from gateway.domain.message import Arrival, Channel, Reading
from gateway.journey import Tools, judge
from gateway.moderate.readers import Bench
from gateway.ports import Compose, Screen

READ = {Channel.EMAIL: email_parse.read, Channel.PLATFORM: platform_parse.read}
COMPOSE: Mapping[Channel, Compose] = {
    Channel.EMAIL: email_compose.compose,
    Channel.PLATFORM: platform_compose.compose,
}

UNHURRIED_S = 30.0


def tools(
    screen: Screen | None = None,
    dkim: Path | None = None,
    scanner: clamav.Scanner | None = None,
    links: Links | None = None,
) -> Tools:
    """Everything `journey.judge` needs.

    screen: the detectors; the standard ones when None.
    dkim: folder of the domains' signing keys; copies of a domain without keys go unsigned.
    scanner: asked about every mail with files; None when nobody is.
    links: for the lines under a copy; None when nothing says how families reach us.
    """
    compose: Compose = partial(email_compose.compose, links=links)
    written = {Channel.EMAIL: compose if dkim is None else Signed(compose, dkim)}
    reads = dict(READ)
    if scanner is not None:
        reads[Channel.EMAIL] = clamav.checking(email_parse.read, scanner)
    return Tools(reads, screen or standard(), {**COMPOSE, **written}, email_compose.leaks)


def bench(
    dkim: Path | None = None,
    scanner: clamav.Scanner | None = None,
    links: Links | None = None,
    deep: bool = True,
) -> Bench:
    """The functions a reader process works with; called once in each child.

    deep: as in `classifiers.catalogue.standard`; the others as in `tools`.

    The detectors are warm on return, so that no message pays for loading them.
    """
    catalogue = standard(deep=deep)
    catalogue.warm()
    return partial(judge, tools=tools(catalogue, dkim, scanner, links)), read


def unhurried(*, deep: bool = True) -> Screen:
    """The standard detectors for a program that starts at once: they load with the first text they read.

    That text may take its time; nobody's mail waits behind it.
    """
    return Catalogue(standard(deep=deep).detectors, budget_s=UNHURRIED_S)


def read(arrival: Arrival) -> Reading:
    """Only parse, for a moderator's page."""
    return READ[arrival.envelope.channel](arrival.raw)
