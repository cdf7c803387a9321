"""A sender that stops in the middle of a form is answered, and let go."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api
from tests.waiting import PATIENCE_SECONDS

BEGUN = b'--B\r\nContent-Disposition: form-data; name="description"\r\n\r\nFall'


@pytest.mark.parametrize(("person", "status"), [("asha", 408), ("arjun", 403)])
def test_u03_a_sender_that_stalls_gets_its_answer(
    database: Database, cast: Cast, tmp_path: Path, person: str, status: int
) -> None:
    api = make_api(database, tmp_path, documents={"stall_seconds": 1})
    token = api.as_(getattr(cast, person)).headers["authorization"]
    assert asyncio.run(asyncio.wait_for(begin_and_stall(api, token), timeout=PATIENCE_SECONDS)) == status


def test_u03_a_sender_of_json_that_stalls_is_let_go_too(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, documents={"stall_seconds": 1})
    token = api.as_(cast.asha).headers["authorization"]
    told = begin_and_stall(api, token, method="PATCH", path="/claims/x/status", kind="application/json")
    assert asyncio.run(asyncio.wait_for(told, timeout=PATIENCE_SECONDS)) == 408


async def begin_and_stall(
    api: Api,
    token: str,
    *,
    method: str = "POST",
    path: str = "/claims",
    kind: str = "multipart/form-data; boundary=B",
) -> int:
    """The status that is answered to a request whose body never ends."""
    pieces = [{"type": "http.request", "body": BEGUN, "more_body": True}]
    told: list[Any] = []

    async def receive() -> Any:
        return pieces.pop() if pieces else await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        told.append(message)

    headers = {
        "authorization": token,
        "content-type": kind,
        "content-length": "5000",
    }
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "scheme": "http",
        "server": ("testserver", 80),
        "client": ("testclient", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    await api.app(scope, receive, send)
    # Whoever sends on later must not be taken for the next request.
    assert (b"connection", b"close") in told[0]["headers"]
    return int(told[0]["status"])
