"""Who looked at a claim: told to staff with how often and when, of the claim and of each of its documents."""

from typing import Any

from tests.actors import Api, Cast
from tests.claims.stories import file_claim
from tests.conftest import Clock
from tests.documents import samples
from tests.documents.test_previews import make
from tests.documents.test_served import filed, opened, seen_by


def told(api: Api, reader: Any, claim: dict[str, Any]) -> list[tuple[str, str | None, str, int]]:
    """Who, which file, how, how often; the latest first."""
    api.app.state.access_log.flush()
    answer = api.as_(reader).get(f"/claims/{claim['id']}/viewers")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    return [(each["user_name"], each["file_name"], each["what"], each["times"]) for each in items]


def test_staff_see_who_looked_at_what_how_often_and_when(api: Api, cast: Cast, frozen_clock: Clock) -> None:
    claim = file_claim(api.as_(cast.asha), "bill.pdf").json()
    other = file_claim(api.as_(cast.asha), "bill.pdf").json()
    assert told(api, cast.arjun, claim) == []
    began = frozen_clock.at
    for _ in range(2):
        frozen_clock.move(seconds=1)
        assert opened(api, claim["documents"][0]["url"]).status_code == 200
    frozen_clock.move(seconds=1)
    assert api.as_(cast.arjun).get(f"/claims/{claim['id']}").status_code == 200
    assert opened(api, other["documents"][0]["url"]).status_code == 200
    api.app.state.access_log.flush()
    items = api.as_(cast.admin).get(f"/claims/{claim['id']}/viewers").json()["items"]
    assert [(each["user_id"], each["what"], each["times"]) for each in items] == [
        (cast.arjun.id, "viewed", 1),
        (cast.asha.id, "opened", 2),
        (cast.arjun.id, "viewers viewed", 1),
    ]
    assert items[1] | {"first_at": "", "last_at": ""} == {
        "user_id": cast.asha.id, "user_name": "Asha Nair", "user_role": "policyholder",
        "document_id": claim["documents"][0]["id"], "file_name": "bill.pdf", "what": "opened", "times": 2,
        "first_at": "", "last_at": "",
    }  # fmt: skip
    assert items[2]["first_at"] == began.isoformat().replace("+00:00", "Z")
    assert items[1]["first_at"] < items[1]["last_at"] < items[0]["last_at"]


def test_who_filed_it_is_not_told_and_a_stranger_finds_nothing(api: Api, cast: Cast) -> None:
    claim = file_claim(api.as_(cast.asha)).json()
    path = f"/claims/{claim['id']}/viewers"
    codes = [
        api.as_(each).get(path).status_code for each in (cast.asha, cast.vikram, cast.rahul, cast.auditor)
    ]
    assert codes == [403, 404, 404, 200]


def test_a_small_picture_in_a_list_is_a_look_once_a_day_for_each_person(
    api: Api, cast: Cast, frozen_clock: Clock
) -> None:
    claim = filed(api, cast, ("me.jpg", samples.photo()))
    make(api)
    document, theirs = seen_by(api, claim, cast.asha), seen_by(api, claim, cast.arjun)
    for _ in range(3):
        for each in (document, theirs):
            assert opened(api, each["thumbnail_url"]).status_code == 200
        assert opened(api, document["preview_url"]).status_code == 200
    looks = {(name, what): times for name, _, what, times in told(api, cast.admin, claim)}
    assert looks["Asha Nair", "small preview"] == looks["Arjun Rao", "small preview"] == 1
    assert looks["Asha Nair", "large preview"] == 3
    frozen_clock.move(days=1)
    asha, path = api.again(cast.asha), f"/claims/{claim['id']}/documents/{document['id']}"
    tomorrow = asha.get(path).json()["thumbnail_url"]
    assert [opened(api, tomorrow).status_code for _ in range(2)] == [200, 200]
    api.again(cast.admin)
    looks = {(name, what): times for name, _, what, times in told(api, cast.admin, claim)}
    assert (looks["Asha Nair", "small preview"], looks["Arjun Rao", "small preview"]) == (2, 1)
