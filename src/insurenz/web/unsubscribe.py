"""One-click unsubscribing (RFC 8058): a page that asks, and the POST by which a mail program or the page says yes."""

from fastapi import APIRouter, Request, Response

from insurenz.core.edge import Db, Route
from insurenz.core.errors import NotFound
from insurenz.deliveries.mail.unsubscribing import Unsubscribing
from insurenz.notifications import preferences
from insurenz.web.rendering import page

router = APIRouter(route_class=Route, prefix="/unsubscribe", include_in_schema=False)

CHANNEL = "email"
# What the mails of a category are about, in the words of the page.
CATEGORIES = {
    "progress": "what happens to your claims",
    "message": "new messages about your claims",
    "assignment": "claims that are given to you",
}


@router.get("/{token}")
def unsubscribe_page(request: Request, token: str, db: Db) -> Response:
    """Ask whether to stop: whatever follows links in mails, to look at them, changes nothing."""
    user_id, category = _read(request, token)
    choice = preferences.preferred(db, user_id, category, CHANNEL)
    return _page(category, "ask" if choice.is_on else "done")


@router.post("/{token}")
def unsubscribe(request: Request, token: str, db: Db) -> Response:
    """Stop mails of one category for one person. No cookie is looked at: the address is the key."""
    user_id, category = _read(request, token)
    preferences.switch_off(db, user_id, category, CHANNEL)
    return _page(category, "done")


def _read(request: Request, token: str) -> tuple[str, str]:
    unsubscribing: Unsubscribing = request.app.state.unsubscribing
    found = unsubscribing.read(token)
    if found is None:
        raise NotFound
    return found


def _page(category: str, state: str) -> Response:
    about = CATEGORIES.get(category, category)
    return page("unsubscribe.html", has_form=True, about=about, state=state)
