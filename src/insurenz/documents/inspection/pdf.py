"""PDF files: opened by qpdf, which repairs what can be repaired; pages, encryption and active content."""

import mmap
import re
from functools import partial
from typing import BinaryIO

import pikepdf
from pikepdf.models.metadata import decode_pdf_date

from insurenz.documents.inspection.findings import Findings, Refused, stated

# Scripts, started programs, embedded files and forms with scripts, as they stand in qpdf's JSON: spelled out, and
# never to be mistaken for a text, which has a prefix.
_ACTIVE = re.compile(rb'"/(?:JS|JavaScript|Launch|EF|EmbeddedFile|XFA)"')
# What qpdf says of files that are locked by a certificate, or by what came after it.
_OTHER_LOCKS = re.compile("unsupported encryption filter|Unsupported /R or /V", re.IGNORECASE)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# In bytes that cannot be read without the password; only names too long to turn up by chance.
_ACTIVE_UNREAD = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile)\b")


def inspect_pdf(file: BinaryIO) -> Findings:
    """Look into a PDF; raises Refused, or whatever qpdf raises, when it cannot be opened and has no pages."""
    try:
        # Reading through a memory map costs half of reading through Python's file.
        with pikepdf.open(file, access_mode=pikepdf.AccessMode.mmap) as pdf:
            return _inside(pdf)
    except (pikepdf.PasswordError, pikepdf.PdfError) as error:
        if not (isinstance(error, pikepdf.PasswordError) or _OTHER_LOCKS.search(str(error))):
            raise
        return Findings(is_encrypted=True, has_active_content=_names_active_content(file))


def _inside(pdf: pikepdf.Pdf) -> Findings:
    pages = len(pdf.pages)
    if not pages:
        raise Refused("corrupt", "a PDF without pages")
    is_active = any(_ACTIVE.search(_unfolded(each)) for each in (*pdf.objects, pdf.trailer))
    # What qpdf has no memory to unpack it leaves out with a warning; it could hold anything.
    if any("bad_alloc" in warning for warning in pdf.get_warnings()):
        raise MemoryError
    return Findings(
        pages=pages,
        is_encrypted=pdf.is_encrypted,
        has_active_content=is_active,
        details=stated(partial(_details, pdf)),
    )


def _unfolded(found: object) -> bytes:
    """An object with its names spelled out, without what it refers to; of a stream only the dictionary."""
    # Plain numbers and the like come as Python's own.
    return found.to_json(dereference=True) if isinstance(found, pikepdf.Object) else b""


def _details(pdf: pikepdf.Pdf) -> dict[str, str | None]:
    info = pdf.trailer.get("/Info")
    return {
        # The newer of what the header and what the catalogue say.
        "pdf_version": max(pdf.pdf_version, _text(pdf.Root, "/Version").lstrip("/")),
        "title": _text(info, "/Title"),
        "author": _text(info, "/Author"),
        "created": _date(_text(info, "/CreationDate")),
    }


def _text(holder: object, key: str) -> str:
    value = holder.get(key) if isinstance(holder, pikepdf.Dictionary) else None
    return str(value) if isinstance(value, pikepdf.String | pikepdf.Name | str) else ""


def _date(text: str) -> str:
    try:
        return decode_pdf_date(text).isoformat() if text else ""
    except ValueError:
        return ""


def _names_active_content(file: BinaryIO) -> bool:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
    return _ACTIVE_UNREAD.search(plain) is not None
