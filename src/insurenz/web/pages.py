"""The first page, and what robots and finders of weaknesses look for."""

from datetime import timedelta
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from insurenz import __version__
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.edge import Route
from insurenz.core.errors import NotFound
from insurenz.core.mail import has_mailbox
from insurenz.core.settings import Settings
from insurenz.demo.people import PASSWORD, PEOPLE
from insurenz.demo.world import is_loaded
from insurenz.web.rendering import FOLDER, page

router = APIRouter(route_class=Route, include_in_schema=False)

STATIC = {path.name: path for path in sorted((FOLDER / "static").iterdir())}
MAX_AGE = "public, max-age=3600"


def static_file(files: dict[str, Path], name: str) -> Response:
    """One of these files; raises NotFound for any other name."""
    if name not in files:
        raise NotFound
    return FileResponse(files[name], headers={"Cache-Control": MAX_AGE})


@router.get("/")
async def home() -> Response:
    """Leads to the web app."""
    return RedirectResponse("/app/", 307)


@router.get("/app")
async def app_home() -> Response:
    """Leads to the web app."""
    return RedirectResponse("/app/", 307)


def first_page(request: Request, session: Session) -> Response:
    """What this is and where to go from here: shown in the web app's place where that was not built."""
    settings: Settings = request.app.state.settings
    return page(
        "first.html",
        version=__version__,
        people=PEOPLE,
        password=PASSWORD,
        has_demo=not settings.is_production and is_loaded(session),
        has_mailbox=has_mailbox(settings),
        address=settings.base_url,
    )


@router.get("/static/{name}")
async def page_asset(name: str) -> Response:
    """Style sheets and pictures of the pages."""
    return static_file(STATIC, name)


@router.get("/robots.txt")
async def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", media_type="text/plain")


@router.get("/.well-known/security.txt")
async def security_txt(request: Request) -> Response:
    """Where to report a weakness (RFC 9116)."""
    settings: Settings = request.app.state.settings
    address = settings.mail_from.rpartition("<")[2].rstrip(">")
    expires = (clock.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    own = f"{settings.base_url}/.well-known/security.txt"
    lines = [
        f"Contact: mailto:{address}",
        f"Expires: {expires}",
        "Preferred-Languages: en",
        f"Canonical: {own}",
    ]
    return Response("\n".join(lines) + "\n", media_type="text/plain")
