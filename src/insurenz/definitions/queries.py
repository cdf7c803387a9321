"""Reads of the pinned definitions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from insurenz.definitions.models import WorkflowDefinition


def stored(session: Session) -> dict[tuple[str, int], WorkflowDefinition]:
    """Every pinned definition by name and version."""
    rows = session.scalars(
        select(WorkflowDefinition).order_by(WorkflowDefinition.name, WorkflowDefinition.version)
    )
    return {(row.name, row.version): row for row in rows}


def versions(session: Session) -> list[tuple[str, int]]:
    """Name and version of every pinned definition."""
    return [
        (name, version)
        for name, version in session.execute(select(WorkflowDefinition.name, WorkflowDefinition.version))
    ]


def text_of(session: Session, name: str, version: int) -> str | None:
    """The text that this version was pinned with, None when there is none."""
    found = session.get(WorkflowDefinition, (name, version))
    return found.text if found else None
