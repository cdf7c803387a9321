"""Analytics in the browser: the figures of the API, filters in the address, tables and exports, for staff alone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.app import AXE, BUILT, LATER_LOOK, LOOKS, NOT_BUILT, PHONE, opened, sign_in, violations
from tests.server import Server

pytestmark = pytest.mark.skipif(not (BUILT.is_file() and AXE.is_file()), reason=NOT_BUILT)

ADMIN, MEERA, ASHA = "admin@demo.example", "meera@demo.example", "asha@demo.example"
DESK = {"width": 1280, "height": 900}


def figures(server: Server, who: str, table: str, query: str = "") -> Any:
    """What the API says to this person."""
    answer = server.call("GET", f"/analytics/{table}{query}", token=server.sign_in(who))
    assert answer.status == 200, answer.body
    return answer.json()


def panel(page: Any, about: str) -> Any:
    """The part of the page about this."""
    return page.get_by_role("region").filter(has_text=about).filter(has=page.get_by_role("heading", level=2))


def shown(page: Any, about: str) -> list[list[str]]:
    """The rows of the table behind a chart."""
    part = panel(page, about)
    part.get_by_role("button", name="Show table").click()
    rows = part.get_by_role("table").get_by_role("row")
    expect(rows.first).to_be_visible()
    return [row.locator("th, td").all_inner_texts() for row in rows.all()[1:]]


def test_the_page_shows_the_figures_of_the_api_and_gives_them_away(server: Server, chromium: Any) -> None:
    with opened(chromium, server, viewport=DESK) as page:
        sign_in(page, server, MEERA)
        page.goto("/app/claims")
        page.get_by_role("link", name="Analytics").click()
        page.wait_for_url("**/app/analytics")
        chart = panel(page, "Claims filed, by how they stand now")
        expect(chart.get_by_role("img")).to_have_accessible_name(re.compile("Columns of weeks"))
        claims = figures(server, MEERA, "claims")
        rows = shown(page, "Claims filed, by how they stand now")
        assert [int(row[-1]) for row in rows] == [item["count"] for item in claims["items"]]
        bars = chart.locator("svg rect title").all_text_contents()
        assert sum(int(title.rpartition(": ")[2]) for title in bars) == claims["total"]
        turns = figures(server, MEERA, "turnaround")["items"]
        rows = shown(page, "Turnaround: how long claims waited for each side")
        assert [(int(row[2]), int(row[3])) for row in rows] == [(i["ended"], i["open"]) for i in turns]
        reasons = figures(server, MEERA, "reasons")["items"]
        rows = shown(page, "Reasons of queries and refusals")
        assert [int(row[-1]) for row in rows] == [item["count"] for item in reasons]
        amounts = figures(server, MEERA, "amounts")["items"]
        with page.expect_download() as download:
            page.get_by_role("link", name="Export: Amounts").click()
        lines = Path(download.value.path()).read_text().splitlines()
        assert lines[0].split(",") == list(amounts[0])
        assert [line.split(",")[3] for line in lines[1:]] == [item["claimed"] for item in amounts]


def test_filters_stand_in_the_address(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("422",), viewport=PHONE) as page:
        sign_in(page, server, ADMIN)
        page.goto("/app/analytics")
        page.get_by_label("Workflow").select_option("hospital")
        page.wait_for_url("**/app/analytics?workflow=hospital")
        page.get_by_label("Hospital", exact=True).select_option("HOSP_002")
        page.wait_for_url("**/app/analytics?workflow=hospital&hospital=HOSP_002")
        total = figures(server, ADMIN, "claims", "?workflow=hospital&hospital=HOSP_002")["total"]
        page.get_by_role("heading", name=re.compile(rf"\d+ of {total} claims are still open")).wait_for()
        page.get_by_role("button", name="12 months").click()
        page.wait_for_url("**&from=20*")
        page.reload()
        expect(page.get_by_role("button", name="12 months")).to_have_attribute("aria-pressed", "true")
        page.get_by_role("heading", name=re.compile("claims are still open")).wait_for()
        page.get_by_label("To", exact=True).fill("2020-01-01")
        page.get_by_label("To", exact=True).press("Enter")
        page.get_by_text("The period ends on 2020-01-01, before it begins.").wait_for()
        page.goto("/app/analytics?from=2020-01-01&to=2020-02-01")
        page.get_by_text("No claims here").wait_for()
        page.get_by_role("link", name="Clear filters").click()
        page.get_by_role("heading", name=re.compile("claims are still open")).wait_for()


def test_who_files_claims_is_told_that_it_is_not_open_to_them(server: Server, chromium: Any) -> None:
    with opened(chromium, server, expected=("403",)) as page:
        sign_in(page, server, ASHA)
        page.goto("/app/analytics")
        page.get_by_role("heading", name="Not open to you").wait_for()
        assert page.get_by_role("link", name="Analytics").count() == 0


@pytest.mark.parametrize("look", LATER_LOOK)
def test_p08_axe_finds_nothing_on_analytics(server: Server, chromium: Any, look: str) -> None:
    scheme, language = LOOKS[look]
    with opened(chromium, server, language=language, color_scheme=scheme, viewport=DESK) as page:
        sign_in(page, server, ADMIN)
        page.goto("/app/analytics?from=2020-01-01&to=2020-02-01")
        page.wait_for_load_state("networkidle")
        assert violations(page) == []
        page.goto("/app/analytics")
        page.wait_for_load_state("networkidle")
        for button in page.locator("main button[aria-controls]").all():
            button.click()
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            assert violations(page) == [], size
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
