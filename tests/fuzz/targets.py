"""The targets by name."""

from __future__ import annotations

from types import ModuleType

from tests.fuzz import archives, composed, gate, headers, page, session

TARGETS: dict[str, ModuleType] = {
    "session": session,
    "gate": gate,
    "headers": headers,
    "compose": composed,
    "html": page,
    "archives": archives,
}
