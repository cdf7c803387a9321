"""How a webhook fares: failing since when, admins warned after a day, switched off after five days of nothing but failures."""

from datetime import timedelta
from typing import Any

from sqlalchemy import null, select, update

from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.permissions import Actor
from insurenz.deliveries.models import DELIVERIES, DUE, WEBHOOK, WEBHOOKS, OffBecause, State, Webhook
from insurenz.events.service import Subject, record
from insurenz.organisations.models import Organisation

WARN_AFTER, OFF_AFTER = timedelta(days=1), timedelta(days=5)
# The category of a message that only tries a webhook, which it gets even when it is off.
TEST = "test"
# Of deliveries that a webhook gets no more, for now or for good.
OFF, DELETED = "webhook_off", "webhook_deleted"


def note_success(session: Session, webhook_id: str) -> None:
    """Something arrived: whatever failed before counts no longer."""
    healthy = {"failing_since": None, "warned_at": None}
    session.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id).values(healthy))


def note_failure(session: Session, webhook_id: str, *, is_gone: bool) -> None:
    """An attempt failed: warn or switch off when it is time for it; at once when the receiver `is_gone`."""
    chosen = select(Webhook).where(Webhook.id == webhook_id, Webhook.is_active)
    webhook = session.scalar(chosen.with_for_update())
    if webhook is None:
        return
    now = clock.now()
    webhook.failing_since = webhook.failing_since or now
    failing = now - webhook.failing_since
    if is_gone:
        _switch_off_and_tell(session, webhook, OffBecause.GONE)
    elif webhook.warned_at is None and failing >= WARN_AFTER:
        webhook.warned_at = now
        record_of(session, "webhook_failing", webhook, None)
    elif failing >= OFF_AFTER:
        _switch_off_and_tell(session, webhook, OffBecause.FAILING)
    session.flush()


def switch_off(session: Session, webhook: Webhook, because: OffBecause) -> None:
    """Send it nothing more. What was due is given up, to be sent again once it is on; what is being sent is not called back."""
    webhook.is_active, webhook.off_because = False, because
    webhook.failing_since, webhook.warned_at = None, None
    touch(webhook)
    session.flush()
    given_up = {"state": State.DEAD, "closed_at": clock.now(), "last_error": OFF}
    waiting = update(DELIVERIES).where(*addressed_to(webhook), DUE, DELIVERIES.c.lease_token.is_(None))
    session.execute(waiting.values(given_up))


def cancel_all(session: Session, webhook: Webhook) -> None:
    """Let nothing more be sent to it, ever."""
    is_open = DELIVERIES.c.state.in_((State.DUE, State.DEAD))
    closed = {"state": State.CANCELLED, "closed_at": clock.now(), "last_error": DELETED, "body": null()}
    free = {"lease_token": None, "lease_until": None}
    session.execute(update(DELIVERIES).where(*addressed_to(webhook), is_open).values(closed | free))


def addressed_to(webhook: Webhook) -> tuple[Any, ...]:
    """In SQL: the deliveries to this webhook."""
    columns = DELIVERIES.c
    return columns.target == webhook.id, columns.user_id.is_(None), columns.channel == WEBHOOK


def touch(webhook: Webhook) -> None:
    """Count a change."""
    webhook.version, webhook.updated_at = webhook.version + 1, clock.now()


def record_of(session: Session, event: str, webhook: Webhook, actor: Actor | None, **data: Any) -> str:
    """Record what happened to a webhook, with the number of its organisation; gives the event's id."""
    number = session.scalars(
        select(Organisation.number).where(Organisation.id == webhook.organisation_id)
    ).one()
    subject = Subject(kind="webhook", id=webhook.id)
    return record(session, event, subject=subject, actor=actor, data={"organisation": number, **data}).id


def _switch_off_and_tell(session: Session, webhook: Webhook, because: OffBecause) -> None:
    switch_off(session, webhook, because)
    record_of(session, "webhook_disabled", webhook, None, reason=str(because))
