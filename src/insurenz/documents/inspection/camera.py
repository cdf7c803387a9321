"""What a camera writes into its pictures: which one it was, when and where, and how the picture is to be turned."""

import re
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from insurenz.documents.inspection.cuts import UPRIGHT
from insurenz.documents.inspection.findings import stated

_TURNS = range(1, 9)
_TURN_IN_XMP = re.compile(rb"""tiff:Orientation(?:=["']|>)([1-8])\b""")


@dataclass(frozen=True)
class Camera:
    """What camera data state: `details` as texts, `location` as `latitude longitude` in degrees, and the turn of the picture."""

    details: dict[str, str] = field(default_factory=dict)
    location: str | None = None
    orientation: int = UPRIGHT


def read(data: bytes | None, xmp: bytes) -> Camera:
    """What these camera data (TIFF, as in Exif) state; nothing where they are broken.

    Programs that know no Exif tell the turn in XMP alone, by which no browser turns a picture.
    """
    found = Image.Exif()
    details = stated(partial(_details, found, data or b""))
    orientation = int(details.get("orientation", UPRIGHT))
    if turn := _TURN_IN_XMP.search(xmp):
        details = {"orientation": turn[1].decode()} | details
    return Camera(details, stated(partial(_location, found)).get("location"), orientation)


def _details(found: Image.Exif, data: bytes) -> dict[str, str | None]:
    found.load(b"Exif\0\0" + data)
    names = [_text(found.get(tag)) for tag in (Base.Make, Base.Model)]
    orientation = found.get(Base.Orientation)
    taken = stated(lambda: {"at": _text(found.get_ifd(IFD.Exif).get(Base.DateTimeOriginal))})
    return {
        "camera": " ".join(filter(None, names)),
        "taken_at": _time(taken.get("at", "")),
        "orientation": str(orientation) if orientation in _TURNS else None,
    }


def _text(value: Any) -> str:
    return value.replace("\0", " ").strip() if isinstance(value, str) else ""


def _time(text: str) -> str:
    """`2008:10:22 16:38:20` as ISO 8601, in whatever zone the camera was; empty when it is no time."""
    digits = "".join(letter for letter in text[:19] if letter.isdigit())
    if len(digits) != 14 or digits.startswith("0000"):
        return ""
    year, rest = digits[:4], [digits[place : place + 2] for place in range(4, 14, 2)]
    return f"{year}-{rest[0]}-{rest[1]}T{rest[2]}:{rest[3]}:{rest[4]}"


def _location(found: Image.Exif) -> dict[str, str | None]:
    place = found.get_ifd(IFD.GPSInfo)
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "S", 90)
    longitude = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "W", 180)
    return {"location": f"{latitude:.5f} {longitude:.5f}"}


def _degrees(parts: Any, side: Any, negative: str, most: int) -> float:
    """Raises whatever comes of it when these are no degrees."""
    degrees: float = sum(float(part) / 60**power for power, part in enumerate(parts))
    if not 0 <= degrees <= most:
        raise ValueError
    return -degrees if _text(side).upper().startswith(negative) else degrees
