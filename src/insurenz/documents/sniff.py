"""What a file is, by its bytes and never by what its sender says. Pure."""

import re
import unicodedata
from dataclasses import dataclass

# Enough to see past 1,024 bytes of junk before `%PDF-`.
HEAD_BYTES = 1024 + 5


@dataclass(frozen=True)
class FileType:
    """One of the types that are taken, with the extensions that fit it."""

    name: str
    media_type: str
    extensions: frozenset[str]


PDF = FileType("pdf", "application/pdf", frozenset({"pdf"}))
JPEG = FileType("jpeg", "image/jpeg", frozenset({"jpg", "jpeg"}))
PNG = FileType("png", "image/png", frozenset({"png"}))
DOC = FileType("doc", "application/msword", frozenset({"doc"}))
DOCX = FileType(
    "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", frozenset({"docx"})
)
TYPES = {kind.name: kind for kind in (PDF, JPEG, PNG, DOC, DOCX)}
EXTENSIONS = {extension: kind for kind in TYPES.values() for extension in kind.extensions}

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

# What a file begins with. A known beginning counts even when `%PDF-` follows within the first kilobyte.
_SIGNATURES: tuple[tuple[bytes, FileType | None], ...] = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (OLE_SIGNATURE, DOC),
    (b"PK\x03\x04", DOCX),
    (b"PK\x05\x06", None),
    (b"MZ", None),
    (b"\x7fELF", None),
    (b"GIF8", None),
    (b"BM", None),
    (b"RIFF", None),
    (b"II*\x00", None),
    (b"MM\x00*", None),
    (b"\x1f\x8b", None),
    (b"7z\xbc\xaf\x27\x1c", None),
    (b"Rar!", None),
    (b"{\\rtf", None),
    (b"#!", None),
    (b"\xca\xfe\xba\xbe", None),
    (b"PK\x07\x08", None),
    (b"%!PS", None),
    (b"BZh", None),
    (b"\xfd7zXZ\x00", None),
    (b"\x00asm", None),
    (b"\xfe\xed\xfa", None),
    (b"\xcf\xfa\xed\xfe", None),
    (b"ITSF", None),
    (b"SQLite format 3", None),
    (b"ID3", None),
    (b"OggS", None),
)


def sniff(head: bytes) -> FileType | None:
    """The type of a file that begins with `head` (its first HEAD_BYTES), or None when it is none we take."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return PDF if b"%PDF-" in head[:HEAD_BYTES] else None


def agreed_type(head: bytes, extension: str) -> FileType | None:
    """The type that a file's beginning and its extension agree on, or None when they do not.

    A DOCX locked with a password is an OLE file like a DOC: only inspection tells which of the two it is.
    """
    kind = DOCX if head.startswith(OLE_SIGNATURE) and extension in DOCX.extensions else sniff(head)
    return kind if kind and extension in kind.extensions else None


def extension_of(file_name: str) -> str:
    """The extension in lower case, without its dot; empty when there is none."""
    return file_name.rpartition(".")[2].lower() if "." in file_name else ""


_DIRECTION_AND_CONTROL = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Invisible, but part of how words of Indic and Persian scripts and some emoji are written.
JOINERS = "\u200c\u200d"


def clean_name(raw: str) -> str:
    """The base name without control and direction characters, at most 200 characters with its extension kept.

    `../../etc/x.pdf` becomes `x.pdf`; a name of nothing else becomes `document`.
    """
    base = re.split(r"[/\\]", raw)[-1]
    kept = "".join(
        c
        for c in unicodedata.normalize("NFC", base)
        if c in JOINERS or unicodedata.category(c) not in _DIRECTION_AND_CONTROL
    )
    kept = re.sub(rf"^[\s.{JOINERS}]+|\s+$", "", kept)
    stem, dot, extension = kept.rpartition(".")
    if not dot:
        return kept[:200] or "document"
    return f"{stem[: 199 - len(extension[:16])] or 'document'}.{extension[:16]}"
