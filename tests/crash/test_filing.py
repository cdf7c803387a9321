"""The server killed in the middle of a filing: the same key files one claim, whole, with its event and its objects."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.settings import Settings
from insurenz.core.storage import ObjectStore, store_for
from insurenz.documents.sweep import Swept, sweep
from tests.claims.stories import DATA, FIELDS
from tests.installs import make_database
from tests.server import Server, form
from tests.stores import spools
from tests.swift import swift_server

FILES = [DATA / "bill.pdf", DATA / "photo.jpg"]
KEY = {"Idempotency-Key": "crash-1"}
# Where it dies: objects written and no row; rows written and not committed; committed and not answered.
POINTS = (
    "store.written=kill@1",
    "store.written=kill@2",
    "request.before_commit=kill",
    "request.after_commit=kill",
)


# With PostgreSQL each time; the others with `./test --crash`.
KILLED = pytest.mark.crash


@pytest.fixture(params=[pytest.param("sqlite", marks=KILLED), "postgresql", pytest.param("s3", marks=KILLED)])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world; its documents lie in a folder, or in a bucket."""
    url = ""
    if request.param == "postgresql":
        database = make_database("postgresql", tmp_path)
        url = database.url.render_as_string(hide_password=False)
    settings = swift_server().environment() if request.param == "s3" else {}
    # Pictures that are made meanwhile are objects, too.
    settings = {**settings, "INSURENZ_DOCUMENTS__PREVIEWS": "off"}
    running = Server(tmp_path / "data", url, settings)
    running.folder.mkdir()
    yield running
    running.kill()


def open_database(server: Server) -> Database:
    return Database(server.database_url or f"sqlite:///{server.folder / 'insurenz.db'}")


def numbers(server: Server, statement: str) -> list[tuple[Any, ...]]:
    database = open_database(server)
    with database.read_unit() as session:
        rows = [tuple(row) for row in session.execute(text(statement))]
    database.close()
    return rows


def file_claim(server: Server, token: str) -> Any:
    body, headers = form(FIELDS, FILES)
    return server.call("POST", "/claims", token=token, body=body, headers=headers | KEY)


def store_of(server: Server) -> ObjectStore:
    bucket = {name.lower(): value for name, value in server.settings.items()}
    return store_for(Settings(_env_file=None, data_dir=server.folder, **bucket))  # type: ignore[arg-type]


def swept_a_day_later(server: Server) -> Swept:
    database = open_database(server)
    later = clock.now() + timedelta(hours=25)
    swept = sweep(database, store_of(server), grace=timedelta(hours=24), now=later)
    database.close()
    return swept


@pytest.mark.parametrize("point", [*(pytest.param(p, marks=KILLED) for p in POINTS[:-1]), POINTS[-1]])
def test_d02_u10_killed_while_filing_and_retried_there_is_one_claim_with_its_objects_and_nothing_else(
    server: Server, point: str
) -> None:
    server.start()
    token = server.sign_in("asha@demo.example")
    before = numbers(server, "SELECT count(*) FROM claims")[0][0]
    server.stop()
    server.start(INSURENZ_FAULTS=point)
    with pytest.raises(ConnectionError):
        file_claim(server, token)
    assert server.has_died()

    server.start()
    first, second = file_claim(server, token), file_claim(server, token)

    assert (first.status, second.status) == (201, 201)
    claim = first.json()
    bare = [{k: v for k, v in document.items() if k != "url"} for document in claim["documents"]]
    again = [{k: v for k, v in document.items() if k != "url"} for document in second.json()["documents"]]
    assert (claim["id"], bare) == (second.json()["id"], again)
    assert [document["file_name"] for document in bare] == ["bill.pdf", "photo.jpg"]
    assert numbers(server, "SELECT count(*) FROM claims")[0][0] == before + 1
    of_claim = f"FROM events WHERE claim_number = '{claim['claim_number']}'"
    assert numbers(server, f"SELECT type, version {of_claim}") == [("claim_submitted", 1)]
    for document, path in zip(second.json()["documents"], FILES, strict=True):
        opened = server.call("GET", document["url"].removeprefix(server.base))
        # A photo is served without what its camera wrote into it.
        expected = path.read_bytes() if path.suffix == ".pdf" else opened.body
        assert (opened.status, opened.body[:2], opened.body) == (200, path.read_bytes()[:2], expected)

    swept = swept_a_day_later(server)
    assert (swept.left_alone, swept.missing) == (0, 0)
    keys = [key for (key,) in numbers(server, "SELECT object_key FROM documents")]
    assert sorted(entry.key for entry in store_of(server).entries()) == sorted(keys)
    assert spools(server.folder) == []
