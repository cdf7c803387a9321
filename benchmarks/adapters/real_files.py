"""Valid PDFs and JPEGs of an exact size, each different in its first bytes only, so that making one costs nothing."""

import io
import os
from functools import cache
from pathlib import Path

# What tells two files apart is padded to this, so that everything behind it is the same.
NAME_BYTES = 40
PDF_LINE = 100
JPEG_SIDE = 256
JPEG_QUALITY = 85
LONGEST_COMMENT = 65533


def document(kind, size, name):
    """The beginning of a file, which carries `name`, and a view of the rest; together `size` bytes."""
    label = name.encode().ljust(NAME_BYTES)[:NAME_BYTES]
    opening = _pdf_opening(label) if kind == "pdf" else _jpeg_opening(label)
    return opening, (_pdf_rest if kind == "pdf" else _jpeg_rest)(size - len(opening))


def _pdf_opening(label):
    return b"%PDF-1.7\n%" + label + b"\n"


@cache
def _pdf_rest(size):
    """One page that shows one uncompressed grey image, as a scanner would make it; the image is noise."""
    spare = size - len(_pdf_body(0, 0))
    # The numbers that name the size grow with it: 40 bytes are more than they can take.
    rows = max(1, (spare - 40) // PDF_LINE)
    padding = size - len(_pdf_body(rows, 0))
    body = _pdf_body(rows, padding)
    if len(body) != size:
        raise ValueError(f"no PDF of {size} bytes can be made")
    return memoryview(body)


def _pdf_body(rows, padding):
    head = len(_pdf_opening(b" " * NAME_BYTES))
    show = b"q 612 0 0 792 0 0 cm /Im0 Do Q"
    image = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray" % (
        PDF_LINE,
        rows,
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /XObject << /Im0 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(show), show),
        b"%s /BitsPerComponent 8 /Length %d >>\nstream\n%s\nendstream"
        % (image, rows * PDF_LINE, os.urandom(rows * PDF_LINE)),
    ]
    body, places = bytearray(), []
    for number, content in enumerate(objects, 1):
        places.append(head + len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    if padding:
        body += b"%" + b"p" * (padding - 2) + b"\n"
    table = head + len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%010d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )


def _jpeg_opening(label):
    return b"\xff\xd8\xff\xfe" + (len(label) + 2).to_bytes(2, "big") + label


@cache
def _jpeg_rest(size):
    """A photograph of noise, filled up to the byte with comments; kept in a file, for encoding it takes long."""
    kept = Path(os.environ.get("W", "/tmp/perf")) / f"noise-{size}.jpg"
    if not kept.exists():
        _put(kept, _jpeg_body(size))
    return memoryview(kept.read_bytes())


def _put(file, content):
    # By a rename: the load client's processes do this at the same time.
    beside = file.with_suffix(f".{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(file)


def _jpeg_body(size):
    sample = len(_noise(JPEG_SIDE, JPEG_SIDE)) / JPEG_SIDE**2
    width = int((0.98 * size / sample) ** 0.5) // 16 * 16
    picture = _noise(width, width)[2:]
    missing, comments = size - len(picture), b""
    while missing - len(comments) > 0:
        content = min(LONGEST_COMMENT, missing - len(comments) - 4)
        # A comment takes four bytes at least: the last but one leaves room for it.
        content -= 4 if 0 < missing - len(comments) - content - 4 < 4 else 0
        comments += b"\xff\xfe" + (content + 2).to_bytes(2, "big") + b"c" * content
    return comments + picture


def _noise(width, height):
    from PIL import Image  # noqa: PLC0415 - whoever sends PDFs only needs none

    picture, out = Image.frombytes("RGB", (width, height), os.urandom(3 * width * height)), io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()
