"""What a host leads to: a profile, a video room, an invitation, somebody's own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from classifiers.contact.words import table


@dataclass(frozen=True, slots=True)
class Place:
    """Where links of a host lead. paths: first parts that count, "!" before those that do not."""

    category: str
    platform: str
    score: float
    paths: tuple[str, ...] = ("*", "")


@dataclass(frozen=True, slots=True)
class Hosts:
    """The shipped knowledge of hosts and top-level domains."""

    tlds: frozenset[str]
    weak_tlds: frozenset[str]
    mail_providers: frozenset[str]
    institutions: tuple[str, ...]
    education: frozenset[str]
    offices: frozenset[str]
    personal_labels: tuple[str, ...]
    file_types: frozenset[str]
    known: Mapping[str, Place]
    suffixes: Mapping[str, Place]


@cache
def hosts() -> Hosts:
    """config/words/hosts.toml, read once a process."""
    file = table("hosts")
    return Hosts(
        tlds=frozenset(file["tlds"].split()),
        weak_tlds=frozenset(file["weak_tlds"].split()),
        mail_providers=frozenset(file["mail_providers"].split()),
        institutions=tuple(file["institutions"].split()),
        offices=frozenset(file["offices"].split()),
        education=frozenset(file["education"].split()),
        personal_labels=tuple(file["personal_labels"].split()),
        file_types=frozenset(file["file_types"].split()),
        known={host: _place(line) for host, line in file["known"].items()},
        suffixes={host: _place(line) for host, line in file["suffixes"].items()},
    )


def _place(line: str) -> Place:
    category, platform, score, *paths = line.split()
    return Place(category, platform, float(score), tuple(paths[0].split(",")) if paths else ("*", ""))


def place_of(host: str, path: str) -> Place | None:
    """What a link leads to, None when nothing is known against it.

    path: what follows the host, with its leading "/" or "".
    """
    known = hosts()
    bare = host.removeprefix("www.").removeprefix("m.")
    first = path.lstrip("/").split("/", 1)[0].split("?", 1)[0]
    if (place := known.known.get(bare)) is not None:
        return place if _counts(place, first) else None
    labels = bare.split(".")
    for cut in range(1, len(labels) - 1):
        if (place := known.suffixes.get(".".join(labels[cut:]))) is not None:
            return place
    return None


def _counts(place: Place, first: str) -> bool:
    for wanted in place.paths:
        if wanted.startswith("!"):
            if first == wanted[1:]:
                return False
        elif (wanted == "*" and first) or (wanted == "@*" and first.startswith("@")) or wanted == first:
            return True
    return False


def institutional(host: str) -> bool:
    """Whether a host belongs to a school, university, public body or exam board."""
    return any(host == ending or host.endswith("." + ending) for ending in hosts().institutions)


def personal_label(host: str) -> bool:
    """Whether a host's name advertises a tutor, and is none of the well-known learning sites."""
    label = host.removeprefix("www.").split(".", 1)[0]
    known = hosts()
    return label not in known.education and any(word in label for word in known.personal_labels)
