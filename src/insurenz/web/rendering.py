"""Renders the script-free pages, each with the strictest policy it can live with."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import Response

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent

PAGE_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - only needed for such a page

    return Environment(loader=FileSystemLoader(FOLDER / "pages"), autoescape=True, trim_blocks=True)


def page(name: str, *, has_form: bool = False, **values: object) -> Response:
    """The page as HTML; one that `has_form` may send it to where it came from."""
    body = _environment().get_template(name).render(**values)
    policy = PAGE_CSP.replace("form-action 'none'", "form-action 'self'") if has_form else PAGE_CSP
    return Response(body, headers={"Content-Security-Policy": policy}, media_type="text/html")
