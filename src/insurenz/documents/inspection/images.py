"""JPEG and PNG files: their structure and size, what their camera says, and what a served copy leaves out."""

import mmap
from collections.abc import Callable, Sequence
from typing import BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from insurenz.documents.inspection import camera, jpeg, png
from insurenz.documents.inspection.cuts import UPRIGHT, Piece, patches
from insurenz.documents.inspection.findings import Findings, Refused

# A sheet of A4 at 1,200 dots an inch has 139 million, a telephone's photo 108.
MAX_PIXELS = 150_000_000


def inspect_jpeg(file: BinaryIO) -> Findings:
    """Look into a JPEG, part by part up to its end; raises Refused, or whatever Pillow raises over a broken header."""
    image = JpegImageFile(file)
    _check_size(image)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            pieces = list(jpeg.pieces(data))
        except jpeg.Incomplete as error:
            raise Refused("corrupt", "a JPEG without an end") from error
        return _found(image, pieces, len(data), jpeg.turning)


def inspect_png(file: BinaryIO) -> Findings:
    """Look into a PNG: every chunk with its check sum, and its picture; raises Refused, or whatever Pillow raises."""
    try:
        image = PngImageFile(file)
        _check_size(image)
        image.verify()
    except ValueError as error:
        # So Pillow says that packed texts or profiles grow beyond its limits.
        raise Refused("bomb" if "too" in str(error).lower() else "corrupt", str(error)) from error
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if not png.unpacks(data):
            raise Refused("corrupt", "a PNG whose picture does not unpack")
        return _found(image, list(png.pieces(data)), len(data), png.turning)


def _found(
    image: Image.Image, pieces: Sequence[Piece], size: int, turning: Callable[[int], bytes]
) -> Findings:
    first = next((piece for piece in pieces if piece.exif is not None), None)
    told = camera.read(first.exif if first else None, _xmp(image))
    instead = turning(told.orientation) if told.orientation != UPRIGHT else b""
    return Findings(
        width=image.width,
        height=image.height,
        details=told.details,
        location=told.location,
        patches=patches(pieces, size, at=first.start if first else None, instead=instead),
    )


def _xmp(image: Image.Image) -> bytes:
    """What Photoshop and its like say of the picture."""
    found = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp", b"")
    return found.encode() if isinstance(found, str) else found


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused("bomb", f"{width} x {height} pixels")
    if not width * height:
        raise Refused("corrupt", "an image without pixels")
