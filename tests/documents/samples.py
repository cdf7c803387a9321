"""Small files made for the tests of inspection: honest, locked, armed, broken and hostile ones."""

import io
import struct
import zlib
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.PngImagePlugin import PngInfo

DATA = Path(__file__).resolve().parent.parent / "data"

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
WORDS = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
STRICT = (
    '<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body><w:p><w:r><w:t>Fracture</w:t></w:r></w:p>'
    "</w:body></w:document>"
)
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dc:creator>Asha</dc:creator><dcterms:created>2026-01-02T03:04:05Z</dcterms:created>"
    "</cp:coreProperties>"
)


def pdf(
    *, pages: int = 1, title: str = "", catalogue: dict[str, object] | None = None, **save: object
) -> bytes:
    """A PDF; `catalogue` is added to its root, `save` goes to pikepdf."""
    with pikepdf.new() as made:
        for _ in range(pages):
            made.add_blank_page(page_size=(595, 842))
        if title:
            made.docinfo["/Title"] = title
        for key, value in (catalogue or {}).items():
            made.Root[key] = value
        out = io.BytesIO()
        made.save(out, **save)
        return out.getvalue()


def script() -> Dictionary:
    """An action that runs a script."""
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def pdf_with_file() -> bytes:
    """A PDF that carries another file."""
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["tool.exe"] = b"MZ"
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def pdf_locked_by_certificate() -> bytes:
    """A PDF for whoever has a key."""
    lock = Dictionary(Filter=Name("/Adobe.PubSec"), SubFilter=Name("/adbe.pkcs7.s5"), V=4, Length=128)
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.trailer["/Locked"] = made.make_indirect(lock)
        out = io.BytesIO()
        made.save(out)
        return out.getvalue().replace(b"/Locked", b"/Encrypt")


def pdf_of_packed_objects(megabytes: int) -> bytes:
    """A PDF whose catalogue refers to an object that unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    packed = packer.compress(b"5 0 << /A (")
    packed += b"".join(packer.compress(b"a" * 1024 * 1024) for _ in range(megabytes)) + packer.flush()
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R /Names 5 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << >> >>",
        b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
        % (len(packed), packed),
    ]
    out, rows = b"%PDF-1.5\n", struct.pack(">BIH", 0, 0, 65535)
    for number, body in enumerate(bodies, start=1):
        rows += struct.pack(">BIH", 1, len(out), 0)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows += struct.pack(">BIH", 2, 4, 0) + struct.pack(">BIH", 1, len(out), 0)
    table = b"<< /Type /XRef /Size 7 /W [1 4 2] /Root 1 0 R /Length %d >>" % len(rows)
    return out + b"6 0 obj\n%b\nstream\n%b\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        rows,
        len(out),
    )


def image(kind: str, width: int = 40, height: int = 30) -> bytes:
    """A JPEG or PNG."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, kind)
    return out.getvalue()


def photo(kind: str = "JPEG", *, orientation: int = 6, latitude: float = 12.97167) -> bytes:
    """A picture that tells its camera, its place and a comment, and is to be turned by a quarter."""
    told = Image.Exif()
    told[Base.Make], told[Base.Model], told[Base.Orientation] = "Nokia", "N78", orientation
    told.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2026:11:02 16:38:20"
    minutes = latitude % 1 * 60
    degrees = (int(latitude), int(minutes), minutes % 1 * 60)
    told.get_ifd(IFD.GPSInfo).update({1: "N", 2: degrees, 3: "W", 4: (77.0, 30.0, 0.0)})
    out, texts = io.BytesIO(), PngInfo()
    texts.add_text("Comment", "At home")
    drawn = Image.new("RGB", (40, 30), "teal")
    drawn.putpixel((0, 0), (255, 0, 0))
    drawn.save(out, kind, exif=told, comment=b"At home", pnginfo=texts, quality=95)
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of exactly these chunks, each with its right check sum."""
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def png_header(width: int, height: int) -> tuple[bytes, bytes]:
    """The chunk that declares the size of a grey picture."""
    return b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)


def png_picture(unpacked: int) -> tuple[bytes, bytes]:
    """The chunk with a picture of zeros."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(min(2**20, unpacked - at))) for at in range(0, unpacked, 2**20))
    return b"IDAT", packed + packer.flush()


def jpeg_of_size(width: int, height: int) -> bytes:
    """A small JPEG whose header declares another size."""
    made = image("JPEG")
    at = made.index(b"\xff\xc0") + 5
    return made[:at] + struct.pack(">HH", height, width) + made[at + 4 :]


def of_islands(jpeg: bytes, count: int) -> bytes:
    """A JPEG with so many comments, between which it says again how it is drawn."""
    island, restarts = b"\xff\xfe\0\2", b"\xff\xdd\0\4\0\0"
    return jpeg[:2] + (island + restarts) * count + jpeg[2:]


def docx(
    extra: dict[str, str | bytes] | None = None,
    *,
    part: str = "word/document.xml",
    kind: str = "wordprocessingml.document",
    words: str | bytes = WORDS,
    packs: bool = True,
) -> bytes:
    """A DOCX with its text in `part`; other packages of Office by another `kind`."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES.format(part=part, kind=kind),
        part: words,
    } | (extra or {})
    return archive(parts, packs=packs)


def package(types: dict[str, str], encoding: str = "utf-8") -> bytes:
    """A zip with a letter and a sheet, whose parts (`/name` or `.extension`) are said to be of these types."""
    entries = "".join(
        f'<Override PartName="{name}" ContentType="{kind}"/>'
        if name.startswith("/")
        else f'<Default Extension="{name[1:]}" ContentType="{kind}"/>'
        for name, kind in types.items()
    )
    told = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{entries}</Types>'
    return archive(
        {"[Content_Types].xml": told.encode(encoding), "word/document.xml": WORDS, "xl/workbook.xml": "<a/>"}
    )


def linked(target: str) -> bytes:
    """A DOCX that takes its template from elsewhere."""
    return docx({"word/_rels/settings.xml.rels": links(target, "attachedTemplate")})


def links(target: str, kind: str, mode: str = "External") -> str:
    """The links of a part of a DOCX: one of this kind."""
    link = f"<Relationship TargetMode='{mode}' Target='{target}' Type='http://x/{kind}'/>"
    return f"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>{link}</Relationships>"


def archive(parts: dict[str, str | bytes], *, packs: bool = True) -> bytes:
    """A zip."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED if packs else ZIP_STORED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def zeros(megabytes: int) -> bytes:
    """Content that packs to a thousandth."""
    return bytes(megabytes * 1024 * 1024)


def nested(depth: int) -> bytes:
    """Zips in a zip."""
    inner = archive({"text": "the end"})
    for _ in range(depth):
        inner = archive({"inner.zip": inner})
    return inner


def word_stream(magic: int = 0xA5EC, flags: int = 0) -> bytes:
    """The beginning of a stream WordDocument."""
    return struct.pack("<H8xH", magic, flags)


def doc_of(*pieces: str) -> bytes:
    """A DOC whose text lies in these pieces, by turns in one byte and in two for each letter."""
    head, text, places, ends = bytearray(0x200), b"", b"", [0]
    struct.pack_into("<H", head, 0, 0xA5EC)
    for number, piece in enumerate(pieces):
        start = len(head) + len(text)
        offset = start if number % 2 else (start * 2) | 0x40000000
        text += piece.encode("utf-16-le" if number % 2 else "cp1252")
        places += struct.pack("<HIH", 0, offset, 0)
        ends.append(ends[-1] + len(piece))
    listed = struct.pack(f"<{len(ends)}I", *ends) + places
    table = b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(listed)) + listed
    struct.pack_into("<II", head, 0x1A2, 0, len(table))
    return ole({"WordDocument": bytes(head) + text, "0Table": table})


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE file: a table of sectors, a folder, and each stream padded to the size from which it has sectors of its own."""
    sector, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    padded = {name: data.ljust(8 * sector, b"\0") for name, data in streams.items()}
    folder_size = -(-(len(padded) + 1) * 128 // sector)
    table = [0xFFFFFFFD, *_chain(1, folder_size)]
    entries = [_entry("Root Entry", kind=5, child=1, start=end)]
    for number, (name, data) in enumerate(padded.items(), start=1):
        sibling = number + 1 if number < len(padded) else free
        entries.append(_entry(name, kind=2, sibling=sibling, start=len(table), size=len(data)))
        table += _chain(len(table), -(-len(data) // sector))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    sectors = struct.pack("<128I", *(table + [free] * (128 - len(table))))
    folder = b"".join(entries).ljust(folder_size * sector, b"\0")
    return head + sectors + folder + b"".join(padded.values())


def _chain(first: int, length: int) -> list[int]:
    return [*range(first + 1, first + length), 0xFFFFFFFE]


def _entry(
    name: str, *, kind: int, child: int = 0xFFFFFFFF, sibling: int = 0xFFFFFFFF, start: int = 0, size: int = 0
) -> bytes:
    spelled = name.encode("utf-16-le") + b"\0\0"
    shape = struct.pack("<HBBIII", len(spelled), kind, 1, 0xFFFFFFFF, sibling, child)
    return spelled.ljust(64, b"\0") + shape + bytes(36) + struct.pack("<IQ", start, size)
