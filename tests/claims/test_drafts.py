"""Drafts: what they hold, that they are their writer's alone, and that their uploads live and go with them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from insurenz.claims import drafts
from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.errors import NotFound
from insurenz.core.ids import new_id
from insurenz.core.storage import ObjectStore, StoreFailed
from insurenz.documents.sweep import Swept, sweep
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import SUBMISSION
from tests.claims.stories import FIELDS, events_of, file_claim, objects, problem, rows, sample, upload
from tests.conftest import Clock

TABLES = ("drafts", "draft_documents", "documents", "claims", "claim_documents")


def begin(client: Any, **given: Any) -> dict[str, Any]:
    """A draft."""
    answer = client.post("/drafts", json=given)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def save(client: Any, draft: dict[str, Any], version: int | None = None, **given: Any) -> Any:
    """Save a draft that was read in this version."""
    seen = {"If-Match": f'"{version or draft["version"]}"'}
    return client.put(f"/drafts/{draft['id']}", json=given, headers=seen)


def store_of(api: Api) -> ObjectStore:
    store: ObjectStore = api.app.state.store
    return store


def folder_of(api: Api) -> Path:
    folder: Path = api.app.state.settings.data_dir / "objects"
    return folder


def held(draft: Any) -> list[tuple[str, str | None]]:
    """The uploads of a draft, and what each is meant as."""
    return [(each["file_name"], each["purpose"]) for each in draft["uploads"]]


def swept(api: Api, database: Database, **later: float) -> Swept:
    """What a sweep does so much later."""
    now = clock.now() + timedelta(**later)
    return sweep(database, store_of(api), grace=timedelta(hours=24), now=now)


def test_of_two_devices_the_one_that_saves_on_what_is_old_is_given_what_is_there(asha: Any) -> None:
    draft = begin(asha, content={"description": "Fell"})
    desk = save(asha, draft, content={"description": "Fell on the stairs"}, upload_ids=[])
    assert (desk.status_code, desk.json()["version"], desk.headers["etag"]) == (200, 2, '"2"')
    phone = save(asha, draft, content={"description": "Fell", "claim_amount": "100"})
    assert (phone.status_code, phone.json()["code"]) == (412, "stale_version")
    assert phone.json()["current"] == desk.json()
    assert asha.get(f"/drafts/{draft['id']}").json() == desk.json()
    merged = desk.json()["content"] | {"claim_amount": "100"}
    assert save(asha, draft, 2, content=merged).json()["content"] == merged


def test_d04_a_draft_is_saved_only_on_a_version(asha: Any) -> None:
    draft = begin(asha)
    assert asha.put(f"/drafts/{draft['id']}", json={"no": "such field"}).status_code == 428
    assert save(asha, draft, 7, no="such field").status_code == 412
    assert asha.get(f"/drafts/{draft['id']}").json() == draft


def test_an_upload_outlives_its_time_while_a_draft_holds_it_and_is_filed_with_it(
    api: Api, cast: Cast, asha: Any, database: Database, frozen_clock: Clock
) -> None:
    ids = [upload(asha, name).json()["id"] for name in ("bill.pdf", "photo.jpg")]
    draft = begin(asha, content=FIELDS, upload_ids=ids, purposes={ids[0]: "bill"})
    assert held(draft) == [("bill.pdf", "bill"), ("photo.jpg", None)]
    assert swept(api, database, days=89).expired == 0
    frozen_clock.move(days=5)
    asha = api.again(cast.asha)
    assert asha.get(f"/drafts/{draft['id']}").json() == draft
    filed = asha.post(f"/drafts/{draft['id']}/submit", headers={"If-Match": '"1"'})
    assert filed.status_code == 201, filed.text
    claim = filed.json()
    assert [document["file_name"] for document in claim["documents"]] == ["bill.pdf", "photo.jpg"]
    assert events_of(database, claim) == ["claim_submitted"]
    assert rows(database, "drafts", "draft_documents") == {"drafts": 0, "draft_documents": 0}
    assert swept(api, database, days=365) == Swept(objects=2)
    assert asha.get(f"/drafts/{draft['id']}").status_code == 404


def test_an_upload_that_a_draft_lets_go_of_ends_like_any_other(
    api: Api, asha: Any, database: Database
) -> None:
    ids = [upload(asha, name).json()["id"] for name in ("bill.pdf", "photo.jpg")]
    draft = begin(asha, upload_ids=ids)
    assert held(save(asha, draft, upload_ids=ids[1:]).json()) == [("photo.jpg", None)]
    assert swept(api, database, hours=23).expired == 0
    # Until then it can be taken back, here or elsewhere.
    assert len(save(asha, draft, 2, upload_ids=ids).json()["uploads"]) == 2
    save(asha, draft, 3, upload_ids=ids[:1])
    assert swept(api, database, hours=25).expired == 1
    gone = save(asha, draft, 4, upload_ids=ids)
    assert problem(gone) == (422, [("upload_ids", "unknown_upload")])
    assert held(asha.get(f"/drafts/{draft['id']}").json()) == [("bill.pdf", None)]


def test_what_a_draft_holds_nothing_else_can_use(api: Api, cast: Cast, asha: Any, database: Database) -> None:
    mine = upload(asha).json()["id"]
    begin(asha, upload_ids=[mine])
    before = rows(database, *TABLES)
    for client in (asha, api.as_(cast.vikram)):
        again = client.post("/drafts", json={"upload_ids": [mine]})
        assert problem(again) == (422, [("upload_ids", "unknown_upload")])
    assert problem(file_claim(asha, upload_ids=[mine])) == (422, [("upload_ids", "unknown_upload")])  # type: ignore[arg-type]
    twice = asha.post("/drafts", json={"upload_ids": [upload(asha).json()["id"]] * 2})
    assert problem(twice) == (422, [("upload_ids", "unknown_upload")])
    assert rows(database, *TABLES) == before | {"documents": before["documents"] + 1}


def test_discarding_a_draft_removes_its_documents_and_their_objects_and_no_others(
    api: Api, asha: Any, database: Database
) -> None:
    kept = begin(asha, upload_ids=[upload(asha).json()["id"]])
    draft = begin(asha, upload_ids=[upload(asha, name).json()["id"] for name in ("photo.jpg", "scan.png")])
    stale = asha.delete(f"/drafts/{draft['id']}", headers={"If-Match": '"7"'})
    assert (stale.status_code, objects(folder_of(api))) == (412, 3)
    assert asha.delete(f"/drafts/{draft['id']}").status_code == 204
    assert rows(database, "drafts", "documents", "draft_documents") == {
        "drafts": 1,
        "documents": 1,
        "draft_documents": 1,
    }
    assert objects(folder_of(api)) == 1
    assert asha.get("/drafts").json()["items"] == [kept]
    assert asha.delete(f"/drafts/{draft['id']}").status_code == 404


def test_when_the_store_fails_a_discarded_drafts_objects_are_left_to_the_sweep(
    api: Api, asha: Any, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Another object, so that the sweep knows the store for its own.
    file_claim(asha, "photo.jpg")
    draft = begin(asha, upload_ids=[upload(asha).json()["id"]])

    def fails(_key: str) -> None:
        raise StoreFailed("down")

    with monkeypatch.context() as broken:
        broken.setattr(store_of(api), "delete", fails)
        assert asha.delete(f"/drafts/{draft['id']}").status_code == 204
    assert (rows(database, "documents"), objects(folder_of(api))) == ({"documents": 1}, 2)
    assert swept(api, database, hours=25) == Swept(
        objects=2, orphans=1, orphan_bytes=len(sample("bill.pdf")[1])
    )
    assert rows(database, "drafts") == {"drafts": 0}


@pytest.mark.parametrize("name", ["show", "save", "discard", "submit"])
def test_a_strangers_draft_is_not_found(
    api: Api, cast: Cast, asha: Any, database: Database, name: str
) -> None:
    draft = begin(asha, content=FIELDS)
    before = rows(database, *TABLES)
    for path in (f"/drafts/{draft['id']}", f"/drafts/{new_id()}", "/drafts/nothing"):
        for stranger in (api.as_(cast.vikram), api.as_(cast.city_desk)):
            if path.endswith(draft["id"]) or stranger is not asha:
                answer = {
                    "show": lambda c=stranger, p=path: c.get(p),
                    "save": lambda c=stranger, p=path: c.put(p, json={}),
                    "discard": lambda c=stranger, p=path: c.delete(p),
                    "submit": lambda c=stranger, p=path: c.post(f"{p}/submit"),
                }[name]()
                assert answer.status_code == 404, path
    assert api.as_(cast.vikram).get("/drafts").json() == {"items": [], "next_cursor": None}
    assert rows(database, *TABLES) == before


def test_what_is_unfinished_is_kept_as_it_is(asha: Any) -> None:
    typed = {
        "user_policy_id": "POL-",
        "claim_type": None,
        "incident_date": "2026-1",
        "description": "  " + "x" * 19_998,
        "claim_amount": "about 9 lakh",
    }
    draft = begin(asha, content=typed)
    assert (draft["content"], draft["workflow"], draft["version"]) == (typed, "retail", 1)
    assert asha.get(f"/drafts/{draft['id']}").json() == draft


def test_a_hospitals_user_writes_hospital_claims(api: Api, cast: Cast, database: Database) -> None:
    desk = api.as_(cast.city_desk)
    form = {"patient_name": "", "ward": {"bed": [1, None]}, "claimed_amount": 5}
    draft = begin(desk, content={"hospital_id": "HOSP_001", "form_data": form})
    assert (draft["workflow"], draft["content"]["form_data"]) == ("hospital", form)
    # Each person's own: a colleague at the same desk does not see it.
    assert api.as_(cast.city_ward).get(f"/drafts/{draft['id']}").status_code == 404
    assert problem(desk.post(f"/drafts/{draft['id']}/submit"))[0] == 422
    whole = save(desk, draft, content=SUBMISSION, upload_ids=[upload(desk).json()["id"]])
    filed = desk.post(f"/drafts/{whole.json()['id']}/submit")
    assert (filed.status_code, filed.json()["status"], len(filed.json()["documents"])) == (
        201,
        "qc_pending",
        1,
    )
    assert filed.json()["form_data"] == SUBMISSION["form_data"]
    assert rows(database, "drafts") == {"drafts": 0}


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"content": {"status": "approved"}}, ("content.status", "extra_forbidden")),
        ({"content": {"hospital_id": "HOSP_001"}}, ("content.hospital_id", "extra_forbidden")),
        ({"content": {"description": "x" * 20_001}}, ("content.description", "string_too_long")),
        ({"content": {"claim_amount": "1" * 65}}, ("content.claim_amount", "string_too_long")),
        ({"content": {"claim_amount": 5}}, ("content.claim_amount", "string_type")),
        ({"content": {"description": "nul\x00"}}, ("content.description", "value_error")),
        ({"content": []}, ("content", "dict_type")),
        ({"user_id": "x"}, ("user_id", "extra_forbidden")),
        ({"id": "x"}, ("id", "extra_forbidden")),
        ({"workflow": "dental"}, ("workflow", "unknown_workflow")),
        ({"workflow": "hospital"}, ("workflow", "wrong_subject")),
        ({"upload_ids": ["nothing"]}, ("upload_ids", "unknown_upload")),
        ({"upload_ids": ["x"] * 21}, ("upload_ids", "too_many_files")),
        ({"upload_ids": ["x"] * 101}, ("upload_ids", "too_long")),
        ({"purposes": {"x": "bill"}}, ("purposes", "unknown_upload")),
        ({"upload_ids": ["x"], "purposes": {"x": "The bill"}}, ("purposes.x", "string_pattern_mismatch")),
    ],
)
def test_what_a_draft_does_not_take_is_named_and_nothing_stays(
    asha: Any, database: Database, given: dict[str, Any], refusal: tuple[str, str]
) -> None:
    draft = begin(asha, content={"description": "Fell"})
    before = rows(database, *TABLES)
    for answer in (asha.post("/drafts", json=given), save(asha, draft, **given)):
        assert problem(answer)[1] == [refusal], answer.text
        assert answer.status_code in (413, 422)
    assert rows(database, *TABLES) == before
    assert asha.get(f"/drafts/{draft['id']}").json() == draft


@pytest.mark.parametrize("form", [{"a": "nul\x00"}, {"a": "x" * 65_536}, []])
def test_a_form_is_bounded_as_a_claims_is(api: Api, cast: Cast, form: Any) -> None:
    answer = api.as_(cast.city_desk).post("/drafts", json={"content": {"form_data": form}})
    status, errors = problem(answer)
    assert (status, errors[0][0]) == (422, "content.form_data")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"claim_amount": "about 9 lakh"}, "claim_amount"),
        ({"incident_date": None}, "incident_date"),
        ({"description": " "}, "description"),
        ({"user_policy_id": "POL-DEMO-0004"}, "user_policy_id"),
        ({"claim_type": "vehicle"}, "claim_type"),
    ],
)
def test_what_cannot_be_filed_is_named_as_in_filing_and_the_draft_stays(
    asha: Any, database: Database, changes: dict[str, Any], field: str
) -> None:
    mine = upload(asha).json()["id"]
    draft = begin(asha, content=FIELDS | changes, upload_ids=[mine])
    before = rows(database, *TABLES)
    refused = asha.post(f"/drafts/{draft['id']}/submit")
    directly = asha.post("/claims", json={n: v for n, v in (FIELDS | changes).items() if v is not None})
    assert refused.status_code == 422
    assert problem(refused) == problem(directly)
    assert {name for name, _ in problem(refused)[1]} == {field}
    assert rows(database, *TABLES) == before
    assert held(asha.get(f"/drafts/{draft['id']}").json()) == [("bill.pdf", None)]


def test_a_draft_is_submitted_as_it_was_seen(asha: Any, database: Database) -> None:
    draft = begin(asha, content=FIELDS)
    save(asha, draft, content=FIELDS | {"claim_amount": "1"})
    stale = asha.post(f"/drafts/{draft['id']}/submit", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]["content"]["claim_amount"]) == (412, "1")
    assert rows(database, "claims", "drafts") == {"claims": 0, "drafts": 1}


def test_one_person_has_so_many_drafts_and_no_more(database: Database, cast: Cast, tmp_path: Path) -> None:
    api = make_api(database, tmp_path, claims={"max_drafts": 2})
    asha, vikram = api.as_(cast.asha), api.as_(cast.vikram)
    first, _ = begin(asha), begin(asha)
    full = asha.post("/drafts", json={"no": "such field"})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_drafts")
    begin(vikram)
    assert asha.delete(f"/drafts/{first['id']}").status_code == 204
    begin(asha)
    assert rows(database, "drafts") == {"drafts": 3}


def test_drafts_are_listed_newest_first_page_by_page(asha: Any) -> None:
    made = [begin(asha, content={"description": text})["id"] for text in "abc"]
    first = asha.get("/drafts?limit=2").json()
    assert [draft["id"] for draft in first["items"]] == made[:0:-1]
    rest = asha.get(f"/drafts?limit=2&cursor={first['next_cursor']}").json()
    assert ([draft["id"] for draft in rest["items"]], rest["next_cursor"]) == (made[:1], None)
    assert problem(asha.get("/drafts?cursor=x")) == (422, [("cursor", "cursor_invalid")])


def test_a_draft_that_nobody_went_on_with_ends_and_leaves_its_uploads_to_the_sweep(
    api: Api, cast: Cast, asha: Any, database: Database, frozen_clock: Clock
) -> None:
    idle = begin(asha, upload_ids=[upload(asha).json()["id"]])
    kept = begin(asha, upload_ids=[upload(asha).json()["id"]])
    frozen_clock.move(days=60)
    asha = api.again(cast.asha)
    assert save(asha, kept, upload_ids=[kept["uploads"][0]["id"]]).status_code == 200
    frozen_clock.move(days=31)
    assert (drafts.forget_idle(database, days=90), drafts.forget_idle(database, days=90)) == (1, 0)
    asha = api.again(cast.asha)
    assert [draft["id"] for draft in asha.get("/drafts").json()["items"]] == [kept["id"]]
    assert swept(api, database, seconds=1).expired == 1
    assert (rows(database, "documents"), objects(folder_of(api))) == ({"documents": 1}, 1)
    with pytest.raises(NotFound), database.read_unit() as session:
        drafts.own_draft(session, cast.asha, idle["id"])


def test_a_draft_leaves_no_trace_in_the_trail_of_events(asha: Any, database: Database) -> None:
    before = rows(database, "events", "event_texts")
    draft = begin(asha, content={"description": "canary of a draft"})
    save(asha, draft, content={"description": "canary"})
    asha.delete(f"/drafts/{draft['id']}")
    assert rows(database, "events", "event_texts") == before


def test_a_number_that_was_taken_is_never_shown(
    asha: Any, claim: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([claim["claim_number"], "CLM-20261126-ABCDEFGH"])
    monkeypatch.setattr("insurenz.claims.submit.retail_number", lambda _zone: next(numbers))
    draft = begin(asha, content=FIELDS)
    filed = asha.post(f"/drafts/{draft['id']}/submit")
    assert (filed.status_code, filed.json()["claim_number"]) == (201, "CLM-20261126-ABCDEFGH")


def test_the_number_of_drafts_changes_not_how_often_the_database_is_asked(
    asha: Any, database: Database
) -> None:
    counts = []
    for _ in range(2):
        begin(asha, upload_ids=[upload(asha).json()["id"]])
        asked: list[str] = []

        def note(_c: Any, _k: Any, statement: str, *_rest: Any, asked: list[str] = asked) -> None:
            asked.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        asha.get("/drafts")
        event.remove(database.engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts[0] == counts[1]
