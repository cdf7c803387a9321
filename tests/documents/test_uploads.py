"""Files sent ahead: what is answered, what is refused, and that each is used once, by whom it belongs to."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.documents import uploads
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import FIELDS, add, file_claim, objects, problem, rows, sample, told, upload
from tests.conftest import Clock
from tests.races import at_once, is_waited_for

RACES = 10


@pytest.fixture
def asha(api: Api, cast: Cast, today: Clock) -> Any:
    """A client signed in as the policyholder."""
    return api.as_(cast.asha)


def store_of(api: Api) -> Path:
    folder: Path = api.app.state.settings.data_dir / "objects"
    return folder


def names(claim: Any) -> list[str]:
    return [document["file_name"] for document in claim.json()["documents"]]


@pytest.mark.parametrize("field", ["file", "files"])
def test_an_upload_is_answered_with_its_checks(asha: Any, api: Api, database: Database, field: str) -> None:
    answer = asha.post("/uploads", files=[(field, sample("bill.pdf"))])
    told = answer.json()
    content = sample("bill.pdf")[1]
    assert answer.status_code == 201, answer.text
    assert {name: told[name] for name in ("file_name", "file_type", "file_size", "sha256")} == {
        "file_name": "bill.pdf",
        "file_type": "pdf",
        "file_size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert (told["is_encrypted"], told["has_active_content"]) == (False, False)
    life = datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["uploaded_at"])
    assert life == timedelta(hours=24)
    assert (rows(database, "documents", "claim_documents"), objects(store_of(api))) == (
        {"documents": 1, "claim_documents": 0},
        1,
    )


@pytest.mark.parametrize("person", ["asha", "city_desk", "arjun", "admin"])
def test_whoever_sends_files_may_send_them_ahead(api: Api, cast: Cast, person: str) -> None:
    assert upload(api.as_(getattr(cast, person))).status_code == 201


@pytest.mark.parametrize(
    ("request_", "refusal"),
    [
        ({"files": [("file", ("a.exe", b"MZ"))]}, (415, [("files", "type_not_allowed")])),
        ({"files": [("file", ("a.pdf", b"MZ"))]}, (415, [("files", "type_mismatch")])),
        ({"files": [("file", ("a.pdf", b""))]}, (422, [("files", "empty")])),
        ({"files": [("file", sample("bill.pdf"))] * 2}, (413, [("files", "too_many_files")])),
        ({"files": [("bill", sample("bill.pdf"))]}, (422, [("bill", "not_taken")])),
        (
            {"files": [("file", sample("bill.pdf"))], "data": {"name": "mine"}},
            (422, [("name", "extra_forbidden")]),
        ),
        ({"files": [("name", (None, "mine"))]}, (422, [("name", "extra_forbidden")])),
        ({"json": {}}, (422, [("file", "missing")])),
        ({"content": b"%PDF-", "headers": {"content-type": "application/pdf"}}, (415, [])),
    ],
)
def test_p01_what_is_no_single_file_is_refused_and_nothing_stays(
    asha: Any, api: Api, database: Database, request_: dict[str, Any], refusal: Any
) -> None:
    before = rows(database)
    assert problem(asha.post("/uploads", **request_)) == refusal
    assert (rows(database), objects(store_of(api))) == (before, 0)


def test_a_claim_is_filed_with_uploads_alone(asha: Any, database: Database) -> None:
    sent = [upload(asha, name).json() for name in ("bill.pdf", "photo.jpg")]
    ids = [each["id"] for each in sent]
    answer = file_claim(asha, upload_ids=ids)
    assert (answer.status_code, names(answer)) == (201, ["bill.pdf", "photo.jpg"])
    assert [d["id"] for d in answer.json()["documents"]] == ids
    assert told(database, answer.json())[1]["documents"] == ids


def test_a_form_names_uploads_beside_its_files(asha: Any, database: Database) -> None:
    sent = [upload(asha, name).json()["id"] for name in ("bill.pdf", "photo.jpg")]
    answer = file_claim(asha, "scan.png", upload_ids=sent)
    assert (answer.status_code, names(answer)) == (201, ["bill.pdf", "photo.jpg", "scan.png"])
    assert told(database, answer.json())[1]["documents"] == [d["id"] for d in answer.json()["documents"]]


def test_uploads_are_opened_like_any_document_once_they_are_used(asha: Any, api: Api) -> None:
    claim = file_claim(asha, upload_ids=[upload(asha).json()["id"].upper()]).json()
    url = claim["documents"][0]["url"].removeprefix(api.app.state.settings.base_url)
    assert api.nobody.get(url).content == sample("bill.pdf")[1]


def refusal_of(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


def test_z03_uploads_that_are_unknown_foreign_ended_or_used_look_the_same(
    api: Api, cast: Cast, asha: Any, today: Clock, database: Database
) -> None:
    ended = upload(asha).json()["id"]
    today.move(hours=24)
    asha = api.again(cast.asha)
    foreign, used, own = (upload(who).json()["id"] for who in (api.as_(cast.vikram), asha, asha))
    file_claim(asha, upload_ids=[used])
    before = rows(database)
    missing = "018f0000-0000-7000-8000-000000000000"
    refusals = []
    for named in ([missing], [foreign], [ended], [used], ["x"], [""], [own, own], [own, missing]):
        answer = file_claim(asha, upload_ids=named)
        assert problem(answer) == (422, [("upload_ids", "unknown_upload")]), named
        refusals.append(refusal_of(answer))
    assert all(refusal == refusals[0] for refusal in refusals)
    assert rows(database) == before
    assert file_claim(asha, upload_ids=[own]).status_code == 201


def test_an_upload_ends_to_the_second(asha: Any, api: Api, cast: Cast, today: Clock) -> None:
    first, second = upload(asha).json()["id"], upload(asha).json()["id"]
    today.move(hours=23, minutes=59, seconds=59)
    assert file_claim(api.again(cast.asha), upload_ids=[first]).status_code == 201
    today.move(seconds=1)
    assert file_claim(api.as_(cast.asha), upload_ids=[second]).status_code == 422


def test_a_filing_that_is_refused_leaves_its_uploads_to_be_used(asha: Any) -> None:
    mine = upload(asha).json()["id"]
    assert file_claim(asha, upload_ids=[mine], claim_amount="0").status_code == 422
    assert file_claim(asha, "bill.pdf", upload_ids=mine, claim_type="vehicle").status_code == 422
    assert file_claim(asha, upload_ids=[mine]).status_code == 201


@pytest.mark.parametrize("given", ["x", {"x": 1}, [1], [None], 5, None, ["x" * 65], ["x"] * 101])
def test_p01_upload_ids_are_a_list_of_texts(asha: Any, given: Any) -> None:
    answer = asha.post("/claims", json=FIELDS | {"upload_ids": given})
    assert (answer.status_code, {e["field"].split(".")[0] for e in answer.json()["errors"]}) == (
        422,
        {"upload_ids"},
    )


@pytest.mark.parametrize(
    ("limits", "files", "refusal"),
    [
        ({"max_files": 2}, [], ("upload_ids", "too_many_files")),
        ({"max_files": 3}, ["photo.jpg"], ("files", "too_many_files")),
        ({"max_claim_files": 2}, [], ("upload_ids", "too_many_claim_files")),
        ({"max_claim_files": 3}, ["photo.jpg"], ("files", "too_many_claim_files")),
    ],
)
def test_p01_limits_of_files_count_uploads_too(
    database: Database,
    cast: Cast,
    tmp_path: Path,
    limits: dict[str, int],
    files: list[str],
    refusal: tuple[str, str],
) -> None:
    asha = make_api(database, tmp_path, documents=limits).as_(cast.asha)
    sent = [upload(asha).json()["id"] for _ in range(3)]
    before = rows(database), objects(tmp_path / "objects")
    assert problem(file_claim(asha, *files, upload_ids=sent)) == (413, [refusal])
    assert (rows(database), objects(tmp_path / "objects")) == before
    assert file_claim(asha, *files, upload_ids=sent[:2]).status_code == 201


def test_p01_files_of_a_claim_are_counted_over_all_requests(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    asha = make_api(database, tmp_path, documents={"max_claim_files": 2}).as_(cast.asha)
    claim = file_claim(asha, "bill.pdf").json()
    assert add(asha, claim, "photo.jpg").status_code == 201
    assert problem(add(asha, claim, "scan.png")) == (413, [("files", "too_many_claim_files")])
    named = add(asha, claim, upload_ids=[upload(asha).json()["id"]])
    assert problem(named) == (413, [("upload_ids", "too_many_claim_files")])


def test_d01_the_same_key_uploads_once(asha: Any, api: Api, database: Database) -> None:
    first, again = (upload(asha, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert (rows(database, "documents"), objects(store_of(api))) == ({"documents": 1}, 1)
    other = upload(asha, "photo.jpg", **{"Idempotency-Key": "k"})
    assert problem(other) == (422, [("Idempotency-Key", "key_reused")])
    assert (rows(database, "documents"), objects(store_of(api))) == ({"documents": 1}, 1)


def test_d02_a_filing_with_uploads_that_is_sent_again_gets_its_answer(asha: Any, database: Database) -> None:
    key, mine = {"Idempotency-Key": "k"}, [upload(asha).json()["id"]]
    first, again = (file_claim(asha, headers=key, upload_ids=mine) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert again.json()["documents"][0]["url"].startswith("http")
    other = file_claim(asha, headers=key, upload_ids=[upload(asha).json()["id"]])
    assert problem(other) == (422, [("Idempotency-Key", "key_reused")])
    assert rows(database, "claims") == {"claims": 1}


def test_d03_of_two_filings_with_one_upload_one_wins(real_database: Database, tmp_path: Path) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path)
    asha = api.as_(cast.asha)
    claim = file_claim(asha, claim_amount="10").json()
    for _ in range(RACES):
        mine = upload(asha).json()["id"]
        uses: list[Callable[[], Any]] = [
            lambda mine=mine: file_claim(asha, claim_amount="10", upload_ids=[mine]),  # type: ignore[misc]
            lambda mine=mine: file_claim(asha, claim_amount="10", upload_ids=[mine]),  # type: ignore[misc]
            lambda mine=mine: add(asha, claim, upload_ids=[mine]),  # type: ignore[misc]
        ]
        answers = at_once(*uses)
        assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    api.app.state.gate.hasher.close()
    assert rows(real_database, "documents", "claim_documents") == {
        "documents": RACES,
        "claim_documents": RACES,
    }


def test_d03_an_upload_that_is_being_used_cannot_be_removed(real_database: Database, tmp_path: Path) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path)
    asha, answers = api.as_(cast.asha), list[Any]()
    sent = upload(asha).json()["id"]
    removing = threading.Thread(target=lambda: answers.append(asha.delete(f"/uploads/{sent}")))
    with real_database.unit_of_work() as session:
        uploads.take(session, cast.asha, [sent])
        removing.start()
        while not real_database.is_sqlite and removing.is_alive() and not is_waited_for(real_database):
            pass
    removing.join()
    assert [answer.status_code for answer in answers] == [404]
    assert (rows(real_database, "documents"), objects(store_of(api))) == ({"documents": 1}, 1)
    api.app.state.gate.hasher.close()
