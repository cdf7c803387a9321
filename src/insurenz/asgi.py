"""Builds the FastAPI app: every router, one route table, the edge around it, and the threads beside it."""

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from insurenz import __version__, workflow
from insurenz.accounts import auth, retention
from insurenz.accounts import endpoints as accounts
from insurenz.analytics import endpoints as analytics
from insurenz.analytics.outlook import Usual
from insurenz.claims import answers, drafts
from insurenz.claims import endpoints as claims
from insurenz.claims.rules import Rules
from insurenz.consumers import consumers, of_kinds
from insurenz.core import idempotency, logging, openapi, operations, problems
from insurenz.core.background import Loop, called_at_stop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.mail import Post, mailer_for
from insurenz.core.middleware import Edge
from insurenz.core.ratelimit import RateLimiter
from insurenz.core.secret import derived_key, server_secret
from insurenz.core.settings import Settings
from insurenz.core.sources import SettingsRefused, required
from insurenz.core.storage import store_for
from insurenz.definitions import endpoints as definitions
from insurenz.definitions.service import Definitions, pin
from insurenz.deliveries import endpoints as deliveries
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.lanes import delivery_threads
from insurenz.demo import world
from insurenz.documents import allowance, sweep
from insurenz.documents import endpoints as documents
from insurenz.documents.inspect import Inspector
from insurenz.documents.links import LinkSigner
from insurenz.events import endpoints as events
from insurenz.events.threads import event_threads
from insurenz.explain import endpoints as explain
from insurenz.migrations.state import is_current
from insurenz.notifications import endpoints as notifications
from insurenz.notifications import purge, stream
from insurenz.notifications.hints import hints
from insurenz.notifications.hub import Hub
from insurenz.notifications.telling import Telling
from insurenz.organisations import endpoints as organisations
from insurenz.policies import endpoints as policies
from insurenz.web import docs, mailbox, pages, web_app

# Requests with files that are stored and recorded at the same time, in each process; others wait their turn.
UPLOADS_AT_ONCE = 8
# A search for garbage among all that lives goes through every open stream: half a second with 5,000. The others, among
# what is young, find what requests leave.
GARBAGE = (700, 10, 1000)

# Matched one after the other: those of most requests first.
ROUTERS: Sequence[APIRouter] = (
    claims.router,
    operations.router,
    accounts.router,
    organisations.router,
    definitions.router,
    policies.router,
    documents.router,
    notifications.router,
    explain.router,
    stream.router,
    events.router,
    deliveries.router,
    analytics.router,
    analytics.of_claim,
    docs.router,
    mailbox.router,
    web_app.router,
    pages.router,
)


def from_environment() -> FastAPI:
    """The app of this process's settings; what the server's processes call.

    Ends the process, with what to do in words, when a setting is wrong or the schema is not current.
    """
    try:
        settings = required()
    except SettingsRefused as refusal:
        raise SystemExit(str(refusal)) from refusal
    logging.configure()
    database = Database(settings.database, pool_size=settings.server.threads)
    if not is_current(database):
        raise SystemExit("The database is not at the present schema. Run: insurenz migrate")
    return create_app(settings, database)


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The app on a database whose schema is current. Starts its threads with its lifespan, ends them with it.

    Raises when a workflow definition cannot be used, or differs from the stored one of the same version.
    """
    app = FastAPI(
        title="Insurenz",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    _equip(app, settings, database)
    problems.install(app)
    app.router.routes.extend(_routes())
    openapi.install(app)
    app.add_middleware(Edge, is_production=settings.is_production)
    return app


def _routes() -> list[BaseRoute]:
    """Every route by itself: routes of included routers are tried twice for each request, at several times the cost."""
    return [found.original_route for router in ROUTERS for found in iter_route_contexts(router.routes)]


def _equip(app: FastAPI, settings: Settings, database: Database) -> None:
    state = app.state
    state.settings, state.database = settings, database
    state.limiter = RateLimiter(
        is_on=settings.rate_limit == "on",
        redis_url=_redis_url(settings),
        requests=settings.limits.requests_per_minute,
        writes=settings.limits.writes_per_minute,
    )
    state.post = Post(mailer_for(settings))
    state.demo = world.shown
    state.web_app = web_app.built()
    state.store = store_for(settings)
    documents = settings.documents
    state.uploads = ThreadPoolExecutor(UPLOADS_AT_ONCE, thread_name_prefix="upload")
    state.inspector = Inspector(
        processes=documents.inspectors,
        seconds=documents.inspect_seconds,
        memory_mb=documents.inspect_memory_mb,
    )
    gate = auth.equip(app, settings)
    key = derived_key(server_secret(settings), "document-links")
    signer = LinkSigner(key, settings.base_url, settings.documents.link_seconds)
    state.registry = _registry(settings, database)
    registry = Definitions(database, state.registry)
    state.rules = Rules.of(settings, registry, signer)
    state.usual = Usual()
    state.channels = channels = Channels.of(settings)
    with_text = settings.notification_text == "on"
    state.hub = Hub(
        database,
        gate.terms,
        base_url=settings.base_url,
        most=settings.limits.streams,
        most_of_user=settings.limits.streams_per_user,
    )
    state.hints = hints(database, _redis_url(settings), state.hub.hear)
    state.telling = Telling(
        registry, settings.base_url, channels.configured, with_text, hint=state.hints.tell
    )
    state.events = event_threads(database, consumers(state.telling), of_kinds(state.telling))
    state.access_log = state.events.access_log
    state.is_ready = lambda: state.events.relay.has_caught_up
    state.deliveries = delivery_threads(database, channels)
    state.relink = lambda session, body, actor: answers.relink(session, body, actor, signer)


def _redis_url(settings: Settings) -> str | None:
    return settings.redis_url.get_secret_value() if settings.redis_url else None


def _registry(settings: Settings, database: Database) -> workflow.Registry:
    own = [settings.workflows_dir] if settings.workflows_dir else []
    with database.unit_of_work() as session:
        return pin(session, workflow.load_registry(*own))


def _loops(app: FastAPI) -> list[Loop]:
    database: Database = app.state.database
    presence, store = app.state.gate.terms.presence, app.state.store
    grace = timedelta(hours=app.state.settings.documents.sweep_grace_hours)
    zone, ttl_hours = app.state.settings.timezone, app.state.settings.notification_ttl_hours
    draft_days = app.state.settings.claims.draft_days
    hint = app.state.telling.hint
    return [
        Loop("presence", lambda: presence.flush(database), interval=1),
        Loop("idempotency", lambda: idempotency.forget_expired(database), interval=600),
        Loop("sessions", lambda: retention.forget_old(database), interval=600),
        Loop("sweep", lambda: sweep.sweep_recent(database, store, grace=grace), interval=3600),
        Loop("drafts", lambda: drafts.forget_idle(database, days=draft_days), interval=3600),
        Loop("upload_days", lambda: allowance.forget_past_days(database, zone), interval=3600),
        Loop("inboxes", lambda: purge.clean_up(database, ttl_hours=ttl_hours, hint=hint), interval=3600),
        *app.state.hints.loops,
        app.state.hub.loop,
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    state = app.state
    anyio.to_thread.current_default_thread_limiter().total_tokens = state.settings.server.threads
    gc.set_threshold(*GARBAGE)
    loops = _loops(app)
    state.events.start()
    state.deliveries.start()
    start_all(loops)
    state.post.start()
    state.hub.open()
    with called_at_stop(partial(asyncio.get_running_loop().call_soon_threadsafe, state.hub.close)):
        yield {}
    state.hub.close()
    stop_all(loops)
    state.post.stop()
    state.gate.terms.presence.flush(state.database)
    state.deliveries.stop()
    state.events.stop()
    state.gate.hasher.close()
    state.uploads.shutdown()
    state.inspector.close()
