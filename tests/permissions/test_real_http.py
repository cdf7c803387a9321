"""Z-02 over real HTTP: a server as a user starts it refuses, and lets read, as the table says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.installs import demo_server
from tests.permissions.calls import Call, call_of, operations
from tests.permissions.test_matrix import TABLE
from tests.permissions.world import FILING, PHOTO
from tests.server import Answer, Server, form

EMAILS = {
    "owner": "asha@demo.example",
    "other": "vikram@demo.example",
    "desk": "desk@city.demo.example",
    "clerk": "arjun@demo.example",
    "away": "priya@demo.example",
    "admin": "admin@demo.example",
    "auditor": "auditor@demo.example",
}


@dataclass
class Live:
    """A running server, and the objects on it that calls are about."""

    server: Server
    document: dict[str, Any]
    people: dict[str, dict[str, str]]
    ids: dict[str, str] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)

    def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Answer:
        """One request over the network."""
        body = content.get("content")
        return self.server.call(method, path, body=body, json_body=content.get("json"), headers=headers)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with the demo world, and a claim of Asha's with a document."""
    # A live stream ends once it has told what there is.
    server = demo_server(
        tmp_path_factory.mktemp("live") / "data", INSURENZ_LIMITS__STREAM_SECONDS="0"
    ).start()
    try:
        yield settled(server)
    finally:
        server.stop()


def settled(server: Server) -> Live:
    """What calls are about, made on a fresh server with the demo world."""
    document = server.call("GET", "/openapi.json").json()
    people = {name: {"Authorization": f"Bearer {server.sign_in(email)}"} for name, email in EMAILS.items()}
    live = Live(server, document, people)
    body, headers = form(FILING, [PHOTO])
    claim = server.call("POST", "/claims", body=body, headers=headers | people["owner"]).json()
    live.claims["pending"] = claim
    me = {name: live.send("GET", "/auth/me", people[name], json=None).json()["id"] for name in people}
    key = {"name": "own", "scopes": ["claims:read"]}
    made = live.send("POST", f"/users/{me['owner']}/api-keys", people["owner"], json=key).json()
    draft = live.send("POST", "/drafts", people["owner"], json={"content": FILING}).json()
    server.sign_in(EMAILS["owner"])
    sessions = live.send("GET", "/auth/sessions", people["owner"], json=None).json()["items"]
    told = live.send(
        "GET", "/notifications?event_type=claim_status_updated&status=approved", people["owner"], json=None
    ).json()["items"]
    announced = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "filename YS5qcGc="}
    awaited = live.send("POST", "/uploads", people["owner"] | announced).json()
    view = live.send("POST", "/claim-views", people["owner"], json={"name": "Mine", "filters": {}}).json()
    hook = {"organisation": "HOSP_001", "url": "https://claims.city.example/insurenz"}
    webhook = live.send("POST", "/webhooks", people["admin"], json=hook).json()
    live.ids |= {
        "webhook_id": webhook["id"],
        "view_id": view["id"],
        "notification_id": told[0]["id"],
        "draft_id": draft["id"],
        "upload_id": awaited["id"],
        "claim_id": claim["id"],
        "document_id": claim["documents"][0]["id"],
        "policy_id": "POL-DEMO-0002",
        "organisation_id": "HOSP_001",
        "action": "start_review",
        "name": "retail",
        "owner_id": me["owner"],
        "user_id": me["away"],
        "key_id": made["id"],
        # None was made there: it is judged who may ask, not what is found.
        **dict.fromkeys(("delivery_id", "device_id", "chat_id"), made["id"]),
        "session_id": next(row["id"] for row in sessions if not row["is_current"]),
    }
    return live


def _state(live: Live) -> list[Any]:
    """What the refused calls would have changed; the trail has an event of every change."""
    admin = live.people["admin"]
    paths = ("/audit?limit=200", "/users?limit=200", "/organisations", "/policies", "/claims")
    pages = [live.send("GET", path, admin, json=None).json()["items"] for path in paths]
    # Views are recorded in the trail a second later, and push the oldest off its page; so is who asked for much that is not there.
    own = {"access_recorded", "not_found_sweep"}
    return [[row for row in rows if row.get("type") not in own][:100] for rows in pages]


def test_z02_the_table_holds_over_real_http(live: Live) -> None:
    before, wrong, tried = _state(live), [], 0
    for operation in operations(live):
        call, row = call_of(live, operation), TABLE[operation]
        for name, headers in [("nobody", {}), *live.people.items()]:
            expected = int(row[name])
            if expected < 300 and call.method != "GET":
                continue
            answer = call.by(live, headers)
            tried += 1
            if answer.status != expected:
                wrong.append((operation, name, answer.status, expected, answer.body[:200]))
    assert wrong == []
    assert tried > 250
    assert _state(live) == before


def test_z02_every_other_method_is_refused_over_real_http(live: Live) -> None:
    """A path answers only the methods of the document, and tells them."""
    paths = {
        path: {m for m, p in operations(live).values() if p == path} for _, path in operations(live).values()
    }
    before = _state(live)
    for path, methods in paths.items():
        target = path.format_map(live.ids | {"ends": "1", "signature": "x"})
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - methods:
            answer = Call(method, target).by(live, live.people["admin"])
            # Some paths have a parameter where others have a word: /users/{user_id} is also /users/invitations.
            if answer.status == 405:
                allowed = set(answer.headers["allow"].replace(" ", "").split(","))
                assert method not in allowed, (method, target)
            else:
                assert 400 <= answer.status < 500 or method == "GET", (method, target, answer.status)
    assert _state(live) == before
