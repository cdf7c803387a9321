"""A backup while people are at work: it is one moment of the install, and whole."""

import threading
from contextlib import closing
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.backups import making
from insurenz.core.storage import LocalStore
from insurenz.documents import moving as documents
from insurenz.documents.models import Document
from tests.claims.stories import DATA, FIELDS
from tests.cli.test_commands import Command
from tests.growth.test_backup import embedded, empty, filled, install
from tests.installs import demo_server
from tests.server import form
from tests.waiting import PATIENCE_SECONDS

__all__ = ["empty", "filled", "install"]


def _next_but_one(filed: "Queue[str]") -> str:
    """What somebody filed after what was under way by now."""
    while not filed.empty():
        filed.get()
    return [filed.get(timeout=PATIENCE_SECONDS) for _ in range(2)][1]


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgresql", marks=pytest.mark.load)])
def test_r12_a_backup_while_people_file_is_one_moment_of_the_install(backend: str, tmp_path: Path) -> None:
    server = demo_server(tmp_path / "old" / "data", backend)
    url = {"DATABASE_URL": server.database_url} if server.database_url else {}
    server.start()
    token, stop = server.sign_in("asha@demo.example"), threading.Event()
    filed: list[Queue[str]] = [Queue(), Queue()]
    body, headers = form(FIELDS, [DATA / "bill.pdf", DATA / "photo.jpg"])

    def file_on(into: Queue[str]) -> None:
        while not stop.is_set():
            answer = server.call("POST", "/claims", token=token, body=body, headers=headers)
            if answer.status == 503:  # The database is held for longer than one waits: filed again.
                continue
            assert answer.status == 201, answer.body
            into.put(answer.json()["id"].replace("-", ""))

    people = [threading.Thread(target=file_on, args=[each]) for each in filed]
    for each in people:
        each.start()
    try:
        before = [each.get(timeout=PATIENCE_SECONDS) for each in filed]
        made = Command(tmp_path / "old").json("backup", str(tmp_path / "backup"), **url)
        after = [_next_but_one(each) for each in filed]
    finally:
        stop.set()
        for each in people:
            each.join()
        server.stop()
    new = Command(tmp_path / "new")
    new.folder.mkdir()
    told = new.json("restore", str(tmp_path / "backup"))
    assert (made["ok"], told["ok"], told["documents"]) == (True, True, made["documents"])
    with closing(embedded(new)) as restored, restored.read_unit() as session:
        kept = {str(each) for each in session.scalars(text("SELECT id FROM claims"))}
        attached = text(
            "SELECT count(*) FROM claim_documents JOIN documents ON id = document_id GROUP BY claim_id"
        )
        # Whole claims, all of those that were filed before, and none of after.
        assert (set(before) <= kept, set(after) & kept) == (True, set())
        assert min(session.scalars(attached)) >= 1
    assert new.json("documents", "sweep", "--dry-run")["missing"] == 0


def test_what_is_removed_while_it_is_copied_is_not_in_the_backup_either(
    install: Command, empty: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, store = documents.copy, LocalStore(install.folder / "data" / "objects")

    def removed_meanwhile(*given: Any) -> Any:
        with closing(embedded(install)) as live, live.unit_of_work() as session:
            document = session.scalars(select(Document).order_by(Document.id).limit(1)).one()
            session.execute(
                text("DELETE FROM claim_documents WHERE document_id = :id"),
                {"id": document.id.replace("-", "")},
            )
            session.delete(document)
        store.delete(document.object_key)
        return copy(*given)

    monkeypatch.setattr(making.documents, "copy", removed_meanwhile)
    made = install.json("backup", str(tmp_path / "backup"))
    assert (made["documents"], made["damaged"]) == (2, [])
    monkeypatch.undo()
    assert empty.json("restore", str(tmp_path / "backup"))["documents"] == 2
