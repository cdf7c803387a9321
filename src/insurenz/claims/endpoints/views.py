"""Routes of views: filters of the list of claims that somebody keeps under a name."""

from fastapi import APIRouter

from insurenz.accounts.auth import CurrentUser
from insurenz.claims import views
from insurenz.claims.filters import ViewIn
from insurenz.claims.schemas import ViewList, ViewOut
from insurenz.core.edge import Db, Route

router = APIRouter(route_class=Route, prefix="/claim-views", tags=["claims"])


@router.get("")
def list_views(actor: CurrentUser, db: Db) -> ViewList:
    """Your views, by name."""
    return ViewList(items=[ViewOut.of(each) for each in views.views(db, actor)])


@router.post("", status_code=201)
def keep_view(body: ViewIn, actor: CurrentUser, db: Db) -> ViewOut:
    """Keep filters and an order of the list of claims under a name; nobody but you sees it."""
    return ViewOut.of(views.keep(db, actor, data=body))


@router.delete("/{view_id}", status_code=204)
def remove_view(view_id: str, actor: CurrentUser, db: Db) -> None:
    """Remove a view of yours."""
    views.remove(db, actor, view_id)
