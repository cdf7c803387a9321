"""What operators do with webhooks: make and change them, rotate their secrets, try them, and send again what was given up."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from insurenz.core import clock
from insurenz.core.db import Session, ring_after_commit
from insurenz.core.errors import Conflict
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.core.signing import new_signing_secret
from insurenz.deliveries.models import DEAD, DELIVERIES, WEBHOOK, Delivery, OffBecause, State, Webhook
from insurenz.deliveries.service import Outgoing, enqueue
from insurenz.deliveries.webhooks.health import (
    OFF,
    TEST,
    addressed_to,
    cancel_all,
    record_of,
    switch_off,
    touch,
)
from insurenz.deliveries.webhooks.rules import Rules
from insurenz.organisations.models import Organisation

MOST_PER_ORGANISATION = 20
# The type of event of a message that only tries the webhook.
TEST_TYPE = "webhook_test"


def create(
    session: Session,
    actor: Actor,
    rules: Rules,
    organisation: Organisation,
    *,
    url: str,
    description: str,
    events: Sequence[str],
) -> Webhook:
    """A webhook of an organisation, on at once. Raises Invalid for its address or events, Conflict when there are too many."""
    rules.check_url(url)
    rules.check_events(events)
    own = select(func.count()).where(Webhook.organisation_id == organisation.id)
    if session.scalars(own).one() >= MOST_PER_ORGANISATION:
        raise Conflict(
            f"An organisation has at most {MOST_PER_ORGANISATION}; delete one first.",
            code="too_many_webhooks",
        )
    now = clock.now()
    made = Webhook(
        id=new_id(),
        organisation_id=organisation.id,
        url=url,
        description=description,
        events=_each_once(events),
        secret=new_signing_secret(),
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )
    session.add(made)
    session.flush()
    record_of(session, "webhook_created", made, actor, events=made.events)
    return made


def change(session: Session, actor: Actor, rules: Rules, webhook: Webhook, given: Mapping[str, Any]) -> None:
    """Change what is given of `url, description, events, is_active`. Raises Invalid for an address or events.

    Another address, and switching it on, begin anew: what failed before counts no longer.
    """
    if "url" in given:
        rules.check_url(given["url"])
    if "events" in given:
        rules.check_events(given["events"])
        given = {**given, "events": _each_once(given["events"])}
    changed = [name for name, value in given.items() if value != getattr(webhook, name)]
    if not changed:
        return
    for name in changed:
        if name != "is_active":
            setattr(webhook, name, given[name])
    if "is_active" in changed and not given["is_active"]:
        switch_off(session, webhook, OffBecause.OPERATOR)
    else:
        _begin_anew(webhook, changed)
    session.flush()
    record_of(session, "webhook_changed", webhook, actor, fields=changed, is_active=webhook.is_active)


def delete(session: Session, actor: Actor, webhook: Webhook) -> None:
    """Take it away; what it was still to get is cancelled, the log of what it got stays with the deliveries."""
    cancel_all(session, webhook)
    record_of(session, "webhook_deleted", webhook, actor)
    session.delete(webhook)
    session.flush()


def rotate_secret(session: Session, actor: Actor, webhook: Webhook, *, overlap: timedelta) -> None:
    """Sign with a new secret, and for this long with the present one as well."""
    webhook.previous_secret = webhook.secret if overlap else None
    webhook.previous_until = clock.now() + overlap if overlap else None
    webhook.secret = new_signing_secret()
    touch(webhook)
    session.flush()
    overlaps = int(overlap.total_seconds())
    record_of(session, "webhook_secret_rotated", webhook, actor, overlap_seconds=overlaps)


def send_test(session: Session, actor: Actor, webhook: Webhook) -> Delivery:
    """Send a message that tells of no claim, even when it is off; it takes the way of all others."""
    event_id = record_of(session, "webhook_tested", webhook, actor)
    message = Outgoing(
        event_id=event_id,
        channel=WEBHOOK,
        target=webhook.id,
        user_id=None,
        hospital_id=None,
        payer_id=None,
        claimant_id=None,
        category=TEST,
        next_at=clock.now(),
        body=_test_body(event_id, actor),
    )
    enqueue(session, [message])
    return session.scalars(select(Delivery).where(Delivery.event_id == event_id)).one()


def replay_dead(session: Session, actor: Actor | None, webhook: Webhook) -> int:
    """Send again all that was given up; gives how much that is. Raises Conflict while it is off."""
    if not webhook.is_active:
        raise Conflict("It is off: switch it on first.", code=OFF)
    values = {"state": State.DUE, "next_at": clock.now(), "closed_at": None}
    again = update(DELIVERIES).where(*addressed_to(webhook), DEAD)
    again = again.values(**values, attempts_before=DELIVERIES.c.attempts)
    count = len(session.execute(again.returning(DELIVERIES.c.id)).all())
    if count:
        record_of(session, "webhook_replayed", webhook, actor, count=count)
        ring_after_commit(session, WEBHOOK)
    return count


def _begin_anew(webhook: Webhook, changed: Sequence[str]) -> None:
    if "is_active" in changed:
        webhook.is_active, webhook.off_because = True, None
    if "is_active" in changed or "url" in changed:
        webhook.failing_since, webhook.warned_at = None, None
    touch(webhook)


def _each_once(events: Sequence[str]) -> list[str]:
    return sorted(set(events))


def _test_body(event_id: str, actor: Actor) -> dict[str, Any]:
    """A notification in its usual shape, of nothing."""
    at = clock.now().isoformat().replace("+00:00", "Z")
    by = {
        "actor_id": actor.id,
        "actor_role": actor.role_shown,
        "actor_name": actor.name,
        "actor_email": actor.email,
    }
    return {
        "id": event_id,
        "claim_id": None,
        "claim_uuid": None,
        "event_type": TEST_TYPE,
        "title": "Test",
        "message": "This webhook is being tried. Nothing has happened to a claim.",
        "recipients": [],
        "recipient_ids": [],
        "recipient_roles": [],
        "metadata": {"status": None},
        "triggered_by": by,
        "delivery_success": False,
        "read_by": [],
        "created_at": at,
        "updated_at": at,
        "link": None,
    }
