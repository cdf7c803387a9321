"""One's own inbox: what it shows, how it is read, put away and looked at, and a badge that is right at every commit."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.notifications import service
from insurenz.notifications.client import NotificationClient
from insurenz.notifications.schemas import InboxOut
from tests.actors import Api, Cast
from tests.claims.stories import act, file_claim
from tests.conftest import Clock
from tests.notifications.stories import Desk, broken, count, states


@pytest.fixture
def told(api: Api, desk: Desk) -> list[str]:
    """Three notifications of Lakeside's desk, oldest first: a query, a clearing, a denial."""
    cast = desk.cast
    made = [
        desk.happen(
            "claim_qc_query",
            by=cast.meera,
            status="qc_query",
            texts={"remarks": "The bill is cut off.", "missing_documents": "Final bill\nPhoto identity"},
            query_category="documentation",
        ),
        desk.happen("claim_qc_clear", by=cast.rahul, status="qc_clear"),
        desk.happen("claim_denied", by=cast.rahul, status="claim_denial", approved_amount=None),
    ]
    desk.tell()
    return made


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def head(answer: Any) -> tuple[int, int, int]:
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return body["rev"], body["unread"], body["seen_rev"]


def test_a_notification_has_the_shape_that_all_share(
    api: Api, desk: Desk, told: list[str], frozen_clock: Clock
) -> None:
    cast = desk.cast
    item = api.as_(cast.lakeside_desk).get("/notifications").json()["items"][-1]
    own = {
        "user_id": cast.lakeside_desk.id,
        "user_email": "desk@lakeside.demo.example",
        "user_role": "hospital_user",
        "user_name": cast.lakeside_desk.name,
    }
    claim = item.pop("claim_uuid")
    assert item.pop("created_at") == item.pop("updated_at")
    assert item == {
        "id": told[0],
        "claim_id": "CSHLSIP-2026-014",
        "event_type": "claim_qc_query",
        "category": "action_needed",
        "title": "QC Query Raised",
        "message": "Meera Iyer raised a QC query on claim CSHLSIP-2026-014.",
        "recipients": [own],
        "recipient_ids": [own["user_id"]],
        "recipient_roles": ["hospital_user"],
        "metadata": {
            "status": "qc_query",
            "remarks": "The bill is cut off.",
            "qc_query_details": {
                "query_category": "documentation",
                "missing_documents": ["Final bill", "Photo identity"],
            },
        },
        "triggered_by": {
            "actor_id": cast.meera.id,
            "actor_role": "claim_processor",
            "actor_name": "Meera Iyer",
            "actor_email": "meera@demo.example",
        },
        "delivery_success": True,
        "read_by": [],
        "link": f"http://127.0.0.1:8000/app/claims/{claim}",
        "rev": 1,
        "read_at": None,
        "archived_at": None,
    }


def test_a_page_is_to_the_letter_what_its_model_would_write(api: Api, desk: Desk, told: list[str]) -> None:
    cast = desk.cast
    desk.happen("claim_pending", by=cast.lakeside_desk)
    desk.tell()
    api.as_(cast.lakeside_desk).post(f"/notifications/{told[0]}/read")
    for person in (cast.lakeside_desk, cast.meera, cast.asha):
        answer = api.as_(person).get("/notifications")
        assert answer.headers["content-type"] == "application/json"
        assert answer.text == InboxOut.model_validate_json(answer.text, extra="forbid").model_dump_json()


def test_staff_see_everybody_who_was_told_and_who_has_read_it(api: Api, desk: Desk) -> None:
    cast = desk.cast
    event = desk.happen("claim_pending", by=cast.lakeside_desk)
    desk.tell()
    assert api.as_(cast.rahul).post(f"/notifications/{event}/read").status_code == 200
    (item,) = api.as_(cast.meera).get("/notifications").json()["items"]
    names = {person["user_name"]: person["user_role"] for person in item["recipients"]}
    assert names == {"Meera Iyer": "claim_processor", "Rahul Verma": "claim_processor_l3"}
    assert set(item["recipient_ids"]) == {cast.meera.id, cast.rahul.id}
    assert (item["recipient_roles"], item["read_by"]) == (
        ["claim_processor", "claim_processor_l3"],
        [cast.rahul.id],
    )


def test_a_policyholder_sees_amounts_and_themself_alone(api: Api, desk: Desk) -> None:
    asha, arjun = api.as_(desk.cast.asha), api.as_(desk.cast.arjun)
    claim = file_claim(asha, "bill.pdf").json()
    act(arjun, claim, "start_review")
    act(arjun, claim, "approve", approved_amount="9000", status_notes="Half of it is covered.")
    desk.tell()
    items = asha.get("/notifications").json()["items"]
    assert [item["title"] for item in items] == ["Claim Partly Approved", "Under Review", "Claim Received"]
    assert items[0]["metadata"] == {
        "status": "approved",
        "status_notes": "Half of it is covered.",
        "approved_amount": "9000.00",
        "currency": "INR",
    }
    assert items[2]["metadata"] == {
        "status": "pending",
        "uploaded_files": [claim["documents"][0]["id"]],
    }
    assert [item["recipient_ids"] for item in items] == [[desk.cast.asha.id]] * 3
    assert [item["title"] for item in arjun.get("/notifications").json()["items"]] == ["Claim Received"]


def test_the_inbox_is_listed_newest_first_in_pages(api: Api, cast: Cast, told: list[str]) -> None:
    desk = api.as_(cast.lakeside_desk)
    first = desk.get("/notifications?limit=2")
    assert ids(first) == [told[2], told[1]]
    assert head(first) == (3, 3, 0)
    second = desk.get(f"/notifications?limit=2&cursor={first.json()['next_cursor']}")
    assert (ids(second), second.json()["next_cursor"]) == ([told[0]], None)


def test_the_inbox_is_filtered(api: Api, cast: Cast, told: list[str]) -> None:
    desk = api.as_(cast.lakeside_desk)
    claim = desk.get("/notifications").json()["items"][1]["claim_uuid"]
    desk.post(f"/notifications/{told[0]}/read")
    desk.post(f"/notifications/{told[2]}/archive")
    by_filter = {
        "": [told[1], told[0]],
        "unread=true": [told[1]],
        "unread=false": [told[0]],
        "archived=true": [told[2]],
        "event_type=claim_qc_query": [told[0]],
        "status=qc_clear": [told[1]],
        "category=progress": [told[1]],
        "category=decision": [],
        f"claim_id={claim}": [told[1]],
        f"claim_id={new_id()}": [],
        "claim_id=CSHLSIP-2026-999": [],
        "unread=true&category=action_needed": [],
    }
    assert {asked: ids(desk.get(f"/notifications?{asked}")) for asked in by_filter} == by_filter


def test_a_claim_elsewhere_is_found_by_a_number_that_looks_like_an_id(api: Api, desk: Desk) -> None:
    number = new_id()
    given = {"actor_id": "x", "actor_name": "Night desk", "actor_email": "night@x.example"}
    event = NotificationClient(desk.database).notify_pending(
        claim_id=number, claim_data={"hospital_id": "HOSP_002"}, **given
    )
    desk.tell()
    meera = api.as_(desk.cast.meera)
    assert ids(meera.get(f"/notifications?claim_id={number}")) == [event]
    (item,) = meera.get("/notifications").json()["items"]
    assert ids(meera.get(f"/notifications?claim_id={item['claim_uuid']}")) == [event]


def test_of_a_large_audience_staff_see_the_first_hundred(api: Api, desk: Desk) -> None:
    for n in range(120):
        desk.hire(f"p{n}", Role.CLAIM_PROCESSOR, desk.cast.lakeside)
    event = desk.happen("claim_pending", by=desk.cast.lakeside_desk)
    desk.tell()
    meera = api.as_(desk.cast.meera)
    meera.post(f"/notifications/{event}/read")
    (item,) = meera.get("/notifications").json()["items"]
    assert (len(item["recipients"]), len(item["recipient_ids"]), item["read_by"]) == (
        100,
        100,
        [desk.cast.meera.id],
    )


@pytest.mark.parametrize(
    ("asked", "field"),
    [("limit=0", "limit"), ("cursor=nonsense", "cursor"), ("category=gossip", "category"), ("colour=red", "colour"),
     ("unread=perhaps", "unread")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(api: Api, cast: Cast, asked: str, field: str) -> None:
    answer = api.as_(cast.lakeside_desk).get(f"/notifications?{asked}")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (422, [field])


def test_n05_reading_lowers_the_badge_once_and_unreading_raises_it(
    api: Api, cast: Cast, database: Database, told: list[str], frozen_clock: Clock
) -> None:
    desk = api.as_(cast.lakeside_desk)
    path = f"/notifications/{told[0]}"
    first = desk.post(f"{path}/read")
    assert (head(first), first.json()["item_rev"]) == ((4, 2, 0), 4)
    read_at = first.json()["read_at"]
    frozen_clock.move(seconds=5)
    again = desk.post(f"{path}/read")
    # It stays read at the time at which it was read.
    assert (head(again), again.json()["read_at"], again.json()["item_rev"]) == ((4, 2, 0), read_at, 4)
    assert desk.get("/notifications/unread-count").json() == {"unread": 2}
    assert head(desk.post(f"{path}/unread")) == (5, 3, 0)
    assert head(desk.post(f"{path}/unread")) == (5, 3, 0)
    assert broken(database) == []


def test_n05_putting_away_lowers_the_badge_of_what_was_unread_alone(
    api: Api, cast: Cast, database: Database, told: list[str]
) -> None:
    desk = api.as_(cast.lakeside_desk)
    desk.post(f"/notifications/{told[0]}/read")
    assert head(desk.post(f"/notifications/{told[0]}/archive")) == (5, 2, 0)
    assert head(desk.post(f"/notifications/{told[1]}/archive")) == (6, 1, 0)
    assert head(desk.post(f"/notifications/{told[1]}/archive")) == (6, 1, 0)
    # What is put away counts no more, read or not.
    assert head(desk.post(f"/notifications/{told[1]}/read")) == (7, 1, 0)
    assert head(desk.post(f"/notifications/{told[1]}/unread")) == (8, 1, 0)
    assert broken(database) == []


def test_n05_what_was_put_away_unread_and_is_read_in_the_mirror_changes_no_badge(
    api: Api, cast: Cast, database: Database, desk: Desk, told: list[str]
) -> None:
    person = cast.lakeside_desk
    assert head(api.as_(person).post(f"/notifications/{told[1]}/archive")) == (4, 2, 0)
    with database.unit_of_work() as session:
        service.read_elsewhere(session, person.id, told[:2], telling=desk.telling)
    assert states(database)[person.id] == (6, 1, 0)
    assert broken(database) == []


def test_n06_reading_all_gives_each_item_a_rev_of_its_own(
    api: Api, cast: Cast, database: Database, told: list[str]
) -> None:
    desk = api.as_(cast.lakeside_desk)
    desk.post(f"/notifications/{told[1]}/archive")
    assert head(desk.post("/notifications/read-all")) == (6, 0, 0)
    items = desk.get("/notifications").json()["items"]
    assert [(item["id"], item["rev"]) for item in items] == [(told[2], 6), (told[0], 5)]
    assert head(desk.post("/notifications/read-all")) == (6, 0, 0)
    assert broken(database) == []


def test_reading_all_up_to_what_was_seen_leaves_what_came_later(
    api: Api, cast: Cast, desk: Desk, told: list[str]
) -> None:
    client = api.as_(cast.lakeside_desk)
    shown = head(client.get("/notifications"))[0]
    desk.happen("claim_approved", by=cast.rahul, action="approve", outcome="full")
    desk.tell()
    assert head(client.post("/notifications/read-all", json={"up_to_rev": shown})) == (7, 1, 0)
    assert desk.inbox(cast.lakeside_desk)[0] == "Claim Approved"
    assert client.get("/notifications?unread=true").json()["items"][0]["title"] == "Claim Approved"
    assert broken(desk.database) == []


def test_looking_reads_nothing_and_is_never_taken_back(api: Api, cast: Cast, told: list[str]) -> None:
    desk = api.as_(cast.lakeside_desk)
    assert head(desk.post("/notifications/seen", json={"up_to_rev": 2})) == (4, 3, 2)
    assert head(desk.post("/notifications/seen", json={"up_to_rev": 1})) == (4, 3, 2)
    assert head(desk.post("/notifications/seen")) == (5, 3, 5)
    assert head(desk.post("/notifications/seen", json={"up_to_rev": 900})) == (5, 3, 5)
    assert head(api.as_(cast.city_desk).post("/notifications/seen")) == (0, 0, 0)


@pytest.mark.parametrize("path", ["read-all", "seen"])
@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"up_to_rev": -1}},
        {"json": {"up_to_rev": "soon"}},
        {"json": {"upto": 1}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
    ],
)
def test_a_wrong_body_moves_nothing(
    api: Api, cast: Cast, database: Database, told: list[str], path: str, sent: dict[str, Any]
) -> None:
    before = states(database)
    answer = api.as_(cast.lakeside_desk).post(f"/notifications/{path}", **sent)
    assert (answer.status_code, states(database)) == (422, before)


def test_z03_an_item_of_somebody_else_is_as_missing_as_none(
    api: Api, cast: Cast, database: Database, told: list[str]
) -> None:
    before = states(database)
    for person in (cast.city_desk, cast.meera, cast.admin, cast.auditor):
        for event in (told[0], new_id(), "nonsense"):
            for change in ("read", "unread", "archive"):
                answer = api.as_(person).post(f"/notifications/{event}/{change}")
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (states(database), broken(database)) == (before, [])


def test_n05_n06_an_inbox_under_fire_stays_right(real_desk: Desk, real_database: Database) -> None:
    """Ten threads read, unread, archive, read all and look, while the relay goes on telling."""
    cast, is_over = real_desk.cast, threading.Event()
    person = cast.lakeside_desk
    made = [real_desk.happen("claim_qc_query", by=cast.meera) for _ in range(12)]
    real_desk.tell()
    seen: list[tuple[int, int]] = []

    def change(n: int) -> None:
        with real_database.unit_of_work() as session:
            given = {"telling": real_desk.telling}
            changes = (service.mark_read, service.mark_unread, service.archive)
            if n % 7 == 5:
                service.read_all(session, person, **given)
            elif n % 7 == 6:
                service.see(session, person, **given)
            else:
                changes[n % 3](session, person, made[n % len(made)], **given)

    def tell_on() -> None:
        while not is_over.is_set():
            real_desk.happen("claim_qc_clear", by=cast.rahul)
            real_desk.tell()

    def watch() -> None:
        while not is_over.is_set():
            seen.append(states(real_database)[person.id][:2])
            assert broken_now(real_database, person) == []

    with ThreadPoolExecutor(10) as pool:
        others = [pool.submit(tell_on), pool.submit(watch)]
        try:
            list(pool.map(change, range(60)))
        finally:
            is_over.set()
        for other in others:
            other.result()
    assert broken(real_database) == []
    assert [rev for rev, _ in seen] == sorted(rev for rev, _ in seen)
    assert count(real_database, "inbox") >= len(made)


def broken_now(database: Database, person: Actor) -> list[str]:
    """The badge and the rows as one commit left them: one statement sees one moment."""
    with database.read_unit() as session:
        unread, rows, highest, last = session.execute(
            text(
                "SELECT s.unread, (SELECT count(*) FROM inbox i WHERE i.user_id = s.user_id"
                " AND i.read_at IS NULL AND i.archived_at IS NULL),"
                " (SELECT max(rev) FROM inbox i WHERE i.user_id = s.user_id), s.last_rev"
                " FROM inbox_state s JOIN users u ON u.id = s.user_id WHERE u.email = :email"
            ),
            {"email": person.email},
        ).one()
    return (
        [] if unread == rows and highest <= last else [f"badge {unread}, rows {rows}, rev {highest}/{last}"]
    )


def test_what_is_told_first_while_everything_is_marked_as_read_is_unread(
    postgresql_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An inbox that has nothing has no head that could be locked: what comes meanwhile comes after."""
    desk, usual = postgresql_desk, service._locked
    person = desk.cast.lakeside_desk

    def locked_then_told(*given: Any) -> Any:
        monkeypatch.setattr(service, "_locked", usual)
        state = usual(*given)
        desk.happen("claim_qc_clear", by=desk.cast.meera, status="qc_clear")
        desk.tell()
        return state

    monkeypatch.setattr(service, "_locked", locked_then_told)
    with desk.database.unit_of_work() as session:
        assert service.read_all(session, person, telling=desk.telling) == (0, 0, 0)
    assert states(desk.database)[person.id] == (1, 1, 0)
    assert broken(desk.database) == []
