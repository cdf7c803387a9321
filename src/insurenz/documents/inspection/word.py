"""Word files: DOC (a folder of streams in one file) and DOCX (a zip of XML parts)."""

import io
import os
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

import olefile

from insurenz.documents.inspection.findings import Findings, Refused, stated
from insurenz.documents.sniff import OLE_SIGNATURE

MAX_PARTS = 5_000
MAX_UNPACKED = 256 * 1024 * 1024
# Text packs to a tenth or a twentieth, never to a hundredth once it is large.
LARGE_UNPACKED, MAX_RATIO = 64 * 1024 * 1024, 100
# A document in a sheet in a document is honest work.
MAX_NESTING = 3

_WORD_MAGIC = {0xA5EC, 0xA5DC}
_IS_ENCRYPTED = 0x0100
_MACROS = {"macros", "vba", "_vba_project", "_vba_project_cur"}
_EMBEDDED_FILE = "\x01ole10native"

_TYPES, _MAIN, _CORE = "[Content_Types].xml", "word/document.xml", "docProps/core.xml"
_MAIN_TYPE = re.compile(rb'<Override\b[^>]*wordprocessingml\.document\.main\+xml"[^>]*>')
_PART_NAME = re.compile(rb'\bPartName="/([^"]+)"')
_ARCHIVE = re.compile(r"\.(?:zip|jar|do[ct][xm]|xl[st][xm]|pp[tsx][xm]|od[tsp])$", re.IGNORECASE)
_ACTIVE_PART = re.compile(r"(?:^|/)(?:vbaProject\.bin$|embeddings/|activeX/)", re.IGNORECASE)
_LINKS = ("word/_rels/document.xml.rels", "word/_rels/settings.xml.rels")
_LINK = re.compile(rb"<Relationship\b[^>]*>")
_CODE = re.compile(rb'/(?:oleObject|attachedTemplate|frame|subDocument)"')
# A template that lies in a folder of the writer's own machine is nothing to fetch.
_ELSEWHERE = re.compile(rb'\bTarget="(?:\w{2,}:(?!///[^/\\])|\\\\)', re.IGNORECASE)
_PIECE = 64 * 1024
_DUBLIN_CORE, _TERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"


def inspect_doc(file: BinaryIO) -> Findings:
    """Look into a DOC; raises Refused, or whatever olefile raises when the streams cannot be found."""
    with olefile.OleFileIO(file) as ole:
        if not ole.exists("WordDocument"):
            raise Refused("type_mismatch", "no stream WordDocument")
        head = ole.openstream("WordDocument").read(12)
        magic, flags = struct.unpack("<H8xH", head)
        if magic not in _WORD_MAGIC:
            raise Refused("corrupt", "no document in the stream WordDocument")
        return Findings(
            is_encrypted=bool(flags & _IS_ENCRYPTED),
            has_active_content=any(_is_active(path) for path in ole.listdir(streams=True, storages=True)),
            details=stated(partial(_ole_details, ole)),
        )


def inspect_docx(file: BinaryIO) -> Findings:
    """Look into a DOCX; one that is locked with a password is an OLE file. Raises Refused, or whatever zlib raises."""
    is_ole = file.read(len(OLE_SIGNATURE)) == OLE_SIGNATURE
    file.seek(0)
    if is_ole:
        return _locked(file)
    try:
        with ZipFile(file) as archive:
            return _inside(archive, os.fstat(file.fileno()).st_size)
    except BadZipFile as error:
        raise Refused("corrupt", str(error)) from error


def _locked(file: BinaryIO) -> Findings:
    with olefile.OleFileIO(file) as ole:
        if not (ole.exists("EncryptedPackage") and ole.exists("EncryptionInfo")):
            raise Refused("type_mismatch", "no encrypted package")
    return Findings(is_encrypted=True)


def _is_active(path: Iterable[str]) -> bool:
    names = {name.lower() for name in path}
    return not names.isdisjoint(_MACROS) or _EMBEDDED_FILE in names


def _ole_details(ole: Any) -> dict[str, str | None]:
    found = ole.get_metadata()
    page = (found.codepage or 1252) & 0xFFFF
    # 1601 is how an empty date reads.
    is_dated = isinstance(found.create_time, datetime) and found.create_time.year > 1601
    return {
        "title": _decoded(found.title, page),
        "author": _decoded(found.author, page),
        "created": found.create_time.replace(tzinfo=UTC).isoformat() if is_dated else None,
    }


def _decoded(text: bytes | str | None, page: int) -> str:
    if not isinstance(text, bytes):
        return text or ""
    try:
        return text.decode("utf-8" if page == 65001 else f"cp{page}", "replace")
    except LookupError:
        return text.decode("cp1252", "replace")


def _inside(archive: ZipFile, packed: int) -> Findings:
    _refuse_bomb(archive, packed)
    names = set(archive.namelist())
    if _TYPES not in names:
        raise Refused("type_mismatch", "a zip without a list of content types")
    main = main_part(archive, names)
    _check_main(archive, main)
    return Findings(
        has_active_content=any(map(_ACTIVE_PART.search, names)) or _fetches(archive, names),
        details=stated(partial(_core_details, archive)),
    )


def _refuse_bomb(archive: ZipFile, packed: int) -> None:
    unpacked = _unpacked(archive, depth=1)
    if unpacked > MAX_UNPACKED or (unpacked > LARGE_UNPACKED and unpacked > MAX_RATIO * packed):
        raise Refused("bomb", f"{packed} bytes unpack to {unpacked}")


def _unpacked(archive: ZipFile, depth: int) -> int:
    """The declared sizes of all parts and of what archives among them declare; nothing is unpacked beyond its declaration."""
    parts = archive.infolist()
    total = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or depth > MAX_NESTING or total > MAX_UNPACKED:
        raise Refused("bomb", f"{len(parts)} parts of {total} bytes, nested {depth} deep")
    for part in parts:
        if _ARCHIVE.search(part.filename):
            total += _unpacked_inside(archive.read(part), depth + 1)
    return total


def _unpacked_inside(data: bytes, depth: int) -> int:
    try:
        with ZipFile(io.BytesIO(data)) as nested:
            return _unpacked(nested, depth)
    except BadZipFile:
        return 0


def main_part(archive: ZipFile, names: set[str]) -> str:
    """The part with the text: some programs name it otherwise, and say so in the content types."""
    if _MAIN in names:
        return _MAIN
    entry = _MAIN_TYPE.search(archive.read(_TYPES))
    name = entry and _PART_NAME.search(entry[0])
    if not name or name[1].decode() not in names:
        raise Refused("type_mismatch", "no Word document among the parts")
    return name[1].decode()


def _check_main(archive: ZipFile, main: str) -> None:
    """Unpack the part with the text once, which checks its sum; the format knows no document type declarations."""
    with archive.open(main) as part:
        # Also in UTF-16.
        head = part.read(_PIECE).replace(b"\0", b"")
        if b"<!DOCTYPE" in head:
            raise Refused("bomb" if head.count(b"<!ENTITY") > 1 else "corrupt", "declares entities")
        while part.read(_PIECE):
            pass


def _fetches(archive: ZipFile, names: set[str]) -> bool:
    """Whether opening the document fetches something from elsewhere that may hold code."""
    links = (link for part in _LINKS if part in names for link in _LINK.findall(archive.read(part)))
    return any(b'"External"' in link and _CODE.search(link) and _ELSEWHERE.search(link) for link in links)


def _core_details(archive: ZipFile) -> dict[str, str | None]:
    with archive.open(_CORE) as part:
        text = part.read(_PIECE)
    if b"<!DOCTYPE" in text.replace(b"\0", b""):
        return {}
    root = ET.fromstring(text)  # noqa: S314 it has no entities
    return {
        "title": root.findtext(f"{_DUBLIN_CORE}title"),
        "author": root.findtext(f"{_DUBLIN_CORE}creator"),
        "created": root.findtext(f"{_TERMS}created"),
    }
