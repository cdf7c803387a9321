"""D-10: of every list there is, a long page asks the database as often as a short one, and seldom; its pages are the list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from insurenz.core import clock
from tests.deliveries.hooked import Post, hook, sender_of, to
from tests.deliveries.messages import put
from tests.permissions.calls import call_of, operations
from tests.permissions.test_spoofing import acting, parameters
from tests.permissions.test_strangers import statements
from tests.permissions.ward import FIELDS
from tests.permissions.world import FILING, SUBMISSION, World

# All that are paged, by their names in the document.
LISTS = (  # noqa: SIM905
    "list_claims claim_history list_messages list_queries list_notes list_drafts list_sessions list_users list_api_keys "
    "list_organisations my_policies list_policies list_notifications claim_notifications list_events list_deliveries "
    "list_suppressions list_webhooks list_webhook_attempts"
).split()
MOST = 8


@dataclass(frozen=True)
class List:
    """A list as somebody reads it who may."""

    world: World
    path: str
    headers: dict[str, str]

    def page(self, limit: int, cursor: str | None = None) -> Any:
        """A page of it."""
        at = f"&cursor={cursor}" if cursor else ""
        answer = self.world.send("GET", f"{self.path}?limit={limit}{at}", self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def asked(self, limit: int) -> int:
        """How many statements the database is given for a page."""
        with statements(self.world) as run:
            self.page(limit)
        return len([each for each in run if "SAVEPOINT" not in each])


@pytest.fixture
def listed(request: pytest.FixtureRequest, world: World) -> Iterator[List]:
    """The list of an operation, of which there are several things."""
    operation: str = request.param
    with world.undone(), clock.standing_at(clock.now()):
        # A claim that much has happened to; only about those of hospitals are there questions.
        who, claim_id = acting(operation), world.claims["appealed"]["id"]
        if operation == "list_queries":
            who, claim_id = "desk", _asked_about(world)
        _fill(world, operation, f"/claims/{claim_id}")
        path = call_of(world, operation).path.replace(world.ids["claim_id"], claim_id)
        yield List(world, path, world.as_(world.people[who][0]))


def _fill(world: World, operation: str, claim: str) -> None:
    """Let there be several of what there is one of at most."""
    more: dict[str, Callable[[], object]] = {
        "list_messages": lambda: _talk(world, f"{claim}/messages", "clerk decider owner"),
        "list_notes": lambda: _talk(world, f"{claim}/notes", "clerk decider clerk"),
        "list_drafts": lambda: [_post(world, "owner", "/drafts", {"content": FILING}) for _ in range(2)],
        "list_webhooks": lambda: [
            hook(world.api.database, world.cast, at=at) for at in ("lakeside", "health")
        ],
        "list_webhook_attempts": lambda: _send(world),
    }
    more.get(operation, lambda: None)()


def _post(world: World, who: str, path: str, body: object) -> Any:
    answer = world.send("POST", path, world.as_(world.people[who][-1]), json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def _talk(world: World, path: str, people: str) -> None:
    for who in people.split():
        _post(world, who, path, {"body": "A word on it."})


def _asked_about(world: World) -> str:
    """A claim of a hospital that was asked about more than once; gives its id."""
    claim_id: str = _post(world, "desk", "/hospital-claims", SUBMISSION)["id"]
    for who, action in [("away", "raise_query"), ("desk", "answer_query")] * 3:
        _post(world, who, f"/claims/{claim_id}/actions/{action}", FIELDS[action])
    return claim_id


def _send(world: World) -> None:
    database = world.api.database
    put(database, *(to(world.ids["webhook_id"]) for _ in range(3)))
    sender_of(database, Post()).work()


def test_every_list_that_is_paged_is_tried(world: World) -> None:
    assert {name for name in operations(world) if "limit" in parameters(world, name, "query")} == set(LISTS)


@pytest.mark.parametrize("listed", LISTS, indirect=True)
def test_d10_a_long_page_costs_as_many_statements_as_a_short_one(listed: List) -> None:
    listed.page(1)
    assert listed.asked(1) == listed.asked(100) <= MOST
    assert len(listed.page(100)["items"]) > 1


@pytest.mark.parametrize("listed", LISTS, indirect=True)
def test_d10_one_page_after_the_other_is_the_list(listed: List) -> None:
    whole, cursor, read = listed.page(100)["items"], None, []
    size = max(1, len(whole) // 2)
    while len(read) < len(whole) and (cursor or not read):
        page = listed.page(size, cursor)
        assert 0 < len(page["items"]) <= size
        read, cursor = read + page["items"], page["next_cursor"]
    assert read[: len(whole)] == whole
