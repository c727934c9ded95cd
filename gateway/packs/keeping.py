"""A policy as JSON, so that the one in force can be put back after its files have changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.policy import Policy
from gateway.packs.building import build
from gateway.packs.documents import document_of
from gateway.packs.overlaying import SchoolRules, laid_over
from gateway.packs.schema import DocumentFile, Pack


def kept(pack: object, documents: Mapping[str, object], schools: Sequence[object]) -> str:
    """The text to keep: a pack with what it extends already in it, its documents and overlays, as written."""
    content = {"pack": pack, "documents": documents, "schools": list(schools)}
    return json.dumps(content, separators=(",", ":"))


def restored(text: str) -> Policy:
    """The policy of a kept text. Raises ValueError when this version of the gateway cannot read it."""
    content: dict[str, Any] = json.loads(text)
    pack = Pack.model_validate(content["pack"])
    files = {name: DocumentFile.model_validate(one) for name, one in content["documents"].items()}
    policy = build(pack, *document_of(files), source=text)
    return laid_over(policy, pack.watch, [SchoolRules.model_validate(one) for one in content["schools"]])
