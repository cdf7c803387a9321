"""What the line of a request tells, and that a sender who goes away is no defect."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from insurenz.core.logging import JsonFormatter
from tests.actors import Api, Cast
from tests.claims.stories import file_claim


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every line of the access log and of defects, spelled at the moment it was logged."""
    spelled: list[str] = []
    formatter = JsonFormatter()

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            spelled.append(formatter.format(record))

    log, handler = logging.getLogger("insurenz.access"), Keep()
    monkeypatch.setattr(log, "handlers", [handler])
    before = log.level
    log.setLevel(logging.INFO)
    yield spelled
    log.setLevel(before)


def test_the_line_of_a_request_names_its_claim(api: Api, cast: Cast, written: list[str]) -> None:
    claim = file_claim(api.as_(cast.asha)).json()
    written.clear()
    api.as_(cast.arjun).get(f"/claims/{claim['claim_number']}")
    api.as_(cast.vikram).get(f"/claims/{claim['claim_number']}")
    api.nobody.get("/health/live")
    assert [f'"claim_id": "{claim["id"]}"' in line for line in written] == [True, False, False]


def test_a_sender_who_goes_away_is_no_defect(api: Api, cast: Cast, written: list[str]) -> None:
    token = api.as_(cast.asha).headers["authorization"]

    async def send(_message: Any) -> None:
        raise AssertionError("nobody is there to be answered")

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    headers = [(b"authorization", token.encode()), (b"content-type", b"multipart/form-data; boundary=B")]
    scope = {"type": "http", "method": "POST", "path": "/claims", "raw_path": b"/claims", "query_string": b"",
             "scheme": "http", "server": ("t", 80), "client": ("t", 1), "headers": headers}  # fmt: skip
    asyncio.run(api.app(scope, receive, send))
    assert len(written) == 1
    assert '"status": 499' in written[0]
