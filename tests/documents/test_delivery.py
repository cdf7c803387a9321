"""Documents in a bucket: filed, opened through the server or by the bucket's own short link, and what fails on the way."""

import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.storage import s3, store_for
from insurenz.documents.sweep import sweep
from tests.actors import Api, Cast, make_api
from tests.claims.stories import DATA, FIELDS, file_claim, objects, rows, upload
from tests.conftest import Clock
from tests.faulty import Faulty, faulty
from tests.stores import bucket_settings, spools
from tests.swift import swift_server

Made = Any


@pytest.fixture
def with_bucket(database: Database, cast: Cast, tmp_path: Path) -> Iterator[Made]:
    """Makes the app with a bucket and further settings."""
    made: list[Api] = []

    def make(**settings: Any) -> Api:
        made.append(make_api(database, tmp_path, **bucket_settings(**settings)))
        return made[-1]

    yield make
    for api in made:
        api.app.state.gate.hasher.close()


def filed(api: Api, cast: Cast, *names: str) -> dict[str, Any]:
    """Asha's claim with these documents."""
    answer = file_claim(api.as_(cast.asha), *(names or ("bill.pdf",)))
    assert answer.status_code == 201, answer.text
    claim: dict[str, Any] = answer.json()
    return claim


def opened(api: Api, url: str, **headers: str) -> Any:
    """The answer to an opened link, itself."""
    path = url.removeprefix(api.app.state.settings.base_url)
    return api.nobody.get(path, headers=headers, follow_redirects=False)


def views(api: Api, database: Database) -> list[str]:
    """What was recorded as opened."""
    api.app.state.access_log.flush()
    with database.read_unit() as session:
        found = session.execute(text("SELECT what FROM access_log WHERE subject_kind = 'document'"))
        return list(found.scalars())


def test_documents_in_a_bucket_are_streamed_through_the_server(
    with_bucket: Made, cast: Cast, database: Database, tmp_path: Path
) -> None:
    api = with_bucket()
    claim = filed(api, cast, "bill.pdf", "letter.doc")
    answers = [opened(api, each["url"]) for each in claim["documents"]]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.content for answer in answers] == [
        (DATA / n).read_bytes() for n in ("bill.pdf", "letter.doc")
    ]
    assert answers[0].headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert (views(api, database), spools(tmp_path)) == (["opened"] * 2, [])
    assert objects(tmp_path / "objects") == 0


def test_u08_with_direct_links_an_opened_link_leads_to_the_bucket_for_at_most_60_seconds(
    with_bucket: Made, cast: Cast, database: Database
) -> None:
    api = with_bucket(s3_direct_links="on")
    answer = opened(api, filed(api, cast)["documents"][0]["url"])
    assert (answer.status_code, answer.headers["cache-control"]) == (307, "private, no-store")
    address = answer.headers["location"]
    assert address.startswith(swift_server().endpoint)
    assert re.findall(r"X-Amz-Expires=(\d+)&", address) == ["60"]
    with urllib.request.urlopen(address) as document:
        assert document.read() == (DATA / "bill.pdf").read_bytes()
        assert document.headers["Content-Disposition"].startswith('attachment; filename="bill.pdf"')
    assert views(api, database) == ["opened"]


@pytest.mark.parametrize("shown_as", ["empty", "image"])
def test_u08_with_direct_links_a_page_is_still_given_the_document_by_the_server(
    with_bucket: Made, cast: Cast, database: Database, shown_as: str
) -> None:
    api = with_bucket(s3_direct_links="on")
    answer = opened(api, filed(api, cast)["documents"][0]["url"], **{"Sec-Fetch-Dest": shown_as})
    assert (answer.status_code, answer.content) == (200, (DATA / "bill.pdf").read_bytes())
    assert views(api, database) == ["opened"]


def test_u08_a_direct_link_never_outlives_the_link_that_led_to_it(
    with_bucket: Made, cast: Cast, frozen_clock: Clock
) -> None:
    frozen_clock.at = datetime.now(UTC)
    api = with_bucket(s3_direct_links="on", documents={"link_seconds": 100})
    url = filed(api, cast)["documents"][0]["url"]
    frozen_clock.move(seconds=93)
    assert re.findall(r"X-Amz-Expires=(\d+)&", opened(api, url).headers["location"]) == ["7"]
    frozen_clock.move(seconds=8)
    assert opened(api, url).status_code == 404


def test_u08_with_direct_links_the_right_is_checked_each_time_as_without(
    with_bucket: Made, cast: Cast, database: Database
) -> None:
    api = with_bucket(s3_direct_links="on")
    url = filed(api, cast)["documents"][0]["url"]
    with database.unit_of_work() as session:
        accounts.disable(session, None, user(session, cast.asha.id, lock=True))
    refused = opened(api, url)
    assert (refused.status_code, "location" in refused.headers) == (404, False)
    assert views(api, database) == []


def test_an_object_that_is_gone_from_the_bucket_is_no_server_error(
    with_bucket: Made, cast: Cast, database: Database
) -> None:
    api = with_bucket()
    claim = filed(api, cast)
    with database.read_unit() as session:
        key = session.execute(text("SELECT object_key FROM documents")).scalar_one()
    api.app.state.store.delete(key)
    answer = opened(api, claim["documents"][0]["url"])
    assert (answer.status_code, answer.json()["code"], views(api, database)) == (404, "object_missing", [])


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    """A proxy before the S3 service that fails when told to."""
    monkeypatch.setattr(s3, "READ_TIMEOUT", timedelta(seconds=1))
    with faulty(swift_server().endpoint) as made:
        yield made


@pytest.mark.parametrize("fault", ["busy", "reset", "silent", "half asked", "unanswered", "flipped"])
def test_r05_a_filing_that_the_bucket_does_not_take_is_refused_whole_and_taken_afterwards(
    with_bucket: Made, cast: Cast, database: Database, proxy: Faulty, tmp_path: Path, fault: str
) -> None:
    api = with_bucket(s3_endpoint_url=proxy.url)
    before, key = rows(database), {"Idempotency-Key": f"r05-{fault}"}
    proxy.fault = fault
    refused = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg", headers=key)
    assert (refused.status_code, refused.json()["code"]) == (503, "store_failed")
    assert refused.headers["retry-after"] == "2"
    assert (rows(database), spools(tmp_path)) == (before, [])

    proxy.fault = ""
    taken = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg", headers=key)
    assert (taken.status_code, len(taken.json()["documents"])) == (201, 2)
    # What may have reached the bucket although nobody was told so.
    sweep(database, api.app.state.store, grace=timedelta(hours=24), now=clock.now() + timedelta(hours=25))
    assert len(list(api.app.state.store.entries())) == 2


def test_r05_a_bucket_that_fails_between_two_files_leaves_the_first_to_the_sweep(
    with_bucket: Made, cast: Cast, database: Database, proxy: Faulty, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    api = with_bucket(s3_endpoint_url=proxy.url)
    commit = s3.S3Writer.commit

    def commit_and_fail(writer: s3.S3Writer, sha256: str) -> None:
        commit(writer, sha256)
        proxy.fault = "reset"

    monkeypatch.setattr(s3.S3Writer, "commit", commit_and_fail)
    before = rows(database)
    refused = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg")
    assert (refused.status_code, rows(database), spools(tmp_path)) == (503, before, [])
    monkeypatch.undo()
    proxy.fault = ""
    filed(api, cast)
    assert len(list(api.app.state.store.entries())) == 2
    sweep(database, api.app.state.store, grace=timedelta(hours=24), now=clock.now() + timedelta(hours=25))
    assert len(list(api.app.state.store.entries())) == 1


def test_r05_while_the_bucket_takes_nothing_a_draft_keeps_what_it_has_and_becomes_a_claim(
    with_bucket: Made, cast: Cast, database: Database, proxy: Faulty, tmp_path: Path
) -> None:
    api = with_bucket(s3_endpoint_url=proxy.url)
    asha = api.as_(cast.asha)
    first = upload(asha).json()["id"]
    made = asha.post("/drafts", json={"content": FIELDS, "upload_ids": [first]})
    assert made.status_code == 201, made.text
    proxy.fault = "reset"
    refused = upload(asha, "photo.jpg")
    assert (refused.status_code, refused.headers["retry-after"], spools(tmp_path)) == (503, "2", [])
    place = f"/drafts/{made.json()['id']}"
    assert asha.get(place).json() == made.json()
    filed_now = asha.post(f"{place}/submit", headers={"If-Match": made.headers["etag"]})
    assert (filed_now.status_code, len(filed_now.json()["documents"])) == (201, 1)


@pytest.mark.parametrize("fault", ["busy", "reset", "silent"])
def test_r05_a_document_that_the_bucket_does_not_give_now_is_a_503_and_no_view(
    with_bucket: Made, cast: Cast, database: Database, proxy: Faulty, fault: str
) -> None:
    api = with_bucket(s3_endpoint_url=proxy.url)
    url = filed(api, cast)["documents"][0]["url"]
    proxy.fault = fault
    refused = opened(api, url)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert views(api, database) == []
    proxy.fault = ""
    assert opened(api, url).status_code == 200


def test_an_app_of_the_same_settings_finds_what_another_stored(
    with_bucket: Made, cast: Cast, tmp_path: Path
) -> None:
    api = with_bucket()
    filed(api, cast)
    [entry] = api.app.state.store.entries()
    again = store_for(api.app.state.settings.model_copy(update={"data_dir": tmp_path / "another machine"}))
    assert b"".join(again.read(entry.key)) == (DATA / "bill.pdf").read_bytes()
