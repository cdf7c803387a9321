"""The web app under /app/: one page for all its addresses, and the files that the page loads, as they were built."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from starlette.concurrency import run_in_threadpool

from insurenz.accounts.gate import gate_of
from insurenz.core.edge import Route, database_of
from insurenz.core.errors import NotFound
from insurenz.core.packing import accepted, packed
from insurenz.web.pages import first_page
from insurenz.web.rendering import FOLDER

router = APIRouter(route_class=Route, prefix="/app", include_in_schema=False)

# Pictures come from this server, and from files that the reader has chosen but not sent yet.
APP_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
# A worker lives by the policy of its own script: it may load other scripts of the app, and nothing else.
SCRIPT_CSP = (
    "default-src 'none'; script-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# The service worker, which browsers ask for again and again at the same address.
WORKER = "worker.js"
# Names of assets hold a hash of their content.
FOREVER = "public, max-age=31536000, immutable"
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
# The smallest first.
ENCODINGS = {"br": ".br", "gzip": ".gz"}
ENDS = {"": ""} | ENCODINGS
# What the reader has chosen, so that the first paint is right; the app writes these cookies.
CHOICES = {
    "insurenz-language": ('lang="en"', 'lang="{}"', {"en", "hi"}),
    "insurenz-theme": ('data-theme="system"', 'data-theme="{}"', {"system", "light", "dark"}),
}

HOME = "src/pages/home/home.tsx"

# Hints for people who try the demo, on the first page of each.
GUIDE = "src/shell/guide.tsx"


@dataclass(frozen=True)
class WebApp:
    """What the build made: the page, its assets by name with their encodings, the scripts of home and of the demo's
    hints, the service worker."""

    page: str
    assets: Mapping[str, Mapping[str, Path]]
    home: Sequence[str]
    guide: Sequence[str]
    worker: Path

    def page_for(
        self, cookies: Mapping[str, str], *, is_home: bool, may_be_signed_in: bool, may_be_demo: bool
    ) -> str:
        """The page as this browser's cookies want it, with a hint to fetch at once what it will ask for first."""
        html = self.page
        for cookie, (default, chosen, known) in CHOICES.items():
            if cookies.get(cookie) in known:
                html = html.replace(default, chosen.format(cookies[cookie]), 1)
        session = "some" if may_be_signed_in else "none"
        first = ["/auth/me", "/notifications?limit=1"] if may_be_signed_in else []
        if may_be_demo or not may_be_signed_in:
            first.append("/config/public")
        html = html.replace('data-session="unknown"', f'data-session="{session}"', 1)
        if may_be_demo:
            html = html.replace('data-demo="no"', 'data-demo="maybe"', 1)
        hint = "".join(f'<link rel="preload" href="{path}" as="fetch" crossorigin>' for path in first)
        scripts = [*(self.home if is_home else ()), *(self.guide if may_be_demo else ())]
        if may_be_signed_in:
            hint += "".join(
                f'<link rel="modulepreload" fetchpriority="low" crossorigin href="/app/{file}">'
                for file in scripts
            )
        return html.replace("</head>", f"{hint}</head>", 1)


def built(folder: Path = FOLDER / "app") -> WebApp | None:
    """The app that lies in this folder, or None when it was not built."""
    page = folder / "index.html"
    if not page.is_file():
        return None
    files = {path.name: path for path in (folder / "assets").iterdir()}
    assets = {
        name: {encoding: files[name + end] for encoding, end in ENDS.items() if name + end in files}
        for name, path in files.items()
        if path.suffix in MEDIA_TYPES
    }
    chunks = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    home, guide = (_scripts_of(each, chunks) for each in (HOME, GUIDE))
    return WebApp(page.read_text(encoding="utf-8"), assets, home, guide, folder / WORKER)


def _scripts_of(part: str, chunks: Any) -> Sequence[str]:
    """The scripts of a part of the app that is wanted early, besides those that the page itself names."""
    named = {"index.html", *chunks["index.html"]["imports"]}
    own = [part, *chunks[part]["imports"]]
    return [chunks[name]["file"] for name in own if name not in named]


@router.get("/assets/{name}")
async def app_asset(request: Request, name: str) -> Response:
    """A script, style, font or picture of the app, compressed when it was."""
    app: WebApp | None = request.app.state.web_app
    if app is None or name not in app.assets:
        raise NotFound
    encodings = app.assets[name]
    encoding = next((each for each in accepted(request, ENCODINGS) if each in encodings), "")
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
    if name.endswith(".js"):
        headers["Content-Security-Policy"] = SCRIPT_CSP
    if encoding:
        headers["Content-Encoding"] = encoding
    return FileResponse(encodings[encoding], headers=headers, media_type=MEDIA_TYPES[Path(name).suffix])


@router.get("/worker.js")
async def app_worker(request: Request) -> Response:
    """The service worker, which shows what is pushed; it reaches all that is below /app/."""
    app: WebApp | None = request.app.state.web_app
    if app is None or not app.worker.is_file():
        raise NotFound
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": SCRIPT_CSP}
    return FileResponse(app.worker, headers=headers, media_type=MEDIA_TYPES[".js"])


@router.get("/{path:path}")
async def app_page(request: Request) -> Response:
    """The app, at each of its addresses; without a built one, what this is and how it is built."""
    app: WebApp | None = request.app.state.web_app
    if app is None:
        return await run_in_threadpool(_without_app, request)
    may_be_signed_in = gate_of(request).cookie in request.cookies
    may_be_demo = not request.app.state.settings.is_production
    html = app.page_for(
        request.cookies,
        is_home=not request.path_params["path"],
        may_be_signed_in=may_be_signed_in,
        may_be_demo=may_be_demo,
    )
    page = Response(html, headers={"Content-Security-Policy": APP_CSP}, media_type="text/html")
    return packed(request, page)


def _without_app(request: Request) -> Response:
    with database_of(request).read_unit() as session:
        return first_page(request, session)
