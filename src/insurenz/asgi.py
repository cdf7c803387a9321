"""Builds the FastAPI app: every router, one route table, the edge around it, and the threads beside it."""

import insurenz.core.late  # noqa: F401 - before what it is about

# isort: split

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from insurenz import __version__
from insurenz.accounts import auth
from insurenz.accounts import endpoints as accounts
from insurenz.analytics import endpoints as analytics
from insurenz.analytics.outlook import Usual
from insurenz.claims import answers
from insurenz.claims import endpoints as claims
from insurenz.claims.rules import Rules
from insurenz.core import logging, openapi, operations, problems, rotation, vault
from insurenz.core.background import Loop, called_at_stop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.mail import Post, mailer_for
from insurenz.core.memory import few_heaps
from insurenz.core.middleware import Edge
from insurenz.core.ratelimit import RateLimiter
from insurenz.core.secret import derived_key, server_secret
from insurenz.core.settings import Settings
from insurenz.core.sources import SettingsRefused, required
from insurenz.core.storage import store_for
from insurenz.core.sweeps import Sweeps
from insurenz.definitions import endpoints as definitions
from insurenz.deliveries import endpoints as deliveries
from insurenz.deliveries.mail.letters import letters_of
from insurenz.deliveries.targets import endpoints as targets
from insurenz.deliveries.targets.chat import ChatRules
from insurenz.deliveries.targets.push import PushRules
from insurenz.deliveries.webhooks import endpoints as webhooks
from insurenz.deliveries.webhooks.rules import Rules as WebhookRules
from insurenz.demo import world
from insurenz.documents import endpoints as documents
from insurenz.documents.inspect import Inspector
from insurenz.documents.links import LinkSigner
from insurenz.documents.scanner import Scanner
from insurenz.events import endpoints as events
from insurenz.explain import endpoints as explain
from insurenz.migrations.state import is_current
from insurenz.notifications import endpoints as notifications
from insurenz.notifications import stream
from insurenz.notifications.hub import Hub
from insurenz.organisations import endpoints as organisations
from insurenz.policies import endpoints as policies
from insurenz.web import docs, mailbox, pages, unsubscribe, web_app
from insurenz.work import Work

# Requests with files that are stored and recorded at the same time, in each process; others wait their turn.
UPLOADS_AT_ONCE = 8
# A search for garbage among all that lives goes through every open stream: half a second with 5,000. The others, among
# what is young, find what requests leave.
GARBAGE = (700, 10, 1000)

# Matched one after the other: those of most requests first.
ROUTERS: Sequence[APIRouter] = (
    *claims.ROUTERS,
    operations.router,
    *accounts.ROUTERS,
    organisations.router,
    definitions.router,
    policies.router,
    documents.pieces,
    documents.router,
    notifications.router,
    explain.router,
    stream.router,
    events.router,
    deliveries.router,
    webhooks.router,
    targets.router,
    analytics.router,
    analytics.of_claim,
    docs.router,
    mailbox.router,
    unsubscribe.router,
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
    app = create_app(settings, database)
    # Without its key a claim could not be shown: better to say so before anybody asks.
    if lost := rotation.lost_key(database):
        raise SystemExit(lost)
    return app


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
    # Every route by itself: those of an included router are analysed twice, and tried twice for each request.
    app.router.routes.extend(route for router in ROUTERS for route in router.routes)
    openapi.install(app)
    app.add_middleware(Edge, is_production=settings.is_production)
    return app


def _equip(app: FastAPI, settings: Settings, database: Database) -> None:
    vault.use(settings.encryption_key.get_secret_value())
    state = app.state
    state.settings, state.database = settings, database
    state.limiter = RateLimiter(
        is_on=settings.rate_limit == "on",
        redis_url=settings.redis,
        requests=settings.limits.requests_per_minute,
        writes=settings.limits.writes_per_minute,
    )
    state.sweeps = Sweeps()
    state.post = Post(mailer_for(settings))
    state.demo = world.shown
    state.web_app = web_app.built()
    state.store = store_for(settings)
    documents = settings.documents
    state.uploads = ThreadPoolExecutor(UPLOADS_AT_ONCE, thread_name_prefix="upload")
    state.inspector = Inspector.of(documents, processes=documents.inspectors)
    state.scanner = Scanner.of(settings)
    gate = auth.equip(app, settings)
    key = derived_key(server_secret(settings), "document-links")
    signer = LinkSigner(key, settings.base_url, settings.documents.link_seconds)
    state.usual = Usual()
    state.hub = Hub(
        database,
        gate.terms,
        base_url=settings.base_url,
        most=settings.limits.streams,
        most_of_user=settings.limits.streams_per_user,
    )
    state.unsubscribing = letters_of(settings).unsubscribing
    state.work = work = Work.of(settings, database, state.store, state.hub.hear)
    state.registry, state.channels, state.hints = work.registry, work.channels, work.hints
    state.telling, state.rules = work.telling, Rules.of(settings, work.definitions, signer)
    state.webhook_rules = WebhookRules.of(settings, work.registry.told_types())
    state.push_rules, state.chat_rules = PushRules.of(settings), ChatRules.of(settings)
    state.events = work.events_of_server()
    state.access_log = state.events.access_log
    state.is_ready = lambda: state.events.has_caught_up
    state.deliveries = work.deliveries(is_sending=settings.celery_broker_url is None)
    state.relink = lambda session, body, actor: answers.relink(session, body, actor, signer)


def _loops(app: FastAPI) -> list[Loop]:
    state = app.state
    presence = state.gate.terms.presence
    return [
        Loop("presence", lambda: presence.flush(state.database), interval=1),
        Loop("alarm", lambda: state.alarm.flush(state.database), interval=1),
        *state.hints.loops,
        state.hub.loop,
        # With a broker the workers have the schedule, and beat the clock.
        *(state.work.loops() if state.settings.celery_broker_url is None else ()),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    state = app.state
    few_heaps()
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
    state.work.close_office()
    stop_all(loops)
    state.post.stop()
    state.gate.terms.presence.flush(state.database)
    state.alarm.flush(state.database)
    state.deliveries.stop()
    state.events.stop()
    state.work.close()
    state.gate.hasher.close()
    state.uploads.shutdown()
    state.inspector.close()
