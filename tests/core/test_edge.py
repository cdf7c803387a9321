"""The edge around every endpoint: commit before answer, order of refusals, one answer per key."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI, Request
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

CALLER = Actor(id=new_id(), role=Role.ADMIN, name="Ada", email="ada@demo.example")


class ThingIn(BaseModel):
    amount: int


class ThingOut(Versioned):
    id: str


@deferred(1)
def _caller(request: Request, _session: Session) -> Actor:
    if "authorization" not in request.headers:
        raise Unauthenticated
    request.state.actor = CALLER
    return CALLER


@deferred(2)
def _thing(request: Request, _session: Session) -> str:
    if request.path_params["name"] != "mine":
        raise NotFound
    return "mine"


Caller = Annotated[Actor, Depends(_caller)]
Thing = Annotated[str, Depends(_thing)]
router = APIRouter(route_class=Route)


@router.post("/things/{name}", status_code=201)
def make_thing(thing: Thing, body: ThingIn, caller: Caller, db: Db) -> ThingOut:
    made = new_id()
    db.add(IdempotencyKey(caller_id=made, key=thing, fingerprint=str(body.amount), created_at=clock.now()))
    db.flush()
    return ThingOut(version=3, id=made)


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
        return TestClient(app, raise_server_exceptions=False, headers={"authorization": "x"})

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
    assert (
        client.post("/things/mine", json={"amount": 2}, headers={"idempotency-key": "k1"}).status_code == 201
    )
    frozen_clock.move(hours=24)
    assert idempotency.forget_expired(database) == 3


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
