"""D-10: of every list there is, a long page asks the database as often as a short one, and seldom."""

import pytest

from tests.permissions.calls import call_of, operations
from tests.permissions.test_spoofing import acting, parameters
from tests.permissions.test_strangers import statements
from tests.permissions.world import World

# All that are paged, by their names in the document.
LISTS = (  # noqa: SIM905
    "list_claims claim_history list_messages list_queries list_notes list_drafts list_sessions list_users list_api_keys "
    "list_organisations my_policies list_policies list_notifications claim_notifications list_events list_deliveries "
    "list_suppressions list_webhooks list_webhook_attempts"
).split()
# Of these there is one at most in this world: only that they ask seldom is proven here.
SHORT = {
    "list_messages",
    "list_queries",
    "list_notes",
    "list_drafts",
    "list_webhooks",
    "list_webhook_attempts",
}
MOST = 8


def test_every_list_that_is_paged_is_tried(world: World) -> None:
    assert {name for name in operations(world) if "limit" in parameters(world, name, "query")} == set(LISTS)


@pytest.mark.parametrize("operation", LISTS)
def test_d10_a_long_page_costs_as_many_statements_as_a_short_one(world: World, operation: str) -> None:
    call, headers = call_of(world, operation), world.as_(world.people[acting(operation)][0])
    # A claim that much has happened to.
    path = call.path.replace(world.ids["claim_id"], world.claims["appealed"]["id"])

    def asked(limit: int) -> tuple[int, int]:
        with world.undone(), statements(world) as run:
            answer = world.send("GET", f"{path}?limit={limit}", headers)
        assert answer.status_code == 200, answer.text
        return len([each for each in run if "SAVEPOINT" not in each]), len(answer.json()["items"])

    asked(1)
    (few, _), (many, items) = asked(1), asked(100)
    assert few == many <= MOST
    assert (items > 1) is (operation not in SHORT)
