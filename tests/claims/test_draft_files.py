"""Drafts and files of which not all has come: found by another device, and gone with the draft."""

from typing import Any

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.claims.stories import objects, problem, rows, sample
from tests.claims.test_drafts import begin, folder_of, held, save
from tests.documents import tus


def test_another_device_finds_what_has_come_of_a_file_and_nothing_of_others(
    api: Api, cast: Cast, asha: Any, database: Database
) -> None:
    content = sample("bill.pdf")[1]
    mine, other = tus.begin(asha, content), tus.begin(api.as_(cast.vikram), content)
    tus.send(asha, mine, content[:500])
    named = {"unfinished": [mine[9:], other[9:], new_id()], "purposes": {mine[9:]: "discharge_summary"}}
    draft = begin(asha, **named)
    [found] = draft["unfinished"]
    told = {name: found[name] for name in ("id", "file_name", "file_size", "offset", "purpose")}
    assert told == {
        "id": mine[9:],
        "file_name": "bill.pdf",
        "file_size": len(content),
        "offset": 500,
        "purpose": "discharge_summary",
    }
    assert asha.get("/drafts").json()["items"][0]["unfinished"] == [found]
    tus.send(asha, mine, content[500:], 500)
    whole = asha.get(f"/drafts/{draft['id']}").json()
    assert [each["offset"] for each in whole["unfinished"]] == [len(content)]
    saved = save(asha, draft, upload_ids=[mine[9:]]).json()
    assert (held(saved), saved["unfinished"]) == ([("bill.pdf", None)], [])


def test_with_a_draft_goes_what_has_come_of_its_files(
    api: Api, cast: Cast, asha: Any, database: Database
) -> None:
    content = sample("bill.pdf")[1]
    mine, other = tus.begin(asha, content), tus.begin(api.as_(cast.vikram), content)
    for client, place in ((asha, mine), (api.as_(cast.vikram), other)):
        tus.send(client, place, content[:500])
    draft = begin(asha, unfinished=[mine[9:], other[9:]])
    assert asha.delete(f"/drafts/{draft['id']}").status_code == 204
    assert (rows(database, "partial_uploads", "upload_parts"), objects(folder_of(api))) == (
        {"partial_uploads": 1, "upload_parts": 1},
        1,
    )


def test_p01_a_draft_awaits_no_more_files_than_a_request_takes(asha: Any) -> None:
    answer = asha.post("/drafts", json={"unfinished": [new_id() for _ in range(21)]})
    assert problem(answer) == (413, [("upload_ids", "too_many_files")])
