"""ENCRYPTION_KEY as its operator meets it: nothing private lies readable, everything still works, keys change."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core import rotation, vault
from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api
from tests.claims.stories import DATA, INCIDENT

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PHOTO = DATA / "photo.jpg"
CANARIES = ("canary-of-the-description", "Canary Patient", "canary-of-the-form", "canary-of-the-draft")
FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": "canary-of-the-description",
    "claim_amount": "1200.00",
}
SUBMISSION: dict[str, Any] = {
    "hospital_id": "HOSP_001",
    "payer_id": "PAY_001",
    "form_data": {
        "patient_name": "Canary Patient",
        "claimed_amount": "900.00",
        "payer_name": "Suraksha General",
        "zz": "canary-of-the-form",
        "aa": {"deep": ["canary-of-the-form"]},
    },
}


@pytest.fixture
def sealed(database: Database, cast: Cast, tmp_path: Path) -> Iterator[Api]:
    """The app with a key."""
    made = make_api(database, tmp_path, encryption_key=OLD)
    yield made
    made.app.state.gate.hasher.close()
    vault.use("")


def _filed(api: Api, cast: Cast) -> tuple[str, str, str]:
    """A claim of each kind, and a draft: their ids."""
    photo = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
    headers = {"Idempotency-Key": "once"}
    retail = api.as_(cast.asha).post("/claims", data=FILING, files=photo, headers=headers)
    hospital = api.as_(cast.city_desk).post("/hospital-claims", json=SUBMISSION, headers=headers)
    content = {"description": "canary-of-the-draft"}
    draft = api.as_(cast.asha).post("/drafts", json={"content": content})
    assert [each.status_code for each in (retail, hospital, draft)] == [201, 201, 201], (
        retail.text,
        draft.text,
    )
    return retail.json()["id"], hospital.json()["id"], draft.json()["id"]


def _everything(database: Database) -> str:
    """All rows of all tables as they lie there."""
    with database.read_unit() as session:
        names = rotation.Base.metadata.tables
        found = [session.execute(text(f"SELECT * FROM {name}")).all() for name in names]
        words = "SELECT words FROM claim_words" if database.is_sqlite else "SELECT words::text FROM claims"
        return repr(found) + repr(session.execute(text(words)).all())


def test_nothing_private_lies_readable_and_everybody_reads_it_as_before(sealed: Api, cast: Cast) -> None:
    retail, hospital, draft = _filed(sealed, cast)
    stored = _everything(sealed.database)
    assert [canary for canary in CANARIES if canary.lower() in stored.lower()] == []
    shown = sealed.as_(cast.asha).get(f"/claims/{retail}").json()
    assert shown["description"] == "canary-of-the-description"
    form = sealed.as_(cast.city_desk).get(f"/claims/{hospital}").json()["form_data"]
    assert list(form.items()) == list(SUBMISSION["form_data"].items())
    content = sealed.as_(cast.asha).get(f"/drafts/{draft}").json()["content"]
    assert content["description"] == "canary-of-the-draft"
    again = sealed.as_(cast.asha).post(
        "/claims",
        data=FILING,
        files=[("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))],
        headers={"Idempotency-Key": "once"},
    )
    assert (again.status_code, again.json()["id"], again.headers["Idempotent-Replay"]) == (
        201,
        retail,
        "true",
    )


def test_a_document_is_unreadable_in_its_folder_and_served_as_it_was(
    sealed: Api, cast: Cast, tmp_path: Path
) -> None:
    retail, *_ = _filed(sealed, cast)
    client = sealed.as_(cast.asha)
    url = client.get(f"/claims/{retail}").json()["documents"][0]["url"]
    picture = PHOTO.read_bytes()
    # Without what the program that drew it says of itself.
    assert client.get(url).content == picture[:20] + picture[1559:]
    lying = [each.read_bytes() for each in (tmp_path / "objects").rglob("*") if each.is_file()]
    assert lying != []
    assert [content for content in lying if content[:3] == PHOTO.read_bytes()[:3]] == []


def test_a_patient_is_found_by_the_whole_name_alone(sealed: Api, cast: Cast) -> None:
    _, hospital, _ = _filed(sealed, cast)
    client = sealed.as_(cast.city_desk)

    def found(wanted: str) -> list[str]:
        return [each["id"] for each in client.get("/claims", params={"text": wanted}).json()["items"]]

    assert found("canary  PATIENT") == [hospital]
    assert found("Canary") == []
    assert found("canary-of-the-description") == []


def test_a_changed_form_is_found_by_its_new_name(sealed: Api, cast: Cast) -> None:
    _, hospital, _ = _filed(sealed, cast)
    desk = sealed.as_(cast.city_desk)
    shown = desk.get(f"/claims/{hospital}")
    form = {**SUBMISSION["form_data"], "patient_name": "Other Canary"}
    changed = desk.patch(
        f"/claims/{hospital}", json={"form_data": form}, headers={"If-Match": shown.headers["ETag"]}
    )
    assert changed.status_code == 200, changed.text
    found = desk.get("/claims", params={"text": "Other Canary"}).json()["items"]
    assert [each["id"] for each in found] == [hospital]


def test_what_was_in_plain_is_encrypted_by_a_rotation_and_keys_change_under_way(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    api = make_api(database, tmp_path)
    retail, hospital, _draft = _filed(api, cast)
    assert [canary for canary in CANARIES if canary in _everything(database)] == list(CANARIES)
    versions = api.as_(cast.asha).get(f"/claims/{retail}").headers["ETag"]
    try:
        for keys in (OLD, f"{NEW},{OLD}"):
            vault.use(keys)
            assert rotation.rotate(database) > 0
            assert rotation.rotate(database) == 0
        vault.use(NEW)
        assert [canary for canary in CANARIES if canary.lower() in _everything(database).lower()] == []
        shown = api.as_(cast.asha).get(f"/claims/{retail}")
        assert (shown.json()["description"], shown.headers["ETag"]) == ("canary-of-the-description", versions)
        found = api.as_(cast.city_desk).get("/claims", params={"text": "Canary Patient"}).json()["items"]
        assert [each["id"] for each in found] == [hospital]
        with database.read_unit() as session:
            assert list(rotation.unreadable(session)) == []
        vault.use(OLD)
        with database.read_unit() as session:
            assert set(rotation.unreadable(session)) >= {
                "claims.description",
                "claims.form_data",
                "drafts.content",
            }
    finally:
        vault.use("")
        api.app.state.gate.hasher.close()
