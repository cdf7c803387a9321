"""Routes of webhooks: overseers see them and how they fare, admins make, change, rotate and try them."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request

from insurenz.core.caller import CurrentUser
from insurenz.core.db import Session
from insurenz.core.edge import Db, Route
from insurenz.core.paging import DEFAULT_LIMIT, Cursor, Limit
from insurenz.core.versions import IfMatch, require_version
from insurenz.deliveries.models import WEBHOOK, Webhook
from insurenz.deliveries.queries import Filters, log, with_attempts
from insurenz.deliveries.schemas import DeliveryList, DeliveryOut, ReplayedOut
from insurenz.deliveries.webhooks import queries, service
from insurenz.deliveries.webhooks.schemas import (
    SecretIn,
    WebhookIn,
    WebhookList,
    WebhookMade,
    WebhookOut,
    WebhookPatch,
)
from insurenz.organisations.models import Organisation
from insurenz.organisations.queries import visible
from insurenz.organisations.schemas import Reference
from insurenz.organisations.service import resolve

router = APIRouter(route_class=Route, prefix="/webhooks", tags=["webhooks"])

WebhookId = Annotated[str, Path(min_length=1, max_length=64, description="Id of the webhook")]
SecretGiven = Annotated[SecretIn, Body(default_factory=SecretIn)]


@router.get("")
def list_webhooks(
    request: Request,
    actor: CurrentUser,
    db: Db,
    *,
    organisation: Annotated[Reference | None, Query(description="Id or number of its organisation")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> WebhookList:
    """The webhooks of all organisations or of one, newest first."""
    owner_id = visible(db, actor, organisation).id if organisation else None
    rows, following = queries.page(db, organisation_id=owner_id, cursor=cursor, limit=limit)
    owners = queries.organisations_of(db, rows)
    items = [WebhookOut.of(row, owners[row.organisation_id]) for row in rows]
    types = list(request.app.state.webhook_rules.event_types)
    return WebhookList(items=items, next_cursor=following, event_types=types)


@router.post("", status_code=201)
def create_webhook(request: Request, body: WebhookIn, actor: CurrentUser, db: Db) -> WebhookMade:
    """Tell an organisation's receiver of events from now on; the secret of its signatures is shown in this answer alone."""
    owner = resolve(db, body.organisation)
    made = service.create(
        db,
        actor,
        request.app.state.webhook_rules,
        owner,
        url=body.url,
        description=body.description,
        events=body.events,
    )
    return WebhookMade.of(made, owner, secret=made.secret)


@router.get("/{webhook_id}")
def show_webhook(webhook_id: WebhookId, actor: CurrentUser, db: Db) -> WebhookOut:
    """One webhook, and how it fares."""
    found = queries.webhook_for(db, webhook_id)
    return WebhookOut.of(found, _owner(db, found))


@router.patch("/{webhook_id}")
def change_webhook(
    request: Request,
    webhook_id: WebhookId,
    body: WebhookPatch,
    actor: CurrentUser,
    db: Db,
    *,
    if_match: IfMatch = None,
) -> WebhookOut:
    """Change its address or its events, or switch it on or off; needs If-Match. What happens while it is off is not sent."""
    found = queries.webhook_for(db, webhook_id, lock=True)
    require_version(if_match, found.version)
    service.change(db, actor, request.app.state.webhook_rules, found, body.given())
    return WebhookOut.of(found, _owner(db, found))


@router.delete("/{webhook_id}", status_code=204)
def delete_webhook(webhook_id: WebhookId, actor: CurrentUser, db: Db) -> None:
    """Take a webhook away; what it was still to get is cancelled."""
    service.delete(db, actor, queries.webhook_for(db, webhook_id, lock=True))


@router.post("/{webhook_id}/secret")
def rotate_webhook_secret(
    webhook_id: WebhookId, body: SecretGiven, actor: CurrentUser, db: Db
) -> WebhookMade:
    """Sign with a new secret, shown in this answer alone; for some hours messages are signed with both."""
    found = queries.webhook_for(db, webhook_id, lock=True)
    service.rotate_secret(db, actor, found, overlap=body.overlap)
    return WebhookMade.of(found, _owner(db, found), secret=found.secret)


@router.post("/{webhook_id}/test", status_code=201)
def test_webhook(webhook_id: WebhookId, actor: CurrentUser, db: Db) -> DeliveryOut:
    """Send a message that tells of no claim, to be followed in its attempts; also while it is off."""
    sent = service.send_test(db, actor, queries.webhook_for(db, webhook_id))
    [entry] = with_attempts(db, [sent])
    return DeliveryOut.of(entry)


@router.get("/{webhook_id}/attempts")
def list_webhook_attempts(
    webhook_id: WebhookId,
    actor: CurrentUser,
    db: Db,
    *,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> DeliveryList:
    """What was sent to a webhook or is to be, newest first, each with its attempts and what was answered."""
    found = queries.webhook_for(db, webhook_id)
    entries, following = log(db, Filters(channel=WEBHOOK, target=found.id), cursor=cursor, limit=limit)
    return DeliveryList(items=[DeliveryOut.of(entry) for entry in entries], next_cursor=following)


@router.post("/{webhook_id}/replay")
def replay_webhook(webhook_id: WebhookId, actor: CurrentUser, db: Db) -> ReplayedOut:
    """Send again all that was given up, oldest first, each under its own key."""
    found = queries.webhook_for(db, webhook_id, lock=True)
    return ReplayedOut(count=service.replay_dead(db, actor, found))


def _owner(db: Session, webhook: Webhook) -> Organisation:
    return queries.organisations_of(db, [webhook])[webhook.organisation_id]
