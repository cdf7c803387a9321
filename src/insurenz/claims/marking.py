"""Places that a question marks on pages of documents: on such alone as both sides of the claim can look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from insurenz.claims.queries import Attached
from insurenz.documents.models import Document
from insurenz.documents.scanner import INFECTED
from insurenz.workflow import FieldProblem
from insurenz.workflow.vocabulary import MARKS

# What is shown as pages, or as a picture.
_SHOWN = ("pdf", "jpeg", "png")


def unmarkable(marks: Sequence[Mapping[str, Any]], documents: Sequence[Attached]) -> list[FieldProblem]:
    """What keeps each of the marks from being made on a claim with these documents; nothing when all can be."""
    found = {each.document.id: each for each in documents}
    problems = []
    for number, mark in enumerate(marks):
        wrong = _wrong(mark, found.get(mark["document_id"]))
        problems += [FieldProblem(f"{MARKS}.{number}.{wrong[0]}", *wrong[1:])] if wrong else []
    return problems


def _wrong(mark: Mapping[str, Any], attached: Attached | None) -> tuple[str, str, str] | None:
    """Field, code and detail of what is wrong with a mark."""
    if attached is None:
        return "document_id", "unknown_document", "Name a document of this claim."
    document, newer = attached
    if newer is not None:
        return "document_id", "already_replaced", f"It was replaced by {newer}; name that one."
    if document.scan_state == INFECTED:
        return "document_id", "infected", "The virus scanner found something in this file."
    if document.file_type not in _SHOWN or document.is_encrypted:
        return "document_id", "not_shown", "Name a PDF, JPEG or PNG that opens without a password."
    pages = _pages(document)
    if pages is not None and mark["page"] > pages:
        return "page", "no_such_page", f"The document's last page is {pages}."
    return None


def _pages(document: Document) -> int | None:
    return document.pages if document.file_type == "pdf" else 1
