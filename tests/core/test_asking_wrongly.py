"""What a client gets wrong about a request itself: the method, the media type, a parameter's name; told in words."""

from typing import Any

import pytest

from tests.actors import Api, Cast
from tests.claims.stories import FIELDS

PLAIN = {"Content-Type": "text/plain"}


def refusal(answer: Any) -> tuple[int, str, list[tuple[str, str]]]:
    problem = answer.json()
    return answer.status_code, problem["code"], [(e["field"], e["code"]) for e in problem["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/claims", "GET, HEAD, POST"),
        ("POST", "/claims/counts", "GET, HEAD, PATCH"),
        ("OPTIONS", "/claims", "GET, HEAD, POST"),
        ("GET", "/auth/login", "POST"),
        ("HEAD", "/auth/login", "POST"),
        ("GET", "/claims/x/status", "PATCH"),
        ("HEAD", "/notifications/stream", "GET"),
        ("HEAD", "/documents/a/b/c/d", "GET"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(api: Api, method: str, path: str, allowed: str) -> None:
    answer = api.nobody.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["detail"] == f"This address takes {allowed}."


def test_head_is_get_without_its_body(api: Api, cast: Cast) -> None:
    asha = api.as_(cast.asha)
    for path in ("/health/live", "/policies/my", "/claims?limit=2", "/docs"):
        whole, head = asha.get(path), asha.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]
    assert api.nobody.head("/claims").status_code == 401
    assert asha.head("/claims/nope").status_code == asha.head("/uploads/nope").status_code == 404
    # It would be kept that they took the table with them.
    assert asha.head("/claims/export.csv").status_code == 404
    assert not any("head" in ways for ways in api.document["paths"].values())


def test_a_misspelled_or_doubled_parameter_of_a_list_is_refused_and_not_ignored(api: Api, cast: Cast) -> None:
    admin = api.as_(cast.admin)
    wrong = {"/users?rol=admin": "rol", "/deliveries?stat=dead": "stat", "/policies?stauts=ended": "stauts"}
    for path, name in wrong.items():
        assert refusal(admin.get(path)) == (422, "invalid", [(name, "extra_forbidden")])
    twice = admin.get("/audit?limit=1&limit=2")
    assert refusal(twice) == (422, "invalid", [("limit", "given_twice")])
    many = refusal(admin.get("/users?" + "&".join(f"{'n' * 99}{n}=1" for n in range(50))))
    assert many == (422, "invalid", [("n" * 64, "extra_forbidden")] * 40)
    assert "known: cursor, is_active" in admin.get("/users?rol=admin").json()["errors"][0]["detail"]
    # Who may not ask at all is told that first; an address without parameters is asked as ever.
    assert (
        api.as_(cast.asha).get("/users?rol=x").status_code,
        api.nobody.get("/users?rol=x").status_code,
    ) == (403, 401)
    assert admin.get("/config/public?at=now").status_code == 200


def test_a_body_of_another_type_is_told_which_is_taken(api: Api, cast: Cast) -> None:
    body = b'{"email": "asha@demo.example", "password": "x"}'
    for answer in (
        api.nobody.post("/auth/login", content=body, headers=PLAIN),
        api.nobody.post("/auth/login", content=body),
        api.nobody.post("/auth/login", data={"email": "asha@demo.example", "password": "x"}),
        api.as_(cast.asha).post("/notifications/read-all", content=b'{"up_to_rev": 1}', headers=PLAIN),
    ):
        assert refusal(answer) == (415, "unsupported_media_type", [])
        assert "application/json" in answer.json()["detail"]
    form = api.nobody.post("/auth/token", json={"username": "asha@demo.example", "password": "x"})
    assert refusal(form) == (415, "unsupported_media_type", [])
    # Who may not ask is told that first, and nothing at all is not a wrong type.
    assert api.nobody.put("/notifications/preferences", content=b"{}", headers=PLAIN).status_code == 401
    assert refusal(api.nobody.post("/auth/login")) == (422, "invalid", [("body", "missing")])


def test_what_is_not_json_is_said_of_the_body(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    answer = api.nobody.post("/auth/login", content=b'{"email": x}', headers=headers)
    assert answer.json()["errors"] == [
        {"field": "body", "code": "json_invalid", "detail": "This is not JSON, from character 10 on."}
    ]
    [error] = api.nobody.post("/auth/login", json=["x"]).json()["errors"]
    assert (error["field"], error["detail"]) == ("body", "Send a JSON object.")
    [error] = api.nobody.post("/auth/login", json={"email": "x", "password": "y"}).json()["errors"]
    assert error["detail"] == "Give an e-mail address such as name@example.org."


def test_an_action_without_fields_needs_no_body_and_no_content_type(api: Api, cast: Cast) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = asha.post("/claims", json=FIELDS).json()["claim_number"]
    assert arjun.post(f"/claims/{claim}/actions/start_review").json()["status"] == "under_review"
    assert arjun.post(f"/claims/{claim}/actions/approve", headers=PLAIN).json()["status"] == "approved"
    admin = api.as_(cast.admin)
    assert admin.post("/deliveries/replay").json() == {"count": 0}
    # What needs fields is told which.
    missing = refusal(asha.post("/claims"))[2]
    assert [field for field, code in missing if code == "missing"] == list(FIELDS)
