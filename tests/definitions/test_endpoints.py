"""What the API tells of workflows."""

import pytest

from tests.actors import Api, Cast


@pytest.mark.parametrize("name", ["asha", "city_desk", "meera", "admin", "auditor"])
def test_everybody_signed_in_sees_the_workflows(api: Api, cast: Cast, name: str) -> None:
    body = api.as_(getattr(cast, name)).get("/workflows").json()
    told = [(w["name"], w["version"], w["versions"], w["subject"]) for w in body["items"]]
    assert told == [("hospital", 5, [5], "hospital"), ("retail", 2, [2], "policy")]
    states = {s["code"]: (s["phase"], s["labels"]["filer"]) for s in body["items"][1]["states"]}
    assert states["pending"] == ("intake", "Received")
    assert list(states) == ["pending", "under_review", "approved", "rejected", "completed"]


def test_a_workflow_tells_all_that_a_client_needs_to_draw_it(api: Api, cast: Cast) -> None:
    body = api.as_(cast.asha).get("/workflows/retail").json()
    submit = body["transitions"][0]
    assert (submit["action"], submit["from"], submit["to"], submit["roles"]) == (
        "submit",
        ["new"],
        "pending",
        ["policyholder"],
    )
    assert "claim_amount" in submit["requires"]
    assert body["fields"]["claim_amount"] == "amount"
    bill = body["documents"]["medical"][0]
    assert (bill["code"], bill["required"], bool(bill["why"])) == ("bill", True, True)
    told = {event["event"]: [tell["title"] for tell in event["tell"]] for event in body["events"]}
    assert told["claim_submitted"] == ["Claim Received", "Claim Received"]
    assert told["claim_message"] == ["New Message"]


def test_a_version_is_told_by_its_number_and_others_are_missing(api: Api, cast: Cast) -> None:
    client = api.as_(cast.meera)
    assert client.get("/workflows/hospital?version=5").json() == client.get("/workflows/hospital").json()
    paths = (
        "/workflows/hospital?version=6",
        "/workflows/none",
        "/workflows/none?version=1",
        "/workflows/common",
    )
    assert [client.get(path).status_code for path in paths] == [404] * 4
    assert client.get("/workflows/hospital?version=0").status_code == 422
