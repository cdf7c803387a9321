"""The table of a measurement: what was reached, by whom, against what, and whether that is enough; as Markdown."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("product", "FastAPI peer", "Django peer", "lean", "limit")
HEADS = ("", "work", *COLUMNS, "the product is", "target", "")
NONE = "-"


@dataclass(frozen=True)
class Verdict:
    """A figure, usually a ratio, beside what it should be."""

    reached: str
    target: str = NONE
    word: str = NONE


@dataclass(frozen=True)
class Row:
    """One piece of work: the figure of each column, and the verdicts on the product's."""

    id: str
    work: str
    figures: Mapping[str, str]
    verdicts: Sequence[Verdict] = (Verdict(NONE),)


def at_least(value: float, bound: float, unit: str) -> Verdict:
    """More is better."""
    return Verdict(*_texts(value, f">= {bound:g}", unit), _word(value, is_met=value >= bound))


def at_most(value: float, bound: float, unit: str) -> Verdict:
    """Less is better."""
    return Verdict(*_texts(value, f"<= {bound:g}", unit), _word(value, is_met=value <= bound))


def is_just(value: float, unit: str) -> Verdict:
    """A figure without a target."""
    return Verdict(f"{number(value)} {unit}")


def number(value: float) -> str:
    """Three digits or so."""
    if not math.isfinite(value):
        return NONE
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def markdown(rows: Iterable[Row]) -> str:
    """The rows, padded so that they can be read as they are; a further verdict has a line of its own."""
    lines: list[tuple[str, ...]] = [HEADS]
    for row in rows:
        cells = [row.figures.get(column, "") for column in COLUMNS]
        for verdict in row.verdicts:
            lines.append((row.id, row.work, *cells, verdict.reached, verdict.target, verdict.word))
            cells = ["" for _ in cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in (lines[0], rule, *lines[1:])
    )


def _texts(value: float, target: str, unit: str) -> tuple[str, str]:
    return f"{number(value)} {unit}", target


def _word(value: float, *, is_met: bool) -> str:
    if not math.isfinite(value):
        return "not measured"
    return "met" if is_met else "not met"
