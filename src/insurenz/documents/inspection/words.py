"""The text of Word files, as far as one reads to know a document: no formatting, no pictures."""

import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any, BinaryIO
from zipfile import ZipFile

import olefile

from insurenz.documents.inspection.word import main_part

MOST_CHARACTERS = 20_000

# Of what Word writes, and of what it calls strict.
_W = re.compile(
    "{(?:http://schemas.openxmlformats.org/wordprocessingml/2006/main|http://purl.oclc.org/ooxml/wordprocessingml/main)}"
)
# Where the head of a DOC says which stream has its tables, and where in that its pieces are listed (since Word 97).
_FLAGS, _PIECES, _HEAD = 10, 0x1A2, 0x1AA
_IN_TABLE_1, _PACKED = 0x0200, 0x4000_0000
_PIECE_TABLE, _FORMATS = 2, 1
# A field is written as its code, a separator and what it shows.
_FIELD_CODE = re.compile("\x13[^\x13\x14\x15]*(?:\x14|(?=\x15))")
_BREAKS = str.maketrans({"\r": "\n", "\x07": "\t", "\x0b": "\n", "\x0c": "\n"})


def text_of_docx(file: BinaryIO) -> str:
    """The text of the main part, a line for each paragraph."""
    found: list[str] = []
    length = 0
    with ZipFile(file) as archive, archive.open(main_part(archive)) as part:
        for piece in _pieces(part):
            found.append(piece)
            length += len(piece)
            if length >= MOST_CHARACTERS:
                break
    return _tidy("".join(found))


def _pieces(part: Any) -> Iterator[str]:
    for _, element in ET.iterparse(part):  # noqa: S314 inspection took no file with entities
        name = _W.sub("", element.tag)
        if name == "t":
            yield element.text or ""
        elif name in ("tab", "tc"):
            yield "\t"
        elif name in ("br", "p"):
            yield "\n"
        if name == "p":
            element.clear()


def text_of_doc(file: BinaryIO) -> str:
    """The text of the pieces a DOC lists; empty for one from before Word 97."""
    with olefile.OleFileIO(file) as ole:
        words = ole.openstream("WordDocument").read()
        if len(words) < _HEAD or struct.unpack_from("<H", words)[0] != 0xA5EC:
            return ""
        table = "1Table" if struct.unpack_from("<H", words, _FLAGS)[0] & _IN_TABLE_1 else "0Table"
        if not ole.exists(table):
            return ""
        start, length = struct.unpack_from("<II", words, _PIECES)
        listed = ole.openstream(table).read()[start : start + length]
    text = "".join(_doc_pieces(words, listed))[:MOST_CHARACTERS]
    return _tidy(_FIELD_CODE.sub("", text).translate(_BREAKS))


def _doc_pieces(words: bytes, listed: bytes) -> Iterator[str]:
    at, length = 0, 0
    while at < len(listed) and listed[at] == _FORMATS:
        at += 3 + struct.unpack_from("<H", listed, at + 1)[0]
    if at >= len(listed) or listed[at] != _PIECE_TABLE:
        return
    count = (struct.unpack_from("<I", listed, at + 1)[0] - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", listed, at + 5)
    for number in range(count):
        offset = struct.unpack_from("<I", listed, at + 5 + 4 * (count + 1) + 8 * number + 2)[0]
        size = min(ends[number + 1] - ends[number], MOST_CHARACTERS)
        if offset & _PACKED:
            start = (offset & ~_PACKED) // 2
            yield words[start : start + size].decode("cp1252", "replace")
        else:
            yield words[offset : offset + 2 * size].decode("utf-16-le", "replace")
        length += size
        if length >= MOST_CHARACTERS:
            return


def _tidy(text: str) -> str:
    """Lines without what cannot be shown, and no more than one empty one between two."""
    shown = "".join(c for c in text if c.isprintable() or c in "\n\t")
    return re.sub(r"\n\s*\n\s*", "\n\n", shown).strip()[:MOST_CHARACTERS]
