"""What inspection finds in a file, or why it refuses it: the words between the server and its child."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from insurenz.documents.sniff import JOINERS

TEXT_CHARACTERS = 500


@dataclass(frozen=True)
class Findings:
    """What a file holds. `pages` of a PDF, `width` and `height` in pixels of an image as stored; None where not known.

    `details` has only what the file states, all of it as texts: `title`, `author`, `created` (ISO 8601), `pdf_version`;
    of an image `camera`, `taken_at` (ISO 8601 in the camera's zone) and `orientation` (of Exif, 1 to 8). `location` is
    where a picture was taken, latitude and longitude in degrees. A served copy has the `patches` of `inspection/cuts.py`.
    """

    pages: int | None = None
    width: int | None = None
    height: int | None = None
    is_encrypted: bool = False
    has_active_content: bool = False
    details: dict[str, Any] = field(default_factory=dict)
    location: str | None = None
    patches: list[Any] = field(default_factory=list)


class Refused(Exception):
    """The file cannot be taken. `code` is one of type_mismatch, corrupt, bomb; the text is for the log, not for its sender."""

    def __init__(self, code: str, cause: str = "") -> None:
        super().__init__(f"{code}: {cause}" if cause else code)
        self.code, self.cause = code, cause


def stated(read: Callable[[], dict[str, str | None]]) -> dict[str, str]:
    """The details that `read` finds in a file, cleaned; empty ones are left out.

    What a file says about itself is no reason to refuse it: when that cannot be read there are no details.
    """
    try:
        texts = {name: clean(text) for name, text in read().items() if text}
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 a reader may stumble over a hostile file in any way
        return {}
    return {name: text for name, text in texts.items() if text}


def clean(text: str) -> str:
    """Text that can be stored and shown in one line: no control or direction characters, at most TEXT_CHARACTERS."""
    line = " ".join(text[: 4 * TEXT_CHARACTERS].split())
    if not line.isprintable():
        line = "".join(letter for letter in line if letter.isprintable() or letter in JOINERS)
    return line[:TEXT_CHARACTERS].strip()
