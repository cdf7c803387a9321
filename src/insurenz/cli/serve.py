"""`serve`: prepares what is missing, says where everything is, and serves until it is told to stop."""

import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from insurenz.core.db import Database
    from insurenz.core.settings import Settings

APP = "insurenz.asgi:from_environment"
STOP_SECONDS = 10
DEAF_SECONDS = 60


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on (127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on (8000).")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of everything this install keeps (data).")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Server processes; several need PostgreSQL.")
    ] = None,
    is_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="Load the demo world on the first start.")
    ] = True,
) -> None:
    """Serve the API and its pages, after preparing what is missing."""
    _into_environment(
        INSURENZ_SERVER__HOST=host,
        INSURENZ_SERVER__PORT=port,
        INSURENZ_DATA_DIR=data and data.resolve(),
        INSURENZ_SERVER__WORKERS=workers,
    )
    from insurenz.cli.opening import open_database, open_settings
    from insurenz.cli.startup import without_gc

    with without_gc():
        settings = open_settings()
        listening = _listen(settings.server.host, settings.server.port)
        database = open_database(settings, is_prepared=False)
        has_demo = _prepare(settings, database, is_demo=is_demo)
        app = make_app(settings, database)
        if is_demo and has_demo:
            _complete_demo(app)
    _say_where(settings, has_demo=has_demo)
    _run(settings, app, listening)


def _into_environment(**given: object) -> None:
    """Options count for every process of the server, and more than what is set elsewhere."""
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})


def _listen(host: str, port: int) -> socket.socket:
    """The socket, taken before anything is prepared or announced."""
    from insurenz.cli.opening import Stopped

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if (timeout := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
        # Of every connection it accepts: who has vanished, or takes nothing, would else be written to for ever.
        listening.setsockopt(socket.IPPROTO_TCP, timeout, 1000 * DEAF_SECONDS)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise Stopped(
            f"Cannot listen on {host}:{port} ({error.strerror}). Take another: --port {port + 1}"
        ) from error
    return listening


def _prepare(settings: "Settings", database: "Database", *, is_demo: bool) -> bool:
    """Migrate, and load the demo world on the first start; whether it is there."""
    from insurenz.cli.opening import Stopped, stopping
    from insurenz.core import clock
    from insurenz.demo import world
    from insurenz.migrations import state

    if not state.is_current(database):
        from insurenz.migrations import runner

        print("Preparing the database ...", flush=True)
        with stopping():
            runner.upgrade(database)
    with database.read_unit() as session:
        has_demo, is_first_start = world.is_loaded(session), world.is_empty(session)
    if has_demo and settings.is_production:
        raise Stopped(world.FOUND_IN_PRODUCTION.line())
    if is_demo and is_first_start and not settings.is_production:
        print("Loading the demo world ...", flush=True)
        with database.unit_of_work() as session:
            world.load(session, today=clock.today(settings.timezone), is_production=False)
        return True
    return has_demo


def _complete_demo(app: "FastAPI") -> None:
    """File the demo claims that are missing: all on the first start, the rest when that was broken off."""
    from insurenz.cli.opening import Stopped
    from insurenz.demo import world

    with app.state.database.read_unit() as session:
        if world.is_whole(session):
            return
    print("Filing the claims of the demo world ...", flush=True)
    try:
        file_demo_claims(app)
    except Stopped as stopped:
        raise Stopped(f"{stopped} To start without them: --no-demo") from stopped


def _say_where(settings: "Settings", *, has_demo: bool) -> None:
    from insurenz.demo.people import PASSWORD, PEOPLE

    lines = [f"\nInsurenz  {settings.base_url}", f"API docs  {settings.base_url}/docs"]
    if not settings.is_production and not settings.smtp_host:
        lines.append(f"Mailbox   {settings.base_url}/mailbox")
    lines.append(f"Data      {settings.data_dir.resolve()}")
    if has_demo:
        width = max(len(person.email) for person in PEOPLE)
        lines.append(f"\nUsers of the demo world, all with the password {PASSWORD}:")
        lines += [f"  {person.email:<{width}}  {_role(person.role, person.level)}" for person in PEOPLE]
    lines.append("\nStop with Ctrl+C.\n")
    print("\n".join(lines), flush=True)


def _role(role: str, level: int) -> str:
    return f"{role} level {level}" if role == "claim_processor" else role


def _run(settings: "Settings", app: "FastAPI", listening: socket.socket) -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    is_alone = settings.server.workers == 1
    config = uvicorn.Config(
        app if is_alone else APP,
        factory=not is_alone,
        host=settings.server.host,
        port=settings.server.port,
        workers=settings.server.workers,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    if not is_alone:
        app.state.inspector.close()
        app.state.database.close()
        Multiprocess(config, sockets=[listening]).run()
        return
    server = uvicorn.Server(config)
    # uvicorn hands the signal on once it has stopped in order: that is a good end.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(0))
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(3)


def make_app(settings: "Settings", database: "Database") -> "FastAPI":
    """The app; made here also for several processes, so that a wrong definition is told once and in words."""
    from uvicorn.importer import import_from_string

    from insurenz.cli.opening import Stopped
    from insurenz.core import logging
    from insurenz.definitions.errors import PinnedTextChanged
    from insurenz.workflow import DefinitionError

    logging.configure()
    try:
        app: FastAPI = import_from_string("insurenz.asgi:create_app")(settings, database)
    except (DefinitionError, PinnedTextChanged) as error:
        raise Stopped(str(error)) from error
    return app


def file_demo_claims(app: "FastAPI") -> None:
    """File the claims of the demo world that are not there yet, with the app's own store and inspection.

    Raises Stopped when they cannot be filed.
    """
    from insurenz.cli.opening import Stopped
    from insurenz.core.errors import AppError
    from insurenz.demo import playing

    state = app.state
    try:
        playing.load_claims(state.database, rules=state.rules, store=state.store, inspector=state.inspector)
    except AppError as refusal:
        why = refusal.detail or refusal.title
        raise Stopped(f"The claims of the demo world cannot be filed: {why}") from refusal
