"""Long answers made short on the wire: for who takes them so, and never with a credential in them."""

import gzip
import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.testclient import TestClient

from insurenz.core.edge import Out
from insurenz.core.packing import LEAST
from tests.actors import Api, Cast
from tests.claims.stories import file_claim

# What leads somewhere by itself, or opens something.
CREDENTIAL = re.compile(r'"(\w*_)?(url|token|secret)"')


def raw(client: TestClient, path: str, accepted: str) -> tuple[Any, bytes]:
    """An answer, and its body as it came."""
    with client.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        return answer.headers, b"".join(answer.iter_raw())


def test_a_long_answer_comes_short_and_says_the_same(api: Api, cast: Cast) -> None:
    client = api.as_(cast.asha)
    plain_headers, plain = raw(client, "/workflows", "identity")
    headers, body = raw(client, "/workflows", "br, gzip;q=0.8")
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 3
    assert (headers["content-encoding"], headers["content-length"]) == ("gzip", str(len(body)))
    assert {headers["vary"], plain_headers["vary"]} == {"Accept-Encoding"}
    assert "content-encoding" not in plain_headers


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_who_does_not_take_it_gets_it_plain(api: Api, cast: Cast, accepted: str) -> None:
    headers, body = raw(api.as_(cast.asha), "/workflows", accepted)
    assert (headers.get("content-encoding"), body[:1]) == (None, b"{")


def test_a_short_answer_and_an_inbox_without_notices_stay_as_they_are(api: Api, cast: Cast) -> None:
    for path in ("/auth/me", "/notifications"):
        headers, body = raw(api.as_(cast.asha), path, "gzip")
        assert (len(body) < LEAST, headers.get("content-encoding"), headers.get("vary")) == (True, None, None)


def test_a_claim_with_links_to_its_documents_is_never_compressed(api: Api, cast: Cast) -> None:
    client = api.as_(cast.asha)
    number = file_claim(client, "bill.pdf", "photo.jpg").json()["claim_number"]
    headers, body = raw(client, f"/claims/{number}", "gzip")
    assert (headers.get("content-encoding"), len(body) > LEAST, b"/documents/" in body) == (None, True, True)


def test_every_answer_with_a_credential_is_known_as_such(api: Api) -> None:
    routes = [
        r for r in api.app.routes if isinstance(r, APIRoute) and "GET" in r.methods and r.response_model
    ]
    kinds = {kind for route in routes for kind in _kinds(route.response_model) if issubclass(kind, Out)}
    telling = {kind for kind in kinds if CREDENTIAL.search(_schema(kind))}
    assert telling == {kind for kind in kinds if kind.has_credential}
    assert {kind.__name__ for kind in telling} >= {"ClaimOut", "StaffClaimOut", "MessagePage", "LinkOut"}


def _kinds(model: Any) -> list[Any]:
    """The answers that a route may give."""
    return [model] if isinstance(model, type) else list(model.__args__)


def _schema(kind: Any) -> str:
    return str(TypeAdapter(kind).json_schema(mode="serialization")).replace("'", '"')
