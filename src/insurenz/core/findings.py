"""What is found wrong or risky in the settings."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something to put right. An `error` keeps the server from starting; `example` is a line that works."""

    id: str
    level: Level
    variable: str
    what: str
    example: str

    def line(self) -> str:
        """All of it in one line."""
        return f"{self.level} {self.id}: {self.variable}: {self.what} For example: {self.example}"


def error(id_: str, variable: str, what: str, example: str) -> Finding:
    """What keeps the server from starting."""
    return Finding(id_, "error", variable, what, example)


def warning(id_: str, variable: str, what: str, example: str) -> Finding:
    """What is risky, or leaves something undone."""
    return Finding(id_, "warning", variable, what, example)
