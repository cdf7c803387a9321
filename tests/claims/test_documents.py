"""Documents of a filed claim: added by filer and staff, replaced, and sent with an action."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.db import Database
from tests.actors import Api, Cast, make_api, people
from tests.claims.stories import (
    act,
    add,
    events_of,
    everything,
    file_claim,
    objects,
    problem,
    rows,
    sample,
    show,
    told,
    upload,
    verify,
)
from tests.conftest import Clock
from tests.races import at_once

MISSING = "018f0000-0000-7000-8000-000000000000"


def names(claim: dict[str, Any]) -> list[str]:
    return [document["file_name"] for document in claim["documents"]]


def test_a_document_has_all_its_fields(asha: Any, claim: dict[str, Any]) -> None:
    document = claim["documents"][0]
    shown = asha.get(f"/claims/{claim['id']}/documents/{document['id']}").json()
    links = {"url": "", "preview_url": "", "thumbnail_url": "", "text_url": ""}
    assert shown | links == document | links
    assert set(shown) == {
        *("id", "claim_id", "file_name", "file_type", "file_size", "uploaded_at", "sha256", *links),
        *("pages", "width", "height", "is_encrypted", "has_active_content", "scan_state", "metadata"),
        *("verification", "verification_reason", "replaced_by"),
    }
    assert (shown["claim_id"], shown["verification"], shown["verification_reason"], shown["replaced_by"]) == (
        claim["id"],
        "unverified",
        None,
        None,
    )


@pytest.mark.parametrize("person", ["asha", "arjun", "admin"])
def test_documents_are_added_by_filer_and_staff(
    api: Api, cast: Cast, database: Database, claim: dict[str, Any], today: Clock, person: str
) -> None:
    today.move(minutes=1)
    answer = add(api.as_(getattr(cast, person)), claim, "photo.jpg", "scan.png")
    added = answer.json()
    assert (answer.status_code, answer.headers["etag"], added["version"]) == (201, '"2"', 2)
    assert names(added) == ["bill.pdf", "photo.jpg", "scan.png"]
    assert added["updated_at"] > claim["updated_at"]
    assert (added["status"], added["created_at"]) == ("pending", claim["created_at"])
    new = [document["id"] for document in added["documents"][1:]]
    assert told(database, claim) == ("claim_documents_added", {"documents": new, "replaces": None})
    assert names(show(api.as_(cast.asha), claim)) == names(added)


def test_files_and_uploads_are_added_in_one_request(asha: Any, claim: dict[str, Any]) -> None:
    sent = upload(asha, "photo.jpg").json()["id"]
    added = add(asha, claim, "scan.png", upload_ids=[sent]).json()
    assert (names(added), added["version"]) == (["bill.pdf", "photo.jpg", "scan.png"], 2)
    again = add(asha, added, upload_ids=[upload(asha, "letter.doc").json()["id"]]).json()
    assert (names(again)[-1], again["version"]) == ("letter.doc", 3)


def test_an_upload_is_added_by_whom_it_belongs_to(
    api: Api, asha: Any, arjun: Any, database: Database, claim: dict[str, Any]
) -> None:
    sent = upload(arjun).json()["id"]
    before = everything(api, database, claim)
    assert problem(add(asha, claim, upload_ids=[sent])) == (422, [("upload_ids", "unknown_upload")])
    assert everything(api, database, claim) == before
    assert add(arjun, claim, upload_ids=[sent]).status_code == 201


def test_a_closed_claim_takes_no_documents(
    api: Api, cast: Cast, asha: Any, database: Database, claim: dict[str, Any]
) -> None:
    act(asha, claim, "withdraw")
    before = everything(api, database, claim)
    for client in (asha, api.as_(cast.admin)):
        refused = add(client, claim, "photo.jpg")
        assert (refused.status_code, refused.json()["code"]) == (409, "closed")
    assert everything(api, database, claim) == before


def test_d04_documents_are_added_to_the_version_that_was_read(
    api: Api, asha: Any, database: Database, claim: dict[str, Any]
) -> None:
    add(asha, claim, "photo.jpg", headers={"If-Match": '"1"'})
    before = everything(api, database, claim)
    stale = add(asha, claim, "scan.png", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["current"]) == (412, {"version": 2, "status": "pending"})
    assert everything(api, database, claim) == before
    assert add(asha, claim, "scan.png", headers={"If-Match": '"2"'}).status_code == 201


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({}, ("files", "missing")),
        ({"upload_ids": []}, ("files", "missing")),
        ({"upload_ids": [MISSING]}, ("upload_ids", "unknown_upload")),
        ({"upload_ids": "x"}, ("upload_ids", "list_type")),
        ({"claim_id": MISSING}, ("claim_id", "extra_forbidden")),
        ({"files": ["x"]}, ("files", "extra_forbidden")),
        ({"replaces": 5}, ("replaces", "string_type")),
    ],
)
def test_what_names_no_documents_is_refused(
    api: Api,
    asha: Any,
    database: Database,
    claim: dict[str, Any],
    fields: dict[str, Any],
    refusal: tuple[str, str],
) -> None:
    before = everything(api, database, claim)
    assert problem(add(asha, claim, **fields)) == (422, [refusal])
    assert everything(api, database, claim) == before


def test_one_bad_file_adds_nothing(api: Api, asha: Any, database: Database, claim: dict[str, Any]) -> None:
    before = everything(api, database, claim)
    files = [("files", sample("photo.jpg")), ("files", ("a.pdf", b"MZ"))]
    answer = asha.post(f"/claims/{claim['id']}/documents", files=files)
    assert problem(answer) == (415, [("files", "type_mismatch")])
    assert everything(api, database, claim) == before


def test_d01_the_same_key_adds_once_and_signs_its_links_anew(
    api: Api, asha: Any, database: Database, claim: dict[str, Any], today: Clock
) -> None:
    key = {"Idempotency-Key": "k"}
    first = add(asha, claim, "photo.jpg", headers=key)
    today.move(seconds=10)
    again = add(asha, claim, "photo.jpg", headers=key)
    links = [[document.pop("url") for document in claim["documents"]] for claim in (first.json(),)]
    assert (first.status_code, again.status_code, again.headers["etag"]) == (201, 201, '"2"')
    bare = [[{**d, "url": None} for d in answer.json()["documents"]] for answer in (first, again)]
    assert first.json() | {"documents": bare[0]} == again.json() | {"documents": bare[1]}
    renewed = [document["url"] for document in again.json()["documents"]]
    assert set(links[0]).isdisjoint(renewed)
    assert api.nobody.get(renewed[1].removeprefix(api.app.state.settings.base_url)).status_code == 200
    assert events_of(database, claim) == ["claim_submitted", "claim_documents_added"]
    assert rows(database, "documents") == {"documents": 2}


def test_d02_what_is_sent_again_with_its_key_gets_its_answer_whatever_came_meanwhile(
    asha: Any, database: Database, claim: dict[str, Any]
) -> None:
    sent = {"Idempotency-Key": "k", "If-Match": '"1"'}
    first = add(asha, claim, "photo.jpg", headers=sent)
    act(asha, claim, "withdraw")
    again = add(asha, claim, "photo.jpg", headers=sent)
    assert (first.status_code, again.status_code, again.json()["version"]) == (201, 201, 2)
    assert events_of(database, claim) == ["claim_submitted", "claim_documents_added", "claim_status_updated"]
    assert rows(database, "documents") == {"documents": 2}


@pytest.mark.parametrize("other", ["file", "replaces"])
def test_d01_the_same_key_with_other_documents_is_refused(
    api: Api, asha: Any, database: Database, claim: dict[str, Any], other: str
) -> None:
    key = {"Idempotency-Key": "k"}
    add(asha, claim, "photo.jpg", headers=key)
    before = everything(api, database, claim)
    changed = {"replaces": claim["documents"][0]["id"]} if other == "replaces" else {}
    answer = add(asha, claim, "photo.jpg" if changed else "scan.png", headers=key, **changed)
    assert problem(answer) == (422, [("Idempotency-Key", "key_reused")])
    assert everything(api, database, claim) == before


def opened(api: Api, url: str) -> int:
    return int(api.nobody.get(url.removeprefix(api.app.state.settings.base_url)).status_code)


@pytest.mark.parametrize("person", ["asha", "arjun"])
@pytest.mark.parametrize("as_upload", [True, False])
def test_a_replaced_document_is_seen_by_staff_alone(
    api: Api,
    cast: Cast,
    asha: Any,
    database: Database,
    claim: dict[str, Any],
    person: str,
    as_upload: bool,
) -> None:
    client, old = api.as_(getattr(cast, person)), claim["documents"][0]
    given = {"upload_ids": [upload(client, "photo.jpg").json()["id"]]} if as_upload else {}
    answer = add(client, claim, *([] if as_upload else ["photo.jpg"]), replaces=old["id"], **given)
    assert answer.status_code == 201, answer.text
    [new] = [d["id"] for d in answer.json()["documents"] if d["file_name"] == "photo.jpg"]
    assert told(database, claim) == ("claim_documents_added", {"documents": [new], "replaces": old["id"]})
    assert [(d["id"], d["replaced_by"]) for d in show(asha, claim)["documents"]] == [(new, None)]
    for staff in (cast.arjun, cast.admin, cast.auditor):
        seen = [(d["id"], d["replaced_by"]) for d in show(api.as_(staff), claim)["documents"]]
        assert seen == [(old["id"], new), (new, None)]
    path = f"/claims/{claim['id']}/documents/{old['id']}"
    for each in (path, f"{path}/refresh-url"):
        assert (asha.get(each).status_code, api.as_(cast.arjun).get(each).status_code) == (404, 200)
    staff_link = api.as_(cast.arjun).get(path).json()["url"]
    assert (opened(api, old["url"]), opened(api, staff_link)) == (404, 200)


def test_what_took_a_documents_place_can_be_replaced_again(asha: Any, claim: dict[str, Any]) -> None:
    for name in ("photo.jpg", "scan.png"):
        claim = add(asha, claim, name, replaces=claim["documents"][0]["id"]).json()
        assert names(claim) == [name]
    assert claim["version"] == 3


def replaced(asha: Any, claim: dict[str, Any]) -> str:
    add(asha, claim, "photo.jpg", replaces=claim["documents"][0]["id"])
    return str(claim["documents"][0]["id"])


def test_only_a_document_that_is_there_and_ones_own_is_replaced(
    api: Api, asha: Any, arjun: Any, database: Database, claim: dict[str, Any]
) -> None:
    by_staff = add(arjun, claim, "scan.png").json()["documents"][1]["id"]
    elsewhere = file_claim(asha, "bill.pdf").json()["documents"][0]["id"]
    gone, used = replaced(asha, claim), upload(asha).json()["id"]
    before = everything(api, database, claim)
    cases: list[tuple[Any, str, str]] = [
        (asha, by_staff, "not_yours"),
        (asha, elsewhere, "unknown_document"),
        (arjun, elsewhere, "unknown_document"),
        (asha, used, "unknown_document"),
        (asha, MISSING, "unknown_document"),
        (asha, "x", "unknown_document"),
        (asha, "", "unknown_document"),
        (asha, gone, "unknown_document"),
        (arjun, gone, "already_replaced"),
    ]
    for client, document_id, code in cases:
        answer = add(client, claim, "letter.doc", replaces=document_id)
        assert problem(answer) == (422, [("replaces", code)]), document_id
    assert everything(api, database, claim) == before


def test_one_document_takes_the_place_of_one(
    api: Api, asha: Any, database: Database, claim: dict[str, Any]
) -> None:
    sent, old = upload(asha).json()["id"], claim["documents"][0]["id"]
    before = everything(api, database, claim)
    for files, fields in ((["photo.jpg", "scan.png"], {}), (["photo.jpg"], {"upload_ids": [sent]})):
        answer = add(asha, claim, *files, replaces=old, **fields)
        assert problem(answer) == (422, [("replaces", "one_file_needed")])
    assert problem(add(asha, claim, replaces=old)) == (422, [("files", "missing")])
    assert everything(api, database, claim) == before


def test_who_and_what_is_judged_before_how(
    api: Api, cast: Cast, asha: Any, arjun: Any, claim: dict[str, Any]
) -> None:
    wrong = {"headers": {"If-Match": '"9"'}}
    assert verify(api.nobody, claim, "good", **wrong).status_code == 401
    assert verify(api.as_(cast.vikram), claim, "good", **wrong).status_code == 404
    assert verify(asha, claim, "good", **wrong).status_code == 403
    assert verify(arjun, claim | {"documents": [{"id": MISSING}]}, "good", **wrong).status_code == 404
    assert verify(arjun, claim, "good", **wrong).status_code == 412
    assert add(api.nobody, claim, **wrong).status_code == 401
    assert add(api.as_(cast.vikram), claim, **wrong).status_code == 404
    assert add(api.as_(cast.auditor), claim, **wrong).status_code == 403
    act(asha, claim, "withdraw")
    assert add(asha, claim, **wrong).status_code == 412
    assert add(asha, claim).status_code == 409


def test_an_action_takes_files_and_uploads_where_its_definition_says_so(
    database: Database, cast: Cast, tmp_path: Path
) -> None:
    shipped = (Path(__file__).parents[2] / "src/insurenz/workflow/definitions/retail.yaml").read_text()
    with_evidence = shipped.replace("name: retail", "name: repair").replace(
        "    requires: [reason]\n    guards: [only_once",
        "    requires: [reason]\n    optional: [files, upload_ids]\n    guards: [only_once",
    )
    (tmp_path / "own").mkdir()
    (tmp_path / "own/repair.yaml").write_text(with_evidence)
    api = make_api(database, tmp_path / "data", workflows_dir=tmp_path / "own")
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = file_claim(asha, workflow="repair").json()
    act(arjun, claim, "reject", status_notes="No proof.")
    sent = [upload(asha, name).json()["id"] for name in ("bill.pdf", "scan.png")]
    refused = act(asha, claim, "appeal", reason="Here it is.", upload_ids=[MISSING])
    assert problem(refused) == (422, [("upload_ids", "unknown_upload")])
    assert problem(act(arjun, claim, "complete", upload_ids=sent)) == (422, [("upload_ids", "not_taken")])
    answer = asha.post(
        f"/claims/{claim['id']}/actions/appeal",
        data={"reason": "Here it is.", "upload_ids": sent},
        files=[("files", sample("photo.jpg"))],
    )
    assert (answer.status_code, names(answer.json())) == (200, ["bill.pdf", "scan.png", "photo.jpg"])
    kind, data = told(database, claim)
    assert (kind, data["documents"]) == (
        "claim_status_updated",
        [document["id"] for document in answer.json()["documents"]],
    )
    assert {"files", "upload_ids"}.isdisjoint(data)


@pytest.mark.parametrize("action", ["start_review", "withdraw"])
def test_an_action_that_takes_no_files_refuses_them(
    api: Api, asha: Any, arjun: Any, database: Database, claim: dict[str, Any], action: str
) -> None:
    client = asha if action == "withdraw" else arjun
    sent = upload(client).json()["id"]
    before = everything(api, database, claim)
    assert problem(act(client, claim, action, upload_ids=[sent])) == (422, [("upload_ids", "not_taken")])
    path = f"/claims/{claim['id']}/actions/{action}"
    assert problem(client.post(path, files=[("files", sample("photo.jpg"))])) == (
        422,
        [("files", "not_taken")],
    )
    assert everything(api, database, claim) == before


@pytest.fixture
def world(real_database: Database, tmp_path: Path) -> Any:
    """The app on a database that really commits, with the demo world in it."""
    with real_database.unit_of_work() as session:
        cast = people(session)
    api = make_api(real_database, tmp_path, documents={"max_claim_files": 4})
    yield api, cast
    api.app.state.gate.hasher.close()


def test_d03_of_two_who_replace_one_document_one_wins(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    for _ in range(10):
        claim = file_claim(asha, "letter.docx", claim_amount="10").json()
        old = claim["documents"][0]["id"]
        calls: list[Callable[[], Any]] = [
            lambda who=who, claim=claim, old=old: add(who, claim, "photo.jpg", replaces=old)  # type: ignore[misc]
            for who in (asha, arjun)
        ]
        assert sorted(answer.status_code for answer in at_once(*calls)) == [201, 422]
        assert (names(show(asha, claim)), show(asha, claim)["version"]) == (["photo.jpg"], 2)


def test_d03_adding_at_once_keeps_every_version_and_the_limit_of_the_claim(
    world: tuple[Api, Cast], real_database: Database, tmp_path: Path
) -> None:
    api, cast = world
    asha = api.as_(cast.asha)
    claim = file_claim(asha, claim_amount="10").json()
    answers = at_once(*[lambda: add(asha, claim, "letter.docx")] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [413] * 2
    assert sorted(a.json()["version"] for a in answers if a.status_code == 201) == [2, 3, 4, 5]
    assert (rows(real_database, "documents"), objects(tmp_path / "objects")) == ({"documents": 4}, 4)
    assert events_of(real_database, claim) == ["claim_submitted"] + ["claim_documents_added"] * 4
