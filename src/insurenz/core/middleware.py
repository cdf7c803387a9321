"""The outermost layer of the app: request ids, security headers, one log line and one metric per request."""

import logging
import re
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from insurenz.core import context, courtesy
from insurenz.core.body import GOES_ON, HANGS_UP
from insurenz.core.errors import AppError, CutOff
from insurenz.core.ids import new_id
from insurenz.core.metrics import REQUESTS, SECONDS
from insurenz.core.problems import METHODS, render

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
}


class Edge:
    """Pure ASGI: it adds to each answer and never touches a body."""

    def __init__(self, app: ASGIApp, *, is_production: bool) -> None:
        self.app = app
        self.headers = dict(SECURITY_HEADERS)
        if is_production:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        token, cell = context.request_id.set(_request_id(scope)), context.claim_cell.set([])
        scope.setdefault("state", {})["request_id"] = context.request_id.get()
        started, status, seconds = time.perf_counter(), 0, None

        async def send_with_headers(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status = message["status"]
                if GOES_ON in scope["state"]:
                    seconds = time.perf_counter() - started
                    turn.end()
                headers = MutableHeaders(scope=message)
                self._add_headers(headers)
                if HANGS_UP in scope["state"]:
                    headers["Connection"] = "close"
            await send(message)

        turn = courtesy.Turn()
        try:
            await self.app(scope, receive, send_with_headers)
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
            turn.end()
            _account(scope, status or 500, seconds or time.perf_counter() - started)
            context.claim_cell.reset(cell)
            context.request_id.reset(token)

    def _add_headers(self, headers: MutableHeaders) -> None:
        headers["X-Request-Id"] = context.request_id.get()
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", API_CSP)
        headers.setdefault("Cache-Control", "no-store")


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return str(value.decode())
    return new_id()


def _account(scope: Scope, status: int, seconds: float) -> None:
    # The route's template, never the path: paths can hold links.
    route = scope.get("state", {}).get("route_path", "other")
    method = scope["method"] if scope["method"] in METHODS else "other"
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    log.info(
        "request", extra={"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
    )
