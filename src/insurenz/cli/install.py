"""`migrate`, `demo` and `openapi`: the schema, the demo world, and the API's description."""

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, stopping
from insurenz.cli.output import AsJson, print_json, with_progress

if TYPE_CHECKING:
    from insurenz.core.db import Database
    from insurenz.core.settings import Settings


def migrate() -> None:
    """Bring the database to the present schema."""
    from insurenz.migrations import runner, state

    with stopping(), closing(open_database(open_settings(), is_prepared=False)) as database:
        if state.is_current(database):
            print(f"The database is at the present schema ({state.head()}).")
            return
        with_progress("Migrating the database ...", lambda: runner.upgrade(database))
    print(f"Migrated to {state.head()}.")


def demo(*, as_json: AsJson = False) -> None:
    """Load the demo world, or what is missing of it; refused in production."""
    from insurenz.demo.people import COVERS, PASSWORD, PEOPLE

    settings = open_settings()
    with closing(open_database(settings)) as database:
        is_new, claims = with_progress("Loading the demo world ...", lambda: _load_demo(settings, database))
    if as_json:
        emails = [person.email for person in PEOPLE]
        print_json({"loaded": is_new, "password": PASSWORD, "users": emails, "claims": claims})
    else:
        what = f"{len(PEOPLE)} people, {len(COVERS)} policies, {claims} claims"
        print(f"The demo world {'is loaded' if is_new else 'was loaded before'}: {what}.")


def _load_demo(settings: "Settings", database: "Database") -> tuple[bool, int]:
    """Whether anything of the demo world was missing, and how many claims of it are there now."""
    from insurenz.cli.serve import file_demo_claims, make_app
    from insurenz.core import clock
    from insurenz.demo import world

    try:
        with database.unit_of_work() as session:
            world.load(session, today=clock.today(settings.timezone), is_production=settings.is_production)
            was_whole = world.is_whole(session)
    except world.DemoRefused as refusal:
        raise Stopped(str(refusal)) from refusal
    if not was_whole:
        app = make_app(settings, database)
        with closing(app.state.inspector):
            file_demo_claims(app)
    with database.read_unit() as session:
        return not was_whole, world.claims_there(session)


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
