"""The route table is the only source of who may call what: every route stands in it, and the edge keeps to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from insurenz.accounts import keys
from insurenz.core.openapi import operations
from insurenz.core.permissions import OBJECT_FIRST, ROUTES, Access, Role, Scope, parse_role, role_names
from tests.actors import Api, Cast

# What an id that nobody has looks like, for every route about one object.
NOBODYS = "01890000-0000-7000-8000-000000000000"


def calls(api: Api) -> Iterator[tuple[str, str, str, Access]]:
    """Every documented operation as (operation id, method, path with nobody's ids, who may)."""
    for path, method, operation in operations(api.document):
        filled = "/".join(NOBODYS if part.startswith("{") else part for part in path.split("/"))
        yield operation["operationId"], method, filled, ROUTES[operation["operationId"]]


def call(client: Any, method: str, path: str) -> tuple[int, str]:
    """Status and problem code of a call without content."""
    body = {} if method in ("get", "delete") else {"json": {}}
    answer = client.request(method, path, **body)
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return answer.status_code, answer.json()["code"] if is_problem else ""


def test_z01_every_route_stands_in_the_route_table_and_the_other_way_round(api: Api) -> None:
    names = [context.name for context in iter_route_contexts(api.app.routes)]
    assert sorted(names) == sorted(ROUTES)


def test_z01_every_documented_operation_says_who_may(api: Api) -> None:
    for _, _, operation in operations(api.document):
        access = ROUTES[operation["operationId"]]
        roles = None if access.is_public else sorted(access.roles)
        assert (operation.get("x-roles"), "security" in operation) == (roles, not access.is_public)


def test_z02_nobody_reaches_anything_without_signing_in(api: Api) -> None:
    answers = {
        name: call(api.nobody, method, path) for name, method, path, who in calls(api) if not who.is_public
    }
    assert {status for status, _ in answers.values()} == {401}, answers


@pytest.mark.parametrize("name", ["asha", "city_desk", "priya", "meera", "arjun", "admin", "auditor"])
def test_z02_each_role_is_refused_exactly_where_the_table_says(api: Api, cast: Cast, name: str) -> None:
    actor = getattr(cast, name)
    wrong = []
    for operation, method, path, access in calls(api):
        if access.is_public:
            continue
        status, code = call(api.again(actor), method, path)
        if operation in OBJECT_FIRST:
            expected = status == 404
        else:
            expected = (code == "role_not_allowed") == (actor.role not in access.roles) and status != 401
        if not expected:
            wrong.append((operation, status, code))
    assert wrong == []


@pytest.mark.parametrize("scope", list(Scope))
def test_z02_a_key_is_refused_exactly_where_its_scope_does_not_reach(
    api: Api, cast: Cast, scope: Scope
) -> None:
    with api.database.unit_of_work() as session:
        _, key = keys.create(session, cast.admin, name="machine", scopes=[scope], expires_at=None)
    wrong = []
    for operation, method, path, access in calls(api):
        if access.is_public or operation in OBJECT_FIRST:
            continue
        status, code = call(api.with_token(key), method, path)
        if (code == "scope_missing") != (access.scope != scope) or status == 401:
            wrong.append((operation, status, code))
    assert wrong == []


def test_levelled_names_and_the_alias_are_roles() -> None:
    assert parse_role("claim_processor_l3") == (Role.CLAIM_PROCESSOR, 3)
    assert parse_role("processor") == (Role.CLAIM_PROCESSOR, 0)
    assert [parse_role(name) for name in role_names()][-1] == (Role.CLAIM_PROCESSOR, 4)


@pytest.mark.parametrize("text", ["", "claim_processor_l5", "claim_processor_l", "admin_l1", "ADMIN", "root"])
def test_other_names_are_no_roles(text: str) -> None:
    with pytest.raises(ValueError, match=r"role|valid Role"):
        parse_role(text)
