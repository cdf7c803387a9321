"""Files that come in pieces by tus 1.0: no byte lost or torn, refused as any file is, and nobody's but their sender's."""

import asyncio
import base64
import hashlib
import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial as partial_of
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.storage import StoreFailed
from insurenz.documents.inspect import Inspector
from insurenz.documents.models import PartialUpload, UploadPart
from insurenz.documents.sweep import sweep
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import file_claim, objects, problem, rows, sample
from tests.conftest import Clock
from tests.documents.tus import PDF, TUS, announce, begin, encoded, head, long_pdf, offset_of, send, sha256
from tests.races import at_once
from tests.stores import bucket_settings

TABLES = ("documents", "partial_uploads", "upload_parts")
NOTHING = {"documents": 0, "partial_uploads": 0, "upload_parts": 0}


@pytest.fixture(params=["local", pytest.param("encrypted", marks=pytest.mark.load), "s3"])
def stored(request: pytest.FixtureRequest, database: Database, cast: Cast, tmp_path: Path) -> Iterator[Api]:
    """The app with each kind of store."""
    kinds: dict[str, Any] = {
        "local": dict,
        "encrypted": lambda: {"encryption_key": base64.b64encode(bytes(32)).decode()},
        "s3": bucket_settings,
    }
    made = make_api(database, tmp_path, **kinds[request.param]())
    yield made
    made.app.state.gate.hasher.close()


@pytest.fixture
def asha(api: Api, cast: Cast, today: Clock) -> Any:
    return api.as_(cast.asha)


def keys_in(api: Api) -> int:
    return len(list(api.app.state.store.entries()))


def test_u09_cut_at_any_offset_a_file_is_whole_in_the_end_and_one_upload(
    stored: Api, cast: Cast, database: Database
) -> None:
    client, content = stored.as_(cast.asha), long_pdf(40_000)
    place, chance = begin(client, content), random.Random(9)
    cuts = sorted({0, *chance.sample(range(1, len(content)), 20), len(content)})
    for start, end in pairwise(cuts):
        answer = send(client, place, content[start:end], offset_of(client, place))
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end))
    assert offset_of(client, place) == len(content)
    told = client.get(place).json()
    assert (told["sha256"], told["file_size"], told["file_name"]) == (
        sha256(content),
        len(content),
        "bill.pdf",
    )
    assert place == f"/uploads/{told['id']}"
    assert rows(database, *TABLES) == NOTHING | {"documents": 1}
    assert keys_in(stored) == 1
    claim = file_claim(client, upload_ids=[told["id"]]).json()
    url = claim["documents"][0]["url"].removeprefix(stored.app.state.settings.base_url)
    assert stored.nobody.get(url).content == content


def test_u09_a_byte_that_was_flipped_on_its_way_is_noticed_at_the_end_and_nothing_stays(
    stored: Api, cast: Cast, database: Database
) -> None:
    client, content = stored.as_(cast.asha), long_pdf(30_000)
    place, middle = begin(client, content), 15_000
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    send(client, place, flipped[:20_000])
    answer = send(client, place, flipped[20_000:], 20_000)
    assert problem(answer) == (422, [("files", "sha256_mismatch")])
    assert (rows(database, *TABLES), keys_in(stored)) == (NOTHING, 0)
    assert head(client, place).status_code == 404


async def broken_off(api: Api, client: Any, place: str, offset: int, pieces: list[bytes], **more: str) -> int:
    """A PATCH whose connection breaks after these pieces; gives the status that nobody heard, 0 for none."""
    waiting, statuses = [*pieces], []

    async def receive() -> dict[str, Any]:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(0), "more_body": True}
        return {"type": "http.disconnect"}

    async def answer(message: dict[str, Any]) -> None:
        statuses.append(message.get("status", 0))

    headers = {
        **TUS,
        "upload-offset": str(offset),
        "content-type": "application/offset+octet-stream",
        "authorization": client.headers["authorization"],
        **more,
    }
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": place,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "scheme": "http",
        "root_path": "",
        "http_version": "1.1",
        "app": api.app,
        "state": {},
    }
    await api.app(scope, receive, answer)
    return max(statuses, default=0)


def test_u09_what_came_before_the_connection_broke_stays(stored: Api, cast: Cast, database: Database) -> None:
    client, content = stored.as_(cast.asha), long_pdf(30_000)
    place = begin(client, content)
    asyncio.run(broken_off(stored, client, place, 0, [content[:7000], content[7000:11_000]]))
    assert offset_of(client, place) == 11_000
    assert (rows(database, *TABLES), keys_in(stored)) == (
        NOTHING | {"partial_uploads": 1, "upload_parts": 1},
        1,
    )
    assert send(client, place, content[11_000:], 11_000).status_code == 204
    assert client.get(place).json()["sha256"] == sha256(content)


def test_a_piece_with_a_checksum_stays_whole_or_not_at_all(api: Api, asha: Any) -> None:
    content = long_pdf(20_000)
    place = begin(asha, content)
    right = {"upload-checksum": f"sha1 {base64.b64encode(hashlib.sha1(content[:5000]).digest()).decode()}"}
    asyncio.run(broken_off(api, asha, place, 0, [content[:4000]], **right))
    assert offset_of(asha, place) == 0
    flipped = send(asha, place, b"x" + content[1:5000], **right)
    assert (flipped.status_code, flipped.json()["code"], offset_of(asha, place)) == (
        460,
        "checksum_mismatch",
        0,
    )
    assert send(asha, place, content[:5000], **right).status_code == 204
    strange = send(asha, place, content[5000:], 5000, **{"Upload-Checksum": "crc32 AAAA"})
    assert (strange.status_code, strange.json()["code"]) == (400, "checksum_algorithm")
    assert (offset_of(asha, place), objects(api.app.state.settings.data_dir / "objects")) == (5000, 1)


def test_parts_are_kept_as_they_come_so_that_little_is_lost(
    api: Api, asha: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insurenz.documents.arriving.PART_BYTES", 10_000)
    content = long_pdf(45_000)
    place = begin(asha, content)
    pieces = [content[n : n + 5000] for n in range(0, 40_000, 5000)]
    asyncio.run(broken_off(api, asha, place, 0, pieces))
    assert rows(database, *TABLES) == NOTHING | {"partial_uploads": 1, "upload_parts": 4}
    assert send(asha, place, content[40_000:], 40_000).status_code == 204
    assert asha.get(place).json()["sha256"] == sha256(content)


def test_another_version_of_the_protocol_is_refused_and_named(asha: Any) -> None:
    place = begin(asha, PDF)
    old = {"Tus-Resumable": "0.2.2"}
    for answer in (announce(asha, PDF, **old), send(asha, place, PDF, **old), asha.head(place, headers=old)):
        assert (answer.status_code, answer.headers["tus-version"]) == (412, "1.0.0")
    assert offset_of(asha, place) == 0


def test_what_is_spoken_is_told(api: Api) -> None:
    answer = api.nobody.options("/uploads")
    told = {name: answer.headers[name] for name in ("tus-version", "tus-extension", "tus-max-size")}
    assert (answer.status_code, told) == (
        204,
        {
            "tus-version": "1.0.0",
            "tus-extension": "creation,expiration,checksum,termination",
            "tus-max-size": str(10 * 1024 * 1024),
        },
    )


def test_a_file_that_is_not_whole_is_told_of_as_it_was_announced(asha: Any, today: Clock) -> None:
    place = begin(asha, PDF)
    send(asha, place, PDF[:10])
    told = head(asha, place)
    assert (told.headers["upload-offset"], told.headers["upload-length"]) == ("10", str(len(PDF)))
    assert told.headers["upload-metadata"].startswith(f"filename {encoded('bill.pdf')}")
    assert (told.headers["cache-control"], told.headers["tus-resumable"]) == ("no-store", "1.0.0")
    shown = {
        "id": place[9:],
        "file_name": "bill.pdf",
        "file_size": len(PDF),
        "offset": 10,
        "sha256": sha256(PDF),
    }
    assert asha.get(place).json().items() >= shown.items()
    assert [each["id"] for each in asha.get("/uploads").json()["items"]] == [place[9:]]


def test_r05_while_the_inspection_is_busy_only_the_last_piece_is_sent_again(
    asha: Any, api: Api, database: Database
) -> None:
    place, busy = begin(asha, PDF), Inspector(processes=1, wait_seconds=0.01)
    send(asha, place, PDF[:500])
    api.app.state.inspector, right = busy, api.app.state.inspector
    busy.close()
    answer = send(asha, place, PDF[500:], 500)
    assert (answer.status_code, answer.json()["code"]) == (503, "inspection_busy")
    assert (offset_of(asha, place), objects(api.app.state.settings.data_dir / "objects")) == (500, 1)
    api.app.state.inspector = right
    assert send(asha, place, PDF[500:], 500).status_code == 204


def test_r05_a_store_that_fails_loses_nothing_that_was_acknowledged(
    asha: Any, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = begin(asha, PDF)
    send(asha, place, PDF[:500])

    def fail(*_: Any) -> Any:
        raise StoreFailed("disk full")

    with monkeypatch.context() as failing:
        failing.setattr("insurenz.core.storage.local.LocalStore.place", fail)
        for piece in (PDF[500:600], PDF[500:]):
            assert send(asha, place, piece, 500).status_code == 503
    assert (offset_of(asha, place), objects(api.app.state.settings.data_dir / "objects")) == (500, 1)
    assert send(asha, place, PDF[500:], 500).status_code == 204


def test_parts_that_are_lost_are_told_so_and_the_file_begins_anew(
    asha: Any, api: Api, database: Database
) -> None:
    place = begin(asha, PDF)
    send(asha, place, PDF[:500])
    [entry] = api.app.state.store.entries()
    api.app.state.store.delete(entry.key)
    answer = send(asha, place, PDF[500:], 500)
    assert (answer.status_code, answer.json()["code"]) == (409, "parts_lost")
    assert (rows(database, *TABLES), head(asha, place).status_code) == (NOTHING, 404)


def test_a_file_whose_beginning_is_not_in_this_store_is_none_to_go_on_with(
    asha: Any, api: Api, database: Database
) -> None:
    """So it is after documents were moved to another store, or a disk was lost."""
    place, whole = begin(asha, PDF), begin(asha, PDF)
    for start in (0, 500):
        send(asha, place, PDF[start : start + 500], start)
    send(asha, whole, PDF)
    assert offset_of(asha, place) == 1000
    with database.read_unit() as session:
        first = session.scalars(select(UploadPart.object_key).where(UploadPart.starts_at == 0)).one()
    api.app.state.store.delete(first)
    assert [head(asha, place).status_code for _ in range(2)] == [404, 404]
    assert asha.get("/uploads").json() == {"items": []}
    assert offset_of(asha, whole) == len(PDF)
    assert (rows(database, *TABLES), keys_in(api)) == (NOTHING | {"documents": 1}, 1)


def test_z03_nobody_else_sees_it_goes_on_with_it_or_ends_it(api: Api, cast: Cast, asha: Any) -> None:
    place, missing = begin(asha, PDF), "/uploads/018f0000-0000-7000-8000-000000000000"
    send(asha, place, PDF[:500])
    for stranger in (api.as_(cast.vikram), api.as_(cast.admin)):
        for at in (place, missing, "/uploads/x"):
            answers = (
                head(stranger, at),
                send(stranger, at, PDF[500:], 500),
                stranger.delete(at),
                stranger.get(at),
            )
            assert [answer.status_code for answer in answers] == [404] * 4
        assert stranger.get("/uploads").json() == {"items": []}
    assert api.as_(cast.auditor).get(place).status_code == 403
    assert offset_of(asha, place) == 500


def test_its_owner_ends_it_whole_or_not_but_not_once_it_is_used(
    asha: Any, api: Api, database: Database
) -> None:
    half, whole, used = (begin(asha, PDF) for _ in range(3))
    send(asha, half, PDF[:500])
    for place in (whole, used):
        send(asha, place, PDF)
    file_claim(asha, upload_ids=[used[9:]])
    answers = [asha.delete(place, headers=TUS).status_code for place in (half, whole, used, half)]
    assert answers == [204, 204, 404, 404]
    assert (rows(database, *TABLES), objects(api.app.state.settings.data_dir / "objects")) == (
        NOTHING | {"documents": 1},
        1,
    )


def test_u10_what_nobody_goes_on_with_ends_and_the_sweep_takes_its_parts(
    stored: Api, cast: Cast, database: Database, today: Clock
) -> None:
    client = stored.as_(cast.asha)
    dead, alive = begin(client, PDF), begin(client, PDF)
    for place in (dead, alive):
        send(client, place, PDF[:500])
    today.move(hours=20)
    assert send(stored.again(cast.asha), alive, PDF[500:600], 500).status_code == 204
    today.move(hours=20)
    client = stored.again(cast.asha)
    assert head(client, dead).status_code == 404
    assert send(client, dead, PDF[500:], 500).status_code == 404
    swept = sweep(database, stored.app.state.store, grace=timedelta(hours=24), now=clock.now())
    assert (swept.expired, swept.orphans, swept.left_alone, swept.missing) == (1, 0, 0, 0)
    assert (rows(database, *TABLES), keys_in(stored)) == (
        NOTHING | {"partial_uploads": 1, "upload_parts": 2},
        2,
    )
    swept = sweep(
        database, stored.app.state.store, grace=timedelta(hours=1), now=clock.now() + timedelta(hours=3)
    )
    assert (swept.orphans, offset_of(client, alive)) == (0, 600)


def test_u10_what_nobody_goes_on_with_stays_to_the_last_moment_of_its_time(
    api: Api, asha: Any, database: Database
) -> None:
    begin(asha, PDF)
    with database.read_unit() as session:
        ends_at = session.scalars(select(PartialUpload.expires_at)).one()
    expired = [
        sweep(database, api.app.state.store, grace=timedelta(hours=24), now=now).expired
        for now in (ends_at, ends_at + timedelta(microseconds=1))
    ]
    assert expired == [0, 1]


def test_d03_of_two_who_go_on_at_once_one_wins_and_no_byte_is_torn(
    real_database: Database, tmp_path: Path
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path)
    asha, content = api.as_(cast.asha), long_pdf(20_000)
    place = begin(asha, content)
    for start in range(0, 20_000, 5000):
        sizes = (5000, 5000) if start == 15_000 else (4000, 5000)
        answers = at_once(*(partial_of(send, asha, place, content[start : start + n], start) for n in sizes))
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        told = next(answer for answer in answers if answer.status_code == 409).json()["offset"]
        reached = offset_of(asha, place)
        assert told in (reached, start)
        if reached < start + 5000:
            assert send(asha, place, content[reached : start + 5000], reached).status_code == 204
    assert asha.get(place).json()["sha256"] == sha256(content)
    assert objects(tmp_path / "objects") == 1
    api.app.state.gate.hasher.close()


def test_d01_the_same_key_announces_once(asha: Any, database: Database) -> None:
    key = {"Idempotency-Key": "k"}
    first, again = (begin(asha, PDF, **key) for _ in range(2))
    assert (first, rows(database, "partial_uploads")) == (again, {"partial_uploads": 1})
    assert problem(announce(asha, PDF[:-1], **key)) == (422, [("Idempotency-Key", "key_reused")])


def test_a_method_that_a_header_says_counts(asha: Any) -> None:
    place = begin(asha, PDF)
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = asha.post(place, content=PDF, headers=headers | {"X-HTTP-Method-Override": "PATCH"})
    assert (answer.status_code, offset_of(asha, place)) == (204, len(PDF))
    assert asha.post(place, headers=TUS | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204


def test_a_browser_sends_pieces_from_our_pages_alone(api: Api, cast: Cast, asha: Any) -> None:
    browser, place = api.browser(cast.asha), begin(asha, PDF)
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    refused = send(browser, place, PDF, **foreign)
    assert (refused.status_code, refused.json()["code"], offset_of(asha, place)) == (403, "csrf", 0)
    assert send(browser, place, PDF).status_code == 204


def test_a_form_is_answered_as_before(asha: Any) -> None:
    answer = asha.post("/uploads", files=[("file", sample("bill.pdf"))])
    assert (answer.status_code, "tus-resumable" in answer.headers) == (201, False)
    assert asha.get(f"/uploads/{answer.json()['id']}").json()["file_name"] == "bill.pdf"
