"""Reads a policy pack and says where it is wrong, by line and column."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.domain.policy import Clause, Policy, RuleTerms
from gateway.domain.verdict import Severity
from gateway.errors import PolicyError
from gateway.packs.marked import Marked, Step, read
from gateway.packs.schema import Document, Pack, PackSettings, Rules, Strict, Terms

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
Shape = TypeVar("Shape", bound=BaseModel)


class _Wrong(Exception):
    """All that is wrong with one file."""

    def __init__(self, problems: list[PolicyError]) -> None:
        self.problems = problems


def names(folder: Path) -> list[str]:
    """The packs that ship in a configuration folder, sorted."""
    return sorted(path.stem for path in (folder / "policies").glob("*.yaml"))


def load(folder: Path, name: str) -> Policy:
    """The pack of that name. folder: a configuration folder, with policies/ and clauses/ in it.

    Raises: PolicyError naming file, line and column, what is wrong, and the nearest valid word.
    """
    path = folder / "policies" / f"{name}.yaml"
    if not NAME.fullmatch(name) or not path.is_file():
        known = names(folder)
        raise PolicyError(str(folder / "policies"), f"there is no pack '{name}'", _nearest(name, known))
    examined = examine(path, folder / "clauses")
    if isinstance(examined, Policy):
        return examined
    raise examined[0]


def examine(path: Path, clauses: Path) -> Policy | list[PolicyError]:
    """The policy of a pack file, or all that is wrong with it. clauses: the documents' folder."""
    try:
        marked = read(path)
        pack = _shaped(marked, Pack)
        if pack.pack != path.stem:
            what = f"the pack '{pack.pack}' stands in a file named '{path.stem}'"
            raise PolicyError(marked.where(["pack"]), what, "name both alike")
        cited = {clause.id: clause for clause in _clauses(marked, pack, clauses)}
        if unknown := list(_unknown_clauses(marked, pack, cited)):
            return unknown
        return _policy(pack, cited)
    except _Wrong as wrong:
        return wrong.problems
    except PolicyError as error:
        return [error]


def _policy(pack: Pack, clauses: dict[str, Clause]) -> Policy:
    rules = {name: _terms(terms) for name, terms in _rules(pack)}
    return Policy(
        pack=pack.pack,
        name=pack.name,
        version=f"{pack.pack}@{pack.edition}+{_digest(pack, clauses)}",
        settings=pack.settings.model_dump(),
        rules=rules,
        clauses=clauses,
        clocks={severity: getattr(pack.clocks, severity.value) for severity in Severity},
    )


def _terms(terms: Terms[Strict]) -> RuleTerms:
    parameters = terms.parameters.model_dump()
    return RuleTerms(terms.clause, terms.lane, terms.severity, terms.say, parameters)


def _rules(pack: Pack) -> Iterator[tuple[str, Terms[Strict]]]:
    for name in Rules.model_fields:
        if (terms := getattr(pack.rules, name)) is not None:
            yield name, terms


def _digest(pack: Pack, clauses: dict[str, Clause]) -> str:
    """The first 8 hex digits of the hash of what the pack means: comments and order aside."""
    texts = {one.id: [one.document, one.section, one.summary] for one in clauses.values()}
    content = [pack.model_dump(mode="json"), texts]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]


def _clauses(marked: Marked, pack: Pack, folder: Path) -> Iterator[Clause]:
    known = [path.stem for path in sorted(folder.glob("*.yaml"))]
    for number, name in enumerate(pack.documents):
        if name not in known:
            where = marked.where(["documents", number])
            raise PolicyError(where, f"there is no document '{name}'", _nearest(name, known))
        document = _shaped(read(folder / f"{name}.yaml"), Document)
        for clause_id, text in document.clauses.items():
            yield Clause(clause_id, document.document, text.section, text.summary)


def _unknown_clauses(marked: Marked, pack: Pack, known: dict[str, Clause]) -> Iterator[PolicyError]:
    for name, terms in _rules(pack):
        if terms.clause not in known:
            where = marked.where(["rules", name, "clause"])
            what = f"rule '{name}' cites clause '{terms.clause}', which none of the pack's documents has"
            yield PolicyError(where, what, _nearest(terms.clause, known))


def _shaped(marked: Marked, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(marked.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        # A misspelt word is also a missing one; the misspelling is what helps.
        details.sort(key=lambda one: one["type"] == "missing")
        raise _Wrong([_problem(marked, shape, one) for one in details]) from error


def _problem(marked: Marked, shape: type[BaseModel], detail: ErrorDetails) -> PolicyError:
    steps: list[Step] = [step for step in detail["loc"] if step != "[key]"]
    word = str(steps[-1]) if steps else ""
    around = _model_at(shape, steps[:-1])
    match detail["type"]:
        case "extra_forbidden":
            what = f"there is no {_kind(around)} '{word}'"
            return PolicyError(marked.where(steps, key=True), what, _nearest(word, _fields(around)))
        case "missing":
            what = f"{_kind(around)} '{word}' is missing"
            return PolicyError(marked.where(steps[:-1], key=True), what, "add it")
        case "enum" | "literal_error":
            valid = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"]))
            what = f"{word} cannot be '{detail['input']}'"
            return PolicyError(marked.where(steps), what, _nearest(str(detail["input"]), valid))
        case "value_error":
            return PolicyError(marked.where(steps), f"{word}: {detail['ctx']['error']}")
        case _:
            return PolicyError(marked.where(steps), f"{word}: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _model_at(shape: type[BaseModel], steps: list[Step]) -> type[BaseModel] | None:
    """The part of the schema that the steps lead to."""
    model: type[BaseModel] | None = shape
    for step in steps:
        field = model.model_fields.get(str(step)) if model else None
        model = next(_models_in(field.annotation), None) if field else None
    return model


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _kind(model: type[BaseModel] | None) -> str:
    if model is Rules:
        return "rule"
    if model is PackSettings:
        return "setting"
    return "entry"


def _fields(model: type[BaseModel] | None) -> list[str]:
    return list(model.model_fields) if model else []


def _nearest(word: str, valid: Iterable[str]) -> str:
    known = list(valid)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return "known are: " + ", ".join(known) if known else ""
