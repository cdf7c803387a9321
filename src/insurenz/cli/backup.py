"""`backup` and `restore`: database and documents together into a folder, and from it into an empty install."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, refuse_unless_free, stopping
from insurenz.cli.output import AsJson, print_json, with_bar, with_progress

if TYPE_CHECKING:
    from insurenz.backups.folder import Manifest
    from insurenz.backups.restoring import Restored


def backup(
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    *,
    is_database_only: Annotated[
        bool, typer.Option("--database-only", help="Leave the documents to the bucket's own copies.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy the database and the documents it names into a new folder, while the server runs.

    The folder gets its name when it is whole. Secrets are not in it: keep JWT_SECRET_KEY and ENCRYPTION_KEY apart. Exits
    with 1 when a document was damaged or missing already; all others are in the backup then.
    """
    from insurenz.backups import making
    from insurenz.core.storage import store_for
    from insurenz.documents import moving

    settings = open_settings()
    with _stopping(), closing(open_database(settings)) as database:
        made = with_bar(
            "Copying documents",
            moving.count(database),
            lambda progress: making.make(
                settings,
                database,
                store_for(settings),
                folder,
                with_objects=not is_database_only,
                objects=progress,
            ),
        )
    if as_json:
        print_json({"ok": not made.damaged, **asdict(made)})
    else:
        _tell_made(made, folder)
    raise typer.Exit(1 if made.damaged else 0)


def _tell_made(made: "Manifest", folder: Path) -> None:
    for document_id in made.damaged:
        print(f"damaged: the object of document {document_id} is missing or not what was sent")
    documents = f"{made.documents} documents ({made.documents_bytes} bytes)"
    print(
        f"Backed up into {folder}: {sum(made.rows.values())} rows of {len(made.rows)} tables, "
        + (f"{documents}, each held against its hash." if made.has_objects else f"without the {documents}.")
    )
    print(f"Not in it, to be kept apart: {', '.join(made.not_included)}.")
    if made.encryption_keys:
        print(f"It can be read with the key {made.encryption_keys[0]} of ENCRYPTION_KEY only.")


def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A backup.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Bring a backup into an empty install, at the present schema, and prove it: trail, rows, every document.

    Database and document store of the settings have to be empty, the server stopped. Broken off, it can be called
    again, and the database is as empty as before. Exits with 1 when the proof fails.
    """
    from insurenz.backups import restoring
    from insurenz.core import vault
    from insurenz.core.db import Database
    from insurenz.core.storage import store_for

    settings = open_settings()
    vault.use(settings.encryption_key.get_secret_value())
    with _stopping(), closing(Database(settings.database)) as database:
        file = Path(database.url.database or "")
        if database.is_sqlite and file.exists():
            refuse_unless_free(file)
        store = store_for(settings)
        manifest = with_progress(
            "Restoring ...", lambda: restoring.restore(settings, database, store, folder)
        )
        restored = with_progress("Proving ...", lambda: restoring.prove(database, store, manifest))
    if as_json:
        faults = [fault._asdict() for fault in restored.damaged]
        print_json({"ok": restored.is_proven, **asdict(restored), "damaged": faults})
    else:
        _tell_restored(restored, manifest)
    raise typer.Exit(0 if restored.is_proven else 1)


def _tell_restored(restored: "Restored", manifest: "Manifest") -> None:
    for fault in restored.damaged:
        print(f"{fault.wrong}: the object of document {fault.document_id}")
    for name in restored.different_tables:
        print(f"DIFFERENT: table {name} has not as many rows as were backed up")
    for bad in restored.trail.faults:
        print(f"{bad.wrong}: {bad.detail}. See: insurenz audit verify")
    print(
        f"Restored the backup of {manifest.made_at}: {restored.rows} rows, {restored.documents} documents, "
        f"{restored.trail.events} events in {restored.trail.chains} chains"
        + (f", brought from {manifest.revision} to the present schema." if restored.is_upgraded else ".")
    )
    if restored.known_damaged:
        print(f"Damaged before the backup already: {len(restored.known_damaged)} documents.")
    print(
        "Proven: trail, rows and documents are what was backed up." if restored.is_proven else "NOT PROVEN."
    )


@contextmanager
def _stopping() -> Iterator[None]:
    """What keeps a backup or a restore from being one stops the command with its sentence."""
    from sqlalchemy.exc import OperationalError

    from insurenz.backups.folder import NotRestored
    from insurenz.backups.making import NotMade

    try:
        with stopping():
            yield
    except (NotMade, NotRestored) as refusal:
        raise Stopped(str(refusal)) from refusal
    except OperationalError as error:
        raise Stopped(f"The database cannot do this: {str(error.orig).strip()}") from error
    except OSError as error:
        raise Stopped(f"{error.filename or 'The disk'}: {error.strerror}. Nothing was made.") from error
