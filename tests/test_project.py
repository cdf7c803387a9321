"""The project keeps its own rules: sizes, lock files, the bill of materials, paths named to newcomers."""

import ast
import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import build_web_app, supply_chain

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path for top in ("src", "tests", "scripts", "benchmarks") for path in (ROOT / top).rglob("*.py")
)
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-dev.lock"]
NODE_LOCK = ROOT / "requirements-node.lock"
MOST_WEB_PACKAGES = 18
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PERMISSIVE = {
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
}
WEB_FONTS = {"OFL-1.1"}


def test_files_and_functions_stay_small_and_say_what_they_are() -> None:
    offences = []
    for path in (p for p in SOURCES if p.read_text()):
        tree = ast.parse(path.read_text())
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        offences += [(path.name, f.name) for f in functions if (f.end_lineno or 0) - f.lineno >= 60]
        offences += [(path.name, "lines")] * (path.read_text().count("\n") > 400)
        sentence = (ast.get_docstring(tree) or "").split("\n\n")[0]
        offences += [(path.name, "docstring")] * (not sentence.endswith("."))
    assert offences == []


@pytest.mark.parametrize("lock", [*LOCKS, NODE_LOCK], ids=lambda lock: lock.name)
def test_p10_every_locked_package_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = [entry for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if entry]
    assert [
        e.split()[0] for e in entries if not re.match(r"\S+==\S+.*( \\\n +--hash=sha256:[0-9a-f]{64})+\n", e)
    ] == []
    assert re.findall(r"https?:|--(?:extra-)?index-url|--find-links| @ ", text) == []


def test_p10_lock_files_hold_what_the_project_file_asks_for() -> None:
    groups = PROJECT["dependency-groups"]
    extras = PROJECT["project"]["optional-dependencies"]
    product = PROJECT["project"]["dependencies"] + groups["build"] + extras["s3"]
    everything = product + extras["redis"] + groups["dev"]
    for lock, asked in zip(LOCKS, (product, everything), strict=True):
        versions = dict(supply_chain.locked(lock))
        wanted = [Requirement(line) for line in asked]
        assert [str(r) for r in wanted if versions[canonicalize_name(r.name)] not in r.specifier] == []
    assert set(supply_chain.locked(LOCKS[0])) <= set(supply_chain.locked(LOCKS[1]))


def test_p10_what_is_installed_is_what_is_locked() -> None:
    locked: dict[str, set[str]] = {}
    for name, version in supply_chain.locked(LOCKS[1]):
        locked.setdefault(name, set()).add(version)
    installed = {canonicalize_name(d.name): d.version for d in metadata.distributions()}
    assert {n: v for n, v in installed.items() if n in locked and v not in locked[n]} == {}


def test_p10_bill_of_materials_and_licence_list_equal_the_lock() -> None:
    packages = supply_chain.locked(LOCKS[0])
    assert supply_chain.SBOM.read_text() == supply_chain.sbom(packages)
    assert supply_chain.LICENCES.read_text() == supply_chain.licences(packages)
    other = {n for n, _ in packages if not set(re.split(" AND | OR ", supply_chain.licence(n))) <= PERMISSIVE}
    assert other == {"psycopg", "psycopg-binary"}  # LGPL-3.0: used unchanged, replaceable by the operator


def test_p10_the_node_that_is_locked_is_the_one_that_builds() -> None:
    assert ["==".join(package) for package in supply_chain.locked(NODE_LOCK)] == [build_web_app.NODE_PACKAGE]


def test_p10_the_web_app_is_built_of_few_locked_and_permissive_packages() -> None:
    asked = json.loads((ROOT / "frontend/package.json").read_text())
    assert len(asked["dependencies"]) <= MOST_WEB_PACKAGES
    versions = [*asked["dependencies"].values(), *asked["devDependencies"].values()]
    assert [v for v in versions if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    locked = json.loads(supply_chain.WEB_LOCK.read_text())["packages"]
    assert [name for name, entry in locked.items() if name and "integrity" not in entry] == []
    assert "resolved" not in supply_chain.WEB_LOCK.read_text()
    assert {
        name for name, _, spdx in supply_chain.web_packages() if spdx not in PERMISSIVE | WEB_FONTS
    } == set()
    assert "ignore-scripts=true" in (ROOT / "frontend/.npmrc").read_text().splitlines()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "README.md"])
def test_pages_for_newcomers_name_only_paths_that_exist(page: str) -> None:
    text = (ROOT / page).read_text()
    code = re.findall(r"`([^`\s]+)", text) + re.findall(r"\]\(([^)#:\s]+)[)#]", text)
    shape = re.compile(r"(\./)?[\w.-]+((/[\w.-]+)+/?|\.md|\.lock|\.toml)")
    assert sorted(c for c in code if shape.fullmatch(c) and not (ROOT / c).exists()) == []
