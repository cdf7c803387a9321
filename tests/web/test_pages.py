"""The pages that the server shows by itself."""

import re

import pytest

from insurenz.core.db import Database
from insurenz.demo.people import PASSWORD, PEOPLE
from tests.actors import Api, Cast, make_api

SECRET = "q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoT"


@pytest.fixture(autouse=True)
def not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """An install without the web app, whatever was built in this checkout."""
    monkeypatch.setattr("insurenz.web.web_app.built", lambda: None)


@pytest.fixture
def production(database: Database, tmp_path) -> Api:  # type: ignore[no-untyped-def]
    return make_api(
        database, tmp_path, env="production", jwt_secret_key=SECRET, public_url="https://claims.x.org"
    )


@pytest.mark.parametrize("path", ["/", "/app"])
def test_the_address_leads_to_the_web_app(api: Api, path: str) -> None:
    answer = api.nobody.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/app/")


@pytest.mark.parametrize("path", ["/app/", "/app/claims/CLM-20261122-ABCDEFGH"])
def test_the_first_page_says_what_this_is_and_names_the_demo_people(api: Api, cast: Cast, path: str) -> None:
    answer = api.nobody.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert [p.email for p in cast.people if p.email not in answer.text] == []
    assert PASSWORD in answer.text
    assert set(re.findall(r'href="(/[^"]*)"', answer.text)) >= {
        "/docs",
        "/mailbox",
        "/health/ready",
        "/openapi.json",
    }


def test_p09_the_first_page_of_production_names_nobody(production: Api, cast: Cast) -> None:
    text = production.nobody.get("/app/").text
    assert ("demo.example" in text, PASSWORD in text, "/mailbox" in text) == (False, False, False)


def test_without_a_demo_world_the_first_page_names_nobody(database: Database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert PASSWORD not in make_api(database, tmp_path).nobody.get("/app/").text


@pytest.mark.parametrize("name", ["..%2Fpages.py", "rendering.py", "%2e%2e", "none.css"])
def test_only_the_named_files_are_served(api: Api, name: str) -> None:
    assert api.nobody.get(f"/static/{name}").status_code == 404
    assert api.nobody.get(f"/docs/{name}").status_code == 404


def test_every_file_a_page_names_is_there(api: Api) -> None:
    for path in ("/app/", "/docs", "/mailbox"):
        for asset in re.findall(r'(?:src|href)="(/(?:static|docs)/[^"]+)"', api.nobody.get(path).text):
            assert api.nobody.get(asset).status_code == 200, asset


def test_clients_are_told_of_the_demo_people_and_how_to_sign_in_as_them(api: Api, cast: Cast) -> None:
    demo = api.nobody.get("/config/public").json()["demo"]
    assert [p["email"] for p in demo["people"]] == [p.email for p in PEOPLE]
    assert {p["email"]: p["role"] for p in demo["people"]} == {p.email: p.role_shown for p in cast.people}
    first = {"email": demo["people"][0]["email"], "password": demo["password"]}
    assert api.nobody.post("/auth/login", json=first).status_code == 200


def test_p09_nobody_is_told_of_demo_people_in_production_or_without_them(production: Api, cast: Cast) -> None:
    assert production.nobody.get("/config/public").json()["demo"] is None


def test_without_a_demo_world_clients_are_told_of_nobody(database: Database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert make_api(database, tmp_path).nobody.get("/config/public").json()["demo"] is None


def test_robots_stay_out_and_finders_of_weaknesses_find_an_address(production: Api, cast: Cast) -> None:
    assert production.nobody.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    lines = production.nobody.get("/.well-known/security.txt").text.splitlines()
    assert lines[0] == "Contact: mailto:no-reply@localhost"
    assert re.fullmatch(r"Expires: 20\d\d-\d\d-\d\dT00:00:00Z", lines[1])
    assert lines[3] == "Canonical: https://claims.x.org/.well-known/security.txt"
