"""Word files: DOC (a folder of streams in one file) and DOCX (a zip of XML parts)."""

import io
import os
import re
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO
from xml.parsers import expat
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

_WORD_97 = 0xA5EC
_WORD_MAGIC = {_WORD_97, 0xA5DC}
_IS_ENCRYPTED, _IN_TABLE_1 = 0x0100, 0x0200
_MACROS = {"macros", "vba", "_vba_project", "_vba_project_cur"}
_EMBEDDED_FILE = "\x01ole10native"

_TYPES, _MAIN, _CORE = "[Content_Types].xml", "word/document.xml", "docProps/core.xml"
# Of documents and templates, with and without macros.
_MAIN_TYPE = re.compile(
    r"[.](?:wordprocessingml|ms-word)[.](?:document|template)[.](?:macroEnabled(?:Template)?[.])?main[+]xml$"
)
_ARCHIVE = re.compile(r"\.(?:zip|jar|do[ct][xm]|xl[st][xm]|pp[tsx][xm]|od[tsp])$", re.IGNORECASE)
_ACTIVE_PART = re.compile(r"(?:^|/)(?:vbaProject\.bin$|embeddings/|activeX/)", re.IGNORECASE)
_ACTIVE_TYPE = re.compile(r"[.](?:vbaProject|oleObject|activeX|activeX[+]xml)$", re.IGNORECASE)
_CODE = re.compile(r"/(?:oleObject|attachedTemplate|frame|subDocument)$")
# A template that lies in a folder of the writer's own machine is nothing to fetch.
_ELSEWHERE = re.compile(r"\s*(?:\w{2,}:(?!///[^/\\])|[/\\]{2})", re.IGNORECASE)
_DUBLIN_CORE, _TERMS = "{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}"


def inspect_doc(file: BinaryIO) -> Findings:
    """Look into a DOC; raises Refused, or whatever olefile raises when the streams cannot be found."""
    with olefile.OleFileIO(file) as ole:
        if not ole.exists("WordDocument"):
            raise Refused("type_mismatch", "no stream WordDocument")
        magic, flags = struct.unpack("<H8xH", _whole(ole, "WordDocument")[:12])
        if magic not in _WORD_MAGIC:
            raise Refused("corrupt", "no document in the stream WordDocument")
        if magic == _WORD_97:
            _whole(ole, "1Table" if flags & _IN_TABLE_1 else "0Table")
        return Findings(
            is_encrypted=bool(flags & _IS_ENCRYPTED),
            has_active_content=any(_is_active(path) for path in ole.listdir(streams=True, storages=True)),
            details=stated(partial(_ole_details, ole)),
        )


def _whole(ole: Any, stream: str) -> bytes:
    """A stream as long as the file says; raises Refused when it is cut short, or there is none."""
    if not ole.exists(stream):
        raise Refused("corrupt", f"no stream {stream}")
    found: bytes = ole.openstream(stream).read()
    if len(found) < ole.get_size(stream):
        raise Refused("corrupt", f"a stream {stream} that is cut short")
    return found


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
    types = _content_types(archive)
    _check_xml(archive, _main_part(types, names))
    is_active = any(map(_ACTIVE_PART.search, names)) or any(map(_ACTIVE_TYPE.search, types.values()))
    return Findings(
        has_active_content=is_active or _fetches(archive, names),
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


def main_part(archive: ZipFile) -> str:
    """The part with the text: some programs name it otherwise, and say so in the content types."""
    return _main_part(_content_types(archive), set(archive.namelist()))


def _main_part(types: Mapping[str, str], names: set[str]) -> str:
    said = {name for name, kind in types.items() if _MAIN_TYPE.search(kind)}
    # Names of parts are the same in capitals.
    found = sorted(name for name in names if f"/{name}".lower() in said)
    if not found and _MAIN in names and ".xml" in said:
        return _MAIN
    if not found:
        raise Refused("type_mismatch", "no Word document among the parts")
    return _MAIN if _MAIN in found else found[0]


def _content_types(archive: ZipFile) -> dict[str, str]:
    """What the parts are, by `/name` and by `.extension`, in small letters."""
    entries = list(_xml(archive, _TYPES))
    of_parts = {each.get("PartName", "").lower(): each.get("ContentType", "") for each in entries}
    of_others = {f".{each.get('Extension', '')}".lower(): each.get("ContentType", "") for each in entries}
    return of_others | of_parts


def _xml(archive: ZipFile, part: str) -> ET.Element:
    _check_xml(archive, part)
    return ET.fromstring(archive.read(part))  # noqa: S314 it has no entities


def _check_xml(archive: ZipFile, part: str) -> None:
    """Unpack a part once, which checks its sum, and parse it; the format knows no document type declarations."""
    parser = expat.ParserCreate()
    entities: list[str] = []

    def declare(name: str, *_: object) -> None:
        entities.append(name)
        if len(entities) > 1:
            raise Refused("bomb", "declares entities")

    def end_of_declarations() -> None:
        raise Refused("corrupt", "declares entities")

    parser.EntityDeclHandler, parser.EndDoctypeDeclHandler = declare, end_of_declarations
    with archive.open(part) as opened:
        parser.ParseFile(opened)


def _fetches(archive: ZipFile, names: set[str]) -> bool:
    """Whether opening the document fetches something from elsewhere that may hold code."""
    return any(_fetches_by(archive, name) for name in names if name.lower().endswith(".rels"))


def _fetches_by(archive: ZipFile, part: str) -> bool:
    try:
        links = list(_xml(archive, part).iter())
    except (ET.ParseError, expat.ExpatError):
        return False
    return any(
        link.get("TargetMode") == "External"
        and _CODE.search(link.get("Type", ""))
        and _ELSEWHERE.match(link.get("Target", ""))
        for link in links
    )


def _core_details(archive: ZipFile) -> dict[str, str | None]:
    root = _xml(archive, _CORE)
    return {
        "title": root.findtext(f"{_DUBLIN_CORE}title"),
        "author": root.findtext(f"{_DUBLIN_CORE}creator"),
        "created": root.findtext(f"{_TERMS}created"),
    }
