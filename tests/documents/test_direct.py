"""Files sent straight to the bucket of a real S3 server: only what was announced, looked into before it is an upload."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.documents import direct
from insurenz.documents.sweep import sweep
from tests.actors import Api, Cast, make_api
from tests.claims.stories import file_claim, problem, rows
from tests.conftest import Clock
from tests.documents.tus import PDF, long_pdf, send, sha256
from tests.stores import bucket_settings

MIB = 1024 * 1024
SIZE = 6 * MIB
TABLES = ("documents", "partial_uploads")
NOTHING = {"documents": 0, "partial_uploads": 0}
TRIES = 20


@pytest.fixture
def bucket(database: Database, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """An install that takes files straight into its bucket, in parts of the smallest size."""
    monkeypatch.setattr(direct, "PART_BYTES", 5 * MIB)
    made = make_api(database, tmp_path, **bucket_settings(s3_direct_uploads="on"))
    yield made
    made.app.state.gate.hasher.close()


@pytest.fixture
def asha(bucket: Api, cast: Cast) -> Any:
    return bucket.as_(cast.asha)


def begin(client: Any, content: bytes, name: str = "bill.pdf", **changes: Any) -> Any:
    given = {"file_name": name, "file_size": len(content), "sha256": sha256(content), **changes}
    return client.post("/uploads/direct", json=given)


def put(url: str, body: bytes) -> int:
    """What the service answers to a part."""
    for _ in range(TRIES):
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, method="PUT")) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code
        except urllib.error.URLError as cut:
            # Who refuses a part does not read it: its answer may be lost with the connection.
            if not isinstance(cut.reason, (BrokenPipeError, ConnectionResetError)):
                raise
    raise AssertionError(f"no answer {TRIES} times")


def send_parts(begun: dict[str, Any], content: bytes) -> None:
    start = 0
    for part in begun["parts"]:
        assert put(part["url"], content[start : start + part["size"]]) == 200
        start += part["size"]


def keys_in(api: Api) -> list[str]:
    return [entry.key for entry in api.app.state.store.entries()]


def test_u09_a_file_goes_to_the_bucket_in_parts_and_is_an_upload_in_the_end(
    bucket: Api, asha: Any, database: Database
) -> None:
    content = long_pdf(SIZE)
    begun = begin(asha, content).json()
    assert [part["size"] for part in begun["parts"]] == [5 * MIB, MIB]
    send_parts(begun, content)
    place = f"/uploads/{begun['id']}/complete"
    first, again = asha.post(place), asha.post(place)
    told = first.json()
    assert (first.status_code, again.status_code, again.json()) == (201, 201, told)
    assert (told["id"], told["sha256"], told["file_size"]) == (begun["id"], sha256(content), SIZE)
    assert (rows(database, *TABLES), len(keys_in(bucket))) == (NOTHING | {"documents": 1}, 1)
    claim = file_claim(asha, upload_ids=[told["id"]]).json()
    url = claim["documents"][0]["url"].removeprefix(bucket.app.state.settings.base_url)
    assert bucket.nobody.get(url).content == content


def test_a_link_takes_the_part_it_was_signed_for_and_no_other_length(bucket: Api, asha: Any) -> None:
    content = long_pdf(SIZE)
    _, second = begin(asha, content).json()["parts"]
    assert put(second["url"], content[: MIB + 1]) == 403
    assert put(second["url"], content[: MIB - 1]) == 403
    assert put(second["url"].replace("partNumber=2", "partNumber=1"), content[:MIB]) == 403
    assert put(second["url"].replace("X-Amz-Expires=3600", "X-Amz-Expires=9999"), content[:MIB]) == 403
    assert put(second["url"], content[:MIB]) == 200


def test_what_is_not_there_yet_is_named_and_sent_before_it_is_completed(bucket: Api, asha: Any) -> None:
    content = long_pdf(SIZE)
    begun = begin(asha, content).json()
    place = f"/uploads/{begun['id']}/complete"
    assert put(begun["parts"][1]["url"], content[5 * MIB :]) == 200
    answer = asha.post(place)
    assert (answer.status_code, answer.json()["code"], answer.json()["parts"]) == (409, "parts_missing", [1])
    assert put(begun["parts"][0]["url"], content[: 5 * MIB]) == 200
    assert asha.post(place).status_code == 201


@pytest.mark.parametrize(
    ("content", "sent", "refusal"),
    [
        (b"MZ" + bytes(3000), None, (415, [("files", "type_mismatch")])),
        (PDF[:8000], None, (422, [("files", "corrupt")])),
        (PDF, PDF[:-1] + b"x", (422, [("files", "sha256_mismatch")])),
    ],
)
def test_u01_what_came_is_refused_as_any_file_is_and_nothing_stays(
    bucket: Api, asha: Any, database: Database, content: bytes, sent: bytes | None, refusal: Any
) -> None:
    begun = begin(asha, content).json()
    send_parts(begun, sent or content)
    assert problem(asha.post(f"/uploads/{begun['id']}/complete")) == refusal
    assert (rows(database, *TABLES), keys_in(bucket)) == (NOTHING, [])


def test_p01_what_would_be_refused_is_refused_before_anything_is_begun(
    bucket: Api, asha: Any, database: Database
) -> None:
    assert problem(begin(asha, b"", "a.pdf")) == (422, [("files", "empty")])
    assert problem(begin(asha, PDF, "a.exe")) == (415, [("files", "type_not_allowed")])
    assert problem(begin(asha, PDF, file_size=10 * MIB + 1)) == (413, [("files", "too_large")])
    assert problem(begin(asha, PDF, extra=1)) == (422, [("extra", "extra_forbidden")])
    assert list(bucket.app.state.store.transfers.unfinished()) == []
    assert rows(database, *TABLES) == NOTHING


def test_z03_it_is_nobody_elses_and_comes_by_one_way_alone(bucket: Api, cast: Cast, asha: Any) -> None:
    begun = begin(asha, PDF).json()
    place = f"/uploads/{begun['id']}"
    for stranger in (bucket.as_(cast.vikram), bucket.as_(cast.admin)):
        assert stranger.post(f"{place}/complete").status_code == 404
    assert bucket.nobody.post("/uploads/direct", content=b"{").status_code == 401
    assert (send(asha, place, PDF).status_code, send(asha, place, PDF).json()["code"]) == (
        409,
        "sent_directly",
    )


def test_u10_what_is_given_up_forgotten_or_was_never_noted_leaves_no_parts(
    bucket: Api, asha: Any, cast: Cast, database: Database, frozen_clock: Clock
) -> None:
    store = bucket.app.state.store
    frozen_clock.at = datetime.now(UTC)
    asha = bucket.again(cast.asha)
    given_up, forgotten = begin(asha, PDF).json(), begin(asha, PDF).json()
    send_parts(forgotten, PDF)
    store.transfers.begin("2026/11/26/" + "x" * 43)
    foreign = store.transfers.begin("not-ours")
    assert asha.delete(f"/uploads/{given_up['id']}").status_code == 204
    assert len(list(store.transfers.unfinished())) == 3
    swept = sweep(database, store, grace=timedelta(hours=24), now=clock.now() + timedelta(hours=30))
    assert (swept.expired, swept.spools, rows(database, *TABLES)) == (1, 1, NOTHING)
    assert [(each.key, each.name) for each in store.transfers.unfinished()] == [("not-ours", foreign)]
    assert keys_in(bucket) == []


def test_where_it_is_not_allowed_it_is_said_so(api: Api, cast: Cast) -> None:
    answer = begin(api.as_(cast.asha), PDF)
    assert (answer.status_code, answer.json()["code"]) == (409, "direct_uploads_off")
