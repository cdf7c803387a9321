"""A filing that is cut off at its commit: what gets committed is whole."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from insurenz.core.db import Database, Session, UnitSession
from insurenz.documents import intake
from insurenz.documents.receiving import FLUSH_BYTES
from tests.actors import make_api, people
from tests.claims.stories import FIELDS, file_claim, objects, sample
from tests.waiting import PATIENCE_SECONDS


def test_d02_a_filing_that_is_cancelled_while_it_commits_keeps_its_objects(
    real_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path / "data")
    headers = dict(api.as_(cast.asha).headers)
    is_there, may_commit = threading.Event(), threading.Event()

    def hold(point: str) -> None:
        if point == "request.before_commit":
            is_there.set()
            assert may_commit.wait(PATIENCE_SECONDS)

    async def file_and_go() -> None:
        transport = httpx.ASGITransport(api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as c:
            filing = c.post("/claims", data=FIELDS, files=[("files", sample("photo.jpg"))])
            task = asyncio.create_task(filing)
            assert await asyncio.to_thread(is_there.wait, PATIENCE_SECONDS)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    monkeypatch.setattr(intake, "fault", hold)
    asyncio.run(file_and_go())
    may_commit.set()
    api.app.state.uploads.shutdown()
    api.app.state.gate.hasher.close()
    with real_database.read_unit() as session:
        documents = session.scalar(text("SELECT count(*) FROM claim_documents"))
    assert (documents, objects(tmp_path / "data" / "objects")) == (1, 1)


def test_a_filing_that_is_cancelled_while_it_waits_for_its_turn_leaves_nothing(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path / "data")
    headers = dict(api.as_(cast.asha).headers)
    is_over = threading.Event()
    name, photo = sample("photo.jpg")
    large = (name, photo + bytes(2 * FLUSH_BYTES))

    async def file_and_go() -> tuple[int, int]:
        transport = httpx.ASGITransport(api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as c:
            task = asyncio.create_task(c.post("/claims", data=FIELDS, files=[("files", large)]))
            while api.app.state.uploads._work_queue.empty():  # noqa: ASYNC110 - a queue of threads
                await asyncio.sleep(0.01)
            waiting = objects(tmp_path / "data" / "objects")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return waiting, objects(tmp_path / "data" / "objects")

    with ThreadPoolExecutor(1) as uploads:
        api.app.state.uploads = uploads
        busy = uploads.submit(is_over.wait)
        try:
            assert asyncio.run(asyncio.wait_for(file_and_go(), timeout=PATIENCE_SECONDS)) == (1, 0)
        finally:
            is_over.set()
        assert busy.result()
    api.app.state.gate.hasher.close()
    with real_database.read_unit() as session:
        assert session.scalar(text("SELECT count(*) FROM claims")) == 0


def test_d02_a_filing_whose_commit_was_not_confirmed_keeps_its_objects(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path / "data")
    asha, key = api.as_(cast.asha), {"Idempotency-Key": "cut"}

    def lose_the_answer(session: Session) -> None:
        if session.get_nested_transaction() is None:
            raise OperationalError("COMMIT", {}, Exception("gone"), connection_invalidated=True)

    event.listen(UnitSession, "after_commit", lose_the_answer)
    unconfirmed = file_claim(asha, "photo.jpg", headers=key)
    event.remove(UnitSession, "after_commit", lose_the_answer)
    again = file_claim(asha, "photo.jpg", headers=key)
    url = again.json()["documents"][0]["url"].removeprefix(api.app.state.settings.base_url)
    opened = api.nobody.get(url)
    api.app.state.gate.hasher.close()
    assert (unconfirmed.status_code, again.status_code, opened.content[-30_000:]) == (
        503,
        201,
        sample("photo.jpg")[1][-30_000:],
    )
    assert "not known whether anything was changed" in unconfirmed.json()["detail"]
    with real_database.read_unit() as session:
        assert session.scalar(text("SELECT count(*) FROM claims")) == 1
