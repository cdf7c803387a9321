"""The part of a served file that the header Range asks for, so that what was broken off goes on."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from insurenz.documents.errors import RangeNotSatisfiable

_ONE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.ASCII | re.IGNORECASE)


class Span(NamedTuple):
    """Bytes of a file: the first one, and the one after the last."""

    start: int
    end: int

    def headers(self, size: int) -> dict[str, str]:
        """What an answer says that has these of `size` bytes."""
        told = f"bytes {self.start}-{self.end - 1}/{size}"
        return {"Content-Range": told, "Content-Length": str(self.end - self.start)}

    def of(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """These bytes of a file that comes in pieces; nothing is read beyond them."""
        at = 0
        for piece in pieces:
            if wanted := piece[max(0, self.start - at) : self.end - at]:
                yield wanted
            at += len(piece)
            if at >= self.end:
                return


def asked(headers: Mapping[str, str], *, size: int, tag: str) -> Span | None:
    """What a request asks for of a file of this size and entity tag; None for all of it.

    So it is for several parts at once, for another unit than bytes, and for a part of another file (If-Range). Raises
    RangeNotSatisfiable.
    """
    found = _ONE.fullmatch(headers.get("range", ""))
    if found is None or headers.get("if-range", tag) != tag:
        return None
    first, last = found[1], found[2]
    if not first:
        span = Span(max(0, size - int(last)), size) if last else None
    else:
        span = Span(int(first), min(size, int(last) + 1 if last else size))
    if span is None or (first and last and int(last) < int(first)):
        return None
    if span.start >= size:
        raise RangeNotSatisfiable(f"The file has {size} bytes.", headers={"Content-Range": f"bytes */{size}"})
    return span
