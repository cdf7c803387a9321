"""Filing a retail claim: what is taken, what is refused, and that a refusal leaves nothing."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.policies.models import Policy
from tests.actors import Api, Cast
from tests.claims.stories import FIELDS, events_of, file_claim, objects, problem, rows, sample
from tests.conftest import Clock


def store_of(api: Api) -> Any:
    return api.app.state.settings.data_dir / "objects"


def test_a_claim_is_filed_with_its_documents(asha: Any, api: Api, cast: Cast, database: Database) -> None:
    answer = file_claim(asha, "bill.pdf", "photo.jpg")
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert re.fullmatch(r"CLM-\d{8}-[2-9A-HJKMNP-Z]{8}", claim["claim_number"])
    shown = {
        name: claim[name]
        for name in ("status", "status_group", "version", "claim_amount", "currency", "user_id")
    }
    assert shown == {
        "status": "pending",
        "status_group": "intake",
        "version": 1,
        "claim_amount": "18250.00",
        "currency": "INR",
        "user_id": cast.asha.id,
    }
    assert [(d["file_name"], d["file_type"], d["file_size"]) for d in claim["documents"]] == [
        ("bill.pdf", "pdf", len(sample("bill.pdf")[1])),
        ("photo.jpg", "jpeg", len(sample("photo.jpg")[1])),
    ]
    assert [a["action"] for a in claim["allowed_actions"]] == ["withdraw"]
    assert answer.headers["etag"] == '"1"'
    assert (events_of(database, claim), objects(store_of(api))) == (["claim_submitted"], 2)


def test_a_claim_can_be_filed_as_json_without_files(asha: Any) -> None:
    answer = asha.post("/claims", json=FIELDS | {"claim_amount": 18250.5})
    assert (answer.status_code, answer.json()["claim_amount"]) == (201, "18250.50")


@pytest.mark.parametrize("name", ["bill.pdf", "photo.jpg", "scan.png", "letter.doc", "letter.docx"])
def test_each_type_is_taken(asha: Any, name: str) -> None:
    answer = file_claim(asha, name)
    assert (answer.status_code, [d["file_name"] for d in answer.json()["documents"]]) == (201, [name])


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"user_policy_id": "POL-DEMO-0004"}, "user_policy_id", "unknown_policy"),
        ({"user_policy_id": "POL-NOT-THERE"}, "user_policy_id", "unknown_policy"),
        ({"user_policy_id": "' OR 1=1 --"}, "user_policy_id", "unknown_policy"),
        ({"user_policy_id": "POL-DEMO-0003"}, "user_policy_id", "policy_not_active"),
        ({"incident_date": "2019-01-01"}, "incident_date", "not_covered"),
        ({"incident_date": "2222-01-01"}, "incident_date", "in_future"),
        ({"incident_date": "yesterday"}, "incident_date", "date_malformed"),
        ({"incident_date": "1793577600"}, "incident_date", "date_malformed"),
        ({"claim_type": "vehicle"}, "claim_type", "type_not_covered"),
        ({"claim_type": "dental"}, "claim_type", "literal_error"),
        ({"claim_amount": "500000.01"}, "claim_amount", "over_cover"),
        ({"claim_amount": "0"}, "claim_amount", "out_of_range"),
        ({"claim_amount": "-1"}, "claim_amount", "out_of_range"),
        ({"claim_amount": "NaN"}, "claim_amount", "amount_malformed"),
        ({"claim_amount": "1e3"}, "claim_amount", "amount_malformed"),
        ({"claim_amount": "10.001"}, "claim_amount", "too_precise"),
        ({"description": "   "}, "description", "string_too_short"),
        ({"description": "x" * 5001}, "description", "string_too_long"),
        ({"description": "nul\x00"}, "description", "value_error"),
        ({"workflow": "dental"}, "workflow", "unknown_workflow"),
        ({"workflow": "hospital"}, "workflow", "wrong_subject"),
        ({"status": "approved"}, "status", "extra_forbidden"),
        ({"user_id": "018f0000-0000-7000-8000-000000000000"}, "user_id", "extra_forbidden"),
        ({"approved_amount": "18250"}, "approved_amount", "extra_forbidden"),
    ],
)
def test_a_field_that_does_not_fit_is_named_and_nothing_stays(
    asha: Any, api: Api, database: Database, changes: dict[str, str], field: str, code: str
) -> None:
    before = rows(database)
    answer = file_claim(asha, "bill.pdf", **changes)
    status, errors = problem(answer)
    assert (status, (field, code) in errors) == (422, True), answer.text
    assert (rows(database), objects(store_of(api))) == (before, 0)


def test_the_first_and_the_last_day_of_a_policy_are_covered_up_to_today(
    api: Api, cast: Cast, database: Database, covered: dict[str, Policy], today: Clock
) -> None:
    # In Kolkata the next day has just begun.
    today.at = today.at.replace(hour=18, minute=30)
    asha, day = api.again(cast.asha), timedelta(days=1)
    first, last = covered["POL-DEMO-0001"].start_date, (today.at + day).date()

    def filed(incident: date) -> list[tuple[str, str]]:
        answer = file_claim(asha, incident_date=incident.isoformat())
        return [] if answer.status_code == 201 else problem(answer)[1]

    assert [filed(first - day), filed(first)] == [[("incident_date", "not_covered")], []]
    assert [filed(last), filed(last + day)] == [[], [("incident_date", "in_future")]]
    with database.unit_of_work() as session:
        session.get_one(Policy, covered["POL-DEMO-0001"].id).end_date = last - 9 * day
    assert [filed(last - 9 * day), filed(last - 8 * day)] == [[], [("incident_date", "not_covered")]]


@pytest.mark.parametrize("day", [1_790_000_000, 20261102, True, None])
def test_a_day_is_a_text(asha: Any, day: object) -> None:
    assert asha.post("/claims", json=FIELDS | {"incident_date": day}).status_code == 422


def test_every_missing_field_is_named_at_once(asha: Any, database: Database) -> None:
    before = rows(database)
    status, errors = problem(asha.post("/claims", json={}))
    assert (status, {field for field, _ in errors}) == (422, set(FIELDS))
    assert rows(database) == before


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (("bill.exe", b"MZ\x90\x00"), 415, "type_not_allowed"),
        (("bill", b"%PDF-1.4"), 415, "type_not_allowed"),
        (("bill.pdf", b"MZ\x90\x00"), 415, "type_mismatch"),
        (("photo.png", b"\xff\xd8\xff\xe0"), 415, "type_mismatch"),
        (("page.pdf", b"<html><script>alert(1)</script>"), 415, "type_mismatch"),
        (("bill.pdf", b""), 422, "empty"),
        (("bill.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024)), 413, "too_large"),
    ],
)
def test_one_bad_file_refuses_the_request_and_nothing_stays(
    asha: Any, api: Api, database: Database, file: tuple[str, bytes], status: int, code: str
) -> None:
    before = rows(database)
    answer = asha.post("/claims", data=FIELDS, files=[("files", sample("bill.pdf")), ("files", file)])
    assert problem(answer) == (status, [("files", code)])
    assert answer.json()["errors"][0]["file_name"] == file[0]
    assert (rows(database), objects(store_of(api))) == (before, 0)


def test_p01_more_files_than_allowed_are_refused(asha: Any, api: Api, database: Database) -> None:
    before = rows(database)
    answer = file_claim(asha, *["photo.jpg"] * 21)
    assert problem(answer) == (413, [("files", "too_many_files")])
    assert (rows(database), objects(store_of(api))) == (before, 0)


def test_p01_a_body_that_is_no_form_and_no_json_is_refused(asha: Any) -> None:
    assert asha.post("/claims", content=b"<claim/>", headers={"content-type": "text/xml"}).status_code == 415
    assert asha.post("/claims", content=b"{", headers={"content-type": "application/json"}).status_code == 422
    form = {"content-type": "multipart/form-data; boundary=x"}
    assert asha.post("/claims", content=b"--x\r\n", headers=form).status_code == 422


def test_only_policyholders_file(api: Api, cast: Cast, database: Database) -> None:
    before = rows(database)
    for person in (cast.city_desk, cast.arjun, cast.admin, cast.auditor):
        assert file_claim(api.as_(person), "bill.pdf").status_code == 403
    assert file_claim(api.nobody, "bill.pdf").status_code == 401
    assert rows(database) == before


def test_d01_the_same_key_files_one_claim_however_the_form_is_spelled(
    asha: Any, api: Api, database: Database
) -> None:
    key = {"Idempotency-Key": "phone-1"}
    first, again = file_claim(asha, "bill.pdf", headers=key), file_claim(asha, "bill.pdf", headers=key)
    assert (first.status_code, again.status_code, again.headers["etag"]) == (201, 201, '"1"')
    without_url = [{k: v for k, v in d.items() if k != "url"} for d in again.json()["documents"]]
    assert first.json() | {"documents": without_url} == again.json() | {"documents": without_url}
    assert again.json()["documents"][0]["url"].startswith("http")
    assert (rows(database, "claims", "documents"), objects(store_of(api))) == (
        {"claims": 1, "documents": 1},
        1,
    )


@pytest.mark.parametrize("changed", ["amount", "file"])
def test_d01_the_same_key_with_another_amount_or_file_is_refused(
    asha: Any, api: Api, database: Database, changed: str
) -> None:
    key = {"Idempotency-Key": "phone-1"}
    file_claim(asha, "bill.pdf", headers=key)
    other = {"claim_amount": "1"} if changed == "amount" else {}
    answer = file_claim(asha, "bill.pdf" if changed == "amount" else "photo.jpg", headers=key, **other)
    assert problem(answer) == (422, [("Idempotency-Key", "key_reused")])
    assert (rows(database, "claims", "documents"), objects(store_of(api))) == (
        {"claims": 1, "documents": 1},
        1,
    )


def test_d01_a_key_belongs_to_its_caller(api: Api, cast: Cast, database: Database) -> None:
    key = {"Idempotency-Key": "phone-1"}
    mine = file_claim(api.as_(cast.asha), "bill.pdf", headers=key)
    his = file_claim(
        api.as_(cast.vikram), "bill.pdf", headers=key, user_policy_id="POL-DEMO-0004", claim_type="property"
    )
    assert (mine.status_code, his.status_code, mine.json()["id"] != his.json()["id"]) == (201, 201, True)


def test_u08_no_link_is_kept_in_the_database(asha: Any, database: Database) -> None:
    claim = file_claim(asha, "bill.pdf", headers={"Idempotency-Key": "phone-1"}).json()
    signature = claim["documents"][0]["url"].rpartition("/")[2]
    from sqlalchemy import text

    with database.read_unit() as session:
        kept = session.execute(text("SELECT body FROM idempotency_keys")).scalars().all()
    assert len(kept) == 1
    assert signature not in kept[0]


def test_u05_an_odd_file_name_is_taken_under_its_base_name(asha: Any) -> None:
    files = [("files", ("../../etc/\u202epasswd.pdf", sample("bill.pdf")[1]))]
    claim = asha.post("/claims", data=FIELDS, files=files).json()
    assert claim["documents"][0]["file_name"] == "passwd.pdf"
