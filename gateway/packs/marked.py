"""YAML whose every value can tell the line and column it came from.

The values are read by libyaml, ten times as fast as what knows lines and columns; ruamel.yaml
reads the file again when somebody asks for a place, or when libyaml finds it wrong.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from gateway.errors import PolicyError

Step = str | int


class _Fast(yaml.CSafeLoader):
    """YAML 1.2's core words only: "off" is a word and a date is as it was written."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice."""
        made = super().construct_mapping(node, deep=deep)
        if len(made) < len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
        return made


_Fast.yaml_implicit_resolvers = {}  # its own, not its parent's
for _tag, _pattern, _first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    _Fast.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first))


class _Constructor(RoundTripConstructor):
    """Leaves dates as they are written: a wrong one is then a wrong row, not a wrong file."""


def _as_written(_constructor: _Constructor, node: ScalarNode) -> str:
    return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


@dataclass(frozen=True)
class Marked:
    """A YAML file as plain values, and where each stands.

    value: dicts, lists and scalars as pydantic wants them.
    """

    path: Path
    value: object
    _text: str

    @cached_property
    def _tree(self) -> Any:
        return _tree_of(self.path, self._text)

    def holds(self, steps: Sequence[Step]) -> bool:
        """True when the file has what the steps lead to."""
        tree = self._tree
        for step in steps:
            if _position(tree, step, key=False) is None:
                return False
            tree = tree[step]
        return True

    def where(self, steps: Sequence[Step], key: bool = False) -> str:
        """ "file:line:column" of what the steps lead to, or of the nearest thing around it.

        key: point at the key rather than at its value.
        """
        line, column = 0, 0
        tree = self._tree
        for number, step in enumerate(steps):
            position = _position(tree, step, key and number == len(steps) - 1)
            if position is None:
                break
            line, column = position
            tree = tree[step]
        return f"{self.path}:{line + 1}:{column + 1}"


def read(path: Path) -> Marked:
    """Read a YAML file. Raises PolicyError with the place of what is not YAML."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{path}:1:1", f"cannot be read ({type(error).__name__})") from error
    try:
        return Marked(path, _fast(text), text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return Marked(path, _plain(_tree_of(path, text)), text)


def _fast(text: str) -> object:
    loader = _Fast(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _tree_of(path: Path, text: str) -> Any:
    try:
        loader = YAML(typ="rt")
        loader.Constructor = _Constructor
        return loader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        what = (error.problem or "not valid YAML").splitlines()[0]
        raise PolicyError(f"{path}:{line + 1}:{column + 1}", f"not valid YAML: {what}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise PolicyError(f"{path}:1:1", f"not valid YAML ({type(error).__name__})") from error


def _position(tree: object, step: Step, key: bool) -> tuple[int, int] | None:
    position = None
    if isinstance(tree, CommentedMap) and step in tree:
        position = tree.lc.key(step) if key else tree.lc.value(step)
    if isinstance(tree, CommentedSeq) and isinstance(step, int) and step < len(tree):
        position = tree.lc.item(step)
    return (int(position[0]), int(position[1])) if position else None


def _plain(tree: object) -> object:
    """Strip ruamel's own kinds of scalar, which a strict schema would refuse."""
    if isinstance(tree, CommentedMap):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, CommentedSeq):
        return [_plain(value) for value in tree]
    if tree is None or isinstance(tree, bool):
        return tree
    for kind in (int, float, str):
        if isinstance(tree, kind):
            return kind(tree)
    return str(tree)
