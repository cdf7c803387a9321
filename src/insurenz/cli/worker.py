"""`worker` and `beat`: the processes beside the servers, where a broker is set."""

from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings

if TYPE_CHECKING:
    from insurenz.core.settings import Settings

NO_BROKER = "CELERY_BROKER_URL is not set: the server does all of this by itself."


def worker(
    *,
    jobs: Annotated[
        int, typer.Option(min=1, help="Scheduled jobs done at the same time (not on Windows).")
    ] = 2,
    metrics: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port for Prometheus, on INSURENZ_SERVER__HOST.")
    ] = None,
) -> None:
    """Tell of events, send deliveries and do scheduled jobs until told to stop; needs CELERY_BROKER_URL."""
    from uvicorn.importer import import_from_string

    from insurenz.core import rotation
    from insurenz.definitions.errors import PinnedTextChanged
    from insurenz.workflow import DefinitionError

    settings = _with_broker()
    database = open_database(settings)
    if lost := rotation.lost_key(database):
        raise Stopped(lost)
    run = import_from_string("insurenz.worker:run_worker")
    try:
        code = run(settings, database, jobs=jobs, metrics_port=metrics)
    except (DefinitionError, PinnedTextChanged) as error:
        raise Stopped(str(error)) from error
    raise typer.Exit(code)


def beat() -> None:
    """Ask the workers for scheduled jobs until told to stop; one for each install. Needs CELERY_BROKER_URL."""
    from uvicorn.importer import import_from_string

    import_from_string("insurenz.worker:run_beat")(_with_broker())


def _with_broker() -> "Settings":
    settings = open_settings()
    if settings.celery_broker_url is None:
        raise Stopped(NO_BROKER)
    return settings
