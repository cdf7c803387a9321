"""Pictures of the hospital's pages: name, address, as whom, and what is done there before."""

from pathlib import Path
from typing import Any

CITY, LAKESIDE = "desk@city.demo.example", "desk@lakeside.demo.example"
DATA = Path(__file__).resolve().parents[2] / "tests/data"


def open_status(status: str) -> Any:
    """The newest claim of this status."""

    def go(page: Any) -> None:
        answer = page.context.request.get(f"{page.url.partition('/app')[0]}/claims?status={status}&limit=1")
        number = answer.json()["items"][0]["claim_number"]
        page.goto(f"{page.url.partition('/app')[0]}/app/claims/{number}")
        page.wait_for_load_state("networkidle")

    return go


def then(first: Any, *others: Any) -> Any:
    """One after the other."""

    def go(page: Any) -> None:
        for each in (first, *others):
            each(page)

    return go


def send_empty(page: Any) -> None:
    """The form as it is."""
    page.locator("main form button[type=submit]").first.click()


def answer_one(page: Any) -> None:
    """One of the missing things."""
    page.locator("main section input[type=file][multiple]").first.set_input_files([DATA / "bill.pdf"])
    page.wait_for_timeout(800)


def open_choice(page: Any) -> None:
    """What can be done, opened."""
    page.locator("main section button, main div > span > button").first.click()


def copy(page: Any) -> None:
    """The search for an earlier claim."""
    page.locator("main header button").click()
    page.wait_for_timeout(800)


def take(page: Any) -> None:
    """The first earlier claim, taken over."""
    copy(page)
    page.locator("main ul li button").first.click()
    page.wait_for_timeout(800)


def fill(page: Any) -> None:
    """What copying leaves."""
    take(page)
    page.locator("[name=admission_date]").fill("2026-11-20")
    page.locator("[name=claimed_amount]").fill("84500")
    page.locator("input[type=file][multiple]").first.set_input_files([DATA / "bill.pdf"])
    page.wait_for_timeout(800)


def check(page: Any) -> None:
    """The page that shows it all."""
    fill(page)
    send_empty(page)
    page.wait_for_url("**/check*")
    page.wait_for_timeout(300)


def receipt(page: Any) -> None:
    """Submitted."""
    check(page)
    send_empty(page)
    page.wait_for_url("**/submitted/*")
    page.locator("h2#next").wait_for()


SHOTS = (
    ("hospital-home", "/", CITY),
    ("hospital-home-lakeside", "/", LAKESIDE),
    ("hospital-list", "/claims", CITY),
    ("hospital-list-none", "/claims?text=nothing", CITY),
    ("hospital-query", "/", LAKESIDE, open_status("qc_query")),
    ("hospital-query-half", "/", LAKESIDE, then(open_status("qc_query"), answer_one, send_empty)),
    ("hospital-info", "/", LAKESIDE, open_status("need_more_info")),
    ("hospital-denied", "/", CITY, open_status("claim_denial")),
    ("hospital-contest", "/", CITY, then(open_status("claim_denial"), open_choice)),
    ("hospital-approved", "/", CITY, open_status("claim_approved")),
    ("hospital-submit", "/hospital/submit", CITY),
    ("hospital-submit-copy", "/hospital/submit", CITY, copy),
    ("hospital-submit-taken", "/hospital/submit", CITY, take),
    ("hospital-submit-errors", "/hospital/submit", CITY, send_empty),
    ("hospital-submit-check", "/hospital/submit", CITY, check),
    ("hospital-submit-received", "/hospital/submit", CITY, receipt),
)
