"""Builds the FastAPI app: every router, one route table, the edge around it, and the threads beside it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from insurenz import __version__
from insurenz.core import operations, problems
from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.mail import Post, mailer_for
from insurenz.core.middleware import Edge
from insurenz.core.ratelimit import RateLimiter
from insurenz.core.settings import Settings

ROUTERS: Sequence[APIRouter] = (operations.router,)


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The app on a database whose schema is current. Starts its threads with its lifespan, ends them with it."""
    app = FastAPI(
        title="Insurenz",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_lifespan,
    )
    _equip(app, settings, database)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(Edge, is_production=settings.is_production)
    return app


def _equip(app: FastAPI, settings: Settings, database: Database) -> None:
    app.state.settings = settings
    app.state.database = database
    app.state.limiter = RateLimiter(
        is_on=settings.rate_limit == "on",
        redis_url=settings.redis_url.get_secret_value() if settings.redis_url else None,
        requests=settings.limits.requests_per_minute,
        writes=settings.limits.writes_per_minute,
    )
    app.state.post = Post(mailer_for(settings))
    app.state.identify = lambda request: None
    app.state.relink = lambda body, actor: body
    app.state.is_ready = lambda: True


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = app.state.settings.server.threads
    loops: list[Loop] = []
    start_all(loops)
    app.state.post.start()
    yield {}
    stop_all(loops)
    app.state.post.stop()
