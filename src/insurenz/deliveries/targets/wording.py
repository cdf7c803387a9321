"""The words of pushes and chats, read from their file, and the few facts that such a message has."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("words.yaml")


@dataclass(frozen=True)
class Wording:
    """All words of one language."""

    categories: Mapping[str, str]
    about: str
    code: str
    test: str

    def title(self, category: str) -> str:
        """What has happened, as far as a lock screen may say it."""
        return self.categories[category]

    def claim(self, claim_number: str | None) -> str:
        """Which claim it is about; empty when it is about none."""
        return self.about.format(claim_number=claim_number) if claim_number else ""


@cache
def wording(language: str) -> Wording:
    """The words of a language that there are words in."""
    return Wording(**yaml.safe_load(FILE.read_text(encoding="utf-8"))[language])


def brief(*, event_id: str, claim_number: str | None, category: str, path: str | None) -> dict[str, Any]:
    """All that a push or a chat is told of a notification: its id, category, claim's number and page in the app."""
    return {"id": event_id, "claim_id": claim_number, "category": category, "path": path}
