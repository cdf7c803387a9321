"""What bounds a claim: limits in its own currency, files in all, fields by their kind, content that says something new."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from insurenz.claims.fields import parse
from insurenz.core.db import Database
from insurenz.policies import service as policies
from insurenz.policies.models import PolicyType
from tests.actors import Api, Cast, make_api
from tests.claims.stories import FIELDS, act, events_of, file_claim, objects, problem, rows, sample


def in_review(api: Api, cast: Cast, **fields: str) -> dict[str, Any]:
    """A claim of Asha's that Arjun has begun to review."""
    claim: dict[str, Any] = api.as_(cast.asha).post("/claims", json=FIELDS | fields).json()
    assert act(api.as_(cast.arjun), claim, "start_review").status_code == 200
    return claim


@pytest.mark.parametrize(("amount", "status"), [("101", 403), ("100", 200)])
def test_a_limit_counts_whole_units_of_the_claims_own_currency(
    database: Database, cast: Cast, tmp_path: Path, amount: str, status: int
) -> None:
    api = make_api(database, tmp_path, claims={"limit_l2": 100})
    with database.unit_of_work() as session:
        policies.create(
            session,
            None,
            number="POL-YEN",
            holder_id=cast.asha.id,
            payer="PAY_001",
            type=PolicyType.MEDICAL,
            start_date=date(2020, 1, 1),
            end_date=date(2099, 1, 1),
            cover_amount="5000",
            currency="JPY",
        )
    for policy in ("POL-YEN", "POL-DEMO-0001"):
        claim = in_review(api, cast, user_policy_id=policy, claim_amount=amount)
        assert act(api.as_(cast.arjun), claim, "approve").status_code == status


def test_content_that_stays_as_it_is_makes_no_version_and_no_event(
    api: Api, cast: Cast, database: Database
) -> None:
    asha = api.as_(cast.asha)
    claim = file_claim(asha).json()
    same = {"description": claim["description"], "claim_amount": claim["claim_amount"]}
    for fields in ({}, same):
        answer = asha.patch(f"/claims/{claim['id']}", json=fields, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert events_of(database, claim) == ["claim_submitted"]


def test_p01_a_claim_holds_as_many_files_as_the_setting_says(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path, documents={"max_claim_files": 1})
    before = rows(database)
    answer = file_claim(api.as_(cast.asha), "bill.pdf", "photo.jpg")
    assert problem(answer) == (413, [("files", "too_many_claim_files")])
    assert (rows(database), objects(tmp_path / "objects")) == (before, 0)
    assert file_claim(api.as_(cast.asha), "bill.pdf").status_code == 201


def test_a_file_in_another_field_is_refused_by_the_name_of_that_field(api: Api, cast: Cast) -> None:
    answer = api.as_(cast.asha).post("/claims", data=FIELDS, files=[("file", sample("bill.pdf"))])
    assert problem(answer) == (422, [("file", "not_taken")])


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("resolution", "paid", "paid"),
        ("missing_documents", ["Bill ", "Scan"], ["Bill", "Scan"]),
        ("due_at", "2999-11-22T12:00:00+05:30", "2999-11-22T06:30:00+00:00"),
        ("made_up", {"x": 1}, {"x": 1}),  # the engine refuses it
    ],
)
def test_a_field_is_read_by_its_kind(name: str, value: Any, read: Any) -> None:
    assert parse({name: value}, "INR").values == {name: read}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("resolution", "settled"),
        ("resolution", ["paid"]),
        ("missing_documents", "Bill"),
        ("missing_documents", [1.5]),
        ("missing_documents", ["x"] * 51),
        ("missing_documents", ["x\0"]),
        ("missing_documents", ["Bill", " "]),
        ("missing_documents", ["Bill\nScan"]),
        ("due_at", "tomorrow"),
        ("due_at", "2999-11-22T12:00:00"),
        ("due_at", "2020-11-22T12:00:00Z"),
        ("due_at", 1.5),
        ("due_at", "0001-01-01T00:00:00+05:30"),
        ("files", ["018f0000-0000-7000-8000-000000000000"]),
        ("upload_ids", [{"x": 1.5}]),
        ("form_data", {"patient_name": "A"}),
        ("incident_date", "2026-11-22"),
    ],
)
def test_a_field_that_no_action_could_keep_is_refused(name: str, value: Any) -> None:
    parsed = parse({name: value}, "INR")
    assert (parsed.values, [p.field for p in parsed.problems]) == ({}, [name])
