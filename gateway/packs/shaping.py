"""Turns marked YAML into a schema's shape, or says by file, line and column why it cannot."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.errors import PolicyError
from gateway.packs.choices import PackSettings
from gateway.packs.extending import Layered
from gateway.packs.fields import Setting
from gateway.packs.marked import Marked, Step
from gateway.packs.schema import Rules

Shape = TypeVar("Shape", bound=BaseModel)


class Wrong(Exception):
    """All that is wrong with one file."""

    def __init__(self, problems: list[PolicyError]) -> None:
        self.problems = problems


def shaped(marked: Marked | Layered, shape: type[Shape]) -> Shape:
    """The content as that shape. Raises Wrong."""
    try:
        return shape.model_validate(marked.value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=True)
        # A misspelt word is also a missing one; the misspelling is what helps.
        details.sort(key=lambda one: one["type"] == "missing")
        raise Wrong([_problem(marked, shape, one) for one in details]) from error


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint: the known word most like it, or all that are known."""
    known = list(valid)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    return "known are: " + ", ".join(known) if known else ""


def _problem(marked: Marked | Layered, shape: type[BaseModel], detail: ErrorDetails) -> PolicyError:
    steps = _steps(marked, [step for step in detail["loc"] if step != "[key]"])
    word = str(steps[-1]) if steps else ""
    around = _model_at(shape, steps[:-1])
    match detail["type"]:
        case "extra_forbidden":
            what = f"there is no {_kind(around)} '{word}'"
            return PolicyError(marked.where(steps, key=True), what, nearest(word, _fields(around)))
        case "missing":
            what = f"{_kind(around)} '{word}' is missing"
            return PolicyError(marked.where(steps[:-1], key=True), what, "add it")
        case "enum" | "literal_error":
            valid = re.findall(r"'([^']*)'", str(detail["ctx"]["expected"])) or [
                str(detail["ctx"]["expected"])
            ]
            what = f"{word} cannot be '{detail['input']}'"
            return PolicyError(marked.where(steps), what, nearest(str(detail["input"]), valid))
        case "value_error":
            return PolicyError(marked.where(steps), f"{word}: {detail['ctx']['error']}")
        case _:
            return PolicyError(marked.where(steps), f"{word}: {detail['msg'][:1].lower()}{detail['msg'][1:]}")


def _steps(marked: Marked | Layered, loc: list[Step]) -> list[Step]:
    """Where the file says it: a setting written bare has no `value` of its own."""
    if len(loc) > 2 and loc[0] == "settings" and loc[2] == "value" and not marked.holds(loc[:3]):
        return [*loc[:2], *loc[3:]]
    return loc


def _model_at(shape: type[BaseModel], steps: list[Step]) -> type[BaseModel] | None:
    """The part of the schema that the steps lead to."""
    model: type[BaseModel] | None = shape
    inside = False
    for step in steps:
        if inside:
            inside = False
            continue
        if model is not None and issubclass(model, Setting) and step != "value":
            model = next(_models_in(model.model_fields["value"].annotation), None)
        field = _field(model, str(step)) if model else None
        model = next(_models_in(field), None) if field else None
        inside = any(kind in str(field) for kind in ("dict[", "list["))
    return model


def _field(model: type[BaseModel], name: str) -> object | None:
    for known, field in model.model_fields.items():
        if name in (known, field.alias):
            return field.annotation
    return None


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
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]
