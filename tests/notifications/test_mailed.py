"""Who is mailed of what: as the definition says, unless it cannot reach them, and with the reason when it does not."""

from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.core.permissions import Actor
from insurenz.deliveries import suppression
from insurenz.deliveries.models import Delivery
from insurenz.notifications import preferences
from insurenz.notifications.models import Choice
from tests.actors import Api, Cast, make_api
from tests.notifications.stories import ABSENT, Desk

CHANNELS = frozenset({"email"})


@pytest.fixture
def mailed(database: Database, cast: Cast) -> Desk:
    """A desk of an install that sends mails, and no texts to services."""
    return Desk.of(database, cast, channels=CHANNELS, with_text=False)


def mails(desk: Desk) -> list[Delivery]:
    with desk.database.read_unit() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def suppress(desk: Desk, person: Actor, reason: str = "bounced") -> None:
    with desk.database.unit_of_work() as session:
        suppression.suppress(session, person.id, "email", reason=reason)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("claim_pending", {"rahul", "meera"}),
        ("claim_qc_query", {"lakeside_desk"}),
        ("claim_qc_answered", {"rahul", "meera"}),
        ("claim_need_more_info", {"lakeside_desk"}),
        ("claim_need_more_info_response", {"rahul", "meera"}),
        ("claim_contested", {"rahul", "meera"}),
        ("claim_qc_clear", {"lakeside_desk"}),
        ("claim_approved", {"lakeside_desk"}),
        ("claim_denied", {"lakeside_desk"}),
    ],
)
def test_each_event_of_a_hospital_mails_its_people(mailed: Desk, event: str, told: set[str]) -> None:
    mailed.happen(event)
    mailed.tell()
    assert {each.target for each in mails(mailed)} == {getattr(mailed.cast, name).id for name in told}


def test_a_mail_has_texts_and_amounts_where_services_are_given_none(mailed: Desk) -> None:
    texts = {"remarks": "As billed.", "body": "never told"}
    mailed.happen("claim_approved", texts=texts, approved_amount=1500000, action="approve", outcome="full")
    mailed.tell()
    [mail] = mails(mailed)
    body: dict[str, Any] = dict(mail.body or {})
    assert body["metadata"]["remarks"] == "As billed."
    assert body["metadata"]["approved_amount"] == "15000.00"
    assert body["recipient_ids"] == [mailed.cast.lakeside_desk.id]
    assert body["about"] == {"action": "approve", "outcome": "full", "currency": "INR"}
    assert "never told" not in str(body)


@pytest.mark.parametrize("event", ["claim_qc_clear", "claim_qc_query"])
def test_n02_whom_mail_does_not_reach_is_left_out_with_the_reason(mailed: Desk, event: str) -> None:
    person = mailed.cast.lakeside_desk
    suppress(mailed, person, "complained")
    happened = mailed.happen(event, by=mailed.cast.meera)
    mailed.tell()
    assert mails(mailed) == []
    assert mailed.told(happened)[0] == {person.id: ("works_for_hospital", {"email": "complained", **ABSENT})}
    assert len(mailed.inbox(person)) == 1


def test_n10_a_preference_mutes_mails_but_not_the_mandatory_ones(mailed: Desk) -> None:
    person = mailed.cast.lakeside_desk
    with mailed.database.unit_of_work() as session:
        preferences.choose(session, person, choices=[Choice("progress", "email", False)], hours=None)
    cleared, asked = mailed.happen("claim_qc_clear"), mailed.happen("claim_qc_query")
    mailed.tell()
    assert [each.event_id for each in mails(mailed)] == [asked]
    assert mailed.told(cleared)[0][person.id] == ("works_for_hospital", {"email": "muted", **ABSENT})


def test_who_uses_a_link_that_was_mailed_to_them_is_mailed_again(
    mailed: Desk, cast: Cast, tmp_path: Any
) -> None:
    suppress(mailed, cast.asha)
    api: Api = make_api(mailed.database, tmp_path)
    api.nobody.post("/auth/password-reset", json={"email": cast.asha.email})
    token = api.mails[-1].text.split("#token=")[1].split()[0]
    used = {"token": token, "password": "grey herons over the lake"}
    assert api.nobody.post("/auth/password-reset/confirm", json=used).status_code == 204
    mailed.tell()
    with mailed.database.read_unit() as session:
        assert suppression.listing(session)[0] == []
    api.app.state.gate.hasher.close()
