"""`mail`: what the mails of this install look like, without sending any."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_settings
from insurenz.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from insurenz.core.mail import Mail
    from insurenz.core.settings import Settings

app = typer.Typer(help="Mails.", no_args_is_help=True)


@app.callback()
def mail() -> None:
    """Mails."""


@app.command()
def preview(
    event: Annotated[
        str | None, typer.Argument(help="Name of a mail, or how it begins.", show_default=False)
    ] = None,
    *,
    is_all: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Write NAME.html and NAME.txt into this folder.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show mails with made-up facts as they would be sent: printed, or written as files. Without a name it lists them."""
    mails = _chosen(open_settings(), event, is_all=is_all)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, each in mails.items():
            (folder / f"{name}.html").write_text(each.html, encoding="utf-8")
            (folder / f"{name}.txt").write_text(f"{each.subject}\n\n{each.text}", encoding="utf-8")
        print(f"Wrote {len(mails)} mails to {folder}.")
    elif as_json:
        print_json([{"name": name, **_shown(each)} for name, each in mails.items()])
    elif event is None and not is_all:
        print("\n".join(mails))
    else:
        print("\n".join(f"== {name}\n{each.subject}\n\n{each.text}" for name, each in mails.items()))


def _shown(mail: "Mail") -> dict[str, str]:
    return {"subject": mail.subject, "text": mail.text, "html": mail.html}


def _chosen(settings: "Settings", event: str | None, *, is_all: bool) -> Mapping[str, "Mail"]:
    """The mails whose names begin so; all of them without a beginning. Raises Stopped when there are none."""
    if event is not None and is_all:
        raise Stopped("Name a mail, or say --all.")
    from insurenz.demo.mails import previews
    from insurenz.workflow import load_registry

    own = [settings.workflows_dir] if settings.workflows_dir else []
    mails = previews(settings, load_registry(*own).newest.values())
    found = {name: each for name, each in mails.items() if name.startswith(event or "")}
    if not found:
        raise Stopped(f"There is no mail {event}. The names: insurenz mail preview")
    return found
