"""What webhooks hear: each event once, of their own organisation's claims, with its own people and in their words."""

from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.core.permissions import Role
from insurenz.deliveries.models import Delivery
from insurenz.deliveries.webhooks import health
from insurenz.notifications import fanout, hooks
from tests.actors import Api, Cast
from tests.claims.stories import file_claim
from tests.deliveries.hooked import hook
from tests.notifications.stories import Desk, broken
from tests.statements import how_many, statements

TEXTS = {"remarks": "The bill is cut off.", "missing_documents": "Final bill\nPhoto identity"}
QUERY = {"status": "qc_query", "texts": TEXTS, "query_category": "documentation"}


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    """A desk of an install whose organisations may have webhooks."""
    return Desk.of(database, cast, channels=frozenset({"webhook"}))


def heard(desk: Desk) -> list[tuple[str, str, dict[str, Any]]]:
    """What goes to webhooks, oldest first: which one, the event's type, and the body."""
    with desk.database.read_unit() as session:
        rows = session.scalars(select(Delivery).where(Delivery.channel == "webhook").order_by(Delivery.id))
        return [(row.target, (row.body or {})["event_type"], dict(row.body or {})) for row in rows]


def test_hospital_and_payer_hear_of_their_claims_and_nobody_else(desk: Desk) -> None:
    database, cast = desk.database, desk.cast
    own = {name: hook(database, cast, at=name) for name in ("lakeside", "city", "suraksha", "health")}
    event = desk.happen("claim_qc_query", by=cast.meera, at="lakeside", **QUERY)
    desk.tell()
    assert {(target, body["id"]) for target, _, body in heard(desk)} == {
        (own["lakeside"], event),
        (own["suraksha"], event),
    }
    with database.read_unit() as session:
        row = session.scalars(select(Delivery).where(Delivery.target == own["lakeside"])).one()
    assert (row.user_id, row.hospital_id, row.state, row.category) == (
        None,
        cast.lakeside.id,
        "due",
        "action_needed",
    )


def test_the_body_is_the_notification_with_the_organisations_own_people_alone(desk: Desk) -> None:
    cast = desk.cast
    hospital, payer = hook(desk.database, cast), hook(desk.database, cast, at="suraksha")
    event = desk.happen("claim_qc_query", by=cast.meera, **QUERY)
    desk.tell()
    bodies = {target: body for target, _, body in heard(desk)}
    claim, at = bodies[hospital]["claim_uuid"], bodies[hospital]["created_at"]
    assert bodies[hospital] == {
        "id": event,
        "claim_id": "CSHLSIP-2026-014",
        "claim_uuid": claim,
        "event_type": "claim_qc_query",
        "title": "QC Query Raised",
        "message": "Meera Iyer raised a QC query on claim CSHLSIP-2026-014.",
        "recipients": [
            {
                "user_id": cast.lakeside_desk.id,
                "user_email": cast.lakeside_desk.email,
                "user_role": "hospital_user",
                "user_name": cast.lakeside_desk.name,
            }
        ],
        "recipient_ids": [cast.lakeside_desk.id],
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
        "created_at": at,
        "updated_at": at,
        "link": f"https://claims.example/app/claims/{claim}",
    }
    # Who of the hospital was told is not the payer's to know.
    nobody = {"recipients": [], "recipient_ids": [], "recipient_roles": []}
    assert bodies[payer] == bodies[hospital] | nobody


def test_texts_and_amounts_stay_in_the_house_where_the_operator_says_so(
    database: Database, cast: Cast
) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"webhook"}), with_text=False)
    hook(database, cast)
    desk.happen("claim_qc_query", by=cast.meera, **QUERY, approved_amount=5)
    desk.tell()
    [(_, _, body)] = heard(desk)
    assert body["metadata"] == {
        "status": "qc_query",
        "qc_query_details": {"query_category": "documentation", "missing_documents": []},
    }


def test_r11_what_a_webhook_hears_holds_nothing_of_the_form(desk: Desk) -> None:
    hook(desk.database, desk.cast)
    desk.happen("claim_pending", by=desk.cast.lakeside_desk, texts={"description": "Canary of the patient"})
    desk.tell()
    assert "Canary" not in str(heard(desk))


def test_a_webhook_hears_of_the_events_it_has_chosen(desk: Desk) -> None:
    database, cast = desk.database, desk.cast
    some = hook(database, cast, events=["claim_approved", "claim_denied"])
    every = hook(database, cast)
    for type_ in ("claim_qc_clear", "claim_approved", "claim_denied"):
        desk.happen(type_, by=cast.meera)
    desk.tell()
    of = {target: [type_ for each, type_, _ in heard(desk) if each == target] for target in (some, every)}
    assert of == {
        some: ["claim_approved", "claim_denied"],
        every: ["claim_qc_clear", "claim_approved", "claim_denied"],
    }


def test_what_staff_do_among_themselves_goes_to_the_payer_alone(desk: Desk) -> None:
    database, cast = desk.database, desk.cast
    hook(database, cast)
    payer = hook(database, cast, at="suraksha")
    desk.happen("claim_assigned", by=cast.admin, assignee_id=cast.meera.id)
    desk.happen("claim_note", by=cast.meera)
    desk.tell()
    [(target, type_, body)] = heard(desk)
    assert (target, type_, body["recipient_ids"]) == (payer, "claim_assigned", [cast.meera.id])


def test_a_payer_without_people_hears_all_the_same(desk: Desk) -> None:
    payer = hook(desk.database, desk.cast, at="health")
    desk.happen("claim_pending", by=desk.cast.lakeside_desk, payer="health", at="lakeside")
    desk.happen("claim_assigned", by=desk.cast.admin, payer="health", assignee_id=None)
    desk.tell()
    assert [(target, type_) for target, type_, _ in heard(desk)] == [
        (payer, "claim_pending"),
        (payer, "claim_assigned"),
    ]


def test_of_a_retail_claim_the_payer_hears_in_its_own_words_and_without_the_claimant(
    api: Api, desk: Desk
) -> None:
    payer = hook(desk.database, desk.cast, at="suraksha")
    filed = file_claim(api.as_(desk.cast.asha))
    assert filed.status_code == 201
    desk.tell()
    [(target, type_, body)] = heard(desk)
    number = filed.json()["claim_number"]
    assert (target, type_, body["title"]) == (payer, "claim_submitted", "Claim Received")
    assert body["message"] == f"Claim {number} is waiting for review."
    assert desk.cast.asha.id not in body["recipient_ids"]
    assert set(body["recipient_roles"]) <= {
        "claim_processor",
        *(f"claim_processor_l{n}" for n in range(1, 5)),
    }
    assert body["recipient_ids"] != []


@pytest.mark.parametrize("size", [5, 6, 7])
def test_a_webhook_hears_once_of_a_large_audience_with_all_of_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(fanout, "BATCH", 3)
    people = [desk.hire(f"p{n}", Role.HOSPITAL_USER, desk.cast.lakeside) for n in range(size - 1)]
    hook(desk.database, desk.cast)
    desk.happen("claim_qc_clear", by=desk.cast.meera)
    desk.relay.turn()
    assert heard(desk) == []
    desk.tell()
    [(_, _, body)] = heard(desk)
    assert sorted(body["recipient_ids"]) == sorted(p.id for p in [*people, desk.cast.lakeside_desk])
    assert broken(desk.database) == []


def test_of_very_many_recipients_a_webhook_is_told_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "MOST_TOLD", 2)
    for n in range(3):
        desk.hire(f"p{n}", Role.HOSPITAL_USER, desk.cast.lakeside)
    hook(desk.database, desk.cast)
    desk.happen("claim_qc_clear", by=desk.cast.meera)
    desk.tell()
    [(_, _, body)] = heard(desk)
    assert len(body["recipients"]) == 2


def test_where_there_is_no_webhook_a_turn_costs_one_cheap_statement_more(
    database: Database, cast: Cast
) -> None:
    def cost(channels: frozenset[str]) -> list[str]:
        desk = Desk.of(database, cast, channels=channels)
        desk.tell()
        for _ in range(5):
            desk.happen("claim_qc_query", by=cast.meera, **QUERY)
        return statements(database, desk.relay.turn)

    without, with_ = cost(frozenset()), cost(frozenset({"webhook"}))
    assert len(with_) - len(without) == 1
    assert [text for text in with_ if "webhooks" in text] == [text for text in with_ if text not in without]


def test_d10_a_turn_costs_as_many_statements_for_many_events_and_webhooks_as_for_one(desk: Desk) -> None:
    def cost(events: int) -> int:
        for _ in range(events):
            desk.happen("claim_qc_query", by=desk.cast.meera, **QUERY)
        return how_many(desk.database, desk.relay.turn)

    desk.tell()
    hook(desk.database, desk.cast)
    few = cost(1)
    for _ in range(4):
        hook(desk.database, desk.cast)
    # On SQLite each row that is inserted is counted as one.
    assert desk.database.is_sqlite or cost(20) == few


def test_of_two_audiences_the_service_is_told_each_person_once(
    database: Database, cast: Cast, api: Api
) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"external"}))
    assert file_claim(api.as_(cast.asha)).status_code == 201
    desk.tell()
    with database.read_unit() as session:
        [sent] = session.scalars(select(Delivery))
    ids = (sent.body or {})["recipient_ids"]
    assert cast.asha.id in ids
    assert len(ids) > 1
    assert len(set(ids)) == len(ids)


def test_n02_what_admins_are_told_of_a_webhook_goes_to_no_service_and_no_webhook(
    database: Database, cast: Cast
) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"external", "webhook"}))
    own = hook(database, cast)
    with database.unit_of_work() as session:
        health.note_failure(session, own, is_gone=True)
    desk.tell()
    assert desk.inbox(cast.admin) == ["Webhook Switched Off"]
    with database.read_unit() as session:
        assert session.scalars(select(Delivery)).all() == []
    assert broken(database) == []
