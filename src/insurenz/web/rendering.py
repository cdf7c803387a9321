"""Renders the script-free pages, each with the strictest policy it can live with."""

from functools import cache
from pathlib import Path

from fastapi import Response
from jinja2 import Environment, FileSystemLoader

FOLDER = Path(__file__).parent

PAGE_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(FOLDER / "pages"), autoescape=True, trim_blocks=True)


def page(name: str, **values: object) -> Response:
    """The page as HTML."""
    body = _environment().get_template(name).render(**values)
    return Response(body, headers={"Content-Security-Policy": PAGE_CSP}, media_type="text/html")
