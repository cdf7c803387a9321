"""Every command under its name."""

import typer

from insurenz import __version__
from insurenz.cli import (
    audit,
    backup,
    documents,
    encryption,
    install,
    mail,
    move,
    notifications,
    serve,
    settings,
    users,
    worker,
    workflows,
)

app = typer.Typer(
    name="insurenz",
    help="Insurance claims filed, checked, decided and followed. Start with: insurenz serve",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(serve.serve)
app.command()(worker.worker)
app.command()(worker.beat)
app.command()(install.migrate)
app.command()(install.demo)
app.command()(settings.check)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(install.openapi)
app.add_typer(users.app, name="user")
app.add_typer(documents.app, name="documents")
app.add_typer(move.app, name="move")
app.add_typer(notifications.app, name="notifications")
app.add_typer(mail.app, name="mail")
app.add_typer(audit.app, name="audit")
app.add_typer(encryption.app, name="encryption")
app.add_typer(workflows.app, name="workflows")


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"insurenz {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Insurance claims filed, checked, decided and followed. Start with: insurenz serve."""
