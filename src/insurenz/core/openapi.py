"""The OpenAPI document: what FastAPI finds in the routes, and what only the route table and the edge know."""

import re
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from insurenz.core.permissions import ROUTES, Access
from insurenz.core.problems import MEDIA_TYPE

Document = dict[str, Any]

SUMMARY = "Insurance claims filed, checked, decided and followed."
DESCRIPTION = """\
Sign in with `POST /auth/login`, then send `Authorization: Bearer <access_token>`; an API key is sent the same way.
Every refusal is an [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457) problem with a stable `code`. Creating and
deciding calls take an `Idempotency-Key`. Lists are `{"items": [...], "next_cursor": null | "..."}`.
"""

PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem. Some add members, e.g. `allowed_actions` or the present `version`.",
    "required": ["type", "title", "status", "detail", "code", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemField"}},
    },
}
PROBLEM_FIELD = {
    "type": "object",
    "description": "One field that was refused.",
    "required": ["field", "code", "detail"],
    "properties": {
        "field": {"type": "string"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "file_name": {"type": "string", "description": "Which of the `files` it is about."},
    },
}
REFUSALS = {
    "4XX": {"description": "Refused; nothing was changed.", "$ref": "#/components/responses/Problem"},
    "5XX": {"description": "Failed or busy; nothing was changed.", "$ref": "#/components/responses/Problem"},
}
SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token of `POST /auth/login`, or an API key with the scope that the route names.",
    },
    "password": {
        "type": "oauth2",
        "description": "Signing in on the page of the API docs.",
        "flows": {"password": {"tokenUrl": "/auth/token", "scopes": {}}},
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-insurenz",
        "description": "The session of the web app (`insurenz` over plain http).",
    },
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the same answer for 24 hours; for other content it is refused with 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}

# Their answers are not kept: a new key is shown once, a new password ends the session that asked for it, and a piece of a
# file says itself where it belongs. Links to send parts by are made anew, and what is completed stays so.
NOT_REPEATED = frozenset(
    {
        "create_api_key",
        "change_password",
        "continue_upload",
        "begin_direct_upload",
        "complete_direct_upload",
    }
)

_METHODS = frozenset({"get", "put", "post", "delete", "patch"})
_IN_PATH = re.compile(r"\{(\w+)\}")


def install(app: FastAPI) -> None:
    """Complete the document of the app, each time FastAPI has made it anew."""
    plain = app.openapi
    app.summary, app.description = SUMMARY, DESCRIPTION

    def openapi() -> Document:
        document = plain()
        if "Problem" not in document.setdefault("components", {}).setdefault("schemas", {}):
            complete(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def complete(document: Document) -> None:
    """Add to the document, in place: problems, security, path parameters and headers."""
    components = document["components"]
    components["schemas"] |= {"Problem": PROBLEM, "ProblemField": PROBLEM_FIELD}
    for made_by_fastapi in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(made_by_fastapi, None)
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {"Problem": {"description": "A problem.", "content": content}}
    components["securitySchemes"] = SECURITY_SCHEMES
    for path, method, operation in operations(document):
        _complete_operation(path, method, operation)


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Every operation of a document as (path, method, operation)."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in _METHODS:
                yield path, method, operation


def _complete_operation(path: str, method: str, operation: Document) -> None:
    if "HTTPValidationError" in str(operation["responses"].get("422")):
        del operation["responses"]["422"]
    for status, refusal in REFUSALS.items():
        operation["responses"].setdefault(status, refusal)
    access = ROUTES.get(operation["operationId"])
    if access is not None and not access.is_public:
        _say_who_may(operation, access)
        if method != "get" and operation["operationId"] not in NOT_REPEATED:
            _add_parameter(operation, IDEMPOTENCY_KEY)
    for name in _IN_PATH.findall(path):
        schema = {"type": "string", "minLength": 1, "maxLength": 128}
        _add_parameter(operation, {"name": name, "in": "path", "required": True, "schema": schema})


def _say_who_may(operation: Document, access: Access) -> None:
    operation["security"] = [{name: []} for name in SECURITY_SCHEMES]
    operation["x-roles"] = sorted(access.roles)
    operation["x-api-key-scope"] = access.scope
    key = f"API keys need the scope `{access.scope}`." if access.scope else "Not open to API keys."
    who = f"For {', '.join(f'`{role}`' for role in sorted(access.roles))}. {key}"
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), who)))


def _add_parameter(operation: Document, parameter: Document) -> None:
    given = operation.setdefault("parameters", [])
    if not any(p["name"].lower() == parameter["name"].lower() and p["in"] == parameter["in"] for p in given):
        given.append(parameter)
