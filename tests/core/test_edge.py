"""The edge around every endpoint: commit before answer, order of refusals, one answer per key."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import FastAPIError
from pydantic import BaseModel
from sqlalchemy import func, select
from starlette.testclient import TestClient

from insurenz.core import clock, faults, idempotency, problems
from insurenz.core.db import Database, Session
from insurenz.core.edge import Db, Route, Versioned, deferred
from insurenz.core.errors import NotFound, Unauthenticated
from insurenz.core.idempotency import IdempotencyKey
from insurenz.core.ids import new_id
from insurenz.core.middleware import Edge
from insurenz.core.permissions import Actor, Role
from insurenz.core.ratelimit import RateLimiter
from insurenz.core.settings import Settings
from insurenz.core.sweeps import Sweeps

CALLERS = {
    name: Actor(id=new_id(), role=Role.ADMIN, name=name.title(), email=f"{name}@demo.example")
    for name in ("ada", "ben")
}


class ThingIn(BaseModel):
    amount: int


class ThingOut(Versioned):
    id: str


@deferred(1)
def _caller(request: Request, _session: Session) -> Actor:
    if "authorization" not in request.headers:
        raise Unauthenticated
    request.state.actor = CALLERS[request.headers["authorization"]]
    return request.state.actor


@deferred(2)
def _thing(request: Request, _session: Session) -> str:
    if request.path_params["name"] != "mine":
        raise NotFound
    return "mine"


Caller = Annotated[Actor, Depends(_caller)]
Thing = Annotated[str, Depends(_thing)]
router = APIRouter(route_class=Route)


@router.put("/things/{name}", status_code=201)
@router.post("/things/{name}", status_code=201)
def make_thing(thing: Thing, body: ThingIn, caller: Caller, db: Db) -> ThingOut:
    made = new_id()
    db.add(IdempotencyKey(caller_id=made, key=thing, fingerprint=str(body.amount), created_at=clock.now()))
    db.flush()
    return ThingOut(version=3, id=made)


@router.post("/answers/{name}")
def answer_so(request: Request, caller: Caller) -> Response:
    return Response(status_code=int(request.path_params["name"]), headers={"Location": "/things/mine"})


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[Callable[[Database], TestClient]]:
    """Builds clients of an app with that one route."""

    def make(database: Database) -> TestClient:
        app = FastAPI()
        app.include_router(router)
        problems.install(app)
        app.add_middleware(Edge, is_production=False)
        app.state.database, app.state.settings = database, Settings(data_dir=tmp_path)
        app.state.limiter = RateLimiter(is_on=True, redis_url=None, requests=600, writes=300)
        app.state.sweeps, app.state.alarm = Sweeps(), None
        app.state.identify, app.state.relink = (lambda _: "ada"), (lambda _session, body, _actor: body)
        return TestClient(app, raise_server_exceptions=False, headers={"authorization": "ada"})

    yield make
    faults.plan("")


def test_a_route_is_analysed_once_by_whoever_asks_first_and_nobody_sees_half_of_it() -> None:
    fresh = APIRouter(route_class=Route)
    fresh.post("/things/{name}", status_code=201)(make_thing)
    [route] = fresh.routes
    assert isinstance(route, Route)
    assert "dependant" not in vars(route)
    start = threading.Barrier(8)

    def ask() -> tuple[object, ...]:
        start.wait()
        return id(route.dependant), id(route.body_field), id(route.response_field), id(route.app)

    with ThreadPoolExecutor(8) as asking:
        seen = {each.result() for each in [asking.submit(ask) for _ in range(8)]}
    assert (len(seen), hasattr(route, "no_such_thing")) == (1, False)


def test_a_shape_that_many_threads_use_first_at_once_is_whole_for_each() -> None:
    class Part(BaseModel):
        amount: int

    class Fresh(Versioned):
        part: Part

    assert (Fresh.__pydantic_complete__, Part.__pydantic_complete__) == (False, False)
    start = threading.Barrier(8)

    def use() -> str:
        start.wait()
        return Fresh(version=1, part=Part(amount=2)).model_dump_json()

    with ThreadPoolExecutor(8) as using:
        told = {each.result() for each in [using.submit(use) for _ in range(8)]}
    assert told == {'{"version":1,"part":{"amount":2}}'}


def things(database: Database) -> int:
    with database.read_unit() as session:
        return session.execute(
            select(func.count()).select_from(IdempotencyKey).where(IdempotencyKey.key == "mine")
        ).scalar_one()


def test_an_answer_carries_its_version_as_etag(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    answer = make_client(database).post("/things/mine", json={"amount": 1})
    assert (answer.status_code, answer.headers["etag"], things(database)) == (201, '"3"', 1)


@pytest.mark.parametrize("point", ["unit.before_commit"])
def test_d06_no_success_is_told_when_the_commit_fails(
    make_client: Callable[..., TestClient], real_database: Database, point: str
) -> None:
    faults.plan(f"{point}=fail")
    answer = make_client(real_database).post("/things/mine", json={"amount": 1})
    faults.plan("")
    assert (answer.status_code, answer.json()["code"], things(real_database)) == (500, "internal_error", 0)


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [("other", {"amount": "x"}, 404), ("other", {"amount": 1}, 404), ("mine", {"amount": "x"}, 422)],
)
def test_missing_objects_are_told_before_wrong_fields(
    make_client: Callable[..., TestClient],
    database: Database,
    name: str,
    body: dict[str, object],
    status: int,
) -> None:
    answer = make_client(database).post(f"/things/{name}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("content", [b'{"amount": "x"}', b"{", b""])
def test_strangers_are_told_so_before_their_input_is_judged(
    make_client: Callable[..., TestClient], database: Database, content: bytes
) -> None:
    client = make_client(database)
    del client.headers["authorization"]
    assert client.post("/things/mine", content=content).status_code == 401


def test_d01_the_same_key_gives_the_same_answer_and_one_row(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    first, second = (
        client.post(
            "/things/mine",
            content=content,
            headers={"idempotency-key": "k1", "content-type": "application/json"},
        )
        for content in (b'{"amount": 1}', b' { "amount" :1} ')
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json(), second.headers["etag"]) == (first.json(), '"3"')
    assert things(database) == 1


def test_d01_the_same_key_with_other_content_is_refused(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "k1"})
    answer = client.post("/things/mine", json={"amount": 2}, headers={"idempotency-key": "k1"})
    assert (answer.status_code, answer.json()["errors"][0]["code"], things(database)) == (
        422,
        "key_reused",
        1,
    )


def test_d01_the_same_key_for_another_route_is_refused(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client, asked = make_client(database), {"json": {"amount": 1}, "headers": {"idempotency-key": "k1"}}
    answers = [
        client.request(method, path, **asked)
        for method, path in (("POST", "/things/mine"), ("PUT", "/things/mine"), ("POST", "/answers/200"))
    ]
    assert [answer.status_code for answer in answers] == [201, 422, 422]
    assert [answer.json()["errors"][0]["code"] for answer in answers[1:]] == ["key_reused"] * 2
    assert things(database) == 1


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000])
def test_p01_what_is_no_json_has_no_meaning_to_be_known_again_by(
    make_client: Callable[..., TestClient], database: Database, content: bytes
) -> None:
    headers = {"idempotency-key": "k1", "content-type": "application/json"}
    answer = make_client(database).post("/things/mine", content=content, headers=headers)
    assert (answer.status_code, things(database)) == (422, 0)


def test_no_link_to_a_document_is_kept_with_an_answer() -> None:
    body = {"id": "1", "documents": [{"id": "2", "url": "https://x/1", "preview_url": "https://x/2"}]}
    kept = {"id": "1", "documents": [{"id": "2", "url": None, "preview_url": None}]}
    assert idempotency.without_links(body) == kept


def test_d01_a_refused_request_does_not_use_up_its_key(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    assert (
        client.post("/things/mine", json={"amount": "x"}, headers={"idempotency-key": "k1"}).status_code
        == 422
    )
    assert (
        client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "k1"}).status_code == 201
    )


def test_d01_the_same_key_of_another_caller_and_another_of_the_same_are_other_keys(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    used = [("ada", "k1"), ("ada", "k2"), ("ada", "k3"), ("ben", "k1"), ("ben", "k2")]

    def made() -> list[str]:
        return [
            client.post(
                "/things/mine", json={"amount": 1}, headers={"authorization": who, "idempotency-key": key}
            ).json()["id"]
            for who, key in used
        ]

    first = made()
    assert (len(set(first)), made()) == (5, first)
    # Nor does one that is given back take others with it.
    refused = {"authorization": "ben", "idempotency-key": "k3"}
    assert client.post("/answers/503", headers=refused).status_code == 503
    assert (made(), things(database)) == (first, 5)


@pytest.mark.parametrize(("status", "is_kept"), [(200, True), (399, True), (400, False), (503, False)])
def test_d01_an_answer_that_is_a_refusal_does_not_use_up_its_key_either(
    make_client: Callable[..., TestClient], database: Database, status: int, is_kept: bool
) -> None:
    client = make_client(database)
    answers = [
        client.post(f"/answers/{status}", headers={"idempotency-key": "k1"}, follow_redirects=False)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [status] * 2
    assert ["idempotent-replay" in answer.headers for answer in answers] == [False, is_kept]
    assert [answer.headers["location"] for answer in answers] == ["/things/mine"] * 2
    with database.read_unit() as session:
        assert list(session.scalars(select(IdempotencyKey.key))) == ["k1"] * is_kept


def test_d01_a_key_is_forgotten_after_a_day(
    make_client: Callable[..., TestClient], database: Database, frozen_clock: SimpleNamespace
) -> None:
    client = make_client(database)
    first = client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "k1"})
    frozen_clock.move(hours=23, minutes=59)
    assert (
        client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "k1"}).json()
        == first.json()
    )
    frozen_clock.move(minutes=1)
    anew = [
        client.post("/things/mine", json={"amount": 2}, headers={"idempotency-key": "k1"}) for _ in range(2)
    ]
    assert (anew[0].status_code, anew[1].json(), things(database)) == (201, anew[0].json(), 2)
    frozen_clock.move(hours=24)
    assert idempotency.forget_expired(database) == 3


def test_p01_the_longest_key_is_one(make_client: Callable[..., TestClient], database: Database) -> None:
    client = make_client(database)
    answers = [
        client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "x" * 255}).json()
        for _ in range(2)
    ]
    assert (answers[0], things(database)) == (answers[1], 1)


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there"])
def test_p01_a_malformed_key_is_refused(
    make_client: Callable[..., TestClient], database: Database, key: str
) -> None:
    answer = make_client(database).post("/things/mine", json={"amount": 1}, headers={"idempotency-key": key})
    assert (answer.status_code, things(database)) == (422, 0)


def test_d01_fifty_at_once_with_one_key_make_one_row(
    make_client: Callable[..., TestClient], real_database: Database
) -> None:
    client, answers = make_client(real_database), []

    def post() -> None:
        answers.append(client.post("/things/mine", json={"amount": 1}, headers={"idempotency-key": "k1"}))

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert things(real_database) == 1


def test_p01_a_large_body_is_refused_before_it_is_held(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    declared = client.post("/things/mine", content=b"x" * 300_000)
    chunked = client.post("/things/mine", content=iter([b"x" * 100_000] * 3))
    assert [(a.status_code, a.json()["code"]) for a in (declared, chunked)] == [(413, "body_too_large")] * 2


def test_p07_over_the_limit_is_429_with_the_time_to_wait(
    make_client: Callable[..., TestClient], database: Database
) -> None:
    client = make_client(database)
    client.app.state.limiter = RateLimiter(is_on=True, redis_url=None, requests=3, writes=2)  # type: ignore[attr-defined]
    answers = [client.post("/things/mine", json={"amount": 1}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert things(database) == 2


def test_a_route_that_cannot_be_analysed_says_why_each_time() -> None:
    def wrong(session: Session) -> None:
        """Asks for what no request has."""

    route = Route("/wrong", wrong, methods=["GET"])
    for _ in range(2):
        with pytest.raises(FastAPIError, match="Session"):
            route.dependant  # noqa: B018
