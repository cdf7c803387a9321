"""Papers of the demo world, drawn when they are needed and alike each time: printed sheets as PDF, their scans, photos."""

import io
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from insurenz.demo.scenes import SCENES, Shape

# A sheet of A4 in points, and how far in its text begins.
WIDTH, HEIGHT, MARGIN = 595, 842, 56
COLUMN = WIDTH - 150
WRAP = 88
NEW_PAGE = "\f"
# Scenes are drawn on a ground of 1280 x 960; photos are half as wide, for a start must be quick.
PHOTO_SIZE = (640, 480)
SCAN_ZOOM = 1.3


@dataclass(frozen=True)
class Sheet:
    """What a house prints: who it is, a title, rows of items with amounts in whole units and their sum, and words.

    `words` are paragraphs; NEW_PAGE among them begins another page. The file's ending says whether it is sent as it was
    printed (pdf) or scanned (png, jpg).
    """

    file_name: str
    house: tuple[str, str]
    title: str
    items: tuple[tuple[str, int], ...] = ()
    words: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The sum of its items."""
        return sum(amount for _, amount in self.items)


@dataclass(frozen=True)
class Photo:
    """A picture of one of the SCENES."""

    file_name: str
    scene: str


class Line(NamedTuple):
    """A piece of text on a page: its place from the top left, in points; a text of none is a rule across the page."""

    x: int
    y: int
    size: int
    is_bold: bool
    text: str


def drawn(paper: Sheet | Photo, *, person: str, day: date) -> bytes:
    """The file: made out to this person, on this day."""
    if isinstance(paper, Photo):
        return _photo(SCENES[paper.scene])
    pages = _pages(paper, person, day)
    if paper.file_name.endswith(".pdf"):
        return _pdf(paper, pages, day)
    return _scan(pages[0], "PNG" if paper.file_name.endswith(".png") else "JPEG")


def _pages(sheet: Sheet, person: str, day: date) -> list[list[Line]]:
    """Every page with its lines, from top to bottom."""
    name, address = sheet.house
    pages = [[
        Line(MARGIN, 60, 18, True, name),
        Line(MARGIN, 78, 9, False, address),
        Line(MARGIN, 92, 0, False, ""),
        Line(MARGIN, 124, 14, True, sheet.title),
        Line(MARGIN, 146, 10, False, f"Name: {person}"),
        Line(COLUMN, 146, 10, False, f"Date: {day:%d %b %Y}"),
    ]]  # fmt: skip
    y = 178
    for text, amount in _rows(sheet):
        pages[-1] += [Line(MARGIN, y, 10, amount is None or text == "Total", text)]
        pages[-1] += [] if amount is None else [Line(COLUMN, y, 10, text == "Total", f"INR {amount:>9,}.00")]
        y += 18
    for paragraph in sheet.words:
        if paragraph == NEW_PAGE:
            pages, y = [*pages, []], 60
            continue
        for text in textwrap.wrap(paragraph, WRAP):
            pages[-1].append(Line(MARGIN, y + 10, 10, False, text))
            y += 15
        y += 8
    return pages


def _rows(sheet: Sheet) -> Iterator[tuple[str, int | None]]:
    if sheet.items:
        yield "Particulars", None
        yield from sheet.items
        yield "Total", sheet.total


def _pdf(sheet: Sheet, pages: Sequence[Sequence[Line]], day: date) -> bytes:
    """The pages as PDF 1.4, with two of the fonts that every reader has."""
    fonts = "<</F1 3 0 R/F2 4 0 R>>"
    first = 6
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
        b"<</Title(%s)/Author(%s)/CreationDate(D:%s120000Z)>>"
        % (_escaped(sheet.title), _escaped(sheet.house[0]), f"{day:%Y%m%d}".encode()),
    ]
    for n, page in enumerate(pages):
        content = b"\n".join(map(_pdf_line, page))
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]/Resources<</Font{fonts}>>/Contents {first + 2 * n + 1} 0 R>>".encode(),
            b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        ]
    return _pdf_file(objects)


def _pdf_line(line: Line) -> bytes:
    y = HEIGHT - line.y
    if not line.text:
        return f"{MARGIN} {y} m {WIDTH - MARGIN} {y} l S".encode()
    font = "F2" if line.is_bold else "F1"
    return f"BT /{font} {line.size} Tf {line.x} {y} Td (".encode() + _escaped(line.text) + b") Tj ET"


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """Numbered objects (the first is the catalogue, the fifth the information) with their table of places."""
    file = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<</Size %d/Root 1 0 R/Info 5 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(file)


def _scan(page: Sequence[Line], form: str) -> bytes:
    """A page as a scanner sees it: grey, and not quite straight."""
    paper = Image.new("L", (int(WIDTH * SCAN_ZOOM), int(HEIGHT * SCAN_ZOOM)), 244)
    pen = ImageDraw.Draw(paper)
    for line in page:
        x, y = line.x * SCAN_ZOOM, line.y * SCAN_ZOOM
        if line.text:
            font = ImageFont.load_default(line.size * SCAN_ZOOM)
            pen.text((x, y), line.text, 40, font, anchor="ls", stroke_width=int(line.is_bold) / 2)
        else:
            pen.line((x, y, (WIDTH - MARGIN) * SCAN_ZOOM, y), 90, 2)
    return _saved(paper.rotate(0.7, Image.Resampling.BILINEAR, fillcolor=225), form)


def _photo(shapes: Sequence[Shape]) -> bytes:
    """A picture: shapes on a ground that grows darker downwards, a little out of focus."""
    picture = Image.new("RGB", PHOTO_SIZE, shapes[0].colour)
    pen = ImageDraw.Draw(picture)
    for shape in shapes[1:]:
        points = [place // 2 for place in shape.points]
        if shape.kind == "line":
            pen.line(points, shape.colour, shape.width // 2, joint="curve")
        elif shape.kind == "ellipse":
            pen.ellipse(points, shape.colour)
        else:
            pen.polygon(points, shape.colour)
    shade = Image.linear_gradient("L").resize(PHOTO_SIZE).point(lambda value: 255 - value // 3)
    shaded = Image.composite(picture, Image.new("RGB", PHOTO_SIZE), shade)
    return _saved(shaded.filter(ImageFilter.BoxBlur(1)), "JPEG")


def _saved(picture: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, quality=82)
    return file.getvalue()
