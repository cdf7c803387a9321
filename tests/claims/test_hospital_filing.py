"""Submitting a hospital claim: what is taken, what is refused, and that a refusal leaves nothing."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.accounts import service as accounts
from insurenz.accounts.queries import user
from insurenz.core.db import Database
from insurenz.organisations import service as organisations
from insurenz.organisations.queries import find
from tests.actors import Api, Cast
from tests.claims.hospitals import FORM, SUBMISSION, TABLES, submit
from tests.claims.stories import events_of, objects, problem, rows, sample, upload
from tests.statements import statements


@pytest.fixture
def desk(api: Api, cast: Cast) -> Any:
    """A client signed in at the desk of City Hospital."""
    return api.as_(cast.city_desk)


def left(api: Api, database: Database) -> tuple[dict[str, int], int]:
    """What a refusal must leave as it was: rows, and objects."""
    return rows(database, *TABLES), objects(api.app.state.settings.data_dir / "objects")


def test_a_claim_is_submitted_as_json(desk: Any, cast: Cast, database: Database) -> None:
    form = {"ward": "ICU 2", "co_morbidities": ["diabetes"], "bed": {"number": 12, "rate": 5000.5}}
    answer = submit(desk, form=form)
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    shown = {n: v for n, v in claim.items() if n not in ("id", "created_at", "updated_at", "incident_date")}
    assert shown == {
        "claim_number": f"CSHLSIP-{claim['created_at'][:4]}-001",
        "workflow": "hospital",
        "workflow_version": 5,
        "version": 1,
        "status": "qc_pending",
        "status_group": "intake",
        "status_notes": None,
        "claim_type": "medical",
        "description": None,
        "claim_amount": "45000.00",
        "approved_amount": None,
        "currency": "INR",
        "resolution": None,
        "payment_reference": None,
        "user_id": cast.city_desk.id,
        "user_policy_id": None,
        "person_name": "Ravi Kumar",
        "hospital": {"id": cast.city.id, "number": "HOSP_001", "name": "City Hospital"},
        "payer": {"id": cast.suraksha.id, "number": "PAY_001", "name": "Suraksha General"},
        "rejection_reason": None,
        "form_data": FORM | form,
        "queries": [],
        "documents": [],
        "allowed_actions": [],
        "changeable": ["form_data"],
    }
    assert answer.headers["etag"] == '"1"'
    assert desk.get(f"/claims/{claim['claim_number']}").json() == claim
    assert events_of(database, claim) == ["claim_pending"]


def test_its_event_names_the_hospital_and_no_claimant(desk: Any, cast: Cast, database: Database) -> None:
    claim = submit(desk, "bill.pdf").json()
    with database.read_unit() as session:
        names = "subject_id, hospital_name, claimant_id, status, data"
        found = session.execute(text(f"SELECT {names} FROM events WHERE type = 'claim_pending'")).one()
    data = json.loads(found.data) if isinstance(found.data, str) else found.data
    assert (found.hospital_name, found.claimant_id, found.status) == ("City Hospital", None, "qc_pending")
    assert {n: data[n] for n in ("action", "from", "to", "claim_amount", "documents")} == {
        "action": "submit",
        "from": "new",
        "to": "qc_pending",
        "claim_amount": 4_500_000,
        "documents": [claim["documents"][0]["id"]],
    }
    assert not {"Ravi", "Suraksha"} & set(str(data).split())


@pytest.mark.parametrize("as_file", [False, True])
def test_a_form_carries_it_as_a_json_part_with_files(
    desk: Any, api: Api, database: Database, as_file: bool
) -> None:
    sent_ahead = upload(desk, "photo.jpg").json()["id"]
    told = json.dumps(SUBMISSION | {"upload_ids": [sent_ahead]})
    # Browsers send a part with a media type of its own under the name of a file.
    part = ("claim", ("blob" if as_file else None, told, "application/json"))
    answer = desk.post("/hospital-claims", files=[part, ("files", sample("bill.pdf"))])
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert {d["file_name"] for d in claim["documents"]} == {"bill.pdf", "photo.jpg"}
    assert (claim["form_data"], all(d["url"] for d in claim["documents"])) == (FORM, True)
    assert left(api, database)[1] == 2


def test_uploads_may_stand_beside_the_json_part(desk: Any) -> None:
    ids = [upload(desk, name).json()["id"] for name in ("photo.jpg", "bill.pdf")]
    sent = {"claim": json.dumps(SUBMISSION), "upload_ids": ids}
    answer = desk.post("/hospital-claims", data=sent, files=[("files", sample("scan.png"))])
    assert (answer.status_code, len(answer.json()["documents"])) == (201, 3)


def test_organisations_are_named_by_id_as_well(desk: Any, cast: Cast) -> None:
    answer = submit(desk, hospital_id=cast.city.id.upper(), payer_id=cast.health.id)
    assert answer.status_code == 201
    assert (answer.json()["hospital"]["number"], answer.json()["payer"]["number"]) == ("HOSP_001", "PAY_002")


@pytest.mark.parametrize(
    ("amount", "shown"), [(45000, "45000.00"), (45000.1, "45000.10"), ("0.01", "0.01"), (1e3, "1000.00")]
)
def test_d07_the_amount_is_a_text_or_a_number_and_the_form_keeps_its_spelling(
    desk: Any, amount: Any, shown: str
) -> None:
    claim = submit(desk, form={"claimed_amount": amount}).json()
    assert (claim["claim_amount"], claim["form_data"]["claimed_amount"]) == (shown, amount)


def test_a_form_is_kept_as_it_was_sent(desk: Any) -> None:
    form = {
        "patient_name": "  रवि कुमार ",
        "zeta": 1,
        "alpha": [None, True, 1.5, 10**30, "😀", {"": {}}],
        "claimed_amount": "45000",
        "model_config": "x",
        "_sent": "y",
        "payer_name": "Suraksha",
    }
    claim = desk.post("/hospital-claims", json=SUBMISSION | {"form_data": form}).json()
    again = desk.get(f"/claims/{claim['id']}").json()
    assert list(claim["form_data"].items()) == list(again["form_data"].items()) == list(form.items())
    assert claim["person_name"] == "रवि कुमार"


DEEP: dict[str, Any] = {}
for _ in range(31):
    DEEP = {"x": DEEP}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"hospital_id": "HOSP_002"}, "hospital_id", "unknown_hospital"),
    ({"hospital_id": "HOSP_999"}, "hospital_id", "unknown_hospital"),
    ({"hospital_id": "PAY_001"}, "hospital_id", "unknown_hospital"),
    ({"hospital_id": "' OR 1=1 --"}, "hospital_id", "unknown_hospital"),
    ({"hospital_id": 1}, "hospital_id", "string_type"),
    ({"payer_id": "PAY_999"}, "payer_id", "unknown_payer"),
    ({"payer_id": "HOSP_001"}, "payer_id", "unknown_payer"),
    ({"payer_id": ""}, "payer_id", "string_too_short"),
    ({"workflow": "dental"}, "workflow", "unknown_workflow"),
    ({"workflow": "retail"}, "workflow", "wrong_subject"),
    ({"form_data": []}, "form_data", "model_type"),
    ({"form_data": None}, "form_data", "model_type"),
    ({"form": {"patient_name": " "}}, "form_data.patient_name", "string_too_short"),
    ({"form": {"patient_name": "x" * 201}}, "form_data.patient_name", "string_too_long"),
    ({"form": {"patient_name": None}}, "form_data.patient_name", "string_type"),
    ({"form": {"payer_name": 5}}, "form_data.payer_name", "string_type"),
    ({"form": {"claimed_amount": "0"}}, "form_data.claimed_amount", "out_of_range"),
    ({"form": {"claimed_amount": -1}}, "form_data.claimed_amount", "out_of_range"),
    ({"form": {"claimed_amount": "10.001"}}, "form_data.claimed_amount", "too_precise"),
    ({"form": {"claimed_amount": "1e3"}}, "form_data.claimed_amount", "amount_malformed"),
    ({"form": {"claimed_amount": True}}, "form_data.claimed_amount", "amount_malformed"),
    ({"form": {"claimed_amount": "9" * 15}}, "form_data.claimed_amount", "out_of_range"),
    ({"form": {"notes": "nul\x00"}}, "form_data", "not_storable"),
    ({"form": {"nul\x00": 1}}, "form_data", "not_storable"),
    ({"form": {"notes": "x" * 65_536}}, "form_data", "too_large"),
    ({"form": {"notes": DEEP}}, "form_data", "too_deep"),
    ({"status": "claim_approved"}, "status", "extra_forbidden"),
    ({"claim_amount": "1"}, "claim_amount", "extra_forbidden"),
    ({"claim_number": "CSHLSIP-2026-999"}, "claim_number", "extra_forbidden"),
    ({"user_id": "x"}, "user_id", "extra_forbidden"),
    ({"claim": {}}, "claim", "extra_forbidden"),
    ({"upload_ids": ["018f0000-0000-7000-8000-000000000000"]}, "upload_ids", "unknown_upload"),
]


@pytest.mark.parametrize(("changes", "field", "code"), REFUSED, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("names", [(), ("bill.pdf",)], ids=["json", "form"])
def test_a_field_that_does_not_fit_is_named_and_nothing_stays(
    desk: Any,
    api: Api,
    database: Database,
    changes: dict[str, Any],
    field: str,
    code: str,
    names: tuple[str, ...],
) -> None:
    before = left(api, database)
    answer = submit(desk, *names, **changes)
    assert answer.headers["content-type"] == "application/problem+json"
    status, errors = problem(answer)
    assert (status, (field, code) in errors) == (422, True), answer.text
    assert all(error["detail"] for error in answer.json()["errors"])
    assert left(api, database) == before


@pytest.mark.parametrize("sent", [b"NaN", b"1e999", b"-Infinity"])
def test_a_number_that_is_none_is_refused(desk: Any, sent: bytes) -> None:
    body = (
        json.dumps(SUBMISSION | {"form_data": FORM | {"x": 0}}).encode().replace(b'"x": 0', b'"x": ' + sent)
    )
    answer = desk.post("/hospital-claims", content=body, headers={"Content-Type": "application/json"})
    assert problem(answer) == (422, [("form_data", "not_finite")])


def test_a_form_of_64_kb_is_taken(desk: Any) -> None:
    form = FORM | {"notes": ""}
    form["notes"] = "x" * (64 * 1024 - len(json.dumps(form, separators=(",", ":"))))
    assert submit(desk, form=form).status_code == 201
    form["notes"] += "x"
    assert problem(submit(desk, form=form)) == (422, [("form_data", "too_large")])


def test_every_missing_field_is_named_at_once(desk: Any, api: Api, database: Database) -> None:
    before = left(api, database)
    status, errors = problem(desk.post("/hospital-claims", json={}))
    assert (status, {field for field, _ in errors}) == (422, {"hospital_id", "payer_id", "form_data"})
    status, errors = problem(desk.post("/hospital-claims", json={**SUBMISSION, "form_data": {}}))
    wanted = {f"form_data.{name}" for name in ("patient_name", "claimed_amount", "payer_name")}
    assert (status, {field for field, _ in errors}) == (422, wanted)
    assert left(api, database) == before


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({}, "claim", "missing"),
        ({"claim": "{"}, "claim", "malformed_json"),
        ({"claim": "[]"}, "claim", "not_an_object"),
        ({"claim": json.dumps(SUBMISSION), "payer_id": "PAY_002"}, "payer_id", "given_twice"),
        ({"claim": json.dumps(SUBMISSION), "note": "x"}, "note", "extra_forbidden"),
        ({"claim": [json.dumps(SUBMISSION)] * 2}, "claim", "given_twice"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_form_that_does_not_say_it_as_json_is_refused(
    desk: Any, api: Api, database: Database, sent: dict[str, Any], field: str, code: str
) -> None:
    before = left(api, database)
    answer = desk.post("/hospital-claims", data=sent, files=[("files", sample("bill.pdf"))])
    assert problem(answer) == (422, [(field, code)])
    assert left(api, database) == before


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (("bill.exe", b"MZ\x90\x00"), 415, "type_not_allowed"),
        (("page.pdf", b"<html><script>alert(1)</script>"), 415, "type_mismatch"),
        (("bill.pdf", b""), 422, "empty"),
        (("bill.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024)), 413, "too_large"),
    ],
)
def test_one_bad_file_refuses_the_request_and_nothing_stays(
    desk: Any, api: Api, database: Database, file: tuple[str, bytes], status: int, code: str
) -> None:
    before = left(api, database)
    files = [("files", sample("bill.pdf")), ("files", file)]
    answer = desk.post("/hospital-claims", data={"claim": json.dumps(SUBMISSION)}, files=files)
    assert problem(answer) == (status, [("files", code)])
    assert left(api, database) == before


def test_hospitals_and_payers_must_be_active_and_work_together(
    desk: Any, api: Api, cast: Cast, database: Database
) -> None:
    def change(number: str, **changes: Any) -> None:
        with database.unit_of_work() as session:
            firm = find(session, number)
            assert firm is not None
            organisations.change(session, cast.admin, firm, **changes)

    change("HOSP_001", works_with=["PAY_002"])
    assert problem(submit(desk)) == (422, [("payer_id", "not_together")])
    change("PAY_002", is_active=False)
    assert problem(submit(desk, payer_id="PAY_002")) == (422, [("payer_id", "not_active")])
    change("HOSP_001", is_active=False)
    assert problem(submit(desk)) == (422, [("hospital_id", "not_active")])
    assert rows(database, "claims", "claim_counters") == {"claims": 0, "claim_counters": 0}


def looked_at(desk: Any, database: Database, hospital: str) -> tuple[int, Any, list[str]]:
    """All that two answers, or who watches the database, could tell two hospitals apart by."""
    answers: list[Any] = []
    asked = statements(database, lambda: answers.append(submit(desk, hospital_id=hospital)))
    body = {name: value for name, value in answers[0].json().items() if name != "request_id"}
    return answers[0].status_code, body, asked


def test_z03_a_foreign_hospital_looks_like_an_unknown_one(desk: Any, database: Database, cast: Cast) -> None:
    missing = "018f0000-0000-7000-8000-000000000000"
    for foreign, unknown in (("HOSP_002", "HOSP_999"), (cast.lakeside.id, missing)):
        assert looked_at(desk, database, foreign) == looked_at(desk, database, unknown)


def test_who_is_taken_off_a_hospital_submits_nothing_more_for_it(
    desk: Any, cast: Cast, database: Database
) -> None:
    with database.unit_of_work() as session:
        accounts.unassign(session, None, user(session, cast.city_desk.id), cast.city)
    assert problem(submit(desk)) == (422, [("hospital_id", "unknown_hospital")])


def test_only_users_of_hospitals_submit(api: Api, cast: Cast, database: Database) -> None:
    clients = [api.as_(p) for p in (cast.asha, cast.priya, cast.rahul, cast.admin, cast.auditor)]
    before = left(api, database)
    for client in clients:
        for names in ((), ("bill.pdf",), ("photo.jpg",) * 21):
            assert submit(client, *names).status_code == 403
        assert client.post("/hospital-claims", json={}).status_code == 403
    assert submit(api.nobody).status_code == 401
    assert left(api, database) == before


def test_the_currency_is_that_of_the_install(database: Database, cast: Cast, tmp_path: Any) -> None:
    from tests.actors import make_api

    yen = make_api(database, tmp_path, claims={"currency": "JPY"})
    claim = submit(yen.as_(cast.city_desk)).json()
    assert (claim["claim_amount"], claim["currency"]) == ("45000", "JPY")
    refused = submit(yen.as_(cast.city_desk), form={"claimed_amount": "1.5"})
    assert problem(refused) == (422, [("form_data.claimed_amount", "too_precise")])


@pytest.mark.parametrize("names", [(), ("bill.pdf",)], ids=["json", "form"])
def test_d01_the_same_key_submits_one_claim_however_it_is_spelled(
    desk: Any, api: Api, database: Database, names: tuple[str, ...]
) -> None:
    key = {"Idempotency-Key": "desk-1"}
    first = submit(desk, *names, headers=key)
    turned = dict(reversed(list(SUBMISSION.items())))
    again = (
        submit(desk, *names, headers=key)
        if not names
        else desk.post(
            "/hospital-claims",
            data={"claim": json.dumps(turned, indent=4)},
            files=[("files", sample("bill.pdf"))],
            headers=key,
        )
    )
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])
    assert again.headers["idempotent-replay"] == "true"
    assert all(document["url"] for document in again.json()["documents"])
    assert rows(database, "claims") == {"claims": 1}
    other = submit(desk, *names, headers=key, form={"ward": "ICU"})
    assert problem(other) == (422, [("Idempotency-Key", "key_reused")])
    assert (rows(database, "claims"), left(api, database)[1]) == ({"claims": 1}, len(names))


def test_u05_a_file_has_the_name_of_its_base(desk: Any) -> None:
    files = [("files", ("../../etc/\u202ebill.pdf", sample("bill.pdf")[1]))]
    claim = desk.post("/hospital-claims", data={"claim": json.dumps(SUBMISSION)}, files=files).json()
    assert claim["documents"][0]["file_name"] == "bill.pdf"


def test_the_statements_of_a_submission_are_known(desk: Any, database: Database) -> None:
    submit(desk, "bill.pdf")
    asked = statements(database, lambda: submit(desk, "bill.pdf"))
    # Who calls, their hospitals, the hospital, the payer, both together, the number, if it is free; then every row.
    assert len(asked) == (13 if database.is_sqlite else 8), asked
