"""Preferences over the API: what is shown of each category and channel, what is chosen, and what nobody can choose."""

from typing import Any, get_args

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.core.permissions import Role
from insurenz.deliveries.channels import CHOSEN
from insurenz.events.models import Event
from insurenz.notifications import schemas
from insurenz.notifications.preferences import PAIRS
from insurenz.workflow.vocabulary import CATEGORIES
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import problem
from tests.notifications.stories import Desk, count
from tests.races import at_once
from tests.statements import how_many

NIGHT = {"starts": "22:00", "ends": "07:00", "zone": "Asia/Kolkata"}
OFF = {"category": "progress", "channel": "email", "is_on": False}
INSTALL = {"organisation": None, "is_on": True}


def put(client: Any, *choices: dict[str, Any], quiet_hours: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"preferences": list(choices), "quiet_hours": quiet_hours, **more}
    return client.put("/notifications/preferences", json=body)


def order(client: Any, number: str, *choices: dict[str, Any]) -> Any:
    path = f"/organisations/{number}/notification-preferences"
    return client.put(path, json={"preferences": list(choices)})


def shown(answer: Any, category: str = "progress", channel: str = "email") -> dict[str, Any]:
    """What is shown of one category by one channel."""
    assert answer.status_code == 200, answer.text
    [found] = [
        each
        for each in answer.json()["preferences"]
        if (each["category"], each["channel"]) == (category, channel)
    ]
    return {name: value for name, value in found.items() if name not in ("category", "channel")}


def recorded(database: Database, kind: str) -> list[tuple[str, str | None, Any]]:
    with database.read_unit() as session:
        chosen = select(Event.subject_id, Event.actor_id, Event.data).where(Event.type == kind)
        return [tuple(row) for row in session.execute(chosen.order_by(Event.seq))]


def test_whoever_chose_nothing_is_told_by_every_channel(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.asha).get("/notifications/preferences")
    assert answer.json()["quiet_hours"] is None
    assert [(each["category"], each["channel"]) for each in answer.json()["preferences"]] == list(PAIRS)
    free = {"chosen": None, "defaults": [INSTALL], "is_on": True}
    mailed, pushed = {**free, "is_configured": True}, {**free, "is_configured": False}
    assert shown(answer) == {**mailed, "is_locked": False, "locked_because": None}
    assert shown(answer, "decision", "push") == {**pushed, "is_locked": True, "locked_because": "mandatory"}


def test_the_inbox_is_not_to_be_chosen_and_words_are_those_of_workflows() -> None:
    assert get_args(schemas.Category) == CATEGORIES
    assert get_args(schemas.Channel) == CHOSEN == ("email", "push", "chat")


def test_a_channel_of_this_install_is_shown_as_such(api: Api, cast: Cast, database: Database) -> None:
    mailing = Desk.of(database, cast, channels=frozenset({"email"}))
    api.app.state.telling = mailing.telling
    answer = api.as_(cast.asha).get("/notifications/preferences")
    assert [shown(answer, channel=each)["is_configured"] for each in ("email", "push", "chat")] == [
        True,
        False,
        False,
    ]


def test_a_choice_replaces_all_that_was_chosen_before(api: Api, cast: Cast, database: Database) -> None:
    desk = api.as_(cast.city_desk)
    first = put(desk, OFF, {"category": "message", "channel": "push", "is_on": True}, quiet_hours=NIGHT)
    assert (shown(first)["is_on"], shown(first)["chosen"]) == (False, False)
    assert (shown(first, "message", "push")["chosen"], first.json()["quiet_hours"]) == (True, NIGHT)
    assert desk.get("/notifications/preferences").json() == first.json()
    second = put(desk, OFF | {"category": "message"})
    assert (shown(second)["chosen"], shown(second)["is_on"]) == (None, True)
    assert (shown(second, "message")["is_on"], second.json()["quiet_hours"]) == (False, None)
    assert (count(database, "preferences"), count(database, "quiet_hours")) == (1, 0)
    # Nobody else's have changed.
    assert shown(api.as_(cast.city_ward).get("/notifications/preferences"), "message")["chosen"] is None


def test_what_is_locked_stays_on_and_may_be_said_to_be_on(api: Api, cast: Cast) -> None:
    answer = put(api.as_(cast.city_desk), OFF | {"category": "decision", "is_on": True})
    assert shown(answer, "decision") == {
        "is_on": True, "chosen": True, "defaults": [INSTALL], "is_locked": True, "locked_because": "mandatory",
        "is_configured": True,
    }  # fmt: skip


@pytest.mark.parametrize("category", ["action_needed", "decision"])
def test_n10_nobody_switches_off_what_is_mandatory(
    api: Api, cast: Cast, database: Database, category: str
) -> None:
    off = OFF | {"category": category}
    refused = put(api.as_(cast.city_desk), OFF, off), order(api.as_(cast.admin), "HOSP_001", OFF, off)
    for answer in refused:
        assert problem(answer) == (422, [("preferences.1.is_on", "mandatory")])
        assert answer.json()["detail"] == f"{category} is mandatory: nobody can switch it off."
    assert [count(database, table) for table in ("preferences", "organisation_preferences")] == [0, 0]


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"preferences": [OFF, OFF]}, "preferences.1", "given_twice"),
        ({"preferences": [OFF | {"channel": "inbox"}]}, "preferences.0.channel", "literal_error"),
        ({"preferences": [OFF | {"category": "gossip"}]}, "preferences.0.category", "literal_error"),
        ({"preferences": [OFF | {"loud": True}]}, "preferences.0.loud", "extra_forbidden"),
        ({"preferences": [{"category": "progress", "channel": "email"}]}, "preferences.0.is_on", "missing"),
        ({"preferences": [OFF] * 101}, "preferences", "too_long"),
        ({"preferences": None}, "preferences", "list_type"),
        ({"quiet_hours": NIGHT | {"zone": "Asia/Nowhere"}}, "quiet_hours.zone", "zone_unknown"),
        ({"quiet_hours": NIGHT | {"zone": "../../etc/passwd"}}, "quiet_hours.zone", "zone_unknown"),
        ({"quiet_hours": NIGHT | {"zone": ""}}, "quiet_hours.zone", "zone_unknown"),
        ({"quiet_hours": NIGHT | {"starts": "24:00"}}, "quiet_hours.starts", "string_pattern_mismatch"),
        ({"quiet_hours": NIGHT | {"ends": "7"}}, "quiet_hours.ends", "string_pattern_mismatch"),
        ({"quiet_hours": NIGHT | {"ends": "22:00"}}, "quiet_hours.ends", "no_hours"),
        ({"quiet_hours": {"starts": "22:00", "ends": "07:00"}}, "quiet_hours.zone", "missing"),
        ({"user_id": "somebody"}, "user_id", "extra_forbidden"),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name_and_changes_nothing(
    api: Api, cast: Cast, database: Database, sent: dict[str, Any], field: str, code: str
) -> None:
    desk = api.as_(cast.city_desk)
    before = put(desk, OFF, quiet_hours=NIGHT).json()
    assert problem(desk.put("/notifications/preferences", json={"preferences": [], "quiet_hours": None} | sent)) == (
        422, [(field, code)],
    )  # fmt: skip
    assert desk.get("/notifications/preferences").json() == before
    assert len(recorded(database, "notification_preferences_changed")) == 1


@pytest.mark.parametrize("left_out", ["preferences", "quiet_hours"])
def test_whoever_replaces_everything_says_everything(api: Api, cast: Cast, left_out: str) -> None:
    body = {"preferences": [], "quiet_hours": None}
    del body[left_out]
    answer = api.as_(cast.city_desk).put("/notifications/preferences", json=body)
    assert problem(answer) == (422, [(left_out, "missing")])


def test_changes_stand_in_ones_own_trail_by_name(api: Api, cast: Cast, database: Database) -> None:
    desk = api.as_(cast.city_desk)
    put(desk, OFF, quiet_hours=NIGHT)
    put(desk, OFF, quiet_hours=NIGHT)
    put(desk, OFF | {"is_on": True}, OFF | {"channel": "chat"}, quiet_hours=NIGHT)
    own = cast.city_desk.id
    assert recorded(database, "notification_preferences_changed") == [
        (own, own, {"fields": ["progress.email", "quiet_hours"], "off": ["progress.email"]}),
        (own, own, {"fields": ["progress.email", "progress.chat"], "off": ["progress.chat"]}),
    ]


def test_an_organisation_chooses_for_its_people_until_they_choose_themselves(
    api: Api, cast: Cast, database: Database
) -> None:
    admin, desk = api.as_(cast.admin), api.as_(cast.city_desk)
    made = order(admin, "HOSP_001", OFF)
    assert shown(made) == {
        "is_on": False, "chosen": False, "defaults": [INSTALL], "is_locked": False, "locked_because": None,
        "is_configured": True,
    }  # fmt: skip
    path = f"/organisations/{cast.city.id}/notification-preferences"
    assert admin.get(path).json() == api.as_(cast.auditor).get(path).json() == made.json()
    off = {"organisation": "HOSP_001", "is_on": False}
    told = shown(desk.get("/notifications/preferences"))
    assert (told["is_on"], told["chosen"], told["defaults"]) == (False, None, [off])
    told = shown(put(desk, OFF | {"is_on": True}))
    assert (told["is_on"], told["chosen"], told["defaults"]) == (True, True, [off])
    assert recorded(database, "notification_defaults_changed") == [
        (cast.city.id, cast.admin.id, {"fields": ["progress.email"], "off": ["progress.email"]})
    ]


def test_whoever_works_for_several_sees_what_each_has_chosen(api: Api, desk: Desk, cast: Cast) -> None:
    both = desk.hire("both", Role.CLAIM_PROCESSOR, cast.city, cast.lakeside, cast.suraksha)
    admin = api.as_(cast.admin)
    order(admin, "HOSP_001", OFF)
    order(admin, "PAY_001", OFF)
    told = shown(api.as_(both).get("/notifications/preferences"))
    # Lakeside has chosen nothing: there it is as the install has it.
    assert (told["is_on"], told["defaults"]) == (
        True,
        [{"organisation": "HOSP_001", "is_on": False}, {"organisation": "PAY_001", "is_on": False}, INSTALL],
    )
    order(admin, "HOSP_002", OFF)
    told = shown(api.as_(both).get("/notifications/preferences"))
    assert (told["is_on"], [each["organisation"] for each in told["defaults"]]) == (
        False, ["HOSP_001", "HOSP_002", "PAY_001"],
    )  # fmt: skip


def test_preferences_cost_the_same_however_many_there_are(api: Api, cast: Cast, database: Database) -> None:
    desk = api.as_(cast.city_desk)
    few = how_many(database, lambda: desk.get("/notifications/preferences"))
    put(
        desk,
        *({"category": each, "channel": "email", "is_on": True} for each in CATEGORIES),
        quiet_hours=NIGHT,
    )
    assert how_many(database, lambda: desk.get("/notifications/preferences")) == few


def test_two_who_change_the_same_preferences_at_once_are_both_answered(
    real_database: Database, tmp_path: Any
) -> None:
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path)
    desk, admin = api.as_(cast.city_desk), api.as_(cast.admin)
    for _ in range(5):
        answers = at_once(
            lambda: put(desk, OFF, quiet_hours=NIGHT),
            lambda: put(desk, OFF | {"channel": "push"}, quiet_hours=NIGHT | {"ends": "06:00"}),
            lambda: order(admin, "HOSP_001", OFF),
            lambda: order(admin, "HOSP_001", OFF | {"channel": "push"}),
        )
        assert [answer.status_code for answer in answers] == [200] * 4
        assert [
            count(real_database, table)
            for table in ("preferences", "organisation_preferences", "quiet_hours")
        ] == [1] * 3
    api.app.state.gate.hasher.close()
