"""The virus scanner: what it finds is refused, nothing is handed out before its verdict, and its absence loses no filing."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core.db import Database
from insurenz.core.errors import Unavailable
from insurenz.documents.scanner import (
    CLEAN,
    INFECTED,
    PENDING,
    Scanned,
    Scanner,
    count_old,
    scan_old,
    scan_waiting,
)
from tests import clamd
from tests.actors import Api, Cast, make_api
from tests.claims.stories import FIELDS, objects, rows, sample, upload
from tests.clamd import TEST_WORDS, Scripted
from tests.documents import samples
from tests.documents.test_previews import make
from tests.documents.test_served import SETTINGS, Claim, filed, opened, seen_by
from tests.server import free_port

INFECTED_FILE = ("note.docx", samples.docx({"word/notes.bin": TEST_WORDS}, packs=False))


@pytest.fixture
def scanner() -> Iterator[Scripted]:
    with clamd.scripted() as running:
        yield running


@pytest.fixture(params=SETTINGS)
def scanned(
    database: Database, cast: Cast, tmp_path: Path, scanner: Scripted, request: pytest.FixtureRequest
) -> Iterator[Api]:
    """The app with the scanner, and each kind of store."""
    made = make_api(database, tmp_path, clamd_address=scanner.address, **SETTINGS[request.param]())
    yield made
    made.app.state.gate.hasher.close()
    make_api(database, tmp_path).app.state.gate.hasher.close()


def turn(api: Api) -> int:
    """What the job does."""
    return scan_waiting(api.database, api.app.state.store, api.app.state.scanner)


def test_u06_a_clean_file_is_scanned_whole_before_it_is_stored(
    scanned: Api, cast: Cast, scanner: Scripted
) -> None:
    claim = filed(scanned, cast, sample("bill.pdf"))
    assert [document["scan_state"] for document in claim["documents"]] == [CLEAN]
    assert scanner.scanned == [sample("bill.pdf")[1]]
    assert opened(scanned, claim["documents"][0]["url"]).status_code == 200


def test_u06_an_infected_file_refuses_the_whole_filing_and_nothing_is_kept(
    scanned: Api, cast: Cast, database: Database, tmp_path: Path
) -> None:
    before = rows(database)
    files = [("files", sample("bill.pdf")), ("files", INFECTED_FILE)]
    refused = scanned.as_(cast.asha).post("/claims", data=FIELDS, files=files)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "infected")
    assert [(error["file_name"], error["code"]) for error in problem["errors"]] == [("note.docx", "infected")]
    assert (rows(database), objects(tmp_path / "objects")) == (before, 0)
    assert list(scanned.app.state.store.entries()) == []


@pytest.mark.parametrize(
    "says", [b"", b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0", b"\xff\0", b"OK\0"]
)
def test_u06_without_a_verdict_a_file_is_taken_and_not_handed_out(
    database: Database, cast: Cast, tmp_path: Path, scanner: Scripted, says: bytes
) -> None:
    api = make_api(database, tmp_path, clamd_address=scanner.address)
    # An answer that is cut short is none.
    scanner.says = says
    claim = filed(api, cast, sample("bill.pdf"))
    expected = CLEAN if says == b"stream: OK" else PENDING
    assert [document["scan_state"] for document in claim["documents"]] == [expected]
    api.app.state.gate.hasher.close()


def test_u06_a_file_that_waits_is_handed_out_after_its_verdict_and_has_no_preview_before(
    scanned: Api, cast: Cast, scanner: Scripted
) -> None:
    scanner.says = b""
    claim = filed(scanned, cast, ("me.jpg", samples.photo()))
    url = claim["documents"][0]["url"]
    waiting = opened(scanned, url)
    assert (waiting.status_code, waiting.json()["code"]) == (503, "scan_pending")
    assert (turn(scanned), make(scanned)) == (0, 0)
    scanner.says = None
    assert (turn(scanned), turn(scanned), make(scanned)) == (1, 0, 1)
    assert seen_by(scanned, claim, cast.asha)["scan_state"] == CLEAN
    assert opened(scanned, url).status_code == 200


def test_u06_files_that_never_get_a_verdict_do_not_stand_before_the_others(
    database: Database, cast: Cast, tmp_path: Path, scanner: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.documents.scanner.AT_ONCE", 1)
    api = make_api(database, tmp_path, clamd_address=scanner.address)
    scanner.says = b"INSTREAM size limit exceeded. ERROR\0"
    filed(api, cast, sample("bill.pdf"))
    later = filed(api, cast, ("me.jpg", samples.photo()))
    scanner.says = None
    judge = Scanner.state_of

    def judge_pictures(asked: Scanner, pieces: Iterator[bytes]) -> str:
        content = b"".join(pieces)
        return judge(asked, iter([content])) if content.startswith(b"\xff\xd8") else PENDING

    monkeypatch.setattr(Scanner, "state_of", judge_pictures)
    assert sum(turn(api) for _ in range(50)) == 1
    assert seen_by(api, later, cast.asha)["scan_state"] == CLEAN
    api.app.state.gate.hasher.close()


def test_u06_what_is_found_later_is_never_handed_out(
    scanned: Api, cast: Cast, scanner: Scripted, database: Database
) -> None:
    scanner.says = b""
    claim = filed(scanned, cast, INFECTED_FILE)
    scanner.says = None
    assert turn(scanned) == 1
    document = seen_by(scanned, claim, cast.asha)
    assert document["scan_state"] == INFECTED
    refused = opened(scanned, document["url"])
    assert (refused.status_code, refused.json()["code"], make(scanned)) == (404, "infected", 0)
    scanned.app.state.access_log.flush()
    with database.read_unit() as session:
        views = session.execute(text("SELECT what FROM access_log WHERE subject_kind = 'document'")).scalars()
        assert list(views) == ["viewed"]


@pytest.mark.parametrize(("policy", "status"), [("block", 503), ("flag", 200)])
def test_u06_while_the_scanner_is_away_the_policy_decides(
    database: Database, cast: Cast, tmp_path: Path, policy: str, status: int
) -> None:
    api = make_api(
        database, tmp_path, clamd_address=f"127.0.0.1:{free_port()}", documents={"unscanned": policy}
    )
    claim = filed(api, cast, sample("bill.pdf"))
    document: Claim = claim["documents"][0]
    assert (document["scan_state"], opened(api, document["url"]).status_code) == (PENDING, status)
    api.app.state.gate.hasher.close()


def test_u06_an_upload_sent_ahead_is_scanned_too(scanned: Api, cast: Cast, scanner: Scripted) -> None:
    assert upload(scanned.as_(cast.asha)).json()["scan_state"] == CLEAN
    refused = scanned.as_(cast.asha).post("/uploads", files=[("file", INFECTED_FILE)])
    assert (refused.status_code, refused.json()["code"]) == (422, "infected")


def test_u06_what_came_before_there_was_a_scanner_is_scanned_when_it_is_told_to(
    api: Api, cast: Cast, database: Database, scanner: Scripted
) -> None:
    claim = filed(api, cast, sample("bill.pdf"), INFECTED_FILE)
    store = api.app.state.store
    scanner.says = b""
    with pytest.raises(Unavailable):
        scan_old(database, store, Scanner(scanner.address))
    # Nobody is locked out of what they could open before.
    assert [opened(api, each["url"]).status_code for each in claim["documents"]] == [200, 200]
    scanner.says = None
    scanned = scan_old(database, store, Scanner(scanner.address))
    infected = [each["id"] for each in claim["documents"] if each["file_name"] == "note.docx"]
    assert (scanned, count_old(database)) == (Scanned(2, infected), 0)
    states = [seen_by(api, claim, cast.asha, place)["scan_state"] for place in (0, 1)]
    assert sorted(states) == [CLEAN, INFECTED]
    assert sorted(opened(api, each["url"]).status_code for each in claim["documents"]) == [200, 404]
    assert scan_old(database, store, Scanner(scanner.address)) == Scanned()


def test_without_an_address_nothing_is_scanned(api: Api, cast: Cast) -> None:
    assert filed(api, cast, sample("bill.pdf"))["documents"][0]["scan_state"] == "not_scanned"


@pytest.mark.skipif(
    not (shutil.which("clamd") or Path("/usr/sbin/clamd").exists()), reason="clamd is not installed"
)
def test_u06_the_real_clamd_gives_the_same_verdicts(tmp_path: Path) -> None:
    with clamd.real(tmp_path) as address:
        real: Any = Scanner(address)
        assert real.state_of([b"harmless", b"", b" words"]) == CLEAN
        assert real.state_of([TEST_WORDS[:7], TEST_WORDS[7:]]) == INFECTED
        assert real.state_of([INFECTED_FILE[1]]) == INFECTED
