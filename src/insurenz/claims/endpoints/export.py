"""The route by which claims leave as a table."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from insurenz.accounts.auth import CurrentUser, authenticate_request
from insurenz.claims import export, pages
from insurenz.claims.endpoints.edge import RulesNow, note_foreign
from insurenz.claims.filters import ClaimsToExport
from insurenz.claims.pages import Page
from insurenz.claims.rules import Rules
from insurenz.claims.scope import Scope, reached
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route, database_of
from insurenz.core.errors import AppError, CutOff, Forbidden
from insurenz.core.permissions import Actor

ROWS_PER_PAGE = 250
HEADERS = {"Content-Disposition": 'attachment; filename="claims.csv"'}
TABLE = {"description": "The table.", "content": {"text/csv": {"schema": {"type": "string"}}}}

router = APIRouter(route_class=Route, tags=["claims"])


@router.get("/claims/export.csv", response_class=Response, responses={200: TABLE})
def export_claims(
    *,
    request: Request,
    actor: CurrentUser,
    db: Db,
    rules: RulesNow,
    asked: Annotated[ClaimsToExport, Query()],
) -> Response:
    """The claims you may see as a table (CSV), by the filters and in the order of the list.

    Should your access end, or change, before the last line, the transfer breaks off.
    """
    reach = reached(db, actor)
    first = pages.page(db, actor, asked, rules, limit=ROWS_PER_PAGE, cursor=None)
    each = _pages(request, actor, reach, first, asked=asked, rules=rules)
    return StreamingResponse(export.lines(actor, each), media_type="text/csv", headers=HEADERS)


def _pages(
    request: Request, actor: Actor, reach: Scope, page: Page, *, asked: ClaimsToExport, rules: Rules
) -> Iterator[Page]:
    """Each page in a unit of its own, under the rights of its moment, and noted in the access log before it leaves."""
    try:
        while True:
            if note_foreign(request, actor, page.rows, what="exported"):
                _write_notes(request)
            yield page
            if page.next_cursor is None:
                return
            with database_of(request).read_unit() as session:
                _require_the_same(request, session, actor, reach)
                page = pages.page(session, actor, asked, rules, limit=ROWS_PER_PAGE, cursor=page.next_cursor)
    except (AppError, SQLAlchemyError) as error:
        raise CutOff(getattr(error, "code", type(error).__name__)) from error


def _require_the_same(request: Request, session: Session, actor: Actor, reach: Scope) -> None:
    """Refuse to go on when the caller's access has ended or is another. Raises AppError."""
    now = authenticate_request(request, session)
    if (now.role, now.scopes, reached(session, now)) != (actor.role, actor.scopes, reach):
        raise Forbidden(code="reach_changed")


def _write_notes(request: Request) -> None:
    while request.app.state.access_log.flush():
        pass
