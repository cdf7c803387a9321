"""Routes of organisations."""

from typing import Annotated

from fastapi import APIRouter, Query

from insurenz.core.caller import CurrentUser
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.versions import IfMatch, require_version
from insurenz.organisations import queries, service
from insurenz.organisations.models import Kind
from insurenz.organisations.schemas import (
    OrganisationIn,
    OrganisationList,
    OrganisationOut,
    OrganisationPatch,
    Words,
)

router = APIRouter(route_class=Route, prefix="/organisations", tags=["organisations"])


@router.get("")
def list_organisations(
    actor: CurrentUser,
    db: Db,
    *,
    kind: Annotated[Kind | None, Query()] = None,
    text: Annotated[Words | None, Query(description="Part of a name or number")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> OrganisationList:
    """The hospitals and payers of this install, by number; closed ones are shown to admin and auditor only."""
    rows, following = queries.page(db, actor, kind=kind, text=text, cursor=cursor, limit=limit)
    partners = queries.partner_numbers(db, [row.id for row in rows])
    return OrganisationList(
        items=[OrganisationOut.of(row, partners.get(row.id, [])) for row in rows], next_cursor=following
    )


@router.post("", status_code=201)
def create_organisation(body: OrganisationIn, actor: CurrentUser, db: Db) -> OrganisationOut:
    """Add a hospital or a payer."""
    made = service.create(
        db, actor, kind=body.kind, name=body.name, number=body.number, works_with=body.works_with
    )
    return OrganisationOut.of(made, [p.number for p in queries.partners(db, made)])


@router.get("/{organisation_id}")
def show_organisation(organisation_id: str, actor: CurrentUser, db: Db) -> OrganisationOut:
    """One hospital or payer, by id or number."""
    found = queries.visible(db, actor, organisation_id)
    return OrganisationOut.of(found, [p.number for p in queries.partners(db, found)])


@router.patch("/{organisation_id}")
def change_organisation(
    organisation_id: str, body: OrganisationPatch, actor: CurrentUser, db: Db, *, if_match: IfMatch = None
) -> OrganisationOut:
    """Rename, close or open one, or set with whom it works; needs If-Match."""
    found = service.locked(db, queries.visible(db, actor, organisation_id))
    require_version(if_match, found.version)
    service.change(db, actor, found, name=body.name, is_active=body.is_active, works_with=body.works_with)
    return OrganisationOut.of(found, [p.number for p in queries.partners(db, found)])
