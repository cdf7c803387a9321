"""Letters: what every mail of the product looks like, as HTML and as plain text, whatever it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from insurenz.core.mail.message import Mail

if TYPE_CHECKING:
    from jinja2 import Template

TONES = ("waiting", "review", "positive", "negative", "disputed", "closed")


@dataclass(frozen=True)
class Badge:
    """Where something stands, in a word or two; `tone` is one of TONES, as in the app."""

    text: str
    tone: str


@dataclass(frozen=True)
class Quote:
    """What somebody wrote, under a label of ours."""

    label: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Link:
    """A place to go to, in words."""

    text: str
    address: str


@dataclass(frozen=True)
class Letter:
    """One letter. Only `quotes` and the values of `facts` are words of people; nothing in it is read as HTML.

    `unbroken` stays on one line; `is_asked` says that the next step is the reader's; `shows_address` repeats where the button leads; `small` stands beneath everything else, with `links` behind it.
    """

    subject: str
    heading: str
    lines: Sequence[str]
    badge: Badge | None = None
    facts: Sequence[tuple[str, str]] = ()
    quotes: Sequence[Quote] = ()
    next_step: str = ""
    is_asked: bool = False
    button: Link | None = None
    shows_address: bool = False
    small: Sequence[str] = ()
    links: Sequence[Link] = ()
    unbroken: str = ""

    def mail(
        self, to: str, base_url: str, *, key: str = "", headers: Mapping[str, str] | None = None
    ) -> Mail:
        """The letter to this address, from the install at `base_url`."""
        html, text = _templates()
        given = {"letter": self, "base_url": base_url}
        return Mail(to, self.subject, text.render(given), html.render(given), key, headers or {})


@cache
def _templates() -> "tuple[Template, Template]":
    from jinja2 import Environment, FileSystemLoader, select_autoescape  # noqa: PLC0415 - only needed for a letter

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html",)),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("letter.html"), environment.get_template("letter.txt")
