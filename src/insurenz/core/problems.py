"""Every error as an RFC 9457 problem; nothing of the inside shows."""

import json
import logging
from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from insurenz.core import context
from insurenz.core.errors import AppError, FieldError, Invalid, Unavailable

log = logging.getLogger("insurenz.problems")

M = TypeVar("M", bound=BaseModel)

MEDIA_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    """Render each kind of error of the app as a problem."""
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, _busy)
    app.add_exception_handler(PoolTimeout, _busy)


def render(error: AppError) -> Response:
    """The problem as a response."""
    # What a caller named may hold half of a surrogate pair, which no answer can carry.
    body = json.dumps(error.problem(context.request_id.get()), ensure_ascii=False).encode(errors="replace")
    return Response(body, error.status, dict(error.headers), media_type=MEDIA_TYPE)


def _app_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101 - registered for this class
    return render(error)


def _validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    return render(refused_fields(error.errors()))


def refused_fields(errors: Any) -> Invalid:
    """An `Invalid` from the errors of a pydantic validation; values are never repeated."""
    fields = [FieldError(_place(e), str(e["type"]), _said(e)) for e in errors]
    names = ", ".join(dict.fromkeys(f.field for f in fields))
    return Invalid(detail=f"Not taken: {names}.", errors=fields)


def validated(model: type[M], given: Mapping[str, Any]) -> M:
    """The model of these fields; raises Invalid naming each field that does not fit."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise refused_fields(error.errors()) from error


# What pydantic calls by the names of Python.
_OBJECT = frozenset({"model_type", "model_attributes_type", "dict_type"})
_OWN = "Value error, "


def _place(error: Mapping[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "body"
    parts = [str(p) for p in error["loc"] if p not in ("body", "query", "path", "header")]
    return ".".join(parts) or "body"


def _said(error: Mapping[str, Any]) -> str:
    said = str(error["msg"])
    if error["type"] == "json_invalid":
        return f"This is not JSON, from character {error['loc'][-1]} on."
    if error["type"] in _OBJECT:
        return "Send a JSON object."
    return said if not said.startswith(_OWN) else f"{said[len(_OWN)].upper()}{said[len(_OWN) + 1 :]}."


_CODES = {404: "not_found", 405: "method_not_allowed", 400: "bad_request", 413: "body_too_large"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_NOWHERE = "There is nothing at this address. All routes are at /docs."


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    said, headers = str(error.detail), dict(error.headers or {})
    if error.status_code == 404:
        said = _NOWHERE
    if error.status_code == 405:
        headers["Allow"] = ", ".join(_methods(request))
        said = f"This address takes {headers['Allow']}."
    problem = AppError(said, code=_CODES.get(error.status_code, "http_error"))
    body = problem.problem(context.request_id.get()) | {
        "status": error.status_code,
        "title": str(error.detail).capitalize(),
    }
    return Response(json.dumps(body), error.status_code, headers, media_type=MEDIA_TYPE)


def _methods(request: Request) -> list[str]:
    """What can be sent to an address: by any of its routes, not just the first that the router tried."""
    routes, scope = request.app.router.routes, request.scope
    return [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]


# Of a connection that breaks while its unit is committed, nobody knows on which side of it.
CUT_OFF = (
    "The connection to the database broke; it is not known whether anything was changed. Send the same request again, "
    "under the same Idempotency-Key."
)


def _busy(request: Request, error: Exception) -> Response:
    log.warning("database busy", extra={"kind": type(error).__name__, "code": _sqlstate(error)})
    if isinstance(error, DBAPIError) and error.connection_invalidated and request.method != "GET":
        return render(Unavailable(CUT_OFF))
    return render(Unavailable("The database is busy; nothing was changed. Send the same request again."))


def _sqlstate(error: Exception) -> str:
    return str(getattr(error.orig, "sqlstate", "")) if isinstance(error, DBAPIError) else ""
