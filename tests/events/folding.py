"""The status of a subject, told by its events alone."""

from collections.abc import Sequence

from insurenz.workflow.guards import Move


def folded_status(moves: Sequence[Move], start: str = "new") -> str:
    """Where the moves lead; each must begin where the one before ended."""
    status = start
    for move in moves:
        assert move.source == status, f"{move.action} began at {move.source}, not at {status}"
        status = move.target
    return status
