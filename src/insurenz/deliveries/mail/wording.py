"""The words of mails, read from their file: what stands in a mail of which event, action, outcome and reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from insurenz.core.mail import Badge

FILE = Path(__file__).with_name("words.yaml")
CLAIMANT, HOSPITAL, STAFF = "claimant", "hospital", "staff"


@dataclass(frozen=True)
class Words:
    """What a mail says besides the title and the message of its notification. `facts` are names of facts, in order."""

    badge: Badge
    button: str
    says: str = ""
    next_step: str = ""
    is_asked: bool = False
    facts: Sequence[str] = ("claim_number",)


@dataclass(frozen=True)
class Wording:
    """All words of one version of the file."""

    version: int
    plain: Words
    mails: Mapping[str, Words]
    facts: Mapping[str, str]
    texts: Mapping[str, str]
    why: Mapping[str, str]
    mandatory: str
    unsubscribe: str
    preferences: str

    def of(self, event: str, action: str | None, outcome: str | None, reader: str) -> Words:
        """The most exact words there are."""
        exact = [event, action or "", outcome or ""]
        for length in (3, 2, 1):
            name = ".".join(exact[:length])
            for key in (f"{name}@{reader}", name):
                if key in self.mails:
                    return self.mails[key]
        return self.plain


@cache
def wording() -> Wording:
    """The words of this version of the product."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    plain = _words(read["plain"], read["plain"])
    mails = {name: _words(words, read["plain"]) for name, words in read["mails"].items()}
    rest = {name: read[name] for name in ("facts", "texts", "why", "mandatory", "unsubscribe", "preferences")}
    return Wording(read["version"], plain, mails, **rest)


def _words(given: Mapping[str, Any], plain: Mapping[str, Any]) -> Words:
    return Words(
        badge=Badge(**(given.get("badge") or plain["badge"])),
        button=given.get("button", plain["button"]),
        says=given.get("says", ""),
        next_step=given.get("todo") or given.get("next", ""),
        is_asked="todo" in given,
        facts=tuple(given.get("facts", ("claim_number",))),
    )
