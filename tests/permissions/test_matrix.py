"""Every operation x everybody x every state of a claim, against the tables; what is refused has moved nothing."""

from collections.abc import Iterable
from itertools import cycle
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts

from insurenz.core.permissions import Actor, Scope
from tests.permissions import tables
from tests.permissions.calls import FIELDS_OF, Call, call_of, operations
from tests.permissions.world import STATES, Key, World

TABLE = {name.rstrip("*"): row for name, row in tables.rows(tables.ROUTES).items()}
OBJECT_FIRST = {name.rstrip("*") for name in tables.rows(tables.ROUTES) if name.endswith("*")}
# The processors of the payer: one column of the table of routes, three of those about actions.
COLUMN = {"junior": "clerk", "decider": "clerk"}
STRANGERS = ("other", "desk", "away", "idle")
KNOWN = ("owner", "junior", "clerk", "decider", "admin", "auditor")

Attempt = tuple[str, dict[str, str], Call, int]


def judge(world: World, attempts: Iterable[Attempt]) -> list[str]:
    """Make each attempt; gives a line for each that was answered otherwise. Refusals together must move nothing."""
    wrong, allowed = [], []
    before = world.everything()
    # Taken back all the same: each refusal leaves a savepoint, and so a lock of the server's, to the end of the world.
    with world.undone():
        for attempt in attempts:
            who, headers, call, expected = attempt
            if expected < 300:
                allowed.append(attempt)
                continue
            answer = call.by(world, headers)
            wrong += _difference(who, call, answer, expected)
        assert world.everything() == before, "a refusal moved something"
    for who, headers, call, expected in allowed:
        with world.undone():
            wrong += _difference(who, call, call.by(world, headers), expected)
    assert world.everything() == before
    return wrong


def _difference(who: str, call: Call, answer: Any, expected: int) -> list[str]:
    if answer.status_code == expected:
        return []
    return [f"{call.method} {call.path} by {who}: {answer.status_code}, not {expected}: {answer.text[:200]}"]


def everybody(world: World, names: Iterable[str]) -> Iterable[tuple[str, Actor]]:
    """Everybody in these relations, one by one."""
    for name in names:
        for person in world.people[name]:
            yield name, person


def one_of_each(world: World, names: Iterable[str], turn: int) -> Iterable[tuple[str, Actor]]:
    """One person in each of these relations, another one each turn."""
    for name in names:
        people = world.people[name]
        yield name, people[turn % len(people)]


def label(name: str, person: Actor) -> str:
    """How a person is called in a failure."""
    return f"{name} ({person.role_shown})"


def test_z01_every_operation_has_a_row_in_the_table(world: World) -> None:
    assert set(operations(world)) == set(TABLE)


def test_z01_every_route_is_in_the_document_or_a_page(world: World) -> None:
    documented = {f"{method} {path}" for method, path in operations(world).values()}
    routes = iter_route_contexts(world.api.app.routes)
    found = {f"{m} {route.path}" for route in routes for m in (route.methods or set()) - {"HEAD"}}
    assert found == documented | tables.PAGES


@pytest.mark.parametrize("operation", TABLE)
def test_z02_each_operation_is_open_to_whom_the_table_says(world: World, operation: str) -> None:
    row = TABLE[operation]
    call = call_of(world, operation)
    attempts = [
        (label(name, person), world.as_(person), call, int(row[COLUMN.get(name, name)]))
        for name, person in everybody(world, world.people)
    ]
    attempts += [(why, headers, call, int(row["nobody"])) for why, headers in world.stale.items()]
    assert judge(world, attempts) == []


def telling(keys: Iterable[Key], scope: str) -> list[Key]:
    """The keys that tell whether a scope is needed, and enough: with none, this one alone, all others, and all."""
    own = {one for one in Scope if one == scope}
    sets = ({*()}, own, {*Scope} - own, {*Scope})
    return [key for key in keys if key.scopes in sets]


@pytest.mark.parametrize("operation", TABLE)
def test_z02_an_api_key_reaches_what_its_holder_and_its_scopes_reach(world: World, operation: str) -> None:
    row = TABLE[operation]
    call = call_of(world, operation)
    attempts = []
    for key in telling(world.keys, row["scope"]):
        expected = int(row[COLUMN.get(key.holder, key.holder)])
        is_hidden = expected == 404 and operation in OBJECT_FIRST
        if row["scope"] not in ("public", *key.scopes) and not is_hidden:
            expected = 403
        attempts.append((f"key of {key.holder} with {sorted(key.scopes)}", key.headers, call, expected))
    assert judge(world, attempts) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", tables.READING)
def test_z02_a_claim_in_any_state_is_seen_by_whom_it_concerns(
    world: World, operation: str, state: str
) -> None:
    claim = world.claims[state]
    reference = claim["id" if operation in ("show_claim", "show_document") else "claim_number"]
    call = call_of(world, operation, claim_id=reference, document_id=claim["documents"][0]["id"])
    turn = STATES.index(state)
    attempts = [(label(n, p), world.as_(p), call, 404) for n, p in one_of_each(world, STRANGERS, turn)]
    attempts += [(label(n, p), world.as_(p), call, 200) for n, p in one_of_each(world, KNOWN, turn)]
    assert judge(world, [*attempts, ("nobody", {}, call, 401)]) == []


@pytest.mark.parametrize("state", STATES)
def test_z02_z09_each_action_in_each_state_is_open_to_whom_the_table_says(world: World, state: str) -> None:
    claim = world.claims[state]

    def call(action: str) -> Call:
        return Call("POST", f"/claims/{claim['id']}/actions/{action}", json=FIELDS_OF.get(action, {}))

    assert judge(world, _moves(world, tables.ACTIONS, state, call)) == []


@pytest.mark.parametrize("state", STATES)
def test_z02_z09_each_status_from_each_state_is_open_to_whom_the_table_says(world: World, state: str) -> None:
    claim = world.claims[state]

    def call(target: str) -> Call:
        notes = {"status_notes": "Not covered."} if target == "rejected" else {}
        return Call("PATCH", f"/claims/{claim['id']}/status", json={"status": target, **notes})

    assert judge(world, _moves(world, tables.STATUSES, state, call)) == []


@pytest.mark.parametrize("state", STATES)
def test_z02_a_claim_in_any_state_is_talked_about_and_worked_on_by_whom_the_table_says(
    world: World, state: str
) -> None:
    table = tables.rows(tables.WORK_ON_CLOSED if state == "completed" else tables.WORK)
    for operation in next(iter(table.values())):
        call = call_of(world, operation, claim_id=world.claims[state]["claim_number"])
        attempts = [
            (label(n, p), world.as_(p), call, int(table[n][operation])) for n, p in everybody(world, KNOWN)
        ]
        attempts += [(label(n, p), world.as_(p), call, 404) for n, p in everybody(world, STRANGERS)]
        assert judge(world, [*attempts, ("nobody", {}, call, 401)]) == []


@pytest.mark.parametrize("state", STATES)
def test_z02_what_a_claim_says_is_changed_by_its_filer_while_in_intake(world: World, state: str) -> None:
    claim, row = world.claims[state], tables.rows(tables.CONTENT)[state]
    version = {"If-Match": f'"{claim["version"]}"'}
    call = Call("PATCH", f"/claims/{claim['id']}", version, {"description": "Another one"})
    attempts = [(label(n, p), world.as_(p), call, int(row[n])) for n, p in everybody(world, KNOWN)]
    attempts += [(label(n, p), world.as_(p), call, 404) for n, p in everybody(world, STRANGERS)]
    assert judge(world, [*attempts, ("nobody", {}, call, 401)]) == []


@pytest.mark.parametrize("operation", ["add_documents", "verify_document"])
@pytest.mark.parametrize("state", STATES)
def test_z02_documents_are_added_and_marked_by_whom_the_table_says(
    world: World, state: str, operation: str
) -> None:
    claim = world.claims[state]
    row = tables.rows({"add_documents": tables.ADDING, "verify_document": tables.VERIFYING}[operation])[state]
    call = call_of(world, operation, claim_id=claim["id"], document_id=claim["documents"][0]["id"])
    attempts = [(label(n, p), world.as_(p), call, int(row[n])) for n, p in everybody(world, KNOWN)]
    attempts += [(label(n, p), world.as_(p), call, 404) for n, p in everybody(world, STRANGERS)]
    assert judge(world, [*attempts, ("nobody", {}, call, 401)]) == []


def test_z02_the_claims_of_a_list_are_those_one_may_see(world: World) -> None:
    all_of_them = {claim["id"] for claim in world.claims.values()}
    for name, person in everybody(world, world.people):
        seen = {claim["id"] for claim in world.send("GET", "/claims", world.as_(person)).json()["items"]}
        assert seen == (all_of_them if name in KNOWN else set()), label(name, person)


def _moves(world: World, by_relation: dict[str, str], state: str, call: Any) -> list[Attempt]:
    attempts: list[Attempt] = []
    moves = tables.expected_of(by_relation, "owner")[state]
    for name, person in everybody(world, KNOWN):
        expected = tables.expected_of(by_relation, name)[state]
        attempts += [
            (label(name, person), world.as_(person), call(m), int(status)) for m, status in expected.items()
        ]
    # Strangers get one answer whatever they try: each tries another move.
    strangers = zip(everybody(world, STRANGERS), cycle(moves))
    attempts += [(label(n, p), world.as_(p), call(move), 404) for (n, p), move in strangers]
    return [*attempts, *(("nobody", {}, call(move), 401) for move in moves)]
