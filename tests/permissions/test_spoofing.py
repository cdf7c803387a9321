"""Z-05: who acts, for whom and where comes from the session; what a caller says about it changes nothing."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core import clock
from tests.permissions.calls import Call, call_of, operations
from tests.permissions.test_matrix import TABLE
from tests.permissions.world import World

# Everybody who may do it, in this order: the first acts.
ACTORS = ("owner", "admin", "clerk", "other", "desk")
NAMES = (  # noqa: SIM905
    "user_id actor_id actor actor_name actor_role actor_email role level sub sid session_id as impersonate on_behalf_of "
    "tenant tenant_id hospital_id payer_id claimant_id recipients recipient_ids _method"
).split()
HEADERS = (  # noqa: SIM905
    "X-User-Id X-Actor-Id X-User X-Email X-Role X-Roles X-Remote-User Remote-User X-Forwarded-User X-Auth-User "
    "X-Authenticated-User X-Tenant-Id X-Organization-Id X-Scopes X-Impersonate-User X-On-Behalf-Of From"
).split()
# All that take query parameters: they refuse one that they do not know.
STRICT = frozenset((  # noqa: SIM905
    "list_claims count_claims export_claims claim_history list_messages list_queries list_notes refresh_document_link "
    "list_drafts list_sessions list_users list_api_keys list_organisations show_workflow my_policies list_policies "
    "list_notifications claim_recipients claim_notifications list_events list_deliveries list_suppressions list_webhooks "
    "list_webhook_attempts claims_over_time claim_turnaround claim_amounts claim_reasons notices_read export_analytics"
).split())  # fmt: skip
ROUTING = {
    "X-HTTP-Method-Override": "DELETE",
    "X-Method-Override": "DELETE",
    "X-Original-URL": "/users",
    "X-Rewrite-URL": "/users",
    "X-Forwarded-Prefix": "/admin",
}


def acting(operation: str) -> str:
    """Somebody who may do it."""
    return next(name for name in ACTORS if int(TABLE[operation][name]) < 300)


def parameters(world: World, operation: str, *places: str) -> set[str]:
    """The names of what a route takes, in all places or these."""
    method, path = operations(world)[operation]
    document = world.document["paths"][path][method.lower()]
    return {each["name"] for each in document.get("parameters", []) if not places or each["in"] in places}


def spoofed(world: World, operation: str, call: Call, victim: str) -> Call:
    """The same call, saying in headers and query that somebody else makes it."""
    known = parameters(world, operation)
    query = "" if operation in STRICT else "&".join(f"{n}={victim}" for n in NAMES if n not in known)
    headers = dict.fromkeys(HEADERS, victim) | ROUTING
    mark = "&" if "?" in call.path else "?"
    return replace(call, path=f"{call.path}{mark}{query}", headers=call.headers | headers)


def events_since(world: World, seen: set[str]) -> list[tuple[str, Any]]:
    rows = world.connection.execute(text("SELECT id, actor_id FROM events")).all()
    return [(str(id_), actor) for id_, actor in rows if str(id_) not in seen]


def plain(answer: Any) -> tuple[int, Any]:
    """Status and content, without what differs from one request to the next."""
    if answer.headers.get("content-type") != "application/json":
        return answer.status_code, answer.headers.get("content-type")
    return answer.status_code, answer.json()


# Its body is one that is never taken here; and what needs a bucket.
NEVER_TAKEN = {"change_password", "begin_direct_upload", "complete_direct_upload"}


@pytest.mark.parametrize(
    "operation",
    [name for name, row in TABLE.items() if row["scope"] != "public" and name not in NEVER_TAKEN],
)
def test_z05_what_a_caller_says_about_themself_changes_nothing(world: World, operation: str) -> None:
    name = acting(operation)
    actor = world.people[name][0]
    victim = world.cast.vikram.id if name != "other" else world.cast.asha.id
    call = call_of(world, operation)
    seen = {id_ for id_, _ in events_since(world, set())}
    still = clock.now()
    clock.use(lambda: still)
    try:
        with world.undone():
            honest = plain(call.by(world, world.as_(actor)))
            told = events_since(world, seen)
        with world.undone():
            lying = plain(spoofed(world, operation, call, victim).by(world, world.as_(actor)))
            recorded = events_since(world, seen)
    finally:
        clock.use(None)
    assert int(TABLE[operation][name]) == honest[0] == lying[0]
    if call.method == "GET":
        assert lying == honest
    assert len(recorded) == len(told)
    assert {str(actor_id).replace("-", "") for _, actor_id in recorded} <= {actor.id.replace("-", "")}


def test_z05_a_claim_is_filed_for_nobody_else(world: World) -> None:
    call = call_of(world, "file_claim")
    with world.undone():
        answer = spoofed(world, "file_claim", call, world.cast.vikram.id).by(
            world, world.as_(world.cast.asha)
        )
        assert (answer.status_code, answer.json()["user_id"]) == (201, world.cast.asha.id)


def test_z05_credentials_count_in_the_order_header_cookie_and_are_never_mixed(world: World) -> None:
    """A valid cookie does not stand in for a header that is wrong."""
    browser = world.api.browser(world.cast.admin)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}
    right = {"Sec-Fetch-Site": "same-origin", **cookie}
    assert world.send("GET", "/auth/me", right).json()["email"] == "admin@demo.example"
    wrong = right | {"Authorization": "Bearer garbage"}
    assert world.send("GET", "/auth/me", wrong).status_code == 401
    both = right | world.as_(world.cast.asha)
    assert world.send("GET", "/auth/me", both).json()["email"] == "asha@demo.example"


@pytest.mark.parametrize("operation", sorted(STRICT))
def test_z05_a_list_refuses_to_be_told_whose_it_is(world: World, operation: str) -> None:
    call, known = call_of(world, operation), parameters(world, operation)
    said = [name for name in NAMES if name not in known]
    mark = "&" if "?" in call.path else "?"
    asked = Call("GET", f"{call.path}{mark}{'&'.join(f'{name}={world.cast.vikram.id}' for name in said)}")
    answer = asked.by(world, world.as_(world.people[acting(operation)][0]))
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == said


def test_every_route_that_takes_parameters_refuses_others_but_the_stream(world: World) -> None:
    """Whoever listens with a polyfill of EventSource sends a parameter of its own."""
    takes = {name for name, (method, _) in operations(world).items()
             if method == "GET" and parameters(world, name, "query")}  # fmt: skip
    assert takes == STRICT | {"stream_notifications"}
