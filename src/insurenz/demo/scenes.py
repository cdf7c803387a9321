"""What the photos of the demo world show, as shapes on a ground of 1280 x 960."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

Colour = tuple[int, int, int]


class Shape(NamedTuple):
    """A filled polygon or ellipse (by two corners of its box), or a line; of the first in a scene only the colour counts."""

    kind: Literal["ground", "polygon", "ellipse", "line"]
    colour: Colour
    points: tuple[int, ...] = ()
    width: int = 0


def _ground(*colour: int) -> Shape:
    return Shape("ground", (colour[0], colour[1], colour[2]))


def _box(colour: Colour, left: int, top: int, right: int, bottom: int) -> Shape:
    return Shape("polygon", colour, (left, top, right, top, right, bottom, left, bottom))


def _ellipse(colour: Colour, *corners: int) -> Shape:
    return Shape("ellipse", colour, corners)


def _line(colour: Colour, width: int, *points: int) -> Shape:
    return Shape("line", colour, points, width)


BLACK, STEEL, RED, GLASS, WALL = (
    (24, 24, 26),
    (168, 172, 178),
    (158, 32, 34),
    (150, 178, 190),
    (222, 210, 188),
)
BONE, SOOT, RUST = (206, 212, 214), (46, 40, 38), (120, 84, 52)

# fmt: off
SCENES: Mapping[str, Sequence[Shape]] = {
    "x-ray": (
        _ground(12, 14, 18),
        _ellipse((58, 62, 68), 380, -200, 900, 1150),
        _line(BONE, 66, 560, 0, 548, 470), _line(BONE, 66, 548, 520, 570, 960), _line(BONE, 44, 720, 0, 716, 960),
        _ellipse(BONE, 500, 380, 620, 500), _ellipse(BONE, 676, 400, 770, 500), _line(BLACK, 10, 500, 470, 610, 520),
    ),
    "bumper": (
        _ground(96, 98, 96),
        _box(RED, 120, 180, 1160, 620), _box((120, 22, 24), 90, 560, 1190, 760), _box(GLASS, 330, 60, 950, 230),
        _ellipse((240, 226, 190), 150, 300, 330, 400), _box((236, 236, 230), 520, 620, 780, 690),
        _ellipse((92, 16, 18), 860, 540, 1110, 720), _line(STEEL, 6, 880, 570, 960, 640, 1080, 600),
        _ellipse(BLACK, 160, 700, 380, 920), _ellipse(BLACK, 900, 700, 1120, 920),
    ),
    "windscreen": (
        _ground(70, 84, 98),
        Shape("polygon", GLASS, (220, 160, 1060, 160, 1220, 760, 60, 760)),
        _ellipse((240, 244, 246), 600, 400, 650, 450), _line((240, 244, 246), 4, 625, 425, 420, 250),
        _line((240, 244, 246), 4, 625, 425, 900, 300, 1010, 210), _line((240, 244, 246), 4, 625, 425, 700, 740),
        _line((240, 244, 246), 4, 625, 425, 300, 600), _box(BLACK, 60, 760, 1220, 900),
    ),
    "mirror": (
        _ground(118, 122, 120),
        _box(STEEL, 0, 420, 1280, 960), _box(GLASS, 0, 120, 1280, 400), _box(BLACK, 560, 380, 680, 470),
        _line((210, 120, 40), 8, 600, 470, 610, 540, 590, 600), _line((60, 110, 190), 8, 640, 470, 650, 560),
    ),
    "flooded-street": (
        _ground(128, 134, 140),
        _box(STEEL, 260, 360, 1040, 640), _box(GLASS, 420, 250, 880, 380), _ellipse((236, 220, 180), 280, 440, 380, 520),
        _box((112, 96, 72), 0, 590, 1280, 960), _line((150, 134, 108), 6, 0, 700, 420, 690, 900, 715, 1280, 700),
    ),
    "headlamp": (
        _ground(90, 92, 94),
        _box((226, 226, 222), 0, 260, 1280, 800), _ellipse(BLACK, 420, 330, 860, 660), _ellipse(GLASS, 450, 360, 830, 630),
        _line((250, 250, 250), 5, 640, 500, 520, 380), _line((250, 250, 250), 5, 640, 500, 800, 420),
        _line((250, 250, 250), 5, 640, 500, 600, 620), _ellipse(BLACK, 560, 430, 720, 560),
    ),
    "kitchen": (
        _ground(*WALL),
        _box((176, 160, 138), 0, 620, 1280, 960), _box(STEEL, 420, 520, 860, 640), _ellipse(SOOT, 380, 60, 920, 560),
        _ellipse(BLACK, 500, 220, 800, 520), _box(RUST, 100, 120, 330, 420), _box(SOOT, 940, 120, 1180, 420),
    ),
    "ceiling": (
        _ground(232, 230, 222),
        _ellipse((198, 182, 140), 260, 180, 1020, 700), _ellipse((178, 156, 108), 400, 300, 900, 620),
        _ellipse((140, 118, 78), 540, 380, 780, 540), _line((120, 110, 100), 5, 100, 80, 500, 400, 760, 460, 1200, 820),
    ),
    "television": (
        _ground(*WALL),
        _box(BLACK, 240, 180, 1040, 660), _box((36, 38, 44), 260, 200, 1020, 640), _box(RUST, 160, 720, 1120, 800),
        _line((180, 190, 220), 4, 620, 200, 580, 330, 660, 420, 610, 640), _ellipse(SOOT, 960, 560, 1100, 700),
    ),
    "broken-lock": (
        _ground(136, 92, 56),
        _box((112, 72, 42), 80, 0, 1200, 960), _box(STEEL, 560, 340, 740, 640), _ellipse(BLACK, 610, 400, 690, 480),
        _line((228, 204, 160), 12, 740, 300, 790, 430, 750, 560, 800, 700), _line(BLACK, 6, 560, 640, 480, 760),
    ),
    "wall": (
        _ground(184, 150, 118),
        _line((80, 66, 54), 12, 500, 0, 560, 240, 500, 460, 620, 700, 580, 960), _line((80, 66, 54), 6, 560, 240, 760, 330),
        _ellipse((110, 130, 70), 60, 760, 460, 940),
    ),
    "roof": (
        _ground(150, 176, 206),
        Shape("polygon", (150, 84, 62), (0, 960, 200, 420, 1180, 420, 1280, 960)),
        Shape("polygon", (34, 44, 82), (330, 560, 600, 520, 640, 740, 340, 790)),
        Shape("polygon", (34, 44, 82), (760, 640, 1050, 500, 1130, 700, 850, 860)), _line(STEEL, 8, 600, 520, 700, 470, 760, 640),
    ),
    "window": (
        _ground(*WALL),
        _box((120, 88, 60), 300, 120, 980, 860), _box(GLASS, 340, 160, 620, 820), _box(BLACK, 660, 160, 940, 820),
        Shape("polygon", GLASS, (660, 160, 940, 160, 900, 300, 800, 240, 720, 380)),
        Shape("polygon", GLASS, (660, 820, 940, 820, 860, 640, 760, 720)), _ellipse(RED, 760, 760, 830, 830),
    ),
    "woodwork": (
        _ground(150, 110, 72),
        _box((126, 88, 54), 140, 80, 1140, 900), _line((70, 48, 30), 8, 220, 120, 260, 400, 230, 640, 300, 880),
        _line((70, 48, 30), 8, 560, 100, 600, 360, 540, 700), _line((70, 48, 30), 8, 940, 140, 900, 480, 980, 860),
        _ellipse((60, 42, 26), 560, 660, 680, 780),
    ),
}
# fmt: on
