"""Who would be told of an action, and that exactly these are told when it is done."""

import random
from pathlib import Path
from typing import Any

import pytest

from insurenz.claims.queries import claim_for
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from insurenz.deliveries import suppression
from insurenz.explain import service
from insurenz.explain.answers import recipients_out
from insurenz.notifications import fanout, preferences
from insurenz.notifications.preferences import Choice
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import do
from tests.claims.stories import file_claim, rows
from tests.notifications.stories import ABSENT, Desk
from tests.statements import how_many

SECRET = "q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoT"
TABLES = ("events", "event_marks", "notices", "told", "inbox", "inbox_state", "deliveries")


def explain(api: Api, who: Actor, claim: dict[str, Any], action: str, **asked: str) -> Any:
    return api.as_(who).get(f"/claims/{claim['id']}/recipients", params={"action": action, **asked})


def in_app(told: dict[str, Any]) -> list[tuple[str, str]]:
    """Audience and name of each recipient, whatever other channels they have."""
    recipients = [each for each in told["recipients"] if each["channel"] == "inbox"]
    return [(each["audience"], each["user_name"]) for each in recipients]


def test_the_answer_names_channel_and_reason_of_everybody(
    api: Api, desk: Desk, claim: dict[str, Any], database: Database
) -> None:
    cast = desk.cast
    assert explain(api, cast.meera, claim, "clear").status_code == 200
    gone = desk.hire("gone", Role.HOSPITAL_USER, cast.lakeside, is_active=False)
    desk_user = {
        "user_id": cast.lakeside_desk.id,
        "user_name": cast.lakeside_desk.name,
        "user_role": "hospital_user",
        "audience": "hospital_users",
    }
    before = rows(database, *TABLES)
    assert explain(api, cast.meera, claim, "raise_query").json() == {
        "action": "raise_query",
        "outcome": None,
        "event_type": "claim_qc_query",
        "recipients": [
            desk_user | {"channel": "inbox", "reason": "works_for_hospital"},
            desk_user | {"channel": "email", "reason": "works_for_hospital"},
        ],
        "excluded": [
            *(desk_user | {"channel": channel, "reason": reason} for channel, reason in ABSENT.items()),
            {
                "user_id": gone.id,
                "user_name": "Gone",
                "user_role": "hospital_user",
                "audience": "hospital_users",
                "channel": None,
                "reason": "disabled",
            },
        ],
    }
    assert rows(database, *TABLES) == before


def test_whom_a_channel_does_not_reach_is_named_with_the_reason(
    api: Api, desk: Desk, claim: dict[str, Any], tmp_path: Path
) -> None:
    cast = desk.cast
    with api.database.unit_of_work() as session:
        suppression.suppress(session, cast.lakeside_desk.id, "email", reason="bounced")
    told = explain(api, cast.meera, claim, "raise_query").json()
    assert [each["channel"] for each in told["recipients"]] == ["inbox"]
    assert {each["channel"]: each["reason"] for each in told["excluded"]} == {"email": "bounced", **ABSENT}
    without_mail = make_api(api.database, tmp_path, env="production", jwt_secret_key=SECRET)
    told = explain(without_mail, cast.meera, claim, "raise_query").json()
    nowhere = {"email": "not_configured", **ABSENT}
    assert {each["channel"]: each["reason"] for each in told["excluded"]} == nowhere
    without_mail.app.state.gate.hasher.close()


def test_the_caller_is_the_actor_whatever_is_possible_now(
    api: Api, desk: Desk, claim: dict[str, Any]
) -> None:
    cast = desk.cast
    # Nothing was asked yet, so nothing can be answered; it is explained all the same.
    told = explain(api, cast.meera, claim, "answer_query").json()
    assert in_app(told) == [("processors", "Rahul Verma")]
    left_out = [(each["user_name"], each["reason"]) for each in told["excluded"] if not each["channel"]]
    assert left_out == [("Meera Iyer", "actor")]


def test_an_outcome_chooses_the_words_and_the_audience(api: Api, desk: Desk, cast: Cast) -> None:
    claim = file_claim(api.as_(cast.asha), "bill.pdf").json()
    for outcome in ("full", "partial"):
        found = explain(api, cast.arjun, claim, "approve", outcome=outcome).json()
        assert (found["outcome"], in_app(found)) == (outcome, [("claimant", "Asha Nair")])
    receipt = explain(api, cast.arjun, claim, "withdraw").json()
    assert in_app(receipt) == [("claimant", "Asha Nair")]
    assert [(each["reason"], each["user_name"]) for each in receipt["excluded"] if not each["channel"]] == [
        ("actor", "Arjun Rao")
    ]


@pytest.mark.parametrize(
    ("action", "asked", "field", "code"),
    [
        ("nonsense", {}, "action", "unknown_action"),
        ("clear", {"outcome": "full"}, "outcome", "unknown_outcome"),
        ("approve", {"outcome": "paid"}, "outcome", "unknown_outcome"),
    ],
)
def test_what_the_definition_does_not_know_is_refused_by_name(
    api: Api, cast: Cast, claim: dict[str, Any], action: str, asked: dict[str, str], field: str, code: str
) -> None:
    answer = explain(api, cast.meera, claim, action, **asked)
    assert (answer.status_code, answer.json()["errors"][0]["field"], answer.json()["errors"][0]["code"]) == (
        422, field, code,
    )  # fmt: skip


Row = tuple[str, str | None, str]


def rehearsed(desk: Desk, who: Actor, claim: dict[str, Any], action: str) -> tuple[str, set[Row], set[Row]]:
    """Who would be told by which channel and why, and who would not, if this person did it now; hospitals cannot ask."""
    definition = desk.telling.definitions.current("hospital")
    with desk.database.read_unit() as session:
        row = claim_for(session, who, claim["id"])
        found = service.recipients(
            session, who, row, action, outcome=None, definition=definition, telling=desk.telling
        )
        told = recipients_out(found)
    return (
        told.event_type,
        {(each.user_id, each.channel, each.reason) for each in told.recipients},
        {(each.user_id, each.channel, each.reason) for each in told.excluded},
    )


def really(api: Api, cast: Cast, claim: dict[str, Any]) -> tuple[str, set[Row], set[Row]]:
    """The same of the newest event of a claim, as it was told."""
    log = api.as_(cast.admin).get(f"/claims/{claim['id']}/notifications").json()["items"][0]
    told, left_out = (
        set[Row](),
        {(each["user_id"], each["channel"], each["reason"]) for each in log["excluded"]},
    )
    for each in log["recipients"]:
        told.add((each["user_id"], "inbox", each["reason"]))
        for channel, what in each["channels"].items():
            if what == "due":
                told.add((each["user_id"], channel, each["reason"]))
            else:
                left_out.add((each["user_id"], channel, what))
    return log["event_type"], told, left_out


def people_with_wishes(desk: Desk, chance: random.Random) -> None:
    """Random people of both sides: some gone, some with payers, some who want no mails, some whom none reaches."""
    cast = desk.cast
    made = []
    for n in range(9):
        role = chance.choice([Role.HOSPITAL_USER, Role.CLAIM_PROCESSOR])
        firms = [cast.lakeside, *chance.sample([cast.suraksha, cast.health], k=chance.randrange(3))]
        firms = firms if role is Role.CLAIM_PROCESSOR else [cast.lakeside]
        made.append(desk.hire(f"p{n}", role, *chance.sample(firms, k=chance.randrange(len(firms) + 1)),
                              is_active=chance.random() > 0.3))  # fmt: skip
    with desk.database.unit_of_work() as session:
        for person in [*made, cast.lakeside_desk]:
            if chance.random() < 0.4:
                off = [Choice("progress", "email", chance.random() < 0.5)]
                preferences.choose(session, person, choices=off, hours=None)
            if chance.random() < 0.3:
                suppression.suppress(session, person.id, "email", reason="bounced")
        if chance.random() < 0.5:
            defaults = [Choice("progress", "email", False)]
            preferences.choose_defaults(session, cast.admin, cast.lakeside, choices=defaults)


@pytest.mark.parametrize("seed", range(4))
def test_n11_the_dry_run_and_the_real_run_tell_the_same(
    api: Api, desk: Desk, monkeypatch: pytest.MonkeyPatch, claim: dict[str, Any], seed: int
) -> None:
    """Random people with random wishes; batches so small that several are needed; each act explained by who does it."""
    monkeypatch.setattr(fanout, "BATCH", 2)
    cast = desk.cast
    desk.tell()
    people_with_wishes(desk, random.Random(seed))
    desk = Desk.of(desk.database, cast, channels=frozenset({"email"} if seed else ()))
    for who, action in (
        (cast.meera, "clear"),
        (cast.rahul, "request_info"),
        (cast.lakeside_desk, "provide_info"),
        (cast.admin, "deny"),
        (cast.lakeside_desk, "contest"),
    ):
        expected = rehearsed(desk, who, claim, action)
        assert do(api.as_(who), claim, action).status_code == 200
        desk.tell()
        assert really(api, cast, claim) == expected


def test_the_log_of_a_claim_tells_who_has_read_it_and_what_was_delivered(
    api: Api, desk: Desk, claim: dict[str, Any]
) -> None:
    cast = desk.cast
    desk.tell()
    (submitted,) = api.as_(cast.auditor).get(f"/claims/{claim['id']}/notifications").json()["items"]
    api.as_(cast.rahul).post(f"/notifications/{submitted['id']}/read")
    desk = Desk.of(desk.database, cast, channels=frozenset({"external"}))
    do(api.as_(cast.meera), claim, "raise_query")
    desk.tell()
    page = api.as_(cast.meera).get(f"/claims/{claim['id']}/notifications?limit=1").json()
    # Of the caller, the claim, and each kind of what is told of it: D-10 allows eight.
    path = f"/claims/{claim['id']}/notifications"
    assert how_many(desk.database, lambda: api.as_(cast.meera).get(path)) == 8
    (query,) = page["items"]
    assert (query["titles"], query["recipient_count"]) == ({"hospital_users": "QC Query Raised"}, 1)
    assert [(each["channel"], each["state"]) for each in query["deliveries"]] == [("external", "due")]
    (first,) = (
        api.as_(cast.meera)
        .get(f"/claims/{claim['id']}/notifications?limit=1&cursor={page['next_cursor']}")
        .json()["items"]
    )
    read = {each["user_name"]: each["read_at"] is not None for each in first["recipients"]}
    assert (first["id"], read) == (submitted["id"], {"Meera Iyer": False, "Rahul Verma": True})


def test_z03_only_staff_who_reach_the_claim_may_ask(api: Api, desk: Desk, claim: dict[str, Any]) -> None:
    cast = desk.cast
    for path in ("recipients?action=clear", "notifications"):
        asked = {
            who: api.as_(getattr(cast, who)).get(f"/claims/{claim['id']}/{path}").status_code
            for who in (
                "lakeside_desk",
                "city_desk",
                "meera",
                "rahul",
                "priya",
                "arjun",
                "asha",
                "admin",
                "auditor",
            )
        }
        assert asked == {
            "lakeside_desk": 403, "city_desk": 404, "meera": 200, "rahul": 200, "priya": 404, "arjun": 404,
            "asha": 404, "admin": 200, "auditor": 200,
        }  # fmt: skip
