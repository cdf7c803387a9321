"""Routes that the edge answers itself answer as they would through every layer of the app."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from insurenz.core.edge import direct
from tests.actors import Api, Cast

OWN = ("x-request-id", "content-length")
CASES: dict[str, dict[str, Any]] = {
    "fine": {"method": "GET", "url": "/.well-known/security.txt"},
    "nobody": {"method": "POST", "url": "/claims", "headers": {"authorization": ""}},
    "not_a_form": {"method": "POST", "url": "/claims", "content": b"x", "headers": {"content-type": "text/plain"}},
    "wrong_fields": {"method": "POST", "url": "/claims", "json": {"claim_type": "none"}},
    "not_json": {"method": "POST", "url": "/claims", "content": b"{", "headers": {"content-type": "application/json"}},
    "broken_form": {
        "method": "POST", "url": "/claims", "content": b"--B\r\n",
        "headers": {"content-type": "multipart/form-data; boundary=B"},
    },
    "other_method": {"method": "PUT", "url": "/claims"},
}  # fmt: skip


def answered(client: TestClient, case: dict[str, Any]) -> tuple[int, dict[str, str], Any]:
    answer = client.request(**case)
    body = answer.json() if "json" in answer.headers["content-type"] else answer.text
    if isinstance(body, dict):
        body.pop("request_id")
    return answer.status_code, {k: v for k, v in answer.headers.items() if k not in OWN}, body


@pytest.mark.parametrize("name", CASES)
def test_a_route_answered_by_the_edge_answers_as_the_app_would(api: Api, cast: Cast, name: str) -> None:
    headers = dict(api.as_(cast.asha).headers)
    # Below a path of a proxy the app finds the route itself.
    by_edge, by_app = (TestClient(api.app, headers=headers, root_path=root) for root in ("", "/below"))
    assert answered(by_edge, CASES[name]) == answered(by_app, CASES[name])


def test_the_edge_answers_filings_and_nothing_that_needs_the_app(api: Api) -> None:
    found = direct(api.app.routes)
    assert ("POST", "/claims") in found
    assert not {path for _, path in found if "{" in path or path.startswith("/auth")}
