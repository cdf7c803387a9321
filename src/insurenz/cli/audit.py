"""`audit`: verifies the trail of events, and exports its seals to be kept elsewhere."""

from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from insurenz.cli.opening import open_database, open_settings, reading
from insurenz.cli.output import AsJson, print_json, with_progress

app = typer.Typer(help="The trail of events.", no_args_is_help=True)


@app.command()
def verify(
    *,
    against: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Seals exported earlier.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every event, text, view and seal; names the first bad row of each chain, and exits with 1 then."""
    from insurenz.events.verify import verify as verify_all

    exported = against.read_text(encoding="utf-8").splitlines() if against else []
    with closing(open_database(open_settings())) as database:
        report = with_progress("Verifying the trail ...", lambda: verify_all(database, against=exported))
    if as_json:
        print_json({"ok": report.is_sound, **asdict(report)})
    else:
        for fault in report.faults:
            print(_spelled(asdict(fault)))
        print(
            f"{'Sound' if report.is_sound else 'NOT SOUND'}: {report.events} events in {report.chains} chains, "
            f"{report.texts} texts, {report.views} views, {report.checkpoints} seals "
            f"(the last at {report.sealed_at or 'no time yet'}; {report.unsealed} events came after it)."
        )
    raise typer.Exit(0 if report.is_sound else 1)


@app.command()
def export(
    *,
    after: Annotated[int, typer.Option(min=0, help="Number of the last seal exported before.")] = 0,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
) -> None:
    """Print the seals as lines of JSON: kept elsewhere, they prove later that nothing before them was changed."""
    from insurenz.events.chain import export as seals

    with reading() as session:
        if output is None:
            for line in seals(session, after=after):
                print(line.rstrip("\n"))
            return
        with output.open("w", encoding="utf-8") as file:
            file.writelines(f"{line.rstrip()}\n" for line in seals(session, after=after))
    print(f"Wrote {output}.")


def _spelled(fault: dict[str, object]) -> str:
    where = ", ".join(
        f"{name.replace('_', ' ')} {fault[name]}"
        for name in ("subject_kind", "subject_id", "seq", "event_id", "checkpoint")
        if fault[name] is not None
    )
    when = " (after the last seal)" if fault["is_after_last_seal"] else ""
    return f"{fault['wrong']}: {where}{when}: {fault['detail']}"
