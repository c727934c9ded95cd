"""Finds the names in a pack that nothing answers to: they would do nothing, silently."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.errors import PolicyError
from gateway.packs.built_in import BUILT_IN
from gateway.packs.categories import KNOWN
from gateway.packs.citing import roles_named
from gateway.packs.extending import Layered
from gateway.packs.marked import Marked
from gateway.packs.schema import Pack, Rules
from gateway.packs.shaping import nearest


def unknown_names(marked: Marked | Layered, pack: Pack) -> Iterator[PolicyError]:
    """Roles, detectors' words and built-in promises that are not there, and names used twice."""
    for steps, role, known in roles_named(pack):
        if role not in known:
            yield PolicyError(marked.where(steps), f"there is no role '{role}'", nearest(role, known))
    for name, watch in pack.watch.items():
        if name in Rules.model_fields:
            yield PolicyError(
                marked.where(["watch", name], key=True), f"a rule is called '{name}' already", "rename it"
            )
        for number, word in enumerate(watch.categories):
            if word not in KNOWN:
                place = marked.where(["watch", name, "categories", number])
                yield PolicyError(place, f"no detector finds '{word}'", nearest(word, sorted(KNOWN)))
    for name in pack.built_in:
        if name not in BUILT_IN:
            what = f"the gateway has nothing built in that is called '{name}'"
            yield PolicyError(marked.where(["built_in", name], key=True), what, nearest(name, BUILT_IN))
