"""The parts of a JPEG, as its decoders find them: markers, their segments, and the scans between them."""

import mmap
import re
from collections.abc import Iterator

from insurenz.documents.inspection.cuts import Piece, turned

_END, _SCAN, _COMMENT, _APPLICATION = 0xD9, 0xDA, 0xFE, range(0xE0, 0xF0)
_EXIF = b"Exif\0"
# What programs add, but a picture is drawn by: its resolution, its colours.
_DRAWN_BY = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_ALONE = {0x01, *range(0xD0, 0xD9), _END}
_MARKER = re.compile(rb"\xff+([^\x00\xff])")
# Between the codes of a scan stand stuffed bytes and restarts; anything else that is no marker is damage a decoder skips.
_AFTER_SCAN = re.compile(rb"\xff+(?=[\xc0-\xcf\xd9-\xdf\xe0-\xef\xfe])")


class Incomplete(Exception):
    """The file ends before its picture does."""


def pieces(data: mmap.mmap) -> Iterator[Piece]:
    """Every part up to the end of the picture; raises Incomplete when that is not there, or nothing is drawn before it."""
    yield Piece(0, 2, is_kept=True)
    at, is_drawn = 2, False
    while (found := _MARKER.search(data, at)) is not None:
        marker, start, at = found[1][0], found.end() - 2, found.end()
        if marker not in _ALONE:
            at = _end(data, marker, at)
        yield _piece(marker, data, start, at)
        is_drawn = is_drawn or marker == _SCAN
        if marker == _END and is_drawn:
            return
    raise Incomplete


def turning(orientation: int) -> bytes:
    """A segment that says how the picture is to be turned."""
    body = _EXIF + b"\0" + turned(orientation)
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _end(data: mmap.mmap, marker: int, body: int) -> int:
    """Where the segment ends; that of a scan with the codes that follow it."""
    end = body + int.from_bytes(data[body : body + 2], "big")
    if not body + 2 <= end <= len(data):
        raise Incomplete
    if marker != _SCAN:
        return end
    after = _AFTER_SCAN.search(data, end)
    if after is None:
        raise Incomplete
    return after.start()


def _piece(marker: int, data: mmap.mmap, start: int, end: int) -> Piece:
    if marker not in _APPLICATION:
        return Piece(start, end, is_kept=marker != _COMMENT)
    body = start + 4
    name = _DRAWN_BY.get(marker)
    is_kept = name is not None and data[body : body + len(name)] == name
    is_exif = marker == _APPLICATION[1] and data[body : body + len(_EXIF)] == _EXIF
    return Piece(start, end, is_kept, data[body + 6 : end] if is_exif else None)
