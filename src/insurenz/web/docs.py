"""Interactive API docs at /docs: the files of swagger-ui-bundle, from this server, without inline script."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from swagger_ui_bundle import swagger_ui_path

from insurenz.core.edge import Route
from insurenz.web.pages import STATIC, static_file
from insurenz.web.rendering import page

router = APIRouter(route_class=Route, prefix="/docs", include_in_schema=False)

FILES = {
    name: swagger_ui_path / name
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "favicon-16x16.png")
} | {"docs.js": STATIC["docs.js"], "docs.css": STATIC["docs.css"]}

# The bundle sets style attributes and shows pictures from its style sheet; it talks to this server only.
DOCS_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)


@router.get("")
async def docs_page() -> Response:
    """The page."""
    made = page("docs.html")
    made.headers["Content-Security-Policy"] = DOCS_CSP
    return made


@router.get("/openapi.json")
async def docs_document(request: Request) -> Response:
    """The OpenAPI document in the older dialect that the page's script reads."""
    return JSONResponse(await run_in_threadpool(_for_page, request.app))


@router.get("/{name}")
async def docs_asset(name: str) -> Response:
    """Script and style of the page."""
    return static_file(FILES, name)


@cache
def _for_page(app: Any) -> Any:
    return {**as_3_0(app.openapi()), "openapi": "3.0.3"}


def as_3_0(node: Any) -> Any:
    """A part of an OpenAPI 3.1 document in the words of 3.0: no type null, no const, one example."""
    if isinstance(node, list):
        return [as_3_0(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: as_3_0(value) for name, value in node.items()}
    choices = made.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        made |= _nullable(made.pop("anyOf"))
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if isinstance(made.get("examples"), list) and made["examples"]:
        made["example"] = made.pop("examples")[0]
    for bound in ("Minimum", "Maximum"):
        exclusive = made.get(f"exclusive{bound}")
        if isinstance(exclusive, int | float) and not isinstance(exclusive, bool):
            made |= {bound.lower(): exclusive, f"exclusive{bound}": True}
    return made


def _nullable(choices: list[dict[str, Any]]) -> dict[str, Any]:
    rest = [choice for choice in choices if choice != {"type": "null"}]
    if len(rest) == 1 and "$ref" not in rest[0]:
        return {**rest[0], "nullable": True}
    return {"anyOf": rest, "nullable": True}
