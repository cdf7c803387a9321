"""What belongs to the present request, for log lines and events."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
# A cell: an endpoint's thread works on a copy of the context, and what it puts in is seen by the edge's own log line.
claim_cell: ContextVar[list[str] | None] = ContextVar("claim_cell", default=None)


def note_claim(claim_id: str) -> None:
    """Remember which claim this request is about."""
    cell = claim_cell.get()
    if cell is not None:
        cell[:] = [claim_id]


def claim_id() -> str:
    """The claim this request is about, empty when it is about none."""
    return "".join(claim_cell.get() or ())
