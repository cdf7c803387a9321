"""Write into docs/requirements.md which test files prove which row; the other columns are written by hand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/requirements.md"

# The rows of each surface, by their highest number.
LAST = {"A": 10, "Z": 9, "U": 10, "P": 10, "D": 10, "R": 16, "N": 13}
IDS = [f"{letter}-{number:02}" for letter, last in LAST.items() for number in range(1, last + 1)]
NONE = "-"

_IN_NAME = re.compile(r"(?<=_)[azupdrn]\d\d(?=_)")
_IN_DOCSTRING = re.compile(r"\b[AZUPDRN]-\d\d\b")


def proven() -> dict[str, list[str]]:
    """For each row the test files with a test that carries its id, in the name or in the docstring."""
    found: dict[str, set[str]] = {id_: set() for id_ in IDS}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for id_ in _ids_in(ast.parse(path.read_text(encoding="utf-8"))):
            found[id_].add(path.relative_to(ROOT).as_posix())
    return {id_: sorted(files) for id_, files in found.items()}


def rows(page: str) -> list[list[str]]:
    """The rows of the page as cells: id, what must hold, tests, what is not tested yet and why."""
    lines = re.findall(r"^\| ([AZUPDRN]-\d\d .*) \|$", page, re.MULTILINE)
    return [[cell.strip() for cell in line.split(" | ")] for line in lines]


def with_tests(page: str) -> str:
    """The page with its third column as the tests are now."""
    files = proven()

    def line(match: re.Match[str]) -> str:
        id_, what, _, missing = (cell.strip() for cell in match[1].split(" | "))
        tests = ", ".join(f"`{name}`" for name in files[id_]) or NONE
        return f"| {id_} | {what} | {tests} | {missing} |"

    return re.sub(r"^\| ([AZUPDRN]-\d\d .*) \|$", line, page, flags=re.MULTILINE)


def _ids_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield from (f"{each[0].upper()}-{each[1:]}" for each in _IN_NAME.findall(node.name))
            yield from _IN_DOCSTRING.findall(ast.get_docstring(node) or "")


if __name__ == "__main__":
    PAGE.write_text(with_tests(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
