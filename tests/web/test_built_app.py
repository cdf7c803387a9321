"""The web app as it was built: small enough, nothing inline, and of the API as it is now."""

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts import build_web_app
from tests.actors import Api

ROOT = Path(__file__).resolve().parents[2]
TYPES = ROOT / "frontend/src/api/schema.d.ts"
KB = 1024
# Most bytes of script, compressed with gzip, that the first view of a page may load; areas of staff may take more.
MOST = 150 * KB
AREAS: dict[str, int] = {"admin": 250 * KB, "desk": 250 * KB, "hospital": 250 * KB}
# What comes when a PDF opens, and not before; and what comes after a claim's page: its thread, and what one does there;
# and of one's account what only some installs have.
APART = {f"src/pages/desk/viewer/{name}.tsx": 400 * KB for name in ("pdf-view", "find")} | {
    f"src/pages/{name}.tsx": 160 * KB
    for name in (
        *("claim/add-documents", "claim/conversation", "claim/correct", "claim/appeal"),
        *("account/notices", "account/chats"),
    )
}
STYLE = 25 * KB


def files_of(view: str, manifest: dict[str, dict[str, object]]) -> set[str]:
    """Every script and style that a view needs: the start, its own, and what they import."""
    waiting, found = ["index.html", view], set()
    while waiting:
        chunk = waiting.pop()
        if chunk not in found:
            found.add(chunk)
            waiting += list(manifest[chunk].get("imports", []))  # type: ignore[call-overload]
    scripts = {str(manifest[chunk]["file"]) for chunk in found}
    return scripts | {css for chunk in found for css in manifest[chunk].get("css", [])}  # type: ignore[attr-defined]


def size(folder: Path, files: set[str], suffix: str) -> int:
    return sum(len(gzip.compress((folder / f).read_bytes(), 9)) for f in files if f.endswith(suffix))


def test_the_first_view_of_every_page_is_small(built_app: Path) -> None:
    manifest = json.loads((built_app / "manifest.json").read_text())
    views = {view: files_of(view, manifest) for view in manifest if view.startswith("src/pages/")}
    scripts = {view: size(built_app, files, ".js") for view, files in views.items()}
    most = {view: APART.get(view) or AREAS.get(view.split("/")[2], MOST) for view in views}
    assert {view: n for view, n in scripts.items() if n > most[view]} == {}
    assert {v for v, files in views.items() if size(built_app, files, ".css") > STYLE} == set()
    assert "src/pages/home/home.tsx" in views


def test_the_service_worker_stands_alone_at_its_address(built_app: Path) -> None:
    """Browsers do not load modules into it."""
    script = (built_app / "worker.js").read_text()
    assert "notificationclick" in script
    assert re.findall(r"\b(?:import|export)\b", script) == []


def test_p08_the_built_page_holds_nothing_inline_and_nothing_from_elsewhere(built_app: Path) -> None:
    page = (built_app / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", page) == []
    assert [a for a in re.findall(r'(?:src|href)="([^"]+)"', page) if not a.startswith("/app/assets/")] == []


def test_each_script_and_style_lies_compressed_beside_itself(built_app: Path) -> None:
    assets = built_app / "assets"
    plain = [path for path in assets.iterdir() if path.suffix in (".js", ".css")]
    assert [
        p.name for p in plain if gzip.decompress((assets / f"{p.name}.gz").read_bytes()) != p.read_bytes()
    ] == []
    assert [p.name for p in plain if not (assets / f"{p.name}.br").is_file()] == []


def test_the_types_of_the_api_are_those_of_its_document(api: Api, tmp_path: Path) -> None:
    """When this fails: scripts/update-api-types."""
    tool = build_web_app.FRONTEND / "node_modules/openapi-typescript/bin/cli.js"
    node = shutil.which("node")
    if not tool.is_file() or node is None:
        pytest.skip("needs Node and the packages of the web app: python3 scripts/build_web_app.py")
    document, made = tmp_path / "openapi.json", tmp_path / "schema.d.ts"
    document.write_text(json.dumps(api.app.openapi()))
    subprocess.run([node, tool, document, "--output", made], check=True, capture_output=True)
    assert made.read_text() == TYPES.read_text()
