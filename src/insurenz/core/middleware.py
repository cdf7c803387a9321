"""The outermost layer of the app: request ids, security headers, one log line and one metric per request."""

import logging
import re
import time
from collections.abc import Mapping
from functools import lru_cache

from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from insurenz.core import context
from insurenz.core.body import HANGS_UP
from insurenz.core.edge import Handler
from insurenz.core.errors import AppError, CutOff
from insurenz.core.ids import new_id
from insurenz.core.metrics import REQUESTS, SECONDS
from insurenz.core.problems import FORESEEN, problem_of, render

log = logging.getLogger("insurenz.access")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

API_CSP = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DEFECT = "Something went wrong here; nothing was changed. The request id helps to find out what."
# As proxies write it in their logs; it is never sent.
CLIENT_GONE = 499
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": API_CSP,
    "Cache-Control": "no-store",
}


class Edge:
    """Pure ASGI: it adds to each answer and never touches a body."""

    def __init__(
        self, app: ASGIApp, *, is_production: bool, direct: Mapping[tuple[str, str], Handler] | None = None
    ) -> None:
        self.app, self._direct = app, direct or {}
        headers = dict(SECURITY_HEADERS)
        if is_production:
            headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        # As they are sent; what an answer says itself stays.
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token, cell = context.request_id.set(_request_id(scope)), context.claim_cell.set([])
        scope.setdefault("state", {})["request_id"] = context.request_id.get()
        started, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(message)
                if HANGS_UP in scope["state"]:
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self._answer(scope, receive, send_with_headers)
        except ClientDisconnect:
            # The sender went away: nobody is left to answer, and nothing is wrong here.
            status = status or CLIENT_GONE
        except CutOff as reason:
            # Ending without a last piece makes the server close the connection.
            log.warning("answer cut off", extra={"reason": str(reason)})
        except Exception:
            # The task boundary of a request: a defect is logged, and answered without anything of the inside.
            log.exception("defect")
            if status:
                raise
            await render(AppError(DEFECT))(scope, receive, send_with_headers)
        finally:
            _account(scope, status or 500, time.perf_counter() - started)
            context.claim_cell.reset(cell)
            context.request_id.reset(token)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """By the app; the routes of `direct` without its layers, which would add nothing."""
        handle = None if scope.get("root_path") else self._direct.get((scope["method"], scope["path"]))
        if handle is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            response = await handle(request)
        except FORESEEN as error:
            response = problem_of(request, error)
        await response(scope, receive, send)

    def _add_headers(self, message: Message) -> None:
        given = message.get("headers", [])
        names = {name.lower() for name, _ in given}
        added = [header for header in self._headers if header[0] not in names]
        message["headers"] = [*given, *added, (b"x-request-id", context.request_id.get().encode())]


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return new_id()


def _account(scope: Scope, status: int, seconds: float) -> None:
    # The route's template, never the path: paths can hold links.
    route = scope.get("state", {}).get("route_path", "other")
    method = scope["method"] if scope["method"] in _METHODS else "other"
    answered, took = _measures(method, route, status)
    answered.inc()
    took.observe(seconds)
    log.info(
        "request", extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@lru_cache(maxsize=4096)
def _measures(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return REQUESTS.labels(method, route, status), SECONDS.labels(method, route)
