"""`insurenz mail preview`: what the mails of an install look like, without a database, and without sending any."""

from pathlib import Path

import pytest

from tests.cli.test_commands import Command


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


def test_without_a_name_the_mails_are_listed(command: Command) -> None:
    names = command("mail", "preview").split()
    assert {"claim_submitted", "claim_status_updated.reject", "claim_qc_query", "account.reset"} <= set(names)
    assert [each["name"] for each in command.json("mail", "preview")] == names


def test_one_is_printed_as_text_with_the_address_of_the_command(command: Command) -> None:
    told = command("mail", "preview", "claim_qc_query", PUBLIC_URL="https://claims.hospital.org")
    assert "QC Query Raised: CSHLSIP-2026-014" in told
    assert "https://claims.hospital.org/app/claims/" in told


def test_all_are_written_as_files(command: Command) -> None:
    count = len(command("mail", "preview").split())
    assert command("mail", "preview", "--all", "--out", "mails") == f"Wrote {count} mails to mails.\n"
    written = sorted(path.name for path in (command.folder / "mails").iterdir())
    assert len(written) == 2 * count
    assert (command.folder / "mails/claim_denied.html").read_text().startswith("<!doctype html>")


def test_a_name_that_there_is_not_and_both_at_once_are_refused(command: Command) -> None:
    assert "There is no mail nonsense." in command("mail", "preview", "nonsense", code=1)
    assert "Name a mail, or say --all." in command("mail", "preview", "claim", "--all", code=1)
