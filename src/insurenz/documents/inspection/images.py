"""JPEG and PNG files: their structure and size, without ever unpacking the picture."""

import mmap
from typing import BinaryIO

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from insurenz.documents.inspection.findings import Findings, Refused

# A sheet of A4 at 1,200 dots an inch has 139 million, a telephone's photo 108.
MAX_PIXELS = 150_000_000
_END_OF_IMAGE = b"\xff\xd9"


def inspect_jpeg(file: BinaryIO) -> Findings:
    """Look into a JPEG up to its scan, and for its end; raises Refused, or whatever Pillow raises over a broken header."""
    findings = _measured(JpegImageFile(file))
    scan = file.tell()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        # Anything may follow the end; thumbnails with ends of their own come before the scan.
        if data.rfind(_END_OF_IMAGE) < scan:
            raise Refused("corrupt", "a JPEG without an end")
    return findings


def inspect_png(file: BinaryIO) -> Findings:
    """Look into a PNG: every chunk with its check sum up to the end; raises Refused, or whatever Pillow raises."""
    try:
        image = PngImageFile(file)
        findings = _measured(image)
        image.verify()
    except ValueError as error:
        # So Pillow says that packed texts or profiles grow beyond its limits.
        raise Refused("bomb" if "too" in str(error).lower() else "corrupt", str(error)) from error
    return findings


def _measured(image: Image.Image) -> Findings:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise Refused("bomb", f"{width} x {height} pixels")
    if not width * height:
        raise Refused("corrupt", "an image without pixels")
    return Findings(width=width, height=height)
