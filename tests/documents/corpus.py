"""The collection of real and hostile files that lies beside the project's checkouts, where it does."""

import csv
import re
from pathlib import Path
from typing import Any

_FOLDERS = [parent / "shared/corpus" for parent in Path(__file__).parents]
FOLDER = next((folder for folder in _FOLDERS if (folder / "MANIFEST.csv").is_file()), None)
_ESCAPES = {"\\\\": "\\", "\\r": "\r", "\\n": "\n", "\\x00": "\0", "\\0": "\0"}

Case = dict[str, str]


def cases() -> list[Case]:
    """Every row of the manifest."""
    assert FOLDER is not None
    with (FOLDER / "MANIFEST.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def name_of(case: Case) -> str:
    """The name it is sent under."""
    return unescaped(case["upload_name"])


def unescaped(text: str) -> str:
    """Text of the manifest with what is escaped in it."""
    return re.sub(r"\\(?:\\|r|n|x00|0)", lambda found: _ESCAPES[found[0]], text)


def bytes_of(case: Case) -> bytes:
    """What is sent."""
    assert FOLDER is not None
    return (FOLDER / case["path"]).read_bytes().ljust(int(case["pad_to"] or 0), b"\0")


def stated(case: Case) -> dict[str, Any]:
    """What the manifest says of an accepted file, by its columns; what it does not state is left out."""
    return {column: _spelled(column, case[column]) for column in COLUMNS if case[column]}


def _spelled(column: str, text: str) -> str:
    if column in ("title", "author"):
        return " ".join(unescaped(text).replace("\0", " ").split())
    return f"{float(text):.5f}" if column.startswith("gps_") else text


# Those of the manifest that the product is to find in a file itself.
COLUMNS = (
    *("pages", "width", "height", "title", "author", "pdf_version", "encrypted", "needs_password"),
    *("active_content", "gps_lat", "gps_lon", "orientation", "taken_at", "camera"),
)
