"""Z-03: a stranger's object and a missing one look the same: status, body, headers, and what the database is asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from insurenz.core.ids import new_id
from insurenz.core.permissions import Scope
from tests.permissions.calls import BODIES, Call, call_of, operations
from tests.permissions.test_matrix import OBJECT_FIRST, TABLE
from tests.permissions.world import FILING, PHOTO, World

# What names an object in a path, and names of the same shape that nothing has.
MISSING_NUMBERS = {
    "claim_id": "CLM-20261102-ABCDEFGH",
    "policy_id": "POL-DEMO-9999",
    "organisation_id": "HOSP_999",
}
# Objects that everybody who signs in may see: there are no strangers.
OPEN_TO_ALL = {"show_organisation", "show_workflow", "open_document"}


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Every statement that the database is given meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(re.sub(r"sa_savepoint_\d+", "sa_savepoint", statement))

    event.listen(world.connection, "before_cursor_execute", note)
    yield seen
    event.remove(world.connection, "before_cursor_execute", note)


def look(world: World, call: Call, headers: dict[str, str]) -> dict[str, Any]:
    """All that a caller, or who watches the database, could tell two answers apart by."""
    with world.undone(), statements(world) as asked:
        answer = call.by(world, headers)
    plain = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    body = answer.json()
    assert body.pop("request_id") == answer.headers["x-request-id"]
    return {"status": answer.status_code, "headers": plain, "body": body, "statements": asked}


def names_of(world: World, parameter: str) -> list[tuple[str, str]]:
    """Names of an existing object, each with one of the same shape that nothing has."""
    known = world.ids[parameter]
    if parameter == "claim_id":
        number = world.claims["pending"]["claim_number"]
        return [(known, new_id()), (number, MISSING_NUMBERS[parameter])]
    return [(known, MISSING_NUMBERS.get(parameter) or new_id())]


def objects_in(path: str) -> list[str]:
    """The parameters of a path that name objects."""
    return [name for name in re.findall(r"\{(\w+)\}", path) if name not in ("action", "name")]


@pytest.mark.parametrize("operation", sorted(set(TABLE) - OPEN_TO_ALL))
def test_z03_a_strangers_object_looks_like_a_missing_one(world: World, operation: str) -> None:
    asked = 0
    for parameter in objects_in(operations(world)[operation][1]):
        for existing, missing in names_of(world, parameter):
            there = call_of(world, operation, **{parameter: existing})
            gone = call_of(world, operation, **{parameter: missing})
            if parameter == "user_id" and "api_key" in operation:
                there = call_of(world, operation, user_id=world.ids["owner_id"])
            for who, headers in strangers(world, operation):
                assert look(world, there, headers) == look(world, gone, headers), (who, there.path)
                asked += 1
    assert (asked > 0) == bool(objects_in(operations(world)[operation][1]))


def strangers(world: World, operation: str) -> list[tuple[str, dict[str, str]]]:
    """Whom the table refuses: people, an API key of each that may nothing and one that may all, and nobody."""
    refused = {name for name, status in TABLE[operation].items() if name != "scope" and int(status) >= 400}
    # They may see it and not do it: existence is no secret to them.
    refused -= {n for n in refused if TABLE[operation][n] == "403" and is_object_first(operation)}
    found = [(name, world.as_(world.people[name][-1])) for name in refused - {"nobody"}]
    found += [
        (f"key of {key.holder}", key.headers)
        for key in world.keys
        if key.holder in refused and len(key.scopes) in (0, len(Scope))
    ]
    return [*found, ("nobody", {})]


def is_object_first(operation: str) -> bool:
    return operation in OBJECT_FIRST


@pytest.mark.parametrize("extra", [{"Idempotency-Key": "k"}, {"If-Match": '"7"'}])
@pytest.mark.parametrize("operation", sorted(OBJECT_FIRST))
def test_z03_nothing_a_caller_adds_tells_them_apart(
    world: World, operation: str, extra: dict[str, str]
) -> None:
    headers = world.as_(world.cast.vikram) | extra
    for body in (BODIES.get(operation), {"no": "such field"}, []):
        there, gone = (
            Call(*operations(world)[operation], json=body),
            Call(*operations(world)[operation], json=body),
        )
        there = _at(there, world.claims["pending"]["id"])
        gone = _at(gone, new_id())
        assert look(world, there, headers) == look(world, gone, headers)


def _at(call: Call, claim_id: str) -> Call:
    path = call.path.format(claim_id=claim_id, action="withdraw", document_id=new_id())
    return Call(call.method, path, json=call.json)


@pytest.mark.parametrize("operation", ["show_document", "refresh_document_link", "verify_document"])
def test_z03_a_document_of_another_claim_looks_like_a_missing_one(world: World, operation: str) -> None:
    with world.undone():
        filer = world.as_(world.cast.vikram)
        headers = world.as_(world.cast.admin) if operation == "verify_document" else filer
        policy = {"user_policy_id": "POL-DEMO-0004", "claim_type": "property"}
        files = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
        filed = world.send("POST", "/claims", filer, data=FILING | policy, files=files)
        assert filed.status_code == 201, filed.text
        own = filed.json()["id"]
        foreign = call_of(
            world,
            operation,
            claim_id=own,
            document_id=world.claims["pending"]["documents"][0]["id"],
        )
        missing = call_of(world, operation, claim_id=own, document_id=new_id())
        assert look(world, foreign, headers) == look(world, missing, headers)
        assert foreign.by(world, headers).status_code == 404


def test_z03_a_strangers_policy_looks_like_a_missing_one_when_filing(world: World) -> None:
    headers = world.as_(world.cast.vikram)
    there, gone = (
        Call("POST", "/claims", json=FILING | {"user_policy_id": number})
        for number in ("POL-DEMO-0001", "POL-DEMO-9999")
    )
    assert look(world, there, headers) == look(world, gone, headers)
    assert there.by(world, headers).status_code == 422


def test_z03_in_a_bulk_action_a_strangers_claim_looks_like_a_missing_one(world: World) -> None:
    pending, headers = world.claims["pending"], world.as_(world.people["away"][0])
    names = [(pending["id"], new_id()), (pending["claim_number"], MISSING_NUMBERS["claim_id"])]
    for existing, missing in names:
        answers = []
        for name in (existing, missing):
            body = {"action": "start_review", "claim_ids": [name]}
            seen = look_at_success(world, Call("POST", "/claims/bulk-actions", json=body), headers)
            assert seen["results"].pop("claim_id") == name
            answers.append(seen)
        assert answers[0] == answers[1]
        assert (answers[0]["results"]["status"], answers[0]["results"]["problem"]["code"]) == (
            None,
            "not_found",
        )


def look_at_success(world: World, call: Call, headers: dict[str, str]) -> dict[str, Any]:
    """The one result of a bulk action, and what the database was asked for it."""
    with world.undone(), statements(world) as asked:
        answer = call.by(world, headers)
    (result,) = answer.json()["results"]
    assert result["problem"].pop("request_id") == answer.headers["x-request-id"]
    return {"status": answer.status_code, "results": result, "statements": asked}
