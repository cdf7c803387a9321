"""The OpenAPI document: complete, honest about refusals, and the same whoever makes it."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from insurenz.core.openapi import NOT_REPEATED, SECURITY_SCHEMES, operations
from tests.actors import Api, Cast
from tests.cli.test_commands import Command


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        found = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return found.union(*(references(value) for value in node.values()))
    return set().union(*(references(item) for item in node)) if isinstance(node, list) else set()


def test_every_reference_leads_somewhere(api: Api) -> None:
    document = api.document
    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
    assert "HTTPValidationError" not in json.dumps(document)


def test_every_operation_is_named_described_and_refuses_with_problems(api: Api) -> None:
    problem = {"$ref": "#/components/responses/Problem"}
    names = []
    for path, method, operation in operations(api.document):
        names.append(operation["operationId"])
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"])
        assert operation["description"].strip()
        assert operation["tags"], (path, method)
        for status in ("4XX", "5XX"):
            assert operation["responses"][status].items() >= problem.items()
    assert len(names) == len(set(names))


def test_every_path_parameter_is_declared(api: Api) -> None:
    for path, _, operation in operations(api.document):
        declared = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert declared == set(re.findall(r"\{(\w+)\}", path))


def test_changing_calls_of_people_take_an_idempotency_key(api: Api) -> None:
    for _, method, operation in operations(api.document):
        names = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        is_kept = operation["operationId"] not in NOT_REPEATED
        assert ("Idempotency-Key" in names) == ("security" in operation and method != "get" and is_kept)


def test_the_three_ways_in_are_described(api: Api) -> None:
    schemes = api.document["components"]["securitySchemes"]
    assert schemes == SECURITY_SCHEMES
    assert (schemes["bearer"]["scheme"], schemes["cookie"]["in"]) == ("bearer", "cookie")
    assert schemes["password"]["flows"]["password"]["tokenUrl"] == "/auth/token"


@pytest.mark.parametrize("path", ["/policies/my", "/claims/none", "/nowhere"])
def test_a_problem_is_what_the_document_says(api: Api, cast: Cast, path: str) -> None:
    document = api.document
    answer = api.nobody.get(path) if path == "/policies/my" else api.as_(cast.asha).get(path)
    schema = {**document["components"]["schemas"]["Problem"], "components": document["components"]}
    jsonschema_rs.validate(schema, answer.json())
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_command_prints_what_the_server_serves(api: Api, tmp_path: Path) -> None:
    assert json.loads(Command(tmp_path)("openapi")) == api.nobody.get("/openapi.json").json()
