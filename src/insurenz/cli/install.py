"""`migrate`, `demo` and `openapi`: the schema, the demo world, and the API's description."""

import tempfile
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings
from insurenz.cli.output import AsJson, print_json, with_progress


def migrate() -> None:
    """Bring the database to the present schema."""
    from insurenz.migrations import runner, state

    with closing(open_database(open_settings(), is_prepared=False)) as database:
        if state.is_current(database):
            print(f"The database is at the present schema ({state.head()}).")
            return
        with_progress("Migrating the database ...", lambda: runner.upgrade(database))
    print(f"Migrated to {state.head()}.")


def demo(*, as_json: AsJson = False) -> None:
    """Load the demo world, once; refused in production."""
    from insurenz.core import clock
    from insurenz.demo import world
    from insurenz.demo.people import PASSWORD, PEOPLE

    settings = open_settings()
    try:
        with closing(open_database(settings)) as database, database.unit_of_work() as session:
            is_new = world.load(
                session, today=clock.today(settings.timezone), is_production=settings.is_production
            )
    except world.DemoRefused as refusal:
        raise Stopped(str(refusal)) from refusal
    if as_json:
        print_json({"loaded": is_new, "password": PASSWORD, "users": [person.email for person in PEOPLE]})
    else:
        print("The demo world is loaded." if is_new else "The demo world was loaded before.")


def openapi(
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
) -> None:
    """Print the OpenAPI document."""
    import json

    from pydantic import SecretStr
    from uvicorn.importer import import_from_string

    from insurenz.core.db import Base, Database
    from insurenz.core.settings import Settings
    from insurenz.definitions.models import WorkflowDefinition

    # The document depends on no install: an empty one is enough, with the one table that an app reads when it is made.
    with tempfile.TemporaryDirectory() as folder:
        kept = {"data_dir": Path(folder), "database_url": SecretStr(""), "workflows_dir": None}
        settings = Settings().model_copy(update=kept)
        database = Database(settings.database)
        Base.metadata.create_all(
            database.engine, tables=[Base.metadata.tables[WorkflowDefinition.__tablename__]]
        )
        made = import_from_string("insurenz.asgi:create_app")(settings, database)
        database.close()
        document = json.dumps(made.openapi(), indent=2, ensure_ascii=False)
    if output is None:
        print(document)
    else:
        output.write_text(document + "\n", encoding="utf-8")
