"""What leaves the house: one message of each event for the external service, one for each person and channel."""

from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.core.permissions import Role
from insurenz.deliveries.models import Delivery
from insurenz.notifications import fanout
from tests.actors import Api, Cast
from tests.notifications.stories import Desk, broken

TEXTS = {"remarks": "The bill is cut off.", "missing_documents": "Final bill\nPhoto identity"}
QUERY = {"status": "qc_query", "texts": TEXTS, "query_category": "documentation"}


@pytest.fixture
def service(database: Database, cast: Cast) -> Desk:
    """A desk of an install that has an external service."""
    return Desk.of(database, cast, channels=frozenset({"external"}))


def deliveries(desk: Desk) -> list[Delivery]:
    with desk.database.read_unit() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.channel, Delivery.target)))


def test_the_service_gets_the_shape_with_everybody_who_was_told(service: Desk) -> None:
    cast = service.cast
    event = service.happen("claim_qc_query", by=cast.meera, at="city", **QUERY)
    service.tell()
    (sent,) = deliveries(service)
    assert (sent.event_id, sent.channel, sent.target, sent.user_id, sent.state, sent.category) == (
        event, "external", "service", None, "due", "action_needed",
    )  # fmt: skip
    body: dict[str, Any] = dict(sent.body or {})
    told = body.pop("recipients")
    assert sorted(each["user_email"] for each in told) == ["desk@city.demo.example", "ward@city.demo.example"]
    assert body.pop("recipient_ids") == [each["user_id"] for each in told]
    claim, at = body.pop("claim_uuid"), body.pop("created_at")
    assert at == body.pop("updated_at")
    assert at.endswith("Z")
    assert body == {
        "id": event,
        "claim_id": "CSHLSIP-2026-014",
        "event_type": "claim_qc_query",
        "title": "QC Query Raised",
        "message": "Meera Iyer raised a QC query on claim CSHLSIP-2026-014.",
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
        "delivery_success": False,
        "read_by": [],
        "link": f"https://claims.example/app/claims/{claim}",
    }


def test_an_install_may_keep_texts_and_amounts_in_the_house(database: Database, cast: Cast) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"external"}), with_text=False)
    desk.happen("claim_qc_query", by=cast.meera, **QUERY, approved_amount=5)
    desk.tell()
    (sent,) = deliveries(desk)
    assert (sent.body or {})["metadata"] == {
        "status": "qc_query",
        "qc_query_details": {"query_category": "documentation", "missing_documents": []},
    }


def test_n02_recipients_times_channels_are_deliveries_and_suppressions(
    database: Database, cast: Cast
) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"email"}))
    event = desk.happen("claim_qc_query", by=cast.meera, at="city", **QUERY)
    # Of this nobody is told at all.
    desk.happen("claim_released", by=cast.meera, at="city")
    desk.tell()
    recipients, _ = desk.told(event)
    assert {what for _, channels in recipients.values() for what in channels.values()} == {
        "due",
        "not_configured",
    }
    sent = deliveries(desk)
    assert {(d.event_id, d.channel, d.target, d.user_id) for d in sent} == {
        (event, "email", user, user) for user in (cast.city_desk.id, cast.city_ward.id)
    }
    assert {(d.hospital_id, d.payer_id, d.claimant_id) for d in sent} == {
        (cast.city.id, cast.suraksha.id, None)
    }
    # Each is told of themself alone.
    assert {(d.target, *((d.body or {})["recipient_ids"])) for d in sent} == {
        (user, user) for user in (cast.city_desk.id, cast.city_ward.id)
    }


@pytest.mark.parametrize("size", [5, 6, 7])
def test_the_service_hears_once_of_a_large_audience_and_of_all_of_it(
    service: Desk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 3)
    people = [service.hire(f"p{n}", Role.HOSPITAL_USER, service.cast.lakeside) for n in range(size - 1)]
    service.happen("claim_qc_clear", by=service.cast.meera)
    service.relay.turn()
    assert deliveries(service) == []
    service.tell()
    (sent,) = deliveries(service)
    told = set((sent.body or {})["recipient_ids"])
    assert told == {person.id for person in [*people, service.cast.lakeside_desk]}
    assert broken(service.database) == []


def test_the_service_hears_nothing_where_nobody_is_told(service: Desk) -> None:
    service.happen("claim_qc_query", by=service.cast.lakeside_desk)
    service.happen("claim_assigned", by=service.cast.admin, assignee_id=None)
    service.tell()
    assert deliveries(service) == []


def test_a_notification_tells_whether_all_of_it_has_been_delivered(
    api: Api, service: Desk, cast: Cast, database: Database
) -> None:
    service.happen("claim_qc_query", by=cast.meera)
    service.happen("claim_qc_clear", by=cast.meera)
    service.tell()

    def succeeded() -> list[bool]:
        items = api.as_(cast.lakeside_desk).get("/notifications").json()["items"]
        return [item["delivery_success"] for item in items]

    assert succeeded() == [False, False]
    closing = "UPDATE deliveries SET state = :state, closed_at = next_at, last_error = :error"
    with database.unit_of_work() as session:
        newest = " WHERE event_id = (SELECT max(CAST(event_id AS VARCHAR)) FROM deliveries)"
        newest = (
            newest if database.is_sqlite else newest.replace("(SELECT max", "CAST((SELECT max") + " AS uuid)"
        )
        given = {"state": "delivered", "error": None}
        session.execute(text(f"{closing}, body = NULL{newest}"), given)
    assert succeeded() == [True, False]
    with database.unit_of_work() as session:
        session.execute(text(f"{closing} WHERE state = 'due'"), {"state": "dead", "error": "gone"})
    # Given up is not delivered.
    assert succeeded() == [True, False]


def test_r11_what_is_sent_holds_nothing_of_the_form(service: Desk) -> None:
    service.happen(
        "claim_pending", by=service.cast.lakeside_desk, texts={"description": "Canary of the patient"}
    )
    service.tell()
    (sent,) = deliveries(service)
    assert "Canary" not in str(sent.body)
