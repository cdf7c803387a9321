"""Photos as people take them: good ones of this repository, and bad ones made of them, by what is to be said of each."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image, ImageFilter

DATA = Path(__file__).resolve().parents[1] / "data"
Photo = Image.Image
WHITE = (255, 255, 255)
DESK = (120, 105, 90)


@cache
def receipt() -> Photo:
    """A till's receipt, scanned."""
    return Image.open(DATA / "scan.png").convert("RGB")


@cache
def bill() -> Photo:
    """A page of print."""
    page: Photo = pypdfium2.PdfDocument(DATA / "bill.pdf")[0].render(scale=2.2).to_pil()
    return page.convert("RGB")


@cache
def car() -> Photo:
    """What was damaged."""
    return Image.open(DATA / "photo.jpg").convert("RGB")


def blurred(photo: Photo, radius: float) -> Photo:
    """As out of focus by so many pixels of a thousand."""
    return photo.filter(ImageFilter.GaussianBlur(radius * max(photo.size) / 1000))


def shaken(photo: Photo, across: int, down: int) -> Photo:
    """As by a hand that moved."""
    small = photo.resize((photo.width // across, photo.height // down), Image.Resampling.BOX)
    return small.resize(photo.size, Image.Resampling.BILINEAR)


def lit(photo: Photo, part: float) -> Photo:
    """With this part of its light."""
    return photo.point(lambda light: int(light * part))


def pale(photo: Photo, part: float) -> Photo:
    """With this part of its contrast left, all of it near white."""
    return photo.point(lambda light: int(255 - (255 - light) * part))


def cut(photo: Photo, left: float = 0, top: float = 0, right: float = 1, bottom: float = 1) -> Photo:
    """What lies between these parts of its width and height."""
    width, height = photo.size
    return photo.crop((int(left * width), int(top * height), int(right * width), int(bottom * height)))


def sized(photo: Photo, part: float) -> Photo:
    """With this part of its width and height."""
    return photo.resize((int(photo.width * part), int(photo.height * part)), Image.Resampling.LANCZOS)


def far_away(photo: Photo) -> Photo:
    """A page that fills little of its photo."""
    around = Image.new("RGB", photo.size, DESK)
    around.paste(sized(photo, 0.3), (photo.width // 3, photo.height // 3))
    return around


GOOD: dict[str, Callable[[], Photo]] = {
    "receipt": receipt,
    "bill": bill,
    "car": car,
    "a little tilted": lambda: receipt().rotate(3, Image.Resampling.BICUBIC, fillcolor=WHITE),
    "in the evening": lambda: lit(bill(), 0.6),
    "faint ink": lambda: pale(receipt(), 0.6),
    "on a desk": lambda: (
        around := Image.new("RGB", (1500, 1900), DESK),
        around.paste(receipt(), (100, 110)),
    )[0],
    "half as large": lambda: sized(bill(), 0.6),
}
BAD: dict[str, dict[str, Callable[[], Photo]]] = {
    "blurred": {
        "receipt out of focus": lambda: blurred(receipt(), 3),
        "receipt far out of focus": lambda: blurred(receipt(), 4.5),
        "bill out of focus": lambda: blurred(bill(), 3),
        "bill far out of focus": lambda: blurred(bill(), 4.5),
        "car out of focus": lambda: blurred(car(), 4),
        "receipt moved across": lambda: shaken(receipt(), 12, 1),
        "receipt moved down": lambda: shaken(receipt(), 1, 12),
        "bill moved across": lambda: shaken(bill(), 12, 1),
        "car moved across": lambda: shaken(car(), 9, 1),
        "hardly blurred": lambda: blurred(bill(), 1),
    },
    "dark": {
        "receipt at night": lambda: lit(receipt(), 0.2),
        "receipt at dusk": lambda: lit(receipt(), 0.3),
        "bill at night": lambda: lit(bill(), 0.2),
        "bill at dusk": lambda: lit(bill(), 0.3),
        "car at night": lambda: lit(car(), 0.2),
    },
    "bright": {
        "receipt under a lamp": lambda: pale(receipt(), 0.15),
        "bill under a lamp": lambda: pale(bill(), 0.15),
        "car under a lamp": lambda: pale(car(), 0.15),
    },
    "sideways": {
        "receipt on its side": lambda: receipt().rotate(90, expand=True),
        "receipt on its other side": lambda: receipt().rotate(270, expand=True),
        "bill on its side": lambda: bill().rotate(90, expand=True),
        "bill on its other side": lambda: bill().rotate(270, expand=True),
        "bill upside down": lambda: bill().rotate(180),
    },
    "cut": {
        "receipt without its left": lambda: cut(receipt(), left=0.38),
        "receipt without its right": lambda: cut(receipt(), right=0.5),
        "bill without its left": lambda: cut(bill(), left=0.16),
        "bill without its right": lambda: cut(bill(), right=0.8),
        "receipt cut between two lines": lambda: cut(receipt(), top=0.354),
    },
    "small": {
        "receipt of few pixels": lambda: sized(receipt(), 0.25),
        "bill far away": lambda: far_away(bill()),
    },
}
# What only a reader of the text could tell.
UNSEEN = ["hardly blurred", "bill upside down", "receipt cut between two lines", "bill far away"]


def jpeg(photo: Photo) -> bytes:
    """As phones store it."""
    stored = io.BytesIO()
    photo.save(stored, "JPEG", quality=85)
    return stored.getvalue()


def locked_pdf() -> bytes:
    """The bill, which opens with a password."""
    stored = io.BytesIO()
    with pikepdf.open(DATA / "bill.pdf") as pdf:
        pdf.save(stored, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return stored.getvalue()
