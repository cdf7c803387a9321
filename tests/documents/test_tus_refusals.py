"""What tus refuses: before a byte is sent where that can be, and always so that nothing moves."""

from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.documents import joining, partial
from tests.actors import Api, Cast, make_api
from tests.claims.stories import objects, problem, rows
from tests.conftest import Clock
from tests.documents.tus import PDF, announce, begin, encoded, head, offset_of, send

TABLES = ("documents", "partial_uploads", "upload_parts")
NOTHING = {"documents": 0, "partial_uploads": 0, "upload_parts": 0}


@pytest.fixture
def asha(api: Api, cast: Cast, today: Clock) -> Any:
    """A client signed in as the policyholder."""
    return api.as_(cast.asha)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"Upload-Length": "x"}, (422, "Upload-Length", "not_a_number")),
        ({"Upload-Length": "-1"}, (422, "Upload-Length", "not_a_number")),
        ({"Upload-Length": "0"}, (422, "files", "empty")),
        ({"Upload-Length": str(10 * 1024 * 1024 + 1)}, (413, "files", "too_large")),
        ({"Upload-Metadata": ""}, (422, "Upload-Metadata", "malformed")),
        ({"Upload-Metadata": "filename !"}, (422, "Upload-Metadata", "malformed")),
        ({"Upload-Metadata": "filename /w=="}, (422, "Upload-Metadata", "malformed")),
        ({"Upload-Metadata": f"filename {encoded('a.exe')}"}, (415, "files", "type_not_allowed")),
        (
            {"Upload-Metadata": f"filename {encoded('a.pdf')},sha256 {encoded('x')}"},
            (422, "Upload-Metadata", "malformed"),
        ),
        ({"Upload-Metadata": f"filename {encoded('a' * 4000)}"}, (422, "Upload-Metadata", "malformed")),
    ],
)
def test_p01_what_would_be_refused_is_refused_before_a_byte_is_sent(
    asha: Any, database: Database, changes: dict[str, str], refusal: tuple[int, str, str]
) -> None:
    answer = announce(asha, PDF, **changes)
    assert (answer.status_code, *[(e["field"], e["code"]) for e in answer.json()["errors"]]) == (
        refusal[0],
        refusal[1:],
    )
    assert answer.headers["tus-resumable"] == "1.0.0"
    assert rows(database, *TABLES) == NOTHING


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Upload-Offset": "1"}, PDF, 409),
        ({"Upload-Offset": ""}, PDF, 422),
        ({"Content-Type": "application/pdf"}, PDF, 415),
        ({}, PDF + b"x", 413),
        ({"Upload-Checksum": "sha1 !"}, PDF, 400),
    ],
)
def test_p01_a_piece_that_does_not_fit_is_refused_and_moves_nothing(
    asha: Any, api: Api, database: Database, headers: dict[str, str], data: bytes, status: int
) -> None:
    place = begin(asha, PDF)
    answer = send(asha, place, data, **headers)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (status, "1.0.0")
    assert (offset_of(asha, place), objects(api.app.state.settings.data_dir / "objects")) == (0, 0)


def test_more_than_was_announced_is_refused_although_nobody_said_how_much_comes(asha: Any) -> None:
    place = begin(asha, PDF)
    answer = send(asha, place, iter([PDF, b"more"]))  # type: ignore[arg-type]
    assert (answer.status_code, offset_of(asha, place)) == (413, 0)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.pdf", b"MZ" + bytes(3000), (415, [("files", "type_mismatch")])),
        ("a.pdf", PDF[:8000], (422, [("files", "corrupt")])),
    ],
)
def test_u01_a_whole_file_is_refused_as_any_file_is_and_nothing_stays(
    asha: Any, api: Api, database: Database, name: str, content: bytes, refusal: Any
) -> None:
    place = begin(asha, content, name)
    send(asha, place, content[:500])
    assert problem(send(asha, place, content[500:], 500)) == refusal
    assert (rows(database, *TABLES), objects(api.app.state.settings.data_dir / "objects")) == (NOTHING, 0)
    assert head(asha, place).status_code == 404


def test_u03_what_a_user_may_send_on_a_day_counts_pieces_and_is_told_before_they_come(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, rate_limit="on", documents={"max_day_bytes": len(PDF) + 600})
    asha = api.as_(cast.asha)
    first, second = begin(asha, PDF), begin(asha, PDF)
    assert send(asha, first, PDF).status_code == 204
    assert send(asha, second, PDF[:500]).status_code == 204
    assert problem(announce(asha, PDF)) == (429, [("files", "daily_limit")])
    assert problem(send(asha, second, PDF[500:], 500)) == (429, [("files", "daily_limit")])
    assert send(asha, second, PDF[500:600], 500).status_code == 204
    api.app.state.gate.hasher.close()


def test_u03_one_user_has_so_many_that_are_not_finished_and_no_more(
    asha: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial, "MOST_UNFINISHED", 2)
    places = [begin(asha, PDF) for _ in range(2)]
    assert problem(announce(asha, PDF)) == (429, [("files", "too_many_unfinished")])
    asha.delete(places[0])
    assert announce(asha, PDF).status_code == 201


def test_u03_one_that_came_in_too_many_pieces_is_refused(asha: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partial, "SPARE_PARTS", 2)
    place = begin(asha, PDF)
    answers = [send(asha, place, PDF[n : n + 1], n) for n in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 429]


@pytest.mark.parametrize(("other", "reached"), [(PDF[500:], len(PDF)), (PDF[500:600], 600)])
def test_d03_who_comes_second_with_the_last_bytes_is_told_the_offset_and_ends_nothing(
    asha: Any, monkeypatch: pytest.MonkeyPatch, other: bytes, reached: int
) -> None:
    """Not that the file is none of its type, which what is left to be read for the second may look like."""
    place = begin(asha, PDF)
    send(asha, place, PDF[:500])

    def late(*given: Any) -> Any:
        monkeypatch.undo()
        assert send(asha, place, other, 500).status_code == 204
        return joining.gather(*given)

    monkeypatch.setattr(joining, "gather", late)
    answer = send(asha, place, PDF[500:], 500)
    assert (answer.status_code, answer.json()["code"], answer.json()["offset"]) == (
        409,
        "wrong_offset",
        reached,
    )
    assert offset_of(asha, place) == reached
