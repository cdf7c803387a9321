"""A filing whose task is cancelled (the server stops): what gets committed is whole."""

import asyncio
import time
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import text

from insurenz.core import faults
from insurenz.core.db import Database
from tests.actors import make_api, people
from tests.claims.stories import FIELDS, objects, sample


def test_d02_a_filing_that_is_cancelled_while_it_commits_keeps_its_objects(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path / "data")
    headers = dict(api.as_(cast.asha).headers)

    async def file_and_go() -> None:
        transport = httpx.ASGITransport(api.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as c:
            filing = c.post("/claims", data=FIELDS, files=[("files", sample("photo.jpg"))])
            task = asyncio.create_task(filing)
            await asyncio.sleep(0.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    faults.plan("request.before_commit=sleep:1")
    asyncio.run(file_and_go())
    time.sleep(1.5)
    faults.plan("")
    api.app.state.gate.hasher.close()
    with real_database.read_unit() as session:
        documents = session.scalar(text("SELECT count(*) FROM claim_documents"))
    assert (documents, objects(tmp_path / "data" / "objects")) == (1, 1)
