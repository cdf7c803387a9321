"""R-11, P-03, A-01: marked texts in everything that is private or secret, and a search of every place they must not reach."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import insurenz.models  # noqa: F401 - every table
from insurenz.core.db import Base, Database
from tests.claims.stories import INCIDENT
from tests.installs import demo_server
from tests.server import Answer, Server
from tests.waiting import soon

DATA = Path(__file__).parent / "data"
# What patients and users wrote: in its own rows and answers, nowhere else.
PRIVATE = {
    "description": "canary-of-the-description",
    "new_description": "canary-of-the-second-description",
    "file_name": "canary-of-the-file-name",
    "wrong_value": "canary-of-a-refused-value",
    "wrong_file": "canary-of-a-refused-file",
    "notes": "canary-of-the-notes",
    "reason": "canary-of-the-reason",
    "message": "canary-of-the-message",
    "note": "canary-of-the-staffs-note",
    "bulk_notes": "canary-of-the-notes-on-many",
    "upload_name": "canary-of-an-upload",
    "verification": "canary-of-the-verification",
    "patient": "canary-of-a-patient",
    "new_patient": "canary-of-another-patient",
    "form": "canary-of-a-form",
    "new_form": "canary-of-another-form",
    "form_name": "canary-of-a-name-in-a-form",
    "scan_name": "canary-of-a-scan",
    "remarks": "canary-of-the-remarks",
    "missing": "canary-of-what-is-missing",
    "answer": "canary-of-the-answer",
    "denial": "canary-of-the-denial",
    "contest": "canary-of-the-contest",
    "agent": "canary-of-the-browser",
    "query": "canary-of-the-address",
}
# What the product calls patient data: in no notice, not even of those who may read the claim.
OF_PATIENTS = ("description", "new_description", "file_name", "upload_name", "scan_name",
               "patient", "new_patient", "form", "new_form", "form_name")  # fmt: skip
# Written to be told: in mails, too.
MAILED = ("notes", "remarks", "missing", "answer", "denial", "contest")
# What lets people in: stored as hashes only.
SECRET = {
    "password": "canary-of-a-password-1",
    "second_password": "canary-of-a-password-2",
    "wrong_password": "canary-of-a-wrong-password",
    "wrong_token": "canary-of-a-wrong-token",
}
FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": INCIDENT,
    "description": PRIVATE["description"],
    "claim_amount": "18250",
}
NEWCOMER = "newcomer@canary.example"
TOKEN = re.compile(r"token=([A-Za-z0-9_-]{20,})")


@dataclass
class Story:
    """What was said to the server, what it answered, and the secrets it gave out."""

    server: Server
    problems: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def call(self, method: str, path: str, **content: Any) -> Answer:
        """One request; refusals and secrets are kept for the search."""
        headers = {"User-Agent": PRIVATE["agent"], **content.pop("headers", {})}
        answer = self.server.call(method, path, headers=headers, **content)
        if answer.status >= 400:
            self.problems.append(answer.body.decode())
        if answer.headers.get("content-type", "").startswith("application/json"):
            self._keep(answer.json())
        cookie = answer.headers.get("set-cookie", "").partition(";")[0].partition("=")[2]
        self.given |= {cookie} if len(cookie) > 20 else set()
        return answer

    def _keep(self, body: Any) -> None:
        if isinstance(body, dict):
            self.given |= {body[name] for name in ("access_token", "refresh_token", "key") if name in body}
            for document in [body, *body.get("documents", [])]:
                if isinstance(document, dict) and isinstance(document.get("url"), str):
                    self.links.append(document["url"])

    def mails(self) -> list[str]:
        """What lies in the mailbox, newest last."""
        folder = self.server.folder / "mailbox"
        return [path.read_text() for path in sorted(folder.glob("*.eml"))]


@pytest.fixture(params=["sqlite", "postgresql"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    """A server whose first filing is met by a defect, to see what a defect logs."""
    server = demo_server(tmp_path / "data", request.param)
    yield Story(server.start(INSURENZ_FAULTS="request.before_commit=fail@1"))
    server.kill()


def named_file(
    name: str, boundary: str = "canary", fields: dict[str, str] = FILING
) -> tuple[bytes, dict[str, str]]:
    """A filing, or another form of these fields, with a file under this name."""
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode()
        for n, v in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
    parts.append(head + (DATA / "photo.jpg").read_bytes() + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def get_in(story: Story) -> None:
    """Register, sign in wrongly and rightly, refresh, forget the password, choose another."""
    account = {"email": NEWCOMER, "password": SECRET["password"], "name": "Newcomer"}
    assert story.call("POST", "/auth/register", json_body=account).status == 202
    login = {"email": NEWCOMER, "password": SECRET["password"]}
    wrong = login | {"password": SECRET["wrong_password"]}
    assert story.call("POST", "/auth/login", json_body=wrong).status == 401
    tokens = story.call("POST", "/auth/login", json_body=login).json()
    for _ in range(2):
        story.call("POST", "/auth/refresh", json_body={"refresh_token": tokens["refresh_token"]})
    own = {"Sec-Fetch-Site": "same-origin"}
    assert story.call("POST", "/auth/web-login", json_body=login, headers=own).status == 200
    story.call("GET", "/auth/me", headers={"Authorization": f"Bearer {SECRET['wrong_token']}"})
    story.call("GET", "/auth/me", headers={"Cookie": f"insurenz={SECRET['wrong_token']}"})
    story.call("POST", "/auth/login", json_body=login | {"email": SECRET["wrong_token"]})
    story.call("POST", "/auth/password-reset", json_body={"email": NEWCOMER})
    token = _token_of_the_last_mail(story)
    story.given.add(token)
    reset = {"token": token, "password": SECRET["second_password"]}
    assert story.call("POST", "/auth/password-reset/confirm", json_body=reset).status == 204
    assert story.call("POST", "/auth/password-reset/confirm", json_body=reset).status == 422


def _token_of_the_last_mail(story: Story) -> str:
    def tokens() -> list[str]:
        mails = [mail.replace("=\n", "").replace("=3D", "=") for mail in story.mails()]
        return [token for mail in mails for token in TOKEN.findall(mail)]

    assert soon(lambda: tokens() != []), "no mail with a token came"
    return tokens()[-1]


def make_a_claim(story: Story) -> None:
    """File, be refused for wrong values, change, review, reject, appeal, and read it all."""
    asha, arjun = (story.server.sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))
    story.given |= {asha, arjun}
    body, headers = named_file(f"{PRIVATE['file_name']}.jpg")
    assert story.call("POST", "/claims", token=asha, body=body, headers=headers).status == 500
    filed = story.call("POST", "/claims", token=asha, body=body, headers=headers)
    assert filed.status == 201, filed.body
    path = f"/claims/{filed.json()['id']}"
    spoilt = dict.fromkeys(FILING, PRIVATE["wrong_value"])
    assert story.call("POST", "/claims", token=asha, json_body=spoilt).status == 422
    bad, headers = named_file(f"{PRIVATE['wrong_file']}.exe")
    story.call("POST", "/claims", token=asha, body=bad, headers=headers)
    broken = b'{"description": "' + PRIVATE["wrong_value"].encode()
    story.call("POST", "/claims", token=asha, body=broken, headers={"Content-Type": "application/json"})
    changed = {"description": PRIVATE["new_description"]}
    version = {"If-Match": '"1"'}
    assert story.call("PATCH", path, token=asha, json_body=changed, headers=version).status == 200
    send_documents(story, asha, arjun, path)
    wrong = {"approved_amount": PRIVATE["wrong_value"], "status_notes": PRIVATE["notes"]}
    story.call("POST", f"{path}/actions/approve", token=arjun, json_body=wrong)
    story.call(
        "PATCH",
        f"{path}/status",
        token=arjun,
        json_body={"status": "approved", "resolution": PRIVATE["wrong_value"]},
    )
    notes = {"status_notes": PRIVATE["notes"]}
    assert story.call("POST", f"{path}/actions/reject", token=arjun, json_body=notes).status == 200
    reason = {"reason": PRIVATE["reason"]}
    assert story.call("POST", f"{path}/actions/appeal", token=asha, json_body=reason).status == 200
    talk_and_share_the_work(story, path, asha, arjun)
    for place in ("", "/history", "/messages", "/notes"):
        assert story.call("GET", f"{path}{place}", token=arjun).status == 200
        asked = story.call("GET", f"{path}{place}?q={PRIVATE['query']}", token=arjun)
        # A list has parameters, of which this is none.
        assert asked.status == (422 if place else 200)
    story.call("GET", f"/claims?cursor={PRIVATE['query']}", token=arjun)
    story.call("GET", f"/{PRIVATE['query']}/{PRIVATE['query']}", token=arjun)
    link = filed.json()["documents"][0]["url"]
    assert story.call("GET", link.removeprefix(story.server.base)).status == 200
    story.call("GET", link.removeprefix(story.server.base) + "x")
    me = story.call("GET", "/auth/me", token=asha).json()["id"]
    key = {"name": "machine", "scopes": ["claims:read"]}
    assert story.call("POST", f"/users/{me}/api-keys", token=asha, json_body=key).status == 201


def submit_for_a_patient(story: Story) -> None:
    """Submit, be refused for wrong forms, send another form, be asked and denied, contest, and read it all."""
    desk, priya = (story.server.sign_in(f"{name}demo.example") for name in ("desk@city.", "priya@"))
    story.given |= {desk, priya}
    form = {"patient_name": PRIVATE["patient"], "claimed_amount": "45000", "payer_name": "Suraksha General"}
    form |= {"notes": PRIVATE["form"], PRIVATE["form_name"]: True}
    sent = {"hospital_id": "HOSP_001", "payer_id": "PAY_001", "form_data": form}
    body, headers = named_file(f"{PRIVATE['scan_name']}.jpg", fields={"claim": json.dumps(sent)})
    filed = story.call("POST", "/hospital-claims", token=desk, body=body, headers=headers)
    assert filed.status == 201, filed.body
    wrong = dict.fromkeys(form, PRIVATE["wrong_value"]) | {"deep": [[PRIVATE["wrong_value"]] * 9000]}
    for refused in (
        sent | {"form_data": wrong},
        sent | {"form_data": form | {"claimed_amount": PRIVATE["wrong_value"]}},
        sent | {"hospital_id": PRIVATE["wrong_value"]},
    ):
        story.call("POST", "/hospital-claims", token=desk, json_body=refused)
    broken, headers = named_file("a.jpg", fields={"claim": json.dumps(sent)[:-1]})
    assert story.call("POST", "/hospital-claims", token=desk, body=broken, headers=headers).status == 422
    path = f"/claims/{filed.json()['id']}"
    other = form | {"patient_name": PRIVATE["new_patient"], "notes": PRIVATE["new_form"]}
    version = {"If-Match": '"1"'}
    assert (
        story.call("PATCH", path, token=desk, json_body={"form_data": other}, headers=version).status == 200
    )
    asked = {
        "remarks": PRIVATE["remarks"],
        "query_category": "clinical",
        "missing_documents": [PRIVATE["missing"]],
    }
    denied = {"remarks": PRIVATE["denial"], "rejection_reason": PRIVATE["denial"]}
    for action, token, fields in (
        ("raise_query", priya, asked),
        ("answer_query", desk, {"query_response": PRIVATE["answer"]}),
        ("deny", priya, denied),
        ("contest", desk, {"contest_reason": PRIVATE["contest"]}),
    ):
        spoilt = {name: {PRIVATE["wrong_value"]: 1} for name in fields}
        assert story.call("POST", f"{path}/actions/{action}", token=token, json_body=spoilt).status == 422
        assert story.call("POST", f"{path}/actions/{action}", token=token, json_body=fields).status == 200
    assert story.call("POST", f"{path}/actions/approve", token=priya, json_body={}).status == 403
    for place in (path, f"{path}/queries", f"{path}/history", "/claims", "/claims/export.csv"):
        assert story.call("GET", f"{place}", token=priya).status == 200
    story.call("GET", f"/claims?text={PRIVATE['query']}", token=priya)


def talk_and_share_the_work(story: Story, path: str, asha: str, arjun: str) -> None:
    """Send a message, write a note, assign the claim, and be refused for wrong values in each."""
    for kind, text, by in (
        ("messages", "message", asha),
        ("messages", "message", arjun),
        ("notes", "note", arjun),
    ):
        said = {"body": PRIVATE[text]}
        assert story.call("POST", f"{path}/{kind}", token=by, json_body=said).status == 201
        assert (
            story.call(
                "POST", f"{path}/{kind}", token=by, json_body=said | {"to": PRIVATE["wrong_value"]}
            ).status
            == 422
        )
        assert (
            story.call("POST", f"{path}/{kind}", token=by, json_body={"body": PRIVATE[text] * 500}).status
            == 422
        )
    assert story.call("POST", f"{path}/notes", token=asha, json_body={"body": PRIVATE["note"]}).status == 403
    for place in ("", "/history", "/messages"):
        assert PRIVATE["note"] not in story.call("GET", f"{path}{place}", token=asha).body.decode()
    wrong = {"user_id": PRIVATE["wrong_value"]}
    assert story.call("POST", f"{path}/assignment", token=arjun, json_body=wrong).status == 422
    assert story.call("POST", "/claims/take-next", token=arjun, json_body={}).status == 200
    bulk = {"action": "start_review", "claim_ids": [path.rpartition("/")[2], PRIVATE["wrong_value"]]}
    bulk |= {"status_notes": PRIVATE["bulk_notes"], "approved_amount": PRIVATE["wrong_value"]}
    answer = story.call("POST", "/claims/bulk-actions", token=arjun, json_body=bulk)
    assert [result["problem"]["status"] for result in answer.json()["results"]] == [409, 404]
    story.problems += [json.dumps(result["problem"]) for result in answer.json()["results"]]


def send_documents(story: Story, asha: str, arjun: str, path: str) -> None:
    """Send one ahead, use it, replace it, and have it rejected with a reason; twice with the same key."""
    body, headers = named_file(f"{PRIVATE['upload_name']}.jpg", fields={})
    sent = story.call("POST", "/uploads", token=asha, body=body, headers=headers)
    assert sent.status == 201, sent.body
    used, key = {"upload_ids": [sent.json()["id"]]}, {"Idempotency-Key": "canaries"}
    for _ in range(2):
        added = story.call("POST", f"{path}/documents", token=asha, json_body=used, headers=key)
        assert added.status == 201, added.body
    body, headers = named_file(f"{PRIVATE['upload_name']}-2.jpg", fields={"replaces": used["upload_ids"][0]})
    assert story.call("POST", f"{path}/documents", token=asha, body=body, headers=headers).status == 201
    wrong = {"upload_ids": [PRIVATE["wrong_value"]], "replaces": PRIVATE["wrong_value"]}
    assert story.call("POST", f"{path}/documents", token=asha, json_body=wrong).status == 422
    mark = {"verification": "rejected", "reason": PRIVATE["verification"]}
    place = f"{path}/documents/{added.json()['documents'][0]['id']}"
    assert story.call("POST", f"{place}/verification", token=arjun, json_body=mark).status == 200
    assert story.call("GET", place, token=arjun).status == 200


def wait_for_mails(story: Story) -> None:
    """Until everything that may be mailed was."""

    def not_mailed() -> list[str]:
        mails = "\n".join(story.mails())
        return [name for name in MAILED if PRIVATE[name] not in mails]

    assert soon(lambda: not_mailed() == []), not_mailed()


def inboxes(story: Story) -> str:
    """What everybody concerned is shown of what they were told."""
    found = ""
    for name in ("asha@", "arjun@", "desk@city.", "priya@"):
        token = story.server.sign_in(f"{name}demo.example")
        found += story.call("GET", "/notifications?limit=200", token=token).body.decode()
    return found


def rows_of(story: Story) -> dict[str, str]:
    """Every table as text."""
    database = Database(story.server.database_url or f"sqlite:///{story.server.folder / 'insurenz.db'}")
    with database.read_unit() as session:
        found = {
            table.name: json.dumps([list(row) for row in session.execute(select(table))], default=str)
            for table in Base.metadata.sorted_tables
        }
    database.close()
    return found


def test_r11_p03_private_texts_and_secrets_stay_where_they_belong(story: Story) -> None:
    get_in(story)
    make_a_claim(story)
    submit_for_a_patient(story)
    metrics = story.server.call("GET", "/metrics").body.decode()
    wait_for_mails(story)
    told_of = inboxes(story)
    # Views reach the database a second later; a server that stops writes the rest.
    story.server.stop()
    log = (story.server.folder.parent / f"{story.server.folder.name}.log").read_text(errors="replace")
    rows = rows_of(story)
    anything = {**PRIVATE, **SECRET}
    secrets = {**SECRET, **{f"given {n}": value for n, value in enumerate(story.given)}}
    secrets |= {f"signature {n}": link.rpartition("/")[2] for n, link in enumerate(story.links)}

    assert len(story.problems) >= 12
    assert len(story.given) >= 8
    assert len(story.links) >= 1
    assert PRIVATE["description"] not in rows["claims"]
    assert PRIVATE["new_description"] in rows["claims"]
    told = ("message", "note", "remarks", "missing", "answer", "denial", "contest")
    assert [name for name in told if PRIVATE[name] not in rows["event_texts"]] == []
    assert (PRIVATE["patient"] in rows["claims"], PRIVATE["new_form"] in rows["claims"]) == (False, True)
    assert '"defect"' in log
    hits = [
        *found_in("log", log, {**anything, **secrets}),
        *found_in("metrics", metrics, {**anything, **secrets}),
        # A problem names the file that it is about.
        *found_in("problem", "\n".join(story.problems), {**anything, **secrets, "wrong_file": "\0"}),
        *found_in("link", "\n".join(story.links), anything),
        *found_in("mail", "\n".join(story.mails()), {n: v for n, v in anything.items() if n not in MAILED}),
        *found_in("inbox", told_of, {name: PRIVATE[name] for name in OF_PATIENTS} | SECRET),
    ]
    # It was searched where there is something to be found.
    assert all(PRIVATE[name] in told_of for name in MAILED)
    for table in ("notices", "told", "inbox", "inbox_state", "deliveries", "delivery_attempts"):
        hits += found_in(table, rows[table], {**anything, **secrets})
    # Texts written to be told lie beside their event, where they can be erased.
    for table in ("events", "event_chains", "event_marks", "checkpoints", "access_log", "claim_queries"):
        hits += found_in(table, rows[table], {**anything, **secrets})
    for table, text in rows.items():
        hits += found_in(table, text, secrets)
    assert hits == []


def found_in(place: str, text: str, marks: dict[str, str]) -> list[str]:
    """Which marks a place holds; cookies and tokens also by their signature alone."""
    found = []
    for name, mark in marks.items():
        pieces = {mark, mark.rpartition(".")[2] if mark.count(".") == 2 else mark}
        if any(piece in text for piece in pieces):
            found.append(f"{name} in {place}")
    return found
