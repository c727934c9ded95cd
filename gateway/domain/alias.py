"""Addresses that stand for people, so that nobody sees a private one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 18  # 32 symbols: 90 random bits (MAIL 4 asks for at least 80)


@dataclass(frozen=True, slots=True)
class Alias:
    """Stands for one person towards the other side of one pair; means nothing elsewhere."""

    address: str
    pair_id: str
    person_id: str
    revoked: bool = False


def mint(domain: str) -> str:
    """Return a fresh alias address at `domain`, unguessable and free of look-alike letters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) + "@" + domain
