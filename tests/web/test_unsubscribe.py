"""One-click unsubscribing: the address in a mail stops mails like it for its reader, and does nothing else for nobody else."""

import re
from typing import Any

import pytest

from insurenz.core.permissions import Actor
from tests.actors import Api, Cast
from tests.claims.stories import rows

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def address(api: Api, person: Actor, category: str = "progress") -> str:
    made: str = api.app.state.unsubscribing.address(person.id, category)
    return made.removeprefix(api.app.state.settings.base_url)


def off(api: Api, person: Actor) -> list[tuple[str, str]]:
    shown = api.as_(person).get("/notifications/preferences").json()["preferences"]
    return [(each["category"], each["channel"]) for each in shown if not each["is_on"]]


@pytest.mark.parametrize("form", ["urlencoded", "multipart", "nothing"])
def test_a_mail_program_stops_mails_like_this_one_with_one_post(api: Api, cast: Cast, form: str) -> None:
    sent: dict[str, Any] = {
        "urlencoded": {"data": ONE_CLICK},
        "multipart": {"files": {"List-Unsubscribe": (None, "One-Click")}},
        "nothing": {},
    }[form]
    path = address(api, cast.asha)
    assert [api.nobody.post(path, **sent).status_code for _ in range(2)] == [200, 200]
    assert off(api, cast.asha) == [("progress", "email")]
    assert off(api, cast.vikram) == []
    events = api.as_(cast.auditor).get("/audit", params={"type": "notification_preferences_changed"})
    assert [each["actor"]["id"] for each in events.json()["items"]] == [cast.asha.id]


def test_what_only_looks_at_the_address_changes_nothing(api: Api, cast: Cast) -> None:
    path = address(api, cast.asha)
    before = rows(api.database, "preferences", "events")
    page = api.nobody.get(path)
    assert (page.status_code, api.nobody.head(path).status_code) == (200, 200)
    assert rows(api.database, "preferences", "events") == before
    # It asks, without a script, and its form may go back to this install alone.
    assert re.search(r'<form method="post">.*<button class="first" type="submit">', page.text, re.DOTALL)
    policy = page.headers["content-security-policy"]
    assert ("form-action 'self'" in policy, "script" in policy, "<script" in page.text) == (
        True,
        False,
        False,
    )
    assert "These mails have stopped" in api.nobody.post(path, data=ONE_CLICK).text
    assert "These mails have stopped" in api.nobody.get(path).text


def test_other_choices_stay(api: Api, cast: Cast) -> None:
    chosen = [{"category": "message", "channel": "push", "is_on": False}]
    api.as_(cast.asha).put("/notifications/preferences", json={"preferences": chosen, "quiet_hours": None})
    api.nobody.post(address(api, cast.asha), data=ONE_CLICK)
    assert off(api, cast.asha) == [("progress", "email"), ("message", "push")]


@pytest.mark.parametrize("category", ["action_needed", "decision"])
def test_n10_what_is_mandatory_is_not_switched_off(api: Api, cast: Cast, category: str) -> None:
    path = address(api, cast.asha, category)
    before = rows(api.database, "preferences", "events")
    assert api.nobody.post(path, data=ONE_CLICK).json()["code"] == "mandatory"
    assert rows(api.database, "preferences", "events") == before


def test_an_altered_address_is_nobodys(api: Api, cast: Cast) -> None:
    path = address(api, cast.asha)
    said, _, signature = path.rpartition("/")[2].partition(".")
    others = address(api, cast.vikram).rpartition("/")[2].partition(".")[0]
    changed = [f"{path[:n]}{'A' if path[n] != 'A' else 'B'}{path[n + 1 :]}" for n in range(13, len(path))]
    changed += [f"/unsubscribe/{said}", f"/unsubscribe/{said}.", f"/unsubscribe/{others}.{signature}"]
    changed += [f"/unsubscribe/{said}.{signature}=", "/unsubscribe/%F0%9F%98%80.%00", "/unsubscribe/."]
    before = rows(api.database, "preferences", "events")
    assert {api.nobody.post(each).status_code for each in changed} == {404}
    assert {api.nobody.get(each).status_code for each in changed[-6:]} == {404}
    assert rows(api.database, "preferences", "events") == before


def test_who_is_signed_in_makes_no_difference(api: Api, cast: Cast) -> None:
    browser = api.browser(cast.vikram)
    cross_site = {"Sec-Fetch-Site": "cross-site", "Origin": "https://mail.example"}
    assert browser.post(address(api, cast.asha), data=ONE_CLICK, headers=cross_site).status_code == 200
    assert (off(api, cast.asha), off(api, cast.vikram)) == ([("progress", "email")], [])
