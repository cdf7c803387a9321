"""The Python facade: what happens to claims of other programs is told here, once, and never raises into them."""

import inspect
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import insurenz.notifications as facade
from insurenz.accounts import queries as accounts
from insurenz.core.db import Database
from insurenz.core.permissions import Role
from insurenz.events.models import Event
from insurenz.events.queries import texts
from insurenz.notifications.client import NotificationClient
from tests.actors import Api, Cast
from tests.notifications.stories import Desk, broken, count
from tests.waiting import PATIENCE_SECONDS

FORM = {"patient_name": "Canary Patient", "claimed_amount": "84500", "payer_name": "Suraksha General"}
DATA = {"hospital_id": "HOSP_002", "form_data": FORM}
MEERA = {
    "processor_id": "ext-77",
    "processor_name": "Meera Iyer",
    "processor_email": "meera@hospital.example",
}
DESK = {
    "hospital_user_id": "ext-9", "hospital_user_name": "Night desk", "hospital_user_email": "night@hospital.example",
}  # fmt: skip
FILES = ["01a00000-0000-7000-8000-00000000000a"]

# By hand: each method, what it is called with, who of the cast is told, in which words, and the metadata.
METHODS: list[tuple[str, dict[str, Any], list[str], str, dict[str, Any]]] = [
    ("notify_pending",
     {"actor_id": "ext-9", "actor_name": "Night desk", "actor_email": "night@hospital.example"},
     ["meera", "rahul"], "Lakeside Clinic submitted claim HIS-77.", {"status": "qc_pending"}),
    ("notify_qc_query",
     MEERA | {"remarks": "Cut off.",
              "qc_query_details": {"missing_documents": ["Final bill", "Form"], "query_category": "billing"}},
     ["lakeside_desk"], "Meera Iyer raised a QC query on claim HIS-77.",
     {"status": "qc_query", "remarks": "Cut off.",
      "qc_query_details": {"query_category": "billing", "missing_documents": ["Final bill", "Form"]}}),
    ("notify_qc_answered", DESK | {"query_response": "Attached.", "uploaded_files": FILES},
     ["meera", "rahul"], "Lakeside Clinic answered the QC query on claim HIS-77.",
     {"status": "qc_answered", "query_response": "Attached.", "uploaded_files": FILES}),
    ("notify_need_more_info", MEERA | {"remarks": "Which ward?"},
     ["lakeside_desk"], "Meera Iyer needs more information on claim HIS-77.",
     {"status": "need_more_info", "remarks": "Which ward?"}),
    ("notify_need_more_info_response", DESK | {"response": "Ward 4.", "uploaded_files": FILES},
     ["meera", "rahul"], "Lakeside Clinic provided more information on claim HIS-77.",
     {"status": "need_more_info_submitted", "response": "Ward 4.", "uploaded_files": FILES}),
    ("notify_claim_contested", DESK | {"contest_reason": "Two nights.", "uploaded_files": []},
     ["meera", "rahul"], "Lakeside Clinic contested the denial of claim HIS-77.",
     {"status": "claim_contested", "contest_reason": "Two nights."}),
    ("notify_qc_clear", MEERA | {"remarks": ""},
     ["lakeside_desk"], "Meera Iyer cleared the quality check of claim HIS-77.", {"status": "qc_clear"}),
    ("notify_approved", MEERA | {"remarks": "In full."},
     ["lakeside_desk"], "Meera Iyer approved claim HIS-77.", {"status": "claim_approved", "remarks": "In full."}),
    ("notify_denial", MEERA | {"remarks": "No.", "rejection_reason": "Day care."},
     ["lakeside_desk"], "Meera Iyer denied claim HIS-77.",
     {"status": "claim_denial", "remarks": "No.", "rejection_reason": "Day care."}),
]  # fmt: skip


@pytest.fixture
def client(database: Database, cast: Cast) -> NotificationClient:
    """The facade inside the test's transaction."""
    return NotificationClient(database)


@pytest.mark.parametrize(("method", "given", "who", "message", "metadata"), METHODS)
def test_n02_each_method_tells_whom_its_event_concerns(
    api: Api, desk: Desk, client: NotificationClient, method: str, given: dict[str, Any], who: list[str],
    message: str, metadata: dict[str, Any],
) -> None:  # fmt: skip
    event_id = getattr(client, method)(claim_id="HIS-77", claim_data=DATA, **given)
    desk.tell()
    told = [name for name in ("meera", "rahul", "priya", "lakeside_desk", "city_desk")
            if desk.items(getattr(desk.cast, name))]  # fmt: skip
    assert sorted(told) == sorted(who)
    (item,) = api.as_(getattr(desk.cast, who[0])).get("/notifications?claim_id=HIS-77").json()["items"]
    assert (item["id"], item["claim_id"], item["message"], item["metadata"], item["link"]) == (
        event_id, "HIS-77", message, metadata, None,
    )  # fmt: skip
    assert broken(desk.database) == []


def test_the_methods_take_what_the_product_names_by_keyword_alone() -> None:
    names = {
        "notify_pending": "actor_id actor_name actor_email",
        "notify_qc_query": "processor_id processor_name processor_email remarks qc_query_details",
        "notify_qc_answered": "hospital_user_id hospital_user_name hospital_user_email query_response uploaded_files",
        "notify_need_more_info": "processor_id processor_name processor_email remarks",
        "notify_need_more_info_response":
            "hospital_user_id hospital_user_name hospital_user_email response uploaded_files",
        "notify_claim_contested": "hospital_user_id hospital_user_name hospital_user_email contest_reason uploaded_files",
        "notify_qc_clear": "processor_id processor_name processor_email remarks",
        "notify_approved": "processor_id processor_name processor_email remarks",
        "notify_denial": "processor_id processor_name processor_email remarks rejection_reason",
    }  # fmt: skip
    for method, keywords in names.items():
        found = dict(inspect.signature(getattr(NotificationClient, method)).parameters)
        found.pop("self")
        assert set(found) == {"claim_id", "claim_data", "idempotency_key", *keywords.split()}, method
        assert {parameter.kind for parameter in found.values()} == {inspect.Parameter.KEYWORD_ONLY}


def test_r11_nothing_of_the_patient_is_kept(client: NotificationClient, database: Database) -> None:
    event_id = client.notify_qc_query(claim_id="HIS-77", claim_data=DATA, **MEERA, remarks="Cut off.")
    assert event_id is not None
    with database.read_unit() as session:
        event = session.scalars(select(Event).where(Event.id == event_id)).one()
        kept = [getattr(event, column.key) for column in Event.__table__.columns]
        assert "Canary" not in str(kept)
        assert texts(session, [event_id]) == {event_id: {"remarks": "Cut off."}}
        assert (event.subject_kind, event.claim_number, event.hospital_name) == (
            "external", "HIS-77", "Lakeside Clinic",
        )  # fmt: skip


def test_a_hospital_is_found_by_id_number_or_exact_name(desk: Desk, client: NotificationClient) -> None:
    places: list[dict[str, Any]] = [
        {"hospital_id": desk.cast.lakeside.id},
        {"hospital_id": "HOSP_002"},
        {"hospital_name": "Lakeside Clinic"},
    ]
    for place in places:
        assert client.notify_qc_clear(claim_id="HIS-77", claim_data=place, **MEERA)
    desk.tell()
    assert desk.inbox(desk.cast.lakeside_desk) == ["QC Cleared"] * 3


@pytest.mark.parametrize(
    "wrong",
    [{}, {"hospital_id": "HOSP_999"}, {"hospital_id": "PAY_001"}, {"hospital_name": "lakeside clinic"}, {"hospital_id": 7}],
)  # fmt: skip
def test_what_cannot_be_recorded_is_logged_and_counted_and_never_raised(
    client: NotificationClient, database: Database, caplog: pytest.LogCaptureFixture, wrong: dict[str, Any]
) -> None:
    before = count(database, "events")
    data = {"form_data": FORM} | wrong
    assert client.notify_qc_clear(claim_id="HIS-77", claim_data=data, **MEERA) is None
    assert client.notify_approved(claim_id="HIS-77", claim_data=DATA, **MEERA, remarks="\0") is None
    assert client.notify_denial(claim_id="HIS-77", claim_data=None, **MEERA) is None  # type: ignore[arg-type]
    assert count(database, "events") == before
    assert [record.getMessage() for record in caplog.records] == [
        "what happened elsewhere was not recorded"
    ] * 3
    assert all("Canary" not in record.getMessage() for record in caplog.records)


def test_a_payer_that_is_told_narrows_who_hears_of_it(desk: Desk, client: NotificationClient) -> None:
    mine = desk.hire("mine", Role.CLAIM_PROCESSOR, desk.cast.lakeside, desk.cast.suraksha)
    other = desk.hire("other", Role.CLAIM_PROCESSOR, desk.cast.lakeside, desk.cast.health)
    given = {"actor_id": "x", "actor_name": "Night desk", "actor_email": "n@x.example"}
    client.notify_pending(claim_id="A", claim_data=DATA, **given)
    client.notify_pending(claim_id="B", claim_data=DATA | {"payer_id": "PAY_002"}, **given)
    client.notify_pending(claim_id="C", claim_data={"hospital_id": "HOSP_002"}, **given)
    desk.tell()
    numbers = {
        person.name: [message.split()[-1] for _, message in desk.items(person)] for person in (mine, other)
    }
    assert numbers == {"Mine": ["A."], "Other": ["B."]}


def test_somebody_of_ours_is_not_told_of_what_they_did_elsewhere(
    desk: Desk, client: NotificationClient
) -> None:
    with desk.database.unit_of_work() as session:
        accounts.user(session, desk.cast.meera.id).external_uid = "his-user-5"
    given = {"actor_name": "Somebody", "actor_email": "x@x.example"}
    client.notify_pending(claim_id="A", claim_data=DATA, actor_id=desk.cast.rahul.id.upper(), **given)
    client.notify_pending(claim_id="B", claim_data=DATA, actor_id="his-user-5", **given)
    desk.tell()
    assert [message for _, message in desk.items(desk.cast.rahul)] == ["Lakeside Clinic submitted claim B."]
    assert [message for _, message in desk.items(desk.cast.meera)] == ["Lakeside Clinic submitted claim A."]


def test_n13_one_key_is_one_event_at_once_or_years_apart(real_desk: Desk, real_database: Database) -> None:
    client = NotificationClient(real_database)
    start = threading.Barrier(8)

    def tell(_: int) -> str | None:
        start.wait()
        return client.notify_denial(
            claim_id="HIS-77", claim_data=DATA, **MEERA, rejection_reason="Day care.", idempotency_key="k"
        )

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(tell, range(8)))
    assert len(ids) == 1
    assert None not in ids
    real_desk.tell()
    again = client.notify_denial(claim_id="HIS-77", claim_data=DATA, **MEERA, idempotency_key="k")
    assert {again} == ids
    real_desk.tell()
    assert real_desk.inbox(real_desk.cast.lakeside_desk) == ["Claim Denied"]
    # The key belongs to what was told, of which claim.
    assert client.notify_denial(claim_id="HIS-78", claim_data=DATA, **MEERA, idempotency_key="k") not in ids
    assert client.notify_approved(claim_id="HIS-77", claim_data=DATA, **MEERA, idempotency_key="k") not in ids
    assert broken(real_database) == []


def test_who_would_be_told_can_be_asked(desk: Desk, client: NotificationClient) -> None:
    desk.hire("gone", Role.HOSPITAL_USER, desk.cast.lakeside, is_active=False)
    cast = desk.cast
    assert client.get_hospital_users("HOSP_002") == [
        {
            "user_id": cast.lakeside_desk.id,
            "user_email": "desk@lakeside.demo.example",
            "user_role": "hospital_user",
            "user_name": cast.lakeside_desk.name,
        }
    ]
    found = client.get_processors_for_claim("HIS-77", DATA)
    assert {each["user_name"]: each["user_role"] for each in found} == {
        "Meera Iyer": "claim_processor",
        "Rahul Verma": "claim_processor_l3",
    }


def test_everything_is_importable_from_one_place() -> None:
    names = (
        "get_notification_client", "get_hospital_users", "get_processors_for_claim",
        "cleanup_expired_notifications", "DEFAULT_NOTIFICATION_TTL_HOURS",
    )  # fmt: skip
    assert all(hasattr(facade, name) for name in names)
    assert facade.DEFAULT_NOTIFICATION_TTL_HOURS == 720
    with pytest.raises(AttributeError):
        facade.nonsense  # noqa: B018


def test_the_page_s_example_runs_as_it_stands(real_desk: Desk, real_database: Database) -> None:
    """In a program of its own, on the settings of its environment; the relay of a server tells it on."""
    page = (Path(__file__).parents[2] / "docs" / "python-facade.md").read_text()
    code = page.partition("```python\n")[2].partition("```")[0]
    url = real_database.url.render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert (ran.stdout, ran.returncode) == ("recorded ['desk@lakeside.demo.example']\n", 0), ran.stderr
    real_desk.tell()
    assert real_desk.items(real_desk.cast.lakeside_desk) == [
        ("QC Query Raised", "Kavita Joshi raised a QC query on claim HIS-2026-77.")
    ]
