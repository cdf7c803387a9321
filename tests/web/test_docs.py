"""The API docs: everything from this server, in a dialect that the page's script reads."""

from typing import Any

import pytest

from insurenz.web.docs import as_3_0
from tests.actors import Api, Cast


def keys(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*(keys(value) for value in node.values()))
    return set().union(*(keys(item) for item in node)) if isinstance(node, list) else set()


def test_the_page_loads_script_and_style_from_this_server_only(api: Api) -> None:
    answer = api.nobody.get("/docs")
    policy = answer.headers["content-security-policy"]
    assert (answer.status_code, "script-src 'self';" in policy, "'unsafe-eval'" in policy) == (
        200,
        True,
        False,
    )
    script = api.nobody.get("/docs/swagger-ui-bundle.js")
    assert (script.status_code, len(script.content) > 500_000) == (200, True)


def test_the_page_reads_every_operation_of_the_document(api: Api) -> None:
    shown, document = api.nobody.get("/docs/openapi.json").json(), api.nobody.get("/openapi.json").json()
    assert (shown["openapi"], document["openapi"]) == ("3.0.3", "3.1.0")
    assert {p: set(m) for p, m in shown["paths"].items()} == {p: set(m) for p, m in document["paths"].items()}
    assert "const" not in keys(shown["components"]["schemas"])


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, {"type": "string", "nullable": True}),
        (
            {"anyOf": [{"$ref": "#/x"}, {"type": "null"}], "title": "X"},
            {"anyOf": [{"$ref": "#/x"}], "nullable": True, "title": "X"},
        ),
        ({"const": "a"}, {"enum": ["a"]}),
        ({"type": "string", "examples": ["a", "b"]}, {"type": "string", "example": "a"}),
        ({"exclusiveMinimum": 0}, {"minimum": 0, "exclusiveMinimum": True}),
        (
            [{"anyOf": [{"type": "string"}, {"type": "integer"}]}],
            [{"anyOf": [{"type": "string"}, {"type": "integer"}]}],
        ),
    ],
)
def test_newer_words_are_told_in_older_ones(newer: Any, older: Any) -> None:
    assert as_3_0(newer) == older


def test_signing_in_on_the_page_is_the_form_login(api: Api, cast: Cast) -> None:
    form = {"grant_type": "password", "username": cast.asha.email, "password": "insurenz-demo-passphrase"}
    answer = api.nobody.post("/auth/token", data=form)
    assert (answer.status_code, answer.json()["token_type"].lower()) == (200, "bearer")
    mine = api.with_token(answer.json()["access_token"]).get("/policies/my")
    assert mine.status_code == 200
