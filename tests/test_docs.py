"""The pages say what is true: links, paths, commands, routes, settings and findings they name exist."""

import ast
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer
from fastapi import FastAPI
from fastapi.routing import APIRoute

from insurenz import __version__
from insurenz.asgi import ROUTERS
from insurenz.cli.commands import app as cli
from insurenz.core.permissions import Role
from insurenz.core.settings import SECRETS
from insurenz.core.sources import fields
from insurenz.demo.people import PASSWORD, PEOPLE, Person
from scripts import requirements_page

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/insurenz"
DOCS = ROOT / "docs"
GENERATED = {DOCS / "licences.md", DOCS / "workflows.md", DOCS / "events.md"}
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.rglob("*.md")} - GENERATED)
ADRS = sorted((DOCS / "adr").glob("0*.md"))

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
A_PATH = re.compile(
    r"(?:\./)?(?:src|tests|docs|scripts|\.ci)/[\w./*-]*|[\w./-]+\.(?:py|md|toml|lock|sh|yaml|json)"
)
A_ROUTE = re.compile(r"(?:(?:GET|POST|PUT|PATCH|DELETE) )?(/[\w/.{}-]*)")
COMMANDS = re.compile(r"^(?:\$ )?((?:\./run|\./test|insurenz|scripts/\S+|make|python -m \S+)(?: .*)?)$")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def spans(page: Path) -> list[str]:
    """What stands between backticks in the running text."""
    return re.findall(r"`([^`\n]+)`", FENCED.sub("", page.read_text(encoding="utf-8")))


def command_lines(page: Path) -> Iterator[str]:
    """Every command that the page names or shows, without its comment (after two spaces)."""
    blocks = FENCED.findall(page.read_text(encoding="utf-8"))
    indented = re.findall(r"^    (\S.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    shown = [line for block in blocks for line in block.splitlines()] + indented
    for text in (*spans(page), *shown):
        without_settings = re.sub(r"^(?:[A-Z_]+=\S* )+", "", text.strip().partition("  ")[0])
        if match := COMMANDS.match(without_settings):
            yield match[1]


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_to_files_and_headings_that_exist(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"https?:|mailto:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_paths_named_on_pages_exist(page: Path) -> None:
    candidates = [span.split()[0].rstrip(":,") for span in spans(page)]
    paths = [c for c in candidates if A_PATH.fullmatch(c) and not c.startswith("/")]
    places = (ROOT, SOURCE, page.parent)
    assert [p for p in paths if not any(list(place.glob(p.removeprefix("./"))) for place in places)] == []


@cache
def cli_options() -> dict[tuple[str, ...], set[str]]:
    """Every command of `insurenz` with its options."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command: object, path: tuple[str, ...]) -> None:
        found[path] = {o for p in command.params for o in (*p.opts, *p.secondary_opts)} | {"--help", "-h"}  # type: ignore[attr-defined]
        for name, inner in getattr(command, "commands", {}).items():
            walk(inner, (*path, name))

    walk(typer.main.get_command(cli), ())
    return found


def wrong_in_cli(words: list[str]) -> list[str]:
    path: tuple[str, ...] = ()
    while words and (*path, words[0]) in cli_options():
        path, words = (*path, words[0]), words[1:]
    groups = {known[:-1] for known in cli_options() if known}
    has_no_command = path in groups and words and words[0][:1].islower()
    unknown = [w for w in words if w.startswith("-") and w.partition("=")[0] not in cli_options()[path]]
    return unknown + words[:1] * bool(has_no_command)


def wrong_in(command: str) -> list[str]:
    """What of a command does not exist."""
    program, *words = command.split()
    if program in ("./run", "insurenz"):
        serves = program == "./run" and (not words or words[0].startswith("-"))
        return (
            []
            if program == "./run" and words[0:1] == ["commands"]
            else wrong_in_cli(["serve", *words] if serves else words)
        )
    if program == "./test":
        help_text = (ROOT / "test").read_text()
        parts = [w for w in words if w.startswith("--") or A_PATH.fullmatch(w)]
        return [w for w in parts if not (w in help_text if w.startswith("--") else (ROOT / w).exists())]
    if program == "make":
        targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        return [word for word in words if word not in targets]
    if program == "python":
        return [] if importlib.util.find_spec(words[1]) else [words[1]]
    return [] if (ROOT / program).exists() else [program]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_named_on_pages_exist_with_their_options(page: Path) -> None:
    wrong = {command: wrong_in(command) for command in command_lines(page)}
    assert {command: what for command, what in wrong.items() if what} == {}


@cache
def paths_of_the_api() -> set[str]:
    """Every path that is answered, in the OpenAPI document or not."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    plain = {route.path for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)}
    return {*app.openapi()["paths"], *plain, "/openapi.json"}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_routes_named_on_pages_exist(page: Path) -> None:
    shapes = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths_of_the_api()]
    routes = [match[1] for span in spans(page) if (match := A_ROUTE.fullmatch(span))]
    assert [r for r in routes if not any(shape.fullmatch(r) for shape in shapes)] == []


def default_of(name: str) -> str:
    [field] = [field for known, _, field in fields() if known == name]
    value = field.get_default(call_default_factory=True)
    if name in SECRETS or value in (None, "", ()):
        return ""
    return str(value)


def test_setup_lists_every_setting_with_its_default() -> None:
    rows = re.findall(
        r"^\| `([A-Z][A-Z0-9_]+)` \| (?:`([^`]*)`)? *\|", (DOCS / "setup.md").read_text(), re.MULTILINE
    )
    expected = [(name, default_of(name)) for name, _, _ in fields()]
    assert sorted(rows) == sorted(expected)


def test_the_example_of_settings_has_every_one_with_its_default() -> None:
    lines = re.findall(r"^# ([A-Z][A-Z0-9_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(lines) == sorted((name, default_of(name)) for name, _, _ in fields())


def test_setup_names_every_secret_that_can_come_from_a_file() -> None:
    text = (DOCS / "setup.md").read_text()
    assert [name for name in SECRETS if f"`{name}_FILE`" not in text] == []


def texts_in_source() -> str:
    """Every text in the code and the scripts; what is filled in at run time as an ellipsis."""
    found = [(ROOT / name).read_text() for name in ("run", "test", "scripts/environment.sh")]
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append(
                    "".join(
                        str(getattr(part, "value", "…")) if isinstance(part, ast.Constant) else "…"
                        for part in node.values
                    )
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return "\n".join(found)


def test_troubleshooting_quotes_messages_to_the_letter() -> None:
    known = texts_in_source()
    quoted = re.findall(r"^### \"(.+)\"$", (DOCS / "troubleshooting.md").read_text(), re.MULTILINE)
    missing = [q for q in quoted if not all(part.strip() in known for part in re.split("…|`", q))]
    assert missing == []
    assert len(quoted) > 10


def test_troubleshooting_has_every_finding_of_the_check() -> None:
    ids: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in ("Finding", "_error", "_warning"):
                first = node.args[0]  # type: ignore[attr-defined]
                ids |= {first.value} if isinstance(first, ast.Constant) else set()
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "troubleshooting.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(ids)


def test_requirements_page_names_the_tests_that_are_there() -> None:
    page = requirements_page.PAGE.read_text()
    assert page == requirements_page.with_tests(page), "run: python -m scripts.requirements_page"


def test_every_requirement_has_a_test_or_a_reason() -> None:
    rows = requirements_page.rows(requirements_page.PAGE.read_text())
    assert [row[0] for row in rows] == requirements_page.IDS
    assert [id_ for id_, _, tests, missing in rows if tests == requirements_page.NONE and not missing] == []


def test_decisions_are_numbered_listed_and_have_their_four_parts() -> None:
    index = (DOCS / "adr/README.md").read_text()
    assert [int(path.name[:4]) for path in ADRS] == list(range(1, len(ADRS) + 1))
    assert re.findall(r"^\| \[(\d{4})\]", index, re.MULTILINE) == [path.name[:4] for path in ADRS]
    for path in ADRS:
        text = path.read_text()
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
            "Alternatives",
        ], path.name
        assert text.count("\n") <= 60, path.name


def role_of(person: Person) -> str:
    return f"{person.role}, level {person.level}" if person.role is Role.CLAIM_PROCESSOR else person.role


def test_readme_shows_the_people_of_the_demo_world_and_the_first_call() -> None:
    readme = (ROOT / "README.md").read_text()
    rows = re.findall(r"^\| `(\S+@\S+)` \| (.+?) \|", readme, re.MULTILINE)
    assert rows == [(person.email, role_of(person)) for person in PEOPLE]
    assert PASSWORD in readme
    a_field = re.compile(r'-F ((?!files)\w+)=("[^"]+"|\S+)')
    shown = dict(a_field.findall(readme))
    sent = dict(a_field.findall((DOCS / "first-call.sh").read_text()))
    assert shown | {"incident_date": ""} == sent | {"incident_date": ""}
    assert shown["incident_date"] == "2026-11-02"


def test_changelog_begins_with_what_is_not_released_or_with_the_present_version() -> None:
    newest = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    assert newest in ("Unreleased", __version__)


def test_architecture_names_every_folder_and_draws_the_order_of_the_contracts() -> None:
    text = (DOCS / "architecture.md").read_text()
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert (
        folders - set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| .* \|", text, re.MULTILINE)))) == set()
    )
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = re.findall(r"(?<![(\w])\w+(?![)\w])", " ".join(contracts[0]["layers"]))
    drawn = re.findall(r"flowchart TD\n(.*?)```", text, re.DOTALL)[0]
    assert list(dict.fromkeys(word for word in re.findall(r"\w+", drawn) if word in layers)) == layers
