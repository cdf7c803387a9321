"""P-01, P-03: texts that cannot be stored, bodies that cannot be read, nesting without end: refused, never a defect."""

from typing import Any

import pytest

from tests.actors import Api, Cast
from tests.claims.stories import FIELDS, file_claim

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "multipart/form-data; boundary=x"}
DEEP = b"[" * 100_000
HALF, NUL = b"\\ud800", b"\\u0000"
SPOILT = {"nul": "%00", "half of a pair": "%ED%A0%80", "no utf-8": "%FF%FE", "long": "x" * 3000}


def part(name: bytes, value: bytes, extra: bytes = b"") -> bytes:
    """A multipart body of one part."""
    head = b'--x\r\nContent-Disposition: form-data; name="' + name + b'"' + extra
    return head + b"\r\n\r\n" + value + b"\r\n--x--\r\n"


def text_body(fields: dict[str, str], name: str, value: bytes) -> bytes:
    """A JSON object in which one text is spoilt."""
    pairs = [b'"%s": "%s"' % (n.encode(), v.encode()) for n, v in fields.items() if n != name]
    return b"{" + b", ".join([*pairs, b'"%s": "a%s"' % (name.encode(), value)]) + b"}"


USER = {"email": "new@hostile.example", "name": "New", "role": "auditor", "external_uid": "u"}
POLICY = {
    "user_id": "x",
    "payer_id": "PAY_001",
    "type": "medical",
    "start_date": "2026-01-01",
    "end_date": "2027-01-01",
    "cover_amount": "1",
}
TEXTS = [
    ("POST", "/claims", FIELDS),
    ("POST", "/claims/{claim}/actions/reject", {"status_notes": "n"}),
    ("POST", "/claims/{claim}/actions/complete", {"payment_reference": "n", "resolution": "n"}),
    ("PATCH", "/claims/{claim}/status", {"status": "rejected", "status_notes": "n"}),
    ("POST", "/claims/{claim}/messages", {"body": "n"}),
    ("POST", "/claims/{claim}/notes", {"body": "n"}),
    ("POST", "/claims/bulk-actions", {"action": "n", "status_notes": "n"}),
    ("PATCH", "/claims/{claim}", {"description": "n", "claim_type": "n"}),
    ("POST", "/claims/{claim}/documents", {"replaces": "n"}),
    (
        "POST",
        "/claims/{claim}/documents/{document}/verification",
        {"verification": "rejected", "reason": "n"},
    ),
    ("POST", "/uploads", {"file": "n"}),
    ("POST", "/organisations", {"kind": "payer", "name": "n", "number": "n"}),
    ("POST", "/users", USER),
    ("POST", "/users/invitations", USER),
    ("POST", "/users/{user}/assignments", {"organisation": "n"}),
    ("POST", "/policies", POLICY),
    ("POST", "/auth/login", {"email": "a@hostile.example", "password": "n"}),
    ("POST", "/auth/refresh", {"refresh_token": "n"}),
    ("POST", "/auth/register", {"email": "a@hostile.example", "password": "n", "name": "n"}),
    ("POST", "/auth/password-reset", {"email": "n"}),
    ("POST", "/auth/password-reset/confirm", {"token": "n", "password": "a wholly new passphrase"}),
]
BODIES = {
    "no utf-8": (b"\xff", JSON),
    "no JSON": (b"{", JSON),
    "nothing": (b"", JSON),
    "deep": (DEEP, JSON),
    "deep inside": (b'{"a": ' + DEEP, JSON),
    "a long number": (b'{"claim_amount": ' + b"9" * 5000 + b"}", JSON),
    "infinity": (b'{"claim_amount": 1e999, "level": Infinity, "approved_amount": -Infinity}', JSON),
    "half a name": (b'{"b' + HALF + b'": 1, "c' + NUL + b'": 2}', JSON),
    "a list": (b"[]", JSON),
    "null": (b"null", JSON),
    "a form cut off": (b"--x\r\n", FORM),
    "an empty form": (b"", FORM),
    "a form without boundary": (b"", {"Content-Type": "multipart/form-data"}),
    "a form value without utf-8": (part(b"status_notes", b"\xff\x00"), FORM),
    "a form name without utf-8": (part(b"\xff\x00", b"1"), FORM),
    "a file name without utf-8": (part(b"files", b"MZ", b'; filename="\xff\x00.pdf"'), FORM),
    "a url-encoded form": (
        b"username=%00&password=%ff",
        {"Content-Type": "application/x-www-form-urlencoded"},
    ),
    "no media type": (b"{}", {"Content-Type": ""}),
}
WRITING = sorted({(method, path) for method, path, _ in TEXTS} | {("POST", "/auth/token")})


@pytest.fixture
def paths(api: Api, cast: Cast) -> dict[str, str]:
    """A claim and a user that paths can name."""
    filed = file_claim(api.as_(cast.asha), "bill.pdf")
    assert filed.status_code == 201, filed.text
    claim = filed.json()
    return {"claim": claim["id"], "document": claim["documents"][0]["id"], "user": cast.arjun.id}


def client_for(api: Api, cast: Cast, method: str, path: str) -> Any:
    """Somebody whose role may do it, so that the body is what is judged."""
    is_own = (method, path) in (("POST", "/claims"), ("PATCH", "/claims/{claim}"))
    return api.as_(cast.asha if is_own else cast.admin)


def is_refused(answer: Any) -> bool:
    return 400 <= answer.status_code < 500 and answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("spoilt", [HALF, NUL])
def test_p01_texts_that_cannot_be_stored_are_refused(
    api: Api, cast: Cast, paths: dict[str, str], spoilt: bytes
) -> None:
    for method, path, fields in TEXTS:
        client = client_for(api, cast, method, path)
        for name in fields:
            body = text_body(fields, name, spoilt)
            for headers in (JSON, JSON | {"Idempotency-Key": f"{name}-{path}"[:200], "If-Match": "*"}):
                answer = client.request(method, path.format_map(paths), content=body, headers=headers)
                assert is_refused(answer), (method, path, name, answer.text)


@pytest.mark.parametrize("kind", BODIES)
def test_p01_bodies_that_cannot_be_read_are_refused(
    api: Api, cast: Cast, paths: dict[str, str], kind: str
) -> None:
    content, headers = BODIES[kind]
    for method, path in WRITING:
        client = client_for(api, cast, method, path)
        for extra in ({}, {"Idempotency-Key": f"{kind}-{path}"}):
            answer = client.request(method, path.format_map(paths), content=content, headers=headers | extra)
            assert is_refused(answer), (method, path, answer.text)


@pytest.mark.parametrize("kind", ["no utf-8", "deep"])
def test_p01_whose_body_cannot_be_read_is_asked_first_who_they_are(api: Api, cast: Cast, kind: str) -> None:
    content, headers = BODIES[kind]
    asked = {"content": content, "headers": headers}
    assert api.nobody.post("/organisations", **asked).status_code == 401
    assert api.as_(cast.asha).post("/organisations", **asked).status_code == 403
    assert api.as_(cast.admin).post("/organisations", **asked).status_code == 422


@pytest.mark.parametrize("kind", SPOILT)
def test_p01_names_and_filters_that_cannot_be_compared_find_nothing(
    api: Api, cast: Cast, paths: dict[str, str], kind: str
) -> None:
    spoilt = SPOILT[kind]
    admin = api.as_(cast.admin)
    for path in (
        "/claims/{}",
        "/claims/{}/history",
        "/claims/{}/messages",
        "/claims/{}/notes",
        "/claims/{claim}/documents/{}",
        "/claims/{claim}/documents/{}/refresh-url",
        "/organisations/{}",
        "/policies/{}",
        "/users/{}",
        "/users/{}/assignments",
        "/users/{}/api-keys",
        "/workflows/{}",
        "/documents/{}/{}/{}/{}",
    ):
        target = path.replace("{}", spoilt).format_map(paths)
        assert is_refused(admin.get(target)), target
    assert is_refused(admin.post(f"/claims/{paths['claim']}/actions/{spoilt}", json={}))
    mark = {"verification": "verified"}
    assert is_refused(admin.post(f"/claims/{paths['claim']}/documents/{spoilt}/verification", json=mark))
    assert is_refused(admin.delete(f"/users/{paths['user']}/assignments/{spoilt}"))
    for query in (
        "/claims?status=",
        "/claims?workflow=",
        "/claims?cursor=",
        "/claims?limit=",
        "/claims?text=",
        "/claims?hospital=",
        "/claims?payer=",
        "/claims?assignee=",
        "/claims?created_from=",
        "/claims?amount_min=",
        "/claims?sort=",
        "/claims/counts?text=",
        "/policies?user_id=",
        "/policies?cursor=",
        "/organisations?cursor=",
        "/organisations?kind=",
        "/users?cursor=",
        "/users?role=",
        "/audit?type=",
        "/audit?subject_id=",
        "/audit?cursor=",
    ):
        answer = admin.get(query + spoilt)
        assert answer.status_code == 422 or answer.json()["items"] == [], query


@pytest.mark.parametrize(
    "name", ["Authorization", "Idempotency-Key", "If-Match", "X-Request-Id", "Cookie", "User-Agent"]
)
@pytest.mark.parametrize("value", [b"\x80\xff", b"", b"x" * 5000, b"Bearer inz_\x80", b'W/"1", "', b"\x7f\t"])
def test_p01_headers_that_make_no_sense_are_refused_or_ignored(
    api: Api, cast: Cast, name: str, value: bytes
) -> None:
    answer = api.as_(cast.admin).patch(
        "/organisations/HOSP_001", json={"name": "City"}, headers={name: value}
    )
    assert answer.status_code in ((401,) if name == "Authorization" else (200, 412, 422, 428)), answer.text
