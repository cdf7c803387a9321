"""Webhooks of organisations: signed POSTs to addresses that others have chosen, so none leads into the own network."""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any, Self

from sqlalchemy import Executable, select
from sqlalchemy.exc import SQLAlchemyError

from insurenz.core import clock, signing
from insurenz.core.addresses import judge_of
from insurenz.core.db import Database, Id, Session
from insurenz.core.http import HttpConnections, HttpSender
from insurenz.core.settings import Settings
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.channels.channel import Channel, Failure, Permanent, Sending, To
from insurenz.deliveries.channels.posting import post
from insurenz.deliveries.models import WEBHOOK, WEBHOOKS
from insurenz.deliveries.webhooks.health import OFF, TEST, note_failure, note_success

log = logging.getLogger("insurenz.deliveries")


def _webhooks(dialect: str) -> Executable:
    given, of = listed(dialect, id=Id), WEBHOOKS.c
    secrets = (of.secret, of.previous_secret, of.previous_until)
    return select(of.id, of.url, *secrets, of.is_active, of.failing_since).join(given, given.c.id == of.id)


_WEBHOOKS = Statement(_webhooks)


class Webhooks(Channel):
    """Sends to the webhook that a delivery names, as it is now, and takes note of how it fares.

    Whatever a receiver answers may be other in an hour, but that it is gone (410), which switches it off.
    """

    name = WEBHOOK
    to = To.RECEIVERS

    def __init__(self, database: Database, sender: HttpSender) -> None:
        self._database, self._sender = database, sender

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self:
        """In every install: whether somebody has made webhooks is not said by settings."""
        # Others have chosen where these lead to.
        judge = judge_of(is_own_network_allowed=settings.webhook_lan == "on")
        return cls(database, HttpConnections(may_reach=judge))

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, Any]:
        """Of the webhooks themselves, what it takes to send to them. One statement."""
        return {each.id: each for each in _WEBHOOKS.all(session, {"id": ",".join(targets)})}

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int:
        """POST the body; any 2xx is a receipt. Raises Passing or Permanent."""
        webhook = delivery.found
        if webhook is None or not (webhook.is_active or delivery.category == TEST):
            raise Permanent(OFF)
        keys = _keys(webhook)
        try:
            status = post(self._sender, webhook.url, body, key=key, signed_with=keys, is_final=_is_gone)
        except Failure as failure:
            is_gone = failure.status_code == HTTPStatus.GONE
            self._note(partial(note_failure, webhook_id=webhook.id, is_gone=is_gone))
            raise
        if webhook.failing_since is not None:
            self._note(partial(note_success, webhook_id=webhook.id))
        return status

    def close(self) -> None:
        """Close the connections that are idle."""
        self._sender.close()

    def _note(self, note: Callable[[Session], None]) -> None:
        """In a unit of its own: what became of the delivery is written elsewhere, whether or not this can be."""
        try:
            with self._database.unit_of_work() as session:
                note(session)
        except SQLAlchemyError:
            log.exception("how a webhook fares could not be written")


def _keys(webhook: Any) -> Sequence[bytes]:
    secrets = [webhook.secret]
    if webhook.previous_secret and webhook.previous_until and clock.now() < webhook.previous_until:
        secrets.append(webhook.previous_secret)
    return [signing.key_of(secret) for secret in secrets]


def _is_gone(status: int) -> bool:
    return status == HTTPStatus.GONE
