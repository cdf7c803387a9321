"""Pictures of the desk: name, address, as whom, and what is done there before."""

from typing import Any

RAHUL, ARJUN, AUDITOR = "rahul@demo.example", "arjun@demo.example", "auditor@demo.example"


def claim(status: str, *keys: str) -> Any:
    """The newest claim of this status, and keys that are pressed there."""

    def go(page: Any) -> None:
        base = page.url.partition("/app")[0]
        found = page.context.request.get(f"{base}/claims?status={status}&limit=1").json()["items"]
        page.goto(f"{base}/app/claims/{found[0]['claim_number']}")
        page.locator("canvas").or_(page.locator("[role=tablist]")).first.wait_for()
        page.wait_for_load_state("networkidle")
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(300)

    return go


def tab(status: str, name: str) -> Any:
    """One of the tabs of such a claim."""

    def go(page: Any) -> None:
        claim(status)(page)
        page.locator(f"#tab-{name}").click()

    return go


def documents(page: Any) -> None:
    """What a narrow screen shows behind its second switch."""
    claim("under_review", "]")(page)
    switch = page.locator("button[aria-pressed=false]").first
    if switch.is_visible():
        switch.click()


SHOTS = (
    ("desk-review", "/claims", ARJUN, claim("under_review")),
    ("desk-documents", "/claims", ARJUN, documents),
    ("desk-approve", "/claims", ARJUN, claim("under_review", "a")),
    ("desk-reject-document", "/claims", ARJUN, claim("under_review", "]", "x")),
    ("desk-contested", "/claims", RAHUL, claim("claim_contested")),
    ("desk-query", "/claims", RAHUL, claim("qc_pending", "q")),
    ("desk-queries", "/claims", RAHUL, tab("qc_answered", "queries")),
    ("desk-notes", "/claims", RAHUL, tab("claim_denial", "notes")),
    ("desk-history", "/claims", RAHUL, tab("claim_approved", "history")),
    ("desk-keys", "/claims", RAHUL, claim("qc_clear", "?")),
    ("desk-auditor", "/claims", AUDITOR, claim("qc_clear")),
)
