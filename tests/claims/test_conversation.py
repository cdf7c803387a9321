"""What is said about a claim: messages between both sides, notes among staff, and what the timeline shows of them."""

from typing import Any

import pytest
from sqlalchemy import text

from insurenz.consumers import consumers, of_kinds
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.paging import decode
from insurenz.events.relay import Relay, backlog
from insurenz.events.service import erase_text
from tests.actors import Api, Cast
from tests.claims.stories import act, events_of, file_claim, problem, rows, told
from tests.statements import how_many

KINDS = ("messages", "notes")


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim of Asha's."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha)).json()
    return filed


def say(client: Any, claim: dict[str, Any], body: Any, kind: str = "messages", **headers: str) -> Any:
    """Send a message, or add a note."""
    return client.post(f"/claims/{claim['id']}/{kind}", json={"body": body}, headers=headers)


def said(client: Any, claim: dict[str, Any], kind: str = "messages") -> list[str | None]:
    """What was said, in the order of the list."""
    return [item["body"] for item in client.get(f"/claims/{claim['id']}/{kind}").json()["items"]]


def assert_nothing_was_said(database: Database, claim: dict[str, Any]) -> None:
    """The claim has been filed, and that is all."""
    assert events_of(database, claim) == ["claim_submitted"]
    assert rows(database, "event_texts") == {"event_texts": 0}


def history(client: Any, claim: dict[str, Any], query: str = "") -> Any:
    """The timeline as this reader sees it."""
    return client.get(f"/claims/{claim['id']}/history{query}").json()


def test_both_sides_talk_about_a_claim(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    asked = say(asha, claim, "  When will it be decided?\n")
    answered = say(arjun, claim, "This week.")
    assert (asked.status_code, answered.status_code) == (201, 201)
    assert (asked.json()["documents"], asked.json()["is_new"], asked.json()["read_by"]) == ([], False, None)
    shown = asha.get(f"/claims/{claim['claim_number']}/messages").json()
    assert shown["next_cursor"] is None
    assert [(m["body"], m["author"], m["is_mine"]) for m in shown["items"]] == [
        ("When will it be decided?", {"role": "policyholder", "name": "Asha Nair"}, True),
        ("This week.", {"role": "claim_processor_l2", "name": "Arjun Rao"}, False),
    ]
    mirrored = arjun.get(f"/claims/{claim['id']}/messages").json()["items"]
    assert [(m["is_mine"], m["is_new"]) for m in mirrored] == [(False, True), (True, False)]
    own = {"is_mine": None, "is_new": None}
    assert [m | own for m in mirrored] == [m | own for m in shown["items"]]


def test_the_operator_talks_for_the_staff_and_the_auditor_reads(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    assert say(api.as_(cast.admin), claim, "We are looking into it.").status_code == 201
    assert said(api.as_(cast.auditor), claim) == ["We are looking into it."]


def test_a_message_is_an_event_that_says_from_which_side_it_comes_and_no_more(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    for who, side in ((cast.asha, "filer"), (cast.arjun, "staff")):
        say(api.as_(who), claim, "private words")
        assert told(database, claim) == ("claim_message", {"side": side})
    with database.read_unit() as session:
        found = session.execute(text("SELECT status, version FROM events WHERE type = 'claim_message'")).all()
    assert found == [("pending", None)] * 2


def test_what_is_said_does_not_change_the_claim(
    api: Api, cast: Cast, claim: dict[str, Any], today: Any
) -> None:
    today.move(hours=1)
    say(api.as_(cast.asha), claim, "Hello")
    say(api.as_(cast.arjun), claim, "Careful.", "notes")
    shown = api.as_(cast.asha).get(f"/claims/{claim['id']}")
    assert (shown.json(), shown.headers["etag"]) == (claim, '"1"')


def test_people_talk_on_after_a_claim_was_closed(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    assert act(asha, claim, "withdraw").json()["status_group"] == "closed"
    assert say(asha, claim, "Sorry for the trouble.").status_code == 201
    assert say(arjun, claim, "Withdrawn on the phone.", "notes").status_code == 201


def test_staff_note_for_each_other(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    arjun = api.as_(cast.arjun)
    noted = say(arjun, claim, "The stamp looks odd.", "notes")
    assert (noted.status_code, noted.json()["author"]["name"], noted.json()["is_mine"]) == (
        201,
        "Arjun Rao",
        True,
    )
    assert said(api.as_(cast.admin), claim, "notes") == ["The stamp looks odd."]
    assert said(api.as_(cast.auditor), claim, "notes") == ["The stamp looks odd."]
    assert said(arjun, claim) == []


def test_nothing_of_a_note_reaches_the_filer(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    before = history(asha, claim), said(asha, claim), asha.get(f"/claims/{claim['id']}").text
    first = say(arjun, claim, "hush", "notes").json()["id"]
    say(arjun, claim, "hush", "notes")
    with database.unit_of_work() as session:
        erase_text(session, first, "body", actor=cast.admin)
    arjun.post(f"/claims/{claim['id']}/assignment")
    arjun.delete(f"/claims/{claim['id']}/assignment")
    assert (history(asha, claim), said(asha, claim)) == before[:2]
    refused = asha.get(f"/claims/{claim['id']}/notes")
    assert (refused.status_code, refused.json()["code"], "hush" in refused.text) == (
        403,
        "role_not_allowed",
        False,
    )
    assert events_of(database, claim)[1:] == [
        "claim_note",
        "claim_note",
        "text_erased",
        "claim_assigned",
        "claim_released",
    ]


def test_the_pages_of_the_filers_timeline_do_not_tell_what_is_left_out(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    for _ in range(3):
        say(arjun, claim, "hush", "notes")
        say(arjun, claim, "Hello")
    pages, query = [], "?limit=2"
    while query:
        page = history(asha, claim, query)
        pages.append([(item["id"], item["type"]) for item in page["items"]])
        query = f"?limit=2&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        # A cursor names the last event that was shown, not its number among all.
        assert not query or decode(page["next_cursor"]) == [page["items"][-1]["id"]]
    assert [[kind for _, kind in page] for page in pages] == [
        ["claim_submitted", "claim_message"],
        ["claim_message", "claim_message"],
    ]
    kinds = [item["type"] for item in history(arjun, claim)["items"]]
    assert kinds == ["claim_submitted", *["claim_note", "claim_message"] * 3]


def test_staff_read_messages_and_notes_in_the_timeline(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    say(api.as_(cast.asha), claim, "Hello")
    say(api.as_(cast.arjun), claim, "hush", "notes")
    items = history(api.as_(cast.auditor), claim)["items"][1:]
    assert [(i["type"], i["texts"], i["from_status"], i["actor"]["name"]) for i in items] == [
        ("claim_message", {"body": "Hello"}, None, "Asha Nair"),
        ("claim_note", {"body": "hush"}, None, "Arjun Rao"),
    ]


def test_an_erased_message_has_no_body(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha = api.as_(cast.asha)
    gone = say(asha, claim, "My account is 12345.").json()["id"]
    say(asha, claim, "Never mind.")
    with database.unit_of_work() as session:
        erase_text(session, gone, "body", actor=cast.admin)
    assert said(asha, claim) == [None, "Never mind."]
    assert [item["texts"] for item in history(asha, claim)["items"]] == [
        {},
        {"body": None},
        {"body": "Never mind."},
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_pages_of_what_was_said_miss_and_repeat_nothing(
    api: Api, cast: Cast, claim: dict[str, Any], kind: str
) -> None:
    arjun = api.as_(cast.arjun)
    for number in range(5):
        say(arjun, claim, f"number {number}", kind)
        say(arjun, claim, "of the other kind", next(other for other in KINDS if other != kind))
    path, found, cursor = f"/claims/{claim['id']}/{kind}", [], ""
    while cursor is not None:
        page = arjun.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found.append([item["body"] for item in page["items"]])
        cursor = page["next_cursor"]
    assert found == [["number 0", "number 1"], ["number 2", "number 3"], ["number 4"]]
    assert problem(arjun.get(path, params={"cursor": "WyIxIl0"})) == (422, [("cursor", "cursor_invalid")])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "missing"),
        ({"body": ""}, "string_too_short"),
        ({"body": " \n\t "}, "string_too_short"),
        ({"body": "x" * 5001}, "string_too_long"),
        ({"body": 5}, "string_type"),
        ({"body": None}, "string_type"),
        ({"body": "a\0"}, "value_error"),
        ([], "model_attributes_type"),
    ],
)
def test_p01_a_text_that_cannot_be_taken_is_refused(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, kind: str, body: Any, code: str
) -> None:
    refused = api.as_(cast.arjun).post(f"/claims/{claim['id']}/{kind}", json=body)
    assert problem(refused) == (422, [("body", code)])
    assert_nothing_was_said(database, claim)


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_may_have_five_thousand_characters(
    api: Api, cast: Cast, claim: dict[str, Any], kind: str
) -> None:
    taken = say(api.as_(cast.arjun), claim, " " + "\U0001f600" * 5000 + " ", kind)
    assert (taken.status_code, taken.json()["body"]) == (201, "\U0001f600" * 5000)


@pytest.mark.parametrize("field", ["actor_id", "author", "side", "is_mine", "created_at", "claim_id"])
def test_z05_nobody_speaks_for_another(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database, field: str
) -> None:
    for kind in KINDS:
        spoofed = {"body": "Hello", field: cast.vikram.id}
        refused = api.as_(cast.arjun).post(f"/claims/{claim['id']}/{kind}", json=spoofed)
        assert problem(refused) == (422, [(field, "extra_forbidden")])
    assert_nothing_was_said(database, claim)


def test_each_refusal_comes_in_its_turn_and_leaves_nothing(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    missing = {"id": new_id()}
    for kind, reader in (("messages", cast.auditor), ("notes", cast.auditor), ("notes", cast.asha)):
        for body in ("Hello", ""):
            assert say(api.nobody, claim, body, kind).status_code == 401
            for stranger in (cast.vikram, cast.priya, cast.city_desk):
                assert say(api.as_(stranger), claim, body, kind).status_code == 404
            assert say(api.as_(reader), missing, body, kind).status_code == 404
            refused = say(api.as_(reader), claim, body, kind)
            assert (refused.status_code, refused.json()["code"]) == (403, "role_not_allowed")
    assert_nothing_was_said(database, claim)


def test_d01_a_message_sent_again_with_its_key_is_sent_once(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha = api.as_(cast.asha)
    first, second = (say(asha, claim, "Hello", **{"Idempotency-Key": "tap-tap"}) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert second.headers["idempotent-replay"] == "true"
    other = say(asha, claim, "Goodbye", **{"Idempotency-Key": "tap-tap"})
    assert problem(other) == (422, [("Idempotency-Key", "key_reused")])
    assert said(asha, claim) == ["Hello"]
    assert events_of(database, claim) == ["claim_submitted", "claim_message"]


def test_who_reads_what_was_said_is_noted(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    for kind in KINDS:
        said(api.as_(cast.auditor), claim, kind)
    api.app.state.access_log.flush()
    with database.read_unit() as session:
        seen = session.execute(text("SELECT what FROM access_log ORDER BY position")).scalars().all()
    assert seen == ["messages viewed", "notes viewed"]


def test_the_relay_closes_what_nobody_is_told_of(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    say(api.as_(cast.asha), claim, "Hello")
    say(api.as_(cast.arjun), claim, "hush", "notes")
    relay = Relay(database, consumers(api.app.state.telling), of_kinds=of_kinds(api.app.state.telling))
    while relay.turn():
        pass
    with database.read_unit() as session:
        assert backlog(session) == 0


def test_the_statements_of_talking_are_known(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    arjun = api.as_(cast.arjun)
    few = {kind: how_many(database, lambda kind=kind: said(arjun, claim, kind)) for kind in KINDS}
    send = how_many(database, lambda: say(arjun, claim, "Hello"))
    note = how_many(database, lambda: say(arjun, claim, "Hello", "notes"))
    for _ in range(10):
        say(arjun, claim, "Hello")
    many = how_many(database, lambda: said(arjun, claim))
    # Event, text, mark and the end of the chain are one statement on PostgreSQL.
    add = 7 if database.is_sqlite else 4
    assert (few, send, note, many) == ({"messages": 3, "notes": 3}, add, add, 5)
