"""Files that come with messages, and how far each side has read: both sides see the same, and a look writes nothing."""

from datetime import datetime
from typing import Any

import pytest

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.actors import Api, Cast
from tests.claims.hospitals import claim_in
from tests.claims.stories import act, everything, file_claim, problem, rows, show, told, upload
from tests.conftest import Clock
from tests.statements import how_many


@pytest.fixture
def claim(api: Api, cast: Cast) -> dict[str, Any]:
    """A claim of Asha's."""
    filed: dict[str, Any] = file_claim(api.as_(cast.asha)).json()
    return filed


def say(client: Any, claim: dict[str, Any], *names: str, body: str = "See here.", **headers: str) -> Any:
    """Send a message with sample files."""
    ids = [upload(client, name).json()["id"] for name in names]
    return client.post(
        f"/claims/{claim['id']}/messages", json={"body": body, "upload_ids": ids}, headers=headers
    )


def thread(client: Any, claim: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages as this reader sees them."""
    items: list[dict[str, Any]] = client.get(f"/claims/{claim['id']}/messages").json()["items"]
    return items


def read(client: Any, claim: dict[str, Any], **body: Any) -> Any:
    """Say that one has read the messages."""
    return client.post(f"/claims/{claim['id']}/messages/read", json=body or None)


def names(message: dict[str, Any]) -> list[str]:
    """The files of a message."""
    return [document["file_name"] for document in message["documents"]]


def test_files_come_with_messages_in_both_directions_and_open_for_both_sides(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    sent = say(asha, claim, "bill.pdf", "photo.jpg")
    assert (sent.status_code, names(sent.json())) == (201, ["bill.pdf", "photo.jpg"])
    assert names(say(arjun, claim, "bill.pdf", body="Signed by us.").json()) == ["bill.pdf"]
    say(arjun, claim, body="And a word.")
    for reader in (asha, arjun, api.as_(cast.auditor)):
        said = thread(reader, claim)
        assert [(m["body"], names(m)) for m in said] == [
            ("See here.", ["bill.pdf", "photo.jpg"]),
            ("Signed by us.", ["bill.pdf"]),
            ("And a word.", []),
        ]
        opened = [reader.get(each["url"]).status_code for m in said for each in m["documents"]]
        assert opened == [200, 200, 200]
        assert len(show(reader, claim)["documents"]) == 3


def test_hospital_and_payer_send_files_of_a_hospital_claim(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_pending")
    assert names(say(api.as_(cast.city_ward), claim, "bill.pdf").json()) == ["bill.pdf"]
    assert [names(m) for m in thread(api.as_(cast.priya), claim)] == [["bill.pdf"]]
    stranger = api.as_(cast.lakeside_desk)
    assert say(stranger, claim, "bill.pdf").status_code == 404
    assert (read(stranger, claim).status_code, len(thread(api.as_(cast.city_desk), claim))) == (404, 1)


def test_a_message_with_files_is_a_new_version_of_the_claim_also_when_it_is_closed(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha = api.as_(cast.asha)
    say(asha, claim)
    assert show(asha, claim)["version"] == 1
    act(asha, claim, "withdraw")
    sent = say(asha, claim, "bill.pdf").json()
    after = show(asha, claim)
    assert (after["version"], after["status_group"]) == (3, "closed")
    document = sent["documents"][0]
    assert [each["id"] for each in after["documents"]] == [document["id"]]
    assert told(database, claim) == ("claim_message", {"side": "filer", "documents": [document["id"]]})


def test_an_upload_that_is_not_ones_own_or_was_used_is_refused_and_nothing_is_said(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha, path = api.as_(cast.asha), f"/claims/{claim['id']}/messages"
    foreign, own = (upload(api.as_(who)).json()["id"] for who in (cast.arjun, cast.asha))
    before = everything(api, database, claim)
    for ids in ([foreign], [new_id()], [own, own], ["x"]):
        refused = asha.post(path, json={"body": "Hello", "upload_ids": ids})
        assert problem(refused) == (422, [("upload_ids", "unknown_upload")])
    assert everything(api, database, claim) == before
    assert asha.post(path, json={"body": "Hello", "upload_ids": [own]}).status_code == 201
    refused = asha.post(path, json={"body": "Hello", "upload_ids": [own]})
    assert problem(refused) == (422, [("upload_ids", "unknown_upload")])


def test_notes_take_no_files(api: Api, cast: Cast, claim: dict[str, Any]) -> None:
    body = {"body": "Odd.", "upload_ids": []}
    refused = api.as_(cast.arjun).post(f"/claims/{claim['id']}/notes", json=body)
    assert problem(refused) == (422, [("upload_ids", "extra_forbidden")])


def test_d01_a_message_with_a_file_sent_again_gives_it_with_a_link_that_opens(
    api: Api, cast: Cast, claim: dict[str, Any]
) -> None:
    asha = api.as_(cast.asha)
    body = {"body": "Here.", "upload_ids": [upload(asha).json()["id"]]}
    path, key = f"/claims/{claim['id']}/messages", {"Idempotency-Key": "tap-tap"}
    first, second = (asha.post(path, json=body, headers=key).json() for _ in range(2))
    assert (first["id"], len(thread(asha, claim))) == (second["id"], 1)
    assert asha.get(second["documents"][0]["url"]).status_code == 200


def test_each_message_says_who_of_the_other_side_read_it_first_and_when(
    api: Api, cast: Cast, claim: dict[str, Any], today: Clock
) -> None:
    asha, arjun, admin = (api.as_(who) for who in (cast.asha, cast.arjun, cast.admin))
    first = say(asha, claim, body="One").json()
    say(asha, claim, body="Two")
    assert [(m["is_new"], m["read_by"]) for m in thread(arjun, claim)] == [(True, None)] * 2
    assert [m["is_new"] for m in thread(asha, claim)] == [False, False]
    today.move(minutes=1)
    assert read(arjun, claim, up_to=first["id"]).status_code == 204
    noon = today.at
    today.move(minutes=1)
    assert read(admin, claim).status_code == 204
    later = today.at
    today.move(minutes=1)
    read(arjun, claim)
    for reader in (asha, arjun, admin):
        shown = [
            (m["read_by"]["name"], m["read_by"]["role"], m["read_by"]["at"]) for m in thread(reader, claim)
        ]
        assert [(name, role, datetime.fromisoformat(at)) for name, role, at in shown] == [
            ("Arjun Rao", "claim_processor_l2", noon),
            (cast.admin.name, "admin", later),
        ]
    assert [m["is_new"] for m in thread(arjun, claim)] == [False, False]
    answer = say(arjun, claim, body="Three").json()
    assert (answer["read_by"], thread(asha, claim)[-1]["is_new"]) == (None, True)
    read(asha, claim)
    assert thread(arjun, claim)[-1]["read_by"]["name"] == "Asha Nair"


def test_a_colleague_who_reads_ones_own_sides_message_is_no_reader_of_it(api: Api, cast: Cast) -> None:
    claim = claim_in(api, cast, "qc_pending")
    say(api.as_(cast.city_desk), claim)
    read(api.as_(cast.city_ward), claim)
    assert thread(api.as_(cast.city_desk), claim)[0]["read_by"] is None
    assert thread(api.as_(cast.priya), claim)[0]["is_new"] is True


def test_reading_is_said_and_not_taken_from_a_look(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    assert (read(arjun, claim).status_code, rows(database, "message_reads")) == (204, {"message_reads": 0})
    say(asha, claim)
    thread(arjun, claim)
    assert rows(database, "message_reads") == {"message_reads": 0}
    for _ in range(3):
        assert arjun.post(f"/claims/{claim['id']}/messages/read").status_code == 204
    assert rows(database, "message_reads") == {"message_reads": 1}
    assert show(asha, claim)["version"] == 1


def test_a_message_that_the_claim_does_not_have_cannot_be_read(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    other = file_claim(asha).json()
    elsewhere = say(asha, other).json()["id"]
    say(asha, claim)
    note = arjun.post(f"/claims/{claim['id']}/notes", json={"body": "hush"}).json()["id"]
    for message in (elsewhere, note, new_id(), "x"):
        assert problem(read(arjun, claim, up_to=message)) == (422, [("up_to", "unknown_message")])
    assert problem(read(arjun, claim, upto="x")) == (422, [("upto", "extra_forbidden")])
    assert read(api.as_(cast.auditor), claim).json()["code"] == "role_not_allowed"
    assert rows(database, "message_reads") == {"message_reads": 0}


def test_a_page_of_messages_with_files_costs_one_statement_more_however_many_they_are(
    api: Api, cast: Cast, claim: dict[str, Any], database: Database
) -> None:
    asha = api.as_(cast.asha)
    say(asha, claim)
    plain = how_many(database, lambda: thread(asha, claim))
    say(asha, claim, "bill.pdf")
    one = how_many(database, lambda: thread(asha, claim))
    for _ in range(3):
        say(asha, claim, "bill.pdf", "photo.jpg")
    assert (plain, one, how_many(database, lambda: thread(asha, claim))) == (5, 6, 6)
