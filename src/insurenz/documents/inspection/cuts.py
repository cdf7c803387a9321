"""What a served copy of an image leaves out: ranges of the file as sent, each with what stands in its place."""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from insurenz.documents.inspection.findings import Refused

# More than a thousand islands of private data are no camera's work, and their list would be longer than the picture.
MAX_PATCHES = 1000
UPRIGHT = 1

# First byte, the byte after the last, and in hex what stands there instead.
Patch = tuple[int, int, str]


class Piece(NamedTuple):
    """A part of an image file: whether the picture is drawn by it, and the camera data in it."""

    start: int
    end: int
    is_kept: bool
    exif: bytes | None = None


def patches(pieces: Sequence[Piece], size: int, *, at: int | None, instead: bytes) -> list[Patch]:
    """The gaps between what is kept of a file of this size; the one that holds `at` is filled with `instead`.

    Raises Refused when there are more than MAX_PATCHES.
    """
    found: list[Patch] = []
    end = 0
    for start, after in [(piece.start, piece.end) for piece in pieces if piece.is_kept] + [(size, size)]:
        if start > end:
            is_there = at is not None and end <= at < start
            found.append((end, start, instead.hex() if is_there else ""))
            if len(found) > MAX_PATCHES:
                raise Refused("bomb", "more than a thousand islands of private data")
        end = after
    return found


def turned(orientation: int) -> bytes:
    """Camera data that say nothing but how the picture is to be turned."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
