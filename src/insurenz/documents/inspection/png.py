"""The chunks of a PNG, whose sums were checked before, and whether its picture unpacks."""

import mmap
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from insurenz.documents.inspection.cuts import Piece, turned

_EXIF, _PICTURE, _END = b"eXIf", b"IDAT", b"IEND"
# What a picture is drawn by, still or moving.
_DRAWN_BY = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP mDCV cLLI acTL fcTL fdAT".split()
)
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# First column and row, and the steps, of each pass of an interlaced picture.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_PIECE = 1024 * 1024


class _Chunk(NamedTuple):
    name: bytes
    start: int
    body: int
    body_end: int


def pieces(data: mmap.mmap) -> Iterator[Piece]:
    """Every chunk up to the end of the picture."""
    yield Piece(0, 8, is_kept=True)
    for name, start, body, body_end in _chunks(data):
        exif = data[body:body_end] if name == _EXIF else None
        yield Piece(start, body_end + 4, name in _DRAWN_BY, exif)


def turning(orientation: int) -> bytes:
    """A chunk that says how the picture is to be turned."""
    body = turned(orientation)
    return struct.pack(">I", len(body)) + _EXIF + body + struct.pack(">I", zlib.crc32(_EXIF + body))


def unpacks(data: mmap.mmap) -> bool:
    """Whether the picture unpacks to as much as its size asks for; nothing beyond that is unpacked, or kept."""
    missing = _unpacked_size(data)
    packer = zlib.decompressobj()
    try:
        for chunk in _chunks(data):
            if chunk.name == _PICTURE and missing > 0:
                missing -= _unpacked(packer, data[chunk.body : chunk.body_end], missing)
    except zlib.error:
        return False
    return missing <= 0


def _unpacked(packer: "zlib._Decompress", packed: bytes, most: int) -> int:
    total = 0
    while packed and total < most:
        total += len(packer.decompress(packed, _PIECE))
        packed = packer.unconsumed_tail
    return total


def _unpacked_size(data: mmap.mmap) -> int:
    width, height, depth, colour, _, _, is_interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _CHANNELS.get(colour, 1)
    sizes = [(width, height)]
    if is_interlaced:
        sizes = [(-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in _PASSES]
    # Each row begins with the name of its filter.
    return sum(rows * (1 + (columns * bits + 7) // 8) for columns, rows in sizes if columns > 0 and rows > 0)


def _chunks(data: mmap.mmap) -> Iterator[_Chunk]:
    at = 8
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        yield _Chunk(name, at, at + 8, at + 8 + length)
        if name == _END:
            return
        at += 12 + length
