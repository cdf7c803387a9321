"""`documents`: looks after the store that keeps the bytes of documents."""

import time
from contextlib import closing
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from insurenz.cli.opening import Stopped, open_database, open_settings, stopping
from insurenz.cli.output import AsJson, print_json, with_bar, with_progress

if TYPE_CHECKING:
    from insurenz.documents.scrub import Pace, Scrubbed
    from insurenz.documents.sweep import Swept

app = typer.Typer(help="Documents and the store that keeps them.", no_args_is_help=True)


@app.callback()
def documents() -> None:
    """Documents and the store that keeps them."""


@app.command()
def sweep(
    *,
    grace: Annotated[
        int | None,
        typer.Option(
            min=1, help="Hours that an object may lie without a row (INSURENZ_DOCUMENTS__SWEEP_GRACE_HOURS)."
        ),
    ] = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    is_forced: Annotated[
        bool, typer.Option("--force", help="Remove even where more objects lie without a row than with one.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove objects without a row, unused uploads past their time and leftovers; name documents without their object.

    Exits with 1 when a document has lost its object, or something was left alone.
    """
    from insurenz.core.storage import store_for
    from insurenz.documents import sweep as sweeping

    settings = open_settings()
    hours = timedelta(hours=grace or settings.documents.sweep_grace_hours)
    with stopping(), closing(open_database(settings)) as database:
        store = store_for(settings)
        swept = with_progress(
            "Sweeping the store ...",
            lambda: sweeping.sweep(database, store, grace=hours, is_dry=is_dry, is_forced=is_forced),
        )
    is_well = not swept.missing and not swept.left_alone
    if as_json:
        print_json({"ok": is_well, "is_dry": is_dry, **asdict(swept)})
    else:
        _print(swept, "Would remove" if is_dry else "Removed")
    raise typer.Exit(0 if is_well else 1)


def _print(swept: "Swept", removed: str) -> None:
    for document_id in swept.missing_ids:
        print(f"missing: the object of document {document_id}")
    if swept.missing > len(swept.missing_ids):
        print(f"missing: {swept.missing - len(swept.missing_ids)} more")
    if swept.left_alone:
        print(
            f"left alone: {swept.left_alone} objects without a row, where more lie without than with one: "
            "is this the store of another install, or the database an old one? If both are right: --force"
        )
    print(
        f"{removed}: {swept.orphans} objects without a row ({swept.orphan_bytes} bytes), "
        f"{swept.expired} unused uploads, {swept.spools} leftovers. Looked at {swept.objects} objects."
    )


@app.command()
def scrub(
    *,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="Megabytes that are read in a second, at most.")
    ] = None,
    is_anew: Annotated[
        bool, typer.Option("--anew", help="From the first document, not where a scrub was broken off.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read every stored document and hold it against its hash, while the server runs; names those that are damaged.

    Broken off, it goes on where it was when it is called again. Exits with 1 when any document is damaged.
    """
    from insurenz.core.storage import store_for
    from insurenz.documents import moving
    from insurenz.documents import scrub as scrubbing

    settings = open_settings()
    with stopping(), closing(open_database(settings)) as database:
        store, pace = store_for(settings), _pace(rate)
        scrubbed = with_bar(
            "Reading documents",
            moving.count(database),
            lambda progress: scrubbing.scrub(database, store, is_anew=is_anew, pace=pace, progress=progress),
        )
    is_well = not scrubbed.faults
    if as_json:
        faults = [fault._asdict() for fault in scrubbed.faults]
        print_json({"ok": is_well, **asdict(scrubbed), "faults": faults})
    else:
        _tell(scrubbed)
    raise typer.Exit(0 if is_well else 1)


def _pace(rate: float | None) -> "Pace":
    """Waits so that no more megabytes than these are read in a second."""
    if rate is None:
        return lambda _bytes: None
    begun, read = time.monotonic(), 0

    def wait(size: int) -> None:
        nonlocal read
        read += size
        time.sleep(max(0.0, begun + read / (rate * 1_000_000) - time.monotonic()))

    return wait


def _tell(scrubbed: "Scrubbed") -> None:
    for fault in scrubbed.faults:
        print(f"{fault.wrong}: the object of document {fault.document_id}")
    what = f"{len(scrubbed.faults)} DAMAGED" if scrubbed.faults else "each is what was sent"
    print(f"Read {scrubbed.documents} documents: {what}.")


@app.command()
def scan(*, as_json: AsJson = False) -> None:
    """Have the virus scanner look at what came before there was one, while the server runs.

    Broken off, it goes on where it was when it is called again. Exits with 1 when something was found: those documents
    are not handed out any more.
    """
    from insurenz.core.storage import store_for
    from insurenz.documents import scanner

    settings = open_settings()
    if not settings.clamd_address:
        raise Stopped("There is no scanner. Name one:  CLAMD_ADDRESS=127.0.0.1:3310")
    with stopping(), closing(open_database(settings)) as database:
        scanned = with_bar(
            "Scanning documents",
            scanner.count_old(database),
            lambda progress: scanner.scan_old(
                database, store_for(settings), scanner.Scanner.of(settings), progress
            ),
        )
    is_well = not scanned.infected_ids
    if as_json:
        print_json({"ok": is_well, **asdict(scanned)})
    else:
        for document_id in scanned.infected_ids:
            print(f"infected: document {document_id}")
        print(f"Scanned {scanned.documents} documents: {len(scanned.infected_ids)} infected.")
    raise typer.Exit(0 if is_well else 1)
