"""How the web app is served: one page for all its addresses, files for ever, nothing beside them."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from insurenz.core.ratelimit import RateLimiter
from insurenz.web.web_app import APP_CSP, GUIDE, HOME, built
from tests.actors import Api, Cast

PAGE = """<!doctype html><html lang="en" data-theme="system" data-session="unknown"><head></head><body></body></html>"""
SCRIPT = b"console.log(1)"
MANIFEST = {
    "index.html": {"file": "assets/index-a1.js", "imports": ["_vendor.js"]},
    "_vendor.js": {"file": "assets/vendor-c3.js"},
    "_first.js": {"file": "assets/first-d4.js"},
    GUIDE: {"file": "assets/guide-f6.js", "imports": ["_vendor.js"]},
    HOME: {"file": "assets/home-e5.js", "imports": ["_vendor.js", "_first.js"]},
}


@pytest.fixture
def served(api: Api, tmp_path: Path) -> Api:
    """The API with a small app that was built."""
    assets = tmp_path / "app/assets"
    assets.mkdir(parents=True)
    (tmp_path / "app/index.html").write_text(PAGE)
    (tmp_path / "app/worker.js").write_bytes(SCRIPT)
    for name, content in {
        "index-a1.js": SCRIPT,
        "index-a1.js.gz": gzip.compress(SCRIPT),
        "index-a1.js.br": b"as brotli",
        "sans-b2.woff2": b"font",
        "notes.txt": b"not ours",
    }.items():
        (assets / name).write_bytes(content)
    (tmp_path / "app/manifest.json").write_text(json.dumps(MANIFEST))
    api.app.state.web_app = built(tmp_path / "app")
    return api


@pytest.mark.parametrize(
    "path", ["/app/", "/app/sign-in", "/app/claims/CLM-20261122-ABCDEFGH", "/app/assets"]
)
def test_every_address_of_the_app_is_its_page(served: Api, path: str) -> None:
    answer = served.nobody.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == APP_CSP
    assert answer.text.startswith('<!doctype html><html lang="en" data-theme="system" data-session="none">')


def test_p08_the_policy_of_the_app_allows_no_inline_script_nor_style() -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in APP_CSP.split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )
    assert "unsafe" not in APP_CSP


def test_the_page_fetches_at_once_what_it_will_ask_for_first(served: Api, cast: Cast) -> None:
    stranger, asha = served.nobody.get("/app/").text, served.browser(cast.asha).get("/app/").text
    assert re.findall(r'preload" href="([^"]+)" as="fetch"', stranger) == ["/config/public"]
    first = ["/auth/me", "/notifications?limit=1", "/config/public"]
    assert re.findall(r'preload" href="([^"]+)" as="fetch"', asha) == first
    assert 'data-session="some"' in asha


def test_the_first_page_of_somebody_signed_in_names_its_scripts(served: Api, cast: Cast) -> None:
    browser = served.browser(cast.asha)
    pages = [served.nobody.get("/app/"), browser.get("/app/claims"), browser.get("/app/")]
    hint = r'modulepreload" fetchpriority="low" crossorigin href="/app/assets/([^"]+)"'
    named = [re.findall(hint, page.text) for page in pages]
    # Those of the hints for a demo, too: this install may be one.
    assert named == [[], ["guide-f6.js"], ["home-e5.js", "first-d4.js", "guide-f6.js"]]


@pytest.mark.parametrize(
    ("language", "theme", "expected"),
    [
        ("hi", "dark", 'lang="hi" data-theme="dark"'),
        ("en", "light", 'lang="en" data-theme="light"'),
        ('x"onload="', "<b>", 'lang="en" data-theme="system"'),
    ],
)
def test_the_first_paint_is_in_the_readers_language_and_theme(
    served: Api, language: str, theme: str, expected: str
) -> None:
    cookie = f"insurenz-language={language}; insurenz-theme={theme}"
    assert f"<html {expected} " in served.nobody.get("/app/", headers={"Cookie": cookie}).text


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_assets_come_as_small_as_the_browser_takes_them(
    served: Api, accepted: str, encoding: str | None
) -> None:
    answer = _raw(served, "/app/assets/index-a1.js", accepted)
    assert (answer.status_code, answer.headers.get("content-encoding")) == (200, encoding)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"


def test_p08_a_worker_loads_scripts_of_the_app_and_nothing_else(served: Api) -> None:
    script, font = (_raw(served, f"/app/assets/{name}", "") for name in ("index-a1.js", "sans-b2.woff2"))
    assert script.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert "script-src" not in font.headers["content-security-policy"]


def test_the_service_worker_has_an_address_that_stays_and_is_asked_for_again(served: Api) -> None:
    answer = served.nobody.get("/app/worker.js")
    assert (answer.status_code, answer.content) == (200, SCRIPT)
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
    served.app.state.web_app = None
    assert served.nobody.get("/app/worker.js").status_code == 404


def test_a_font_comes_as_it_is(served: Api) -> None:
    answer = _raw(served, "/app/assets/sans-b2.woff2", "gzip, br")
    assert (answer.headers["content-type"], answer.headers.get("content-encoding")) == ("font/woff2", None)


@pytest.mark.parametrize("name", ["notes.txt", "index-a1.js.gz", "..%2Findex.html", "none.js", ".."])
def test_nothing_else_of_the_folder_is_served(served: Api, name: str) -> None:
    answer = served.nobody.get(f"/app/assets/{name}")
    assert (answer.status_code, "data-session" in answer.text) in {(404, False), (200, True)}
    assert "not ours" not in answer.text


def test_without_a_built_app_its_place_tells_how_to_build_it(api: Api) -> None:
    api.app.state.web_app = None
    answer = api.nobody.get("/app/claims")
    assert "scripts/build_web_app.py" in answer.text
    assert api.nobody.get("/app/assets/index-a1.js").status_code == 404


def test_files_of_the_app_are_not_counted_against_anybodys_limit(served: Api) -> None:
    served.app.state.limiter = RateLimiter(is_on=True, redis_url=None, requests=3, writes=3)
    assert {served.nobody.get("/app/assets/index-a1.js").status_code for _ in range(10)} == {200}
    assert [served.nobody.get("/app/").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_folder_without_a_page_is_no_app(tmp_path: Path) -> None:
    assert built(tmp_path) is None


def _raw(served: Api, path: str, accepted: str) -> Any:
    with served.nobody.stream("GET", path, headers={"Accept-Encoding": accepted}) as answer:
        return answer
