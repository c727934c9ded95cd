"""Policy documents and their clauses, from what their files say."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.domain.policy import Clause, Document
from gateway.packs.schema import DocumentFile


def document_of(files: Mapping[str, DocumentFile]) -> tuple[tuple[Document, ...], dict[str, Clause]]:
    """The documents by their ids, and every clause by its own."""
    documents = tuple(_document(name, found) for name, found in files.items())
    clauses = {
        clause_id: Clause(clause_id, found.document, text.section, text.summary, text.enforce, text.why, name)
        for name, found in files.items()
        for clause_id, text in found.clauses.items()
    }
    return documents, clauses


def _document(name: str, found: DocumentFile) -> Document:
    return Document(
        id=name,
        name=found.document,
        version=found.version,
        owner=found.owner,
        cadence=found.cadence,
        last_review=found.last_review,
        next_review=found.next_review,
        cites=tuple((one.what, one.now) for one in found.cites),
    )
