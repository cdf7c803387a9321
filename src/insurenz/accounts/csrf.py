"""Cross-site request forgery: what a browser sends with the cookie must come from our own pages."""

from urllib.parse import urlsplit

from fastapi import Request

from insurenz.core.body import has_body, media_type
from insurenz.core.edge import SAFE
from insurenz.core.errors import Forbidden, WrongMediaType

# A form, and pieces of a file, which no plain form can send.
FILES = ("multipart/form-data", "application/offset+octet-stream")


def origin_of(url: str) -> str:
    """Scheme and host of a URL, as browsers send them in `Origin`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def check(request: Request, origins: frozenset[str]) -> None:
    """Refuse an unsafe request that does not come from one of our origins, or whose body a plain form could send.

    Raises Forbidden (`csrf`) or WrongMediaType.
    """
    if request.method in SAFE:
        return
    check_origin(request, origins)
    _check_media_type(request)


def check_origin(request: Request, origins: frozenset[str]) -> None:
    """Refuse a request that a page of another origin made, or that does not tell. Raises Forbidden (`csrf`)."""
    if request.headers.get("sec-fetch-site") in ("same-origin", "none"):
        return
    own = f"{request.url.scheme}://{request.headers.get('host', '')}".lower()
    if request.headers.get("origin", "").lower() not in origins | {own}:
        raise Forbidden("This request does not come from a page of this install.", code="csrf")


def _check_media_type(request: Request) -> None:
    kind = media_type(request)
    if not kind and not has_body(request):
        return
    # Files come to the routes that read their body themselves; Origin was checked above.
    reads_own_body = getattr(request.scope.get("route"), "reads_own_body", False)
    if kind == "application/json" or (kind in FILES and reads_own_body):
        return
    raise WrongMediaType("With the session's cookie this route takes JSON only.")
