"""Served copies of images: the file as it was sent, without what its camera and its programs wrote into it."""

from collections import deque
from collections.abc import Iterator, Sequence

from insurenz.core.errors import NotFound
from insurenz.core.storage import ObjectStore, new_key
from insurenz.documents.inspect import Inspector, Refused
from insurenz.documents.inspection.cuts import Patch
from insurenz.documents.models import Document
from insurenz.documents.service import content

IMAGES = frozenset({"jpeg", "png"})


def patches_of(store: ObjectStore, inspector: Inspector, document: Document) -> Sequence[Patch]:
    """What the served copy of a document leaves out; an image from before this was noted is looked into now.

    Raises NotFound when its object is not there, or cannot be understood any more.
    """
    if document.file_type not in IMAGES:
        return []
    if document.patches is None:
        return _found(store, inspector, document)
    return document.patches


def served_size(document: Document, patches: Sequence[Patch]) -> int:
    """Bytes of the served copy."""
    return document.file_size + sum(len(instead) // 2 - (end - start) for start, end, instead in patches)


def patched(pieces: Iterator[bytes], patches: Sequence[Patch]) -> Iterator[bytes]:
    """The pieces of a file with its patches made."""
    at, left = 0, deque(patches)
    for piece in pieces:
        yield from filter(None, _patched(piece, at, left))
        at += len(piece)


def _patched(piece: bytes, at: int, left: deque[Patch]) -> Iterator[bytes]:
    """What is served of a piece that begins `at` this place of the file; patches that end in it are taken from `left`."""
    here, end = at, at + len(piece)
    while left and left[0][0] < end:
        start, after, instead = left[0]
        if start >= here:
            yield piece[here - at : start - at]
            yield bytes.fromhex(instead)
        here = min(after, end)
        if after > end:
            break
        left.popleft()
    yield piece[here - at :]


def _found(store: ObjectStore, inspector: Inspector, document: Document) -> Sequence[Patch]:
    spool = store.create(new_key())
    try:
        for piece in content(store, document):
            spool.write([piece])
        return inspector.inspect(spool.path, document.file_type).patches
    except Refused as refusal:
        raise NotFound("This picture is damaged; it cannot be shown.", code="damaged") from refusal
    finally:
        spool.abort()
