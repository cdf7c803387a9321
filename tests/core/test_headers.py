"""Security headers stand on every answer of every route, also on refusals and defects."""

import re

import pytest

from insurenz.core.openapi import operations
from tests.actors import Api, Cast, make_api

PAGES = ["/", "/app", "/app/", "/app/claims/x", "/docs", "/docs/docs.js", "/docs/openapi.json", "/mailbox", "/mailbox/x",
         "/mailbox/x/html", "/static/page.css", "/robots.txt", "/.well-known/security.txt", "/openapi.json", "/nowhere"]  # fmt: skip
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def policy(text: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in text.split(";"))


def offences(answer) -> list[str]:  # type: ignore[no-untyped-def]
    headers = answer.headers
    wrong = [name for name, value in ALWAYS.items() if headers.get(name) != value]
    csp = policy(headers.get("content-security-policy", ""))
    if csp.get("default-src") != "'none'" or csp.get("base-uri") != "'none'":
        wrong.append("csp")
    scripts = csp.get("script-src", "'none'")
    if scripts not in ("'none'", "'self'"):
        wrong.append("script-src")
    if csp.get("frame-ancestors") not in ("'none'", "'self'"):
        wrong.append("frame-ancestors")
    if not re.fullmatch(r"[A-Za-z0-9._-]{8,64}", headers.get("x-request-id", "")):
        wrong.append("x-request-id")
    if not headers.get("cache-control"):
        wrong.append("cache-control")
    if "server" in headers:
        wrong.append("server")
    return wrong


def test_p08_every_route_sends_security_headers_to_everybody(api: Api, cast: Cast) -> None:
    clients = [api.nobody, api.as_(cast.admin), api.as_(cast.asha)]
    found = {}
    for path, method, _ in operations(api.document):
        target = re.sub(r"\{\w+\}", "none", path)
        for client in clients:
            answer = client.request(method, target, **({} if method in ("get", "delete") else {"json": {}}))
            found[method, path, answer.status_code] = offences(answer)
    assert {key: wrong for key, wrong in found.items() if wrong} == {}
    assert len(found) > 40


@pytest.mark.parametrize("path", PAGES)
def test_p08_every_page_sends_security_headers_and_holds_no_inline_script(api: Api, path: str) -> None:
    answer = api.nobody.get(path, follow_redirects=False)
    assert offences(answer) == []
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert re.findall(r"<script(?![^>]*\ssrc=)|\son\w+=|javascript:|\sstyle=", answer.text) == []
        assert re.findall(r"(?:src|href)=\"(?:https?:)?//", answer.text) == []


def test_p03_p08_a_defect_has_the_headers_a_request_id_and_nothing_of_the_inside(api: Api) -> None:
    def explode() -> bool:
        raise RuntimeError("canary-of-the-inside")

    api.app.state.is_ready = explode
    answer = api.nobody.get("/health/ready")
    body = answer.json()
    assert (answer.status_code, body["code"], offences(answer)) == (500, "internal_error", [])
    assert body["request_id"] == answer.headers["x-request-id"]
    assert "canary" not in answer.text


def test_p08_production_tells_browsers_to_stay_on_https(api: Api, cast: Cast, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert "strict-transport-security" not in api.nobody.get("/health/live").headers
    strict = make_api(
        api.database, tmp_path, env="production", jwt_secret_key="q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoT"
    )
    assert (
        strict.nobody.get("/health/live").headers["strict-transport-security"].startswith("max-age=31536000")
    )
