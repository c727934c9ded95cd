"""Reads a policy pack, what it extends and the documents it cites, and says where each is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.domain.policy import Clause, Policy
from gateway.errors import PolicyError
from gateway.packs.building import build
from gateway.packs.citing import citations
from gateway.packs.documents import document_of
from gateway.packs.extending import Layered, over
from gateway.packs.keeping import kept
from gateway.packs.marked import Marked, read
from gateway.packs.naming import unknown_names
from gateway.packs.overlaying import laid_over, school_rules
from gateway.packs.schema import DocumentFile, Pack
from gateway.packs.shaping import Wrong, nearest, shaped

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where packs and documents are looked for: the site's folders first, those that ship last.

    Each folder has policies/ and clauses/ in it.
    """

    folders: tuple[Path, ...]

    def pack(self, name: str) -> Path:
        """The file of a pack. Raises PolicyError with the nearest name."""
        if NAME.fullmatch(name) and (found := self._file("policies", name)):
            return found
        raise PolicyError(
            str(self.folders[-1] / "policies"), f"there is no pack '{name}'", nearest(name, self.names())
        )

    def names(self) -> list[str]:
        """Every pack, sorted."""
        return sorted({path.stem for folder in self.folders for path in (folder / "policies").glob("*.yaml")})

    def documents(self) -> list[str]:
        """Every document, sorted."""
        return sorted({path.stem for folder in self.folders for path in (folder / "clauses").glob("*.yaml")})

    def document(self, name: str) -> Path | None:
        """The file of a document's clauses, None when there is none."""
        return self._file("clauses", name)

    def overlays(self) -> list[Path]:
        """The files of schools' overlays, the site's before those that ship."""
        found = [path for folder in self.folders for path in sorted((folder / "overlays").glob("*.yaml"))]
        return list({path.stem: path for path in reversed(found)}.values())

    def _file(self, kind: str, name: str) -> Path | None:
        found = (folder / kind / f"{name}.yaml" for folder in self.folders)
        return next((path for path in found if path.is_file()), None)


def shelf(*folders: Path) -> Shelf:
    """The shelf of these configuration folders, the first before the others."""
    return Shelf(folders)


def names(folder: Path) -> list[str]:
    """The packs of a configuration folder, sorted."""
    return shelf(folder).names()


def load(folders: Path | Shelf, name: str) -> Policy:
    """The pack of that name. folders: a configuration folder, or a shelf of several.

    Raises: PolicyError naming file, line and column, what is wrong, and the nearest valid word.
    """
    where = folders if isinstance(folders, Shelf) else shelf(folders)
    examined = examine(where.pack(name), where)
    if isinstance(examined, Policy):
        return examined
    raise examined[0]


def examine(path: Path, where: Shelf) -> Policy | list[PolicyError]:
    """The policy of a pack file, or all that is wrong with it."""
    try:
        marked = _with_base(read(path), where, ())
        pack = shaped(marked, Pack)
        if pack.pack != path.stem:
            what = f"the pack '{pack.pack}' stands in a file named '{path.stem}'"
            raise PolicyError(marked.where(["pack"]), what, "name both alike")
        files = _documents(marked, pack, where)
        documents, clauses = document_of({name: shaped(one, DocumentFile) for name, one in files.items()})
        if unknown := [*_unknown_clauses(marked, pack, clauses), *unknown_names(marked, pack)]:
            return unknown
        schools = [read(path) for path in where.overlays()]
        source = kept(
            marked.value, {name: one.value for name, one in files.items()}, [one.value for one in schools]
        )
        policy = build(pack, documents, clauses, source)
        return laid_over(policy, pack.watch, [school_rules(policy, one) for one in schools])
    except Wrong as wrong:
        return wrong.problems
    except PolicyError as error:
        return [error]


def _with_base(marked: Marked, where: Shelf, above: Sequence[Path]) -> Marked | Layered:
    """The file over what it extends, over what that extends."""
    value = marked.value
    if not isinstance(value, dict) or "extends" not in value:
        return marked
    name = value["extends"]
    if not isinstance(name, str):
        raise _wrong_base(marked, "extends must be the name of a pack", nearest("", where.names()))
    try:
        base = where.pack(name)
    except PolicyError as error:
        raise _wrong_base(marked, f"there is no pack '{name}'", error.hint) from None
    if base in (marked.path, *above) or len(above) >= DEEPEST:
        raise _wrong_base(marked, f"the pack '{name}' leads back to itself", "extend another pack")
    lower = _with_base(read(base), where, (*above, marked.path))
    del value["extends"]
    return over(lower, marked)


def _wrong_base(marked: Marked, what: str, hint: str) -> PolicyError:
    return PolicyError(marked.where(["extends"]), what, hint)


def _documents(marked: Marked | Layered, pack: Pack, where: Shelf) -> dict[str, Marked]:
    found = {}
    for number, name in enumerate(pack.documents):
        path = where.document(name)
        if path is None:
            place = marked.where(["documents", number])
            raise PolicyError(place, f"there is no document '{name}'", nearest(name, where.documents()))
        found[name] = read(path)
    return found


def _unknown_clauses(marked: Marked | Layered, pack: Pack, known: dict[str, Clause]) -> Iterator[PolicyError]:
    for steps, clause in citations(pack):
        if clause not in known:
            what = f"'{steps[1]}' cites clause '{clause}', which none of the pack's documents has"
            yield PolicyError(marked.where(steps), what, nearest(clause, known))
