"""The server killed while a draft becomes a claim: sent again under its key there is one claim with its files, and no draft."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.claims.stories import DATA, FIELDS
from tests.crash.test_filing import numbers, swept_a_day_later
from tests.installs import demo_server
from tests.server import Server, form

KEY = {"Idempotency-Key": "crash-1"}
ASHA = "asha@demo.example"


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.crash), "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world."""
    running = demo_server(tmp_path / "data", request.param)
    yield running
    running.kill()


@pytest.mark.parametrize(
    ("point", "left"),
    [pytest.param("draft.before_commit", 1, marks=pytest.mark.crash), ("draft.after_commit", 0)],
)
def test_d02_killed_while_submitting_and_retried_there_is_one_claim_and_no_draft(
    server: Server, point: str, left: int
) -> None:
    server.start(INSURENZ_FAULTS=f"{point}=kill")
    token = server.sign_in(ASHA)
    before = numbers(server, "SELECT count(*) FROM claims")[0][0]
    body, headers = form({}, [DATA / "bill.pdf"])
    sent = server.call("POST", "/uploads", token=token, body=body, headers=headers).json()
    given = {"content": FIELDS, "upload_ids": [sent["id"]]}
    draft = server.call("POST", "/drafts", token=token, json_body=given).json()
    path = f"/drafts/{draft['id']}/submit"
    with pytest.raises(ConnectionError):
        server.call("POST", path, token=token, headers=KEY)
    assert server.has_died()
    assert numbers(server, "SELECT count(*) FROM drafts") == [(left,)]
    assert numbers(server, "SELECT count(*) FROM claims") == [(before + 1 - left,)]

    server.start()
    first, second = (server.call("POST", path, token=token, headers=KEY) for _ in range(2))

    assert (first.status, second.status, first.json()["id"]) == (201, 201, second.json()["id"])
    assert [document["id"] for document in second.json()["documents"]] == [sent["id"]]
    assert numbers(server, "SELECT count(*) FROM claims") == [(before + 1,)]
    assert numbers(server, "SELECT count(*) FROM drafts") == [(0,)]
    opened = server.call("GET", second.json()["documents"][0]["url"].removeprefix(server.base))
    assert (opened.status, opened.body) == (200, (DATA / "bill.pdf").read_bytes())
    swept = swept_a_day_later(server)
    assert (swept.orphans, swept.expired, swept.missing) == (0, 0, 0)
