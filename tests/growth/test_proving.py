"""The proof of a restore: everything is looked at, and whatever is not as it was is named."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from insurenz.backups.folder import Manifest
from insurenz.backups.restoring import prove
from insurenz.core.storage import LocalStore
from insurenz.documents.models import Document, DocumentCheck
from insurenz.migrations import moving
from tests.cli.test_commands import Command
from tests.events.samples import tamper
from tests.growth.test_backup import backup, embedded, empty, filled, install

__all__ = ["backup", "empty", "filled", "install"]


def test_r12_what_is_not_as_it_was_is_not_proven(empty: Command, backup: Path) -> None:
    empty("restore", str(backup))
    folder = empty.folder / "data"
    with closing(embedded(empty)) as database:
        # The first proof has left a row of its own.
        manifest = replace(Manifest.read(backup), rows=moving.count_rows(database))

        def proof(**changes: Any) -> tuple[bool, list[str], int]:
            found = prove(database, LocalStore(folder / "objects"), replace(manifest, **changes))
            return found.is_proven, found.different_tables, found.documents

        assert proof() == (True, [], 3)
        # Whatever was left of a look that was broken off: everything is looked at.
        with database.unit_of_work() as session:
            last = select(func.max(Document.id)).scalar_subquery()
            session.execute(update(DocumentCheck).values(after_id=last))
        assert proof() == (True, [], 3)
        fewer = {name: rows - (name in ("events", "sessions")) for name, rows in manifest.rows.items()}
        assert proof(rows=fewer) == (False, ["events", "sessions"], 3)
        # The tables of another version are not those of this one.
        assert proof(rows=fewer, revision="20261128_documents") == (False, ["events"], 3)
        tamper(database, "UPDATE events SET status = 'paid' WHERE subject_kind = 'claim'")
        assert proof() == (False, [], 3)
