"""`move`: takes what the embedded default keeps to where the settings now say: the database, then the documents."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, refuse_unless_free, stopping
from insurenz.cli.output import AsJson, print_json, with_bar, with_progress

if TYPE_CHECKING:
    from insurenz.core.db import Database
    from insurenz.core.settings import Settings
    from insurenz.documents.moving import Moved

app = typer.Typer(
    help="Take what lies in the data folder to PostgreSQL and to a bucket.", no_args_is_help=True
)


@app.callback()
def move() -> None:
    """Take what lies in the data folder to PostgreSQL and to a bucket."""


@app.command()
def database(
    *,
    source: Annotated[
        Path | None, typer.Option("--from", help="The SQLite file (insurenz.db in the data folder).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy the SQLite database into the empty one that DATABASE_URL names; the file stays as it is.

    Everything or nothing: each row is read back and compared before the copy counts, then the trail of events is
    verified in both. The server has to be stopped. Exits with 1 when anything differs.
    """
    from insurenz.events.verify import verify

    settings = open_settings()
    file = source or settings.data_dir / "insurenz.db"
    if not file.is_file():
        raise Stopped(f"There is no SQLite database {file}. Name it: insurenz move database --from FILE")
    refuse_unless_free(file)
    with closing(_opened(file)) as old, closing(_target(settings)) as new:
        rows = _copied(old, new)
        before, after = with_progress("Verifying the trail ...", lambda: (verify(old), verify(new)))
    is_same = before == after
    if as_json:
        print_json({"ok": is_same, "rows": sum(rows.values()), "tables": rows, "events": after.events})
    else:
        print(f"Moved {sum(rows.values())} rows of {len(rows)} tables, each compared.")
        print(
            f"The trail is {'the same' if is_same else 'NOT THE SAME'}: {after.events} events in {after.chains} chains."
        )
        if not before.is_sound:
            print("It was not sound before the move either. See: insurenz audit verify")
    raise typer.Exit(0 if is_same else 1)


def _opened(file: Path) -> "Database":
    from insurenz.core.db import Database
    from insurenz.migrations import state

    opened = Database(f"sqlite:///{file.resolve()}")
    if not state.is_current(opened):
        opened.close()
        raise Stopped(
            f"{file} is not at the present schema. Run: DATABASE_URL=sqlite:///{file.resolve()} insurenz migrate"
        )
    return opened


def _target(settings: "Settings") -> "Database":
    from insurenz.migrations import runner

    target = open_database(settings, is_prepared=False)
    if target.is_sqlite:
        target.close()
        raise Stopped("DATABASE_URL has to name the PostgreSQL database to move to.")
    with_progress("Preparing the database ...", lambda: runner.upgrade(target))
    return target


def _copied(old: "Database", new: "Database") -> dict[str, int]:
    from insurenz.migrations import moving

    total = sum(moving.count_rows(old).values())
    try:
        return with_bar("Moving the database", total, lambda progress: moving.copy(old, new, progress))
    except moving.NotMoved as refusal:
        raise Stopped(str(refusal)) from refusal


@app.command()
def documents(*, as_json: AsJson = False) -> None:
    """Copy the documents of the data folder into the bucket of the settings; the files stay where they are.

    Each is held against its hash in the database once it is there. Can be repeated. Exits with 1 when one is missing
    or altered.
    """
    from insurenz.core.storage import store_for
    from insurenz.documents import moving

    settings = open_settings()
    if not settings.s3_bucket_name:
        raise Stopped("S3_BUCKET_NAME has to name the bucket to move to.")
    with stopping(), closing(open_database(settings)) as database:
        # The folder's are decrypted when there is a key: a bucket encrypts by itself.
        old, new = store_for(settings.model_copy(update={"s3_bucket_name": ""})), store_for(settings)
        moved = with_bar(
            "Moving documents",
            moving.count(database),
            lambda progress: moving.copy(database, old, new, progress),
        )
    _tell(moved, as_json=as_json)
    raise typer.Exit(1 if moved.missing_ids or moved.altered_ids else 0)


def _tell(moved: "Moved", *, as_json: bool) -> None:
    if as_json:
        from dataclasses import asdict

        print_json({"ok": not (moved.missing_ids or moved.altered_ids), **asdict(moved)})
        return
    for document_id in moved.missing_ids:
        print(f"missing: the object of document {document_id}")
    for document_id in moved.altered_ids:
        print(f"altered: the object of document {document_id} is not what was uploaded")
    print(
        f"Moved: {moved.copied} documents ({moved.copied_bytes} bytes), each held against its hash; "
        f"{moved.already} were there already."
    )
