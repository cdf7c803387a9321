"""Reads of webhooks: by overseers, and of those that are to hear of an event."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, select

from insurenz.core import paging
from insurenz.core.db import Id, Session
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.models import WEBHOOKS, Webhook
from insurenz.organisations.models import Organisation


def _of_organisations(dialect: str) -> Executable:
    given = listed(dialect, organisation_id=Id)
    columns = select(WEBHOOKS.c.id, WEBHOOKS.c.organisation_id, WEBHOOKS.c.events)
    those = columns.join_from(given, WEBHOOKS, WEBHOOKS.c.organisation_id == given.c.organisation_id)
    return those.where(WEBHOOKS.c.is_active).order_by(WEBHOOKS.c.id)


_LISTENING = Statement(_of_organisations)


def listening(session: Session, organisation_ids: Collection[str]) -> Sequence[Any]:
    """The webhooks of these organisations that are on, each with `id, organisation_id, events`, oldest first."""
    if not organisation_ids:
        return []
    return _LISTENING.all(session, {"organisation_id": ",".join(organisation_ids)})


def page(
    session: Session,
    *,
    organisation_id: str | None = None,
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> tuple[list[Webhook], str | None]:
    """A page of webhooks, newest first, and the cursor of the next: for overseers. Raises Invalid for a foreign cursor."""
    chosen = select(Webhook)
    if organisation_id is not None:
        chosen = chosen.where(Webhook.organisation_id == organisation_id)
    if cursor is not None:
        chosen = chosen.where(Webhook.id < paging.decode_id(cursor))
    rows = list(session.scalars(chosen.order_by(Webhook.id.desc()).limit(limit + 1)))
    return rows[:limit], paging.next_cursor(rows, limit, "id")


def webhook_for(session: Session, webhook_id: str, *, lock: bool = False) -> Webhook:
    """One webhook, held until the unit ends when `lock`; raises NotFound."""
    if not is_id(webhook_id):
        raise NotFound
    chosen = select(Webhook).where(Webhook.id == webhook_id.lower())
    found = session.scalar(chosen.with_for_update() if lock else chosen)
    if found is None:
        raise NotFound
    return found


def organisations_of(session: Session, webhooks: Collection[Webhook]) -> Mapping[str, Organisation]:
    """The organisations of these webhooks by their ids, in one statement."""
    ids = {webhook.organisation_id for webhook in webhooks}
    found = session.scalars(select(Organisation).where(Organisation.id.in_(ids))) if ids else ()
    return {organisation.id: organisation for organisation in found}
