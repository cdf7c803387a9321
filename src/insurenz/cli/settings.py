"""`check`: every setting with its value and source, and what is wrong or risky in them."""

from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from insurenz.cli.opening import Stopped, open_database
from insurenz.cli.output import AsJson, print_json, print_rows

if TYPE_CHECKING:
    from insurenz.core.findings import Finding
    from insurenz.core.settings import Settings


def check(*, as_json: AsJson = False) -> None:
    """Show every setting and where it comes from, and what is wrong; exits with 1 when something is."""
    from insurenz.core.sources import read
    from insurenz.core.storage import trial

    reading = read()
    findings = reading.findings
    if reading.settings is not None and not reading.errors:
        findings = [
            *findings,
            *_about_the_database(reading.settings),
            *trial.findings(reading.settings),
            *_about_the_broker(reading.settings),
        ]
    has_errors = any(finding.level == "error" for finding in findings)
    if as_json:
        print_json(
            {
                "ok": not has_errors,
                "settings": [asdict(setting) for setting in reading.shown],
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        print_rows([asdict(setting) for setting in reading.shown], as_json=False, empty="")
        for finding in findings:
            print(f"\n{finding.line()}")
        if not findings:
            print("\nNothing to put right.")
    raise typer.Exit(1 if has_errors else 0)


def _about_the_broker(settings: "Settings") -> "list[Finding]":
    if settings.celery_broker_url is None:
        return []
    from insurenz.core import broker

    return broker.findings(settings.celery_broker_url)


def _about_the_database(settings: "Settings") -> "list[Finding]":
    """What only the database itself can tell; nothing when there is none yet."""
    from insurenz.core.findings import Finding
    from insurenz.demo import world
    from insurenz.events.wake import count_workers

    if not settings.database_url.get_secret_value() and not settings.data_dir.exists():
        return []
    try:
        database = open_database(settings)
    except Stopped as stopped:
        return [Finding("database_not_ready", "warning", "DATABASE_URL", f"{stopped}", "insurenz migrate")]
    with closing(database), database.read_unit() as session:
        found = [world.FOUND_IN_PRODUCTION] if settings.is_production and world.is_loaded(session) else []
        if settings.celery_broker_url is not None and not count_workers(session):
            what = "No worker lives: nobody is told of anything and nothing is sent until one runs."
            found.append(Finding("no_worker", "warning", "CELERY_BROKER_URL", what, "insurenz worker"))
        return found
