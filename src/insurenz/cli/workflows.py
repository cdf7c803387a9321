"""`workflows`: lists and validates the definitions of this install, and writes their pages of the docs."""

from pathlib import Path
from typing import Annotated

import typer

from insurenz.cli.opening import Stopped, open_settings
from insurenz.cli.output import AsJson, print_json, print_rows

app = typer.Typer(help="Workflow definitions.", invoke_without_command=True)


@app.callback()
def workflows(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the workflow definitions of this install; a wrong one is named with its place, and the exit code is 1."""
    if context.invoked_subcommand is not None:
        return
    from insurenz.deliveries.channels import CHOSEN
    from insurenz.workflow import DefinitionError, load_registry
    from insurenz.workflow.description import describe

    own = open_settings().workflows_dir
    try:
        registry = load_registry(*([own] if own else []), channels=CHOSEN)
    except DefinitionError as error:
        raise Stopped(str(error)) from error
    if as_json:
        print_json([describe(definition) for definition in registry.newest.values()])
        return
    rows = [
        {
            "name": definition.name,
            "version": definition.version,
            "subject": definition.subject,
            "states": ", ".join(definition.states),
            "actions": ", ".join(definition.actions),
        }
        for definition in registry.versions.values()
    ]
    print_rows(rows, as_json=False)


@app.command()
def docs(folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path("docs")) -> None:
    """Write workflows.md and events.md from the definitions."""
    from insurenz.workflow.diagram import write_pages

    write_pages(folder)
    print(f"Wrote {folder / 'workflows.md'} and {folder / 'events.md'}.")
