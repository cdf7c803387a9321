"""The HTTP edge: one unit of work around each endpoint, committed before the answer leaves.

A plain `def` endpoint runs in one thread hop. There the route opens the unit (reading for GET and HEAD, writing for
the rest), turns deferred parameters such as the session and the caller into values, calls the endpoint, serialises
what it returns once, keeps the answer for its Idempotency-Key, and commits. `async def` endpoints do this themselves.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from inspect import iscoroutinefunction, signature
from operator import attrgetter
from threading import RLock
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Match, compile_path
from starlette.types import Receive, Scope, Send

from insurenz.core import idempotency, parameters
from insurenz.core.body import judge_media_type, read_bounded
from insurenz.core.db import Database, Session
from insurenz.core.errors import NotFound, invalid
from insurenz.core.packing import packed
from insurenz.core.permissions import NOT_BY_HEAD, Actor
from insurenz.core.ratelimit import charge

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_FOUND_SWEEP = "not_found_sweep"
_request: ContextVar[Request] = ContextVar("request")
# One thread analyses; who asks for the same meanwhile waits for all of it.
_analysing = RLock()


class Out(BaseModel):
    """An answer of the API; `http_headers` adds headers that follow from its content, such as ETag.

    One that `has_credential`, such as a signed link or a token, is never compressed.
    """

    has_credential: ClassVar[bool] = False

    def http_headers(self) -> dict[str, str]:
        """Headers to send with this answer."""
        return {}


class Versioned(Out):
    """An answer about an object with a version, which it also tells as its ETag."""

    version: int

    def http_headers(self) -> dict[str, str]:
        """The version as a strong ETag, e.g. `"3"`."""
        return {"ETag": f'"{self.version}"'}


@dataclass(frozen=True)
class Pending:
    """A parameter that becomes a value inside the unit; lower ranks first (session, caller, object)."""

    rank: int
    resolve: Callable[[Session], Any]


Find = Callable[[Request, Session], Any]


def deferred(rank: int) -> Callable[[Find], Callable[[Request], Awaitable[Pending]]]:
    """Make a FastAPI dependency of a function that needs the unit's session."""

    def mark(find: Find) -> Callable[[Request], Awaitable[Pending]]:
        async def wait(request: Request) -> Pending:
            return Pending(rank, lambda session: find(request, session))

        wait.is_deferred = True  # type: ignore[attr-defined]
        return wait

    return mark


@deferred(0)
def _session(_request: Request, session: Session) -> Session:
    return session


Db = Annotated[Session, Depends(_session)]


def database_of(request: Request) -> Database:
    """The database this app was built with."""
    database: Database = request.app.state.database
    return database


def _unit_of(request: Request) -> AbstractContextManager[Session]:
    """The unit that a request is answered in: only those that may change something may write, and lock."""
    database = database_of(request)
    return database.read_unit() if request.method in SAFE else database.unit_of_work()


def answer(result: Any, status_code: int, request: Request | None = None) -> Response:
    """The endpoint's result as a response, serialised once; a long one packed where the request is given."""
    if isinstance(result, Response):
        return result
    if result is None:
        return Response(status_code=204)
    headers = result.http_headers() if isinstance(result, Out) else {}
    made = Response(result.model_dump_json(), status_code, headers, media_type="application/json")
    return made if request is None or getattr(result, "has_credential", True) else packed(request, made)


def json_answer(body: bytes) -> Response:
    """An answer without a credential that was written as JSON already."""
    return packed(_request.get(), Response(body, media_type="application/json"))


def _in_unit(endpoint: Callable[..., Any], status_code: int) -> Callable[..., Any]:
    @wraps(endpoint)
    def run(**given: Any) -> Response:
        waiting = sorted(
            ((n, v) for n, v in given.items() if isinstance(v, Pending)), key=lambda pair: pair[1].rank
        )
        if not waiting:
            return answer(endpoint(**given), status_code)
        request = _request.get()

        def work(session: Session) -> Response:
            found = {name: pending.resolve(session) for name, pending in waiting}
            return once(request, session, lambda: answer(endpoint(**given | found), status_code, request))

        if request.method not in SAFE:
            return database_of(request).in_unit(work)
        with _unit_of(request) as session:
            return work(session)

    run.runs_in_unit = True  # type: ignore[attr-defined]
    return run


def once(request: Request, session: Session, make: Callable[[], Response]) -> Response:
    """The answer kept for the request's Idempotency-Key, or a new one that is kept; without a key just a new one."""
    key = request.headers.get("idempotency-key")
    actor: Actor | None = getattr(request.state, "actor", None)
    if key is None or actor is None or request.method in SAFE:
        return make()
    relink: idempotency.Relink = request.app.state.relink
    kept = idempotency.begin(session, caller=actor.id, key=key, fingerprint=request.state.fingerprint)
    if kept is not None:
        return kept.response(session, relink, actor)
    response = make()
    idempotency.finish(session, caller=actor.id, key=key, response=response)
    return response


def _count_missing(request: Request) -> None:
    """Who asks for many things that are not theirs sets off the alarm; files of pages are not counted."""
    caller, state = getattr(request.state, "charged", None), request.app.state
    if caller and state.sweeps.count(caller, request.url.path):
        state.alarm.sound(NOT_FOUND_SWEEP, caller)


class Route(APIRoute):
    """The route class of every feature's router.

    FastAPI analyses an endpoint when something of it is first asked for: most are never called in a process, and its
    start would be longer by a tenth.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.reads_own_body = iscoroutinefunction(endpoint)
        if not self.reads_own_body and not hasattr(endpoint, "runs_in_unit"):
            endpoint = _in_unit(endpoint, options.get("status_code") or 200)
        # What stands before the first parameter of the path.
        self._start = path.partition("{")[0]
        # This is all that it takes to match.
        self.endpoint, self.methods = endpoint, set(options["methods"])
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        is_get = "GET" in self.methods
        self._answers_head = is_get and endpoint.__name__ not in NOT_BY_HEAD
        # Pages ignore what others add to their address.
        self._is_asked = is_get and options.get("include_in_schema", True) and not self.reads_own_body
        named = options | {"generate_unique_id_function": attrgetter("name")}
        self._analyse = partial(super().__init__, path, endpoint, **named)

    def __getattr__(self, name: str) -> Any:
        """What the analysis finds."""
        with _analysing:
            if analyse := vars(self).pop("_analyse", None):
                try:
                    analyse()
                finally:
                    # What is made last is missing when it failed: the next one is to learn why, too.
                    if "app" not in vars(self):
                        self._analyse = analyse
        return object.__getattribute__(self, name)

    @cached_property
    def _parameters(self) -> frozenset[str] | None:
        return parameters.taken_by(self.dependant)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the route is for this request; most are not, and are told by how their path begins."""
        if not (scope.get("root_path") or scope["path"].startswith(self._start)):
            return Match.NONE, {}
        return super().matches({**scope, "method": "GET"} if self._is_head(scope) else scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matches; HEAD as GET, whose body the server leaves out."""
        await (self.app if self._is_head(scope) else super().handle)(scope, receive, send)

    def _is_head(self, scope: Scope) -> bool:
        return bool(scope["method"] == "HEAD" and self._answers_head)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler: charge the caller, bound the body, and let 401, 403 and 404 come before 422."""
        # FastAPI's own has nothing to do for an endpoint that takes the bare request.
        handle = self.endpoint if self._takes_bare_request() else super().get_route_handler()

        async def handler(request: Request) -> Response:
            request.state.operation = self.name
            request.state.route_path = self.path
            charge(request)
            if not self.reads_own_body and request.method not in SAFE:
                request = await self._with_body(request)
            token = _request.set(request)
            try:
                return await self._handled(handle, request)
            except NotFound:
                _count_missing(request)
                raise
            finally:
                _request.reset(token)

        return handler

    async def _handled(self, handle: Callable[[Request], Awaitable[Response]], request: Request) -> Response:
        try:
            if self._is_asked:
                parameters.judge(request, self._parameters)
            return await handle(request)
        except RequestValidationError as error:
            await self._refuse_first(request)
            if self.body_field is not None and any(each["loc"][0] == "body" for each in error.errors()):
                judge_media_type(request, str(getattr(self.body_field.field_info, "media_type", "")))
            raise
        except HTTPException as error:
            # FastAPI raises it for a body that it cannot decode.
            await self._refuse_first(request)
            raise invalid("body", "malformed", "The body is not what its media type says.") from error

    def _takes_bare_request(self) -> bool:
        shape = signature(self.endpoint)
        is_bare = list(shape.parameters) == ["request"] and shape.return_annotation is Response
        return self.reads_own_body and is_bare

    async def _with_body(self, request: Request) -> Request:
        body = await read_bounded(request, request.app.state.settings.limits.max_body_bytes)
        if "idempotency-key" in request.headers:
            request.state.fingerprint = idempotency.fingerprint(request.method, request.url.path, body)

        async def replay() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        return Request(request.scope, replay)

    async def _refuse_first(self, request: Request) -> None:
        """Resolve caller and object although the input is wrong: their refusals come first."""
        calls = [d.call for d in self.dependant.dependencies if getattr(d.call, "is_deferred", False)]
        waiting: list[Pending] = sorted([await call(request) for call in calls if call], key=lambda p: p.rank)

        def resolve() -> None:
            with _unit_of(request) as session:
                for pending in waiting:
                    pending.resolve(session)
                session.rollback()

        await run_in_threadpool(resolve)
