"""Pictures of administration: name, path, as whom, and what is done there before the picture."""

from typing import Any

ADMIN, AUDITOR = "admin@demo.example", "auditor@demo.example"


def open_user(page: Any) -> None:
    """The page of somebody who works for two hospitals."""
    page.locator("main table a", has_text="Rahul Verma").click()
    page.locator("h2#assignments").wait_for()
    page.wait_for_load_state("networkidle")


def ask_to_disable(page: Any) -> None:
    """The question before an account is disabled."""
    open_user(page)
    page.locator("section[aria-labelledby=access] button").last.click()


def ask_for_role(page: Any) -> None:
    """The form of another role."""
    open_user(page)
    page.locator("section[aria-labelledby=details] button").last.click()


def pick(page: Any) -> None:
    """The choices of a picker, after two letters."""
    page.locator("[role=combobox]").first.click()
    page.locator("[role=combobox]").first.press_sequentially("ho")
    page.locator("[role=option]").first.wait_for()


def make_webhook(page: Any) -> None:
    """A new webhook, and its secret."""
    pick(page)
    page.locator("[role=option]").first.click()
    page.locator("input[type=url]").fill("https://claims.hospital.invalid/insurenz")
    page.locator("main form button[type=submit]").click()
    page.locator("main code").wait_for()


def open_webhook(page: Any) -> None:
    """The first webhook, after a test of it."""
    if not page.locator("main table a").count():
        page.goto(page.url.replace("/admin/webhooks", "/admin/webhooks/new"))
        make_webhook(page)
        page.locator("main button").last.click()
    else:
        page.locator("main table a").first.click()
    page.locator("h2#details").wait_for()
    page.locator("main header button").click()
    page.locator("main li").last.wait_for()


def unfold(page: Any) -> None:
    """The first entry, with all that is recorded."""
    page.locator("main li summary").first.click()


SHOTS = (
    ("admin-users", "/admin/users", ADMIN, None),
    ("admin-users-none", "/admin/users?text=nobody", ADMIN, None),
    ("admin-user", "/admin/users", ADMIN, open_user),
    ("admin-user-auditor", "/admin/users", AUDITOR, open_user),
    ("admin-user-disable", "/admin/users", ADMIN, ask_to_disable),
    ("admin-user-role", "/admin/users", ADMIN, ask_for_role),
    ("admin-user-missing", "/admin/users/nobody", ADMIN, None),
    ("admin-user-new", "/admin/users/new", ADMIN, pick),
    ("admin-organisations", "/admin/organisations", ADMIN, None),
    ("admin-organisation", "/admin/organisations/HOSP_001", ADMIN, None),
    ("admin-organisation-new", "/admin/organisations/new", ADMIN, None),
    ("admin-policies", "/admin/policies", ADMIN, None),
    ("admin-policy", "/admin/policies/POL-DEMO-0001", ADMIN, None),
    ("admin-policy-new", "/admin/policies/new", ADMIN, None),
    ("admin-deliveries", "/admin/deliveries", ADMIN, unfold),
    ("admin-webhooks", "/admin/webhooks", ADMIN, None),
    ("admin-webhook", "/admin/webhooks", ADMIN, open_webhook),
    ("admin-webhook-new", "/admin/webhooks/new", ADMIN, None),
    ("admin-webhook-secret", "/admin/webhooks/new", ADMIN, make_webhook),
    ("admin-workflow-retail", "/admin/workflows/retail", ADMIN, None),
    ("admin-workflow-hospital", "/admin/workflows/hospital", ADMIN, None),
    ("admin-audit", "/admin/audit", ADMIN, unfold),
    ("admin-no-rights", "/admin/users", "asha@demo.example", None),
)
