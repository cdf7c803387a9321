"""Web Push: a few words to each device on which somebody is told, sealed so that its browser alone reads them."""

import json
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any, Self

from insurenz.core.addresses import is_public
from insurenz.core.db import Database, Session
from insurenz.core.http import HttpConnections, HttpSender
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel, Gone, Permanent, Sending, To, is_about_message
from insurenz.deliveries.channels.posting import receipt
from insurenz.deliveries.models import PUSH, Target
from insurenz.deliveries.targets.push import PushRules, sealed_for
from insurenz.deliveries.targets.queries import by_id
from insurenz.deliveries.targets.removal import remove
from insurenz.deliveries.targets.wording import wording
from insurenz.workflow.vocabulary import MANDATORY

# What a device that was off for longer is no longer told: the inbox has it.
TTL_SECONDS = 3 * 24 * 3600
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# About this server's clock or its key: they end when the operator puts it right.
ABOUT_US = frozenset({401, 403})


class Push(Channel):
    """Sends to the device that a delivery names; one that its push service knows no more is removed."""

    name = PUSH
    to = To.PERSON
    has_targets = True

    def __init__(self, database: Database, rules: PushRules, judged: HttpSender, own: HttpSender) -> None:
        self._database, self._rules = database, rules
        self._judged, self._own = judged, own

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """Where it is switched on. What browsers name is reached on the open internet only."""
        rules = PushRules.of(settings)
        judged, own = HttpConnections(may_reach=is_public), HttpConnections()
        return cls(database, rules, judged, own) if rules else None

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, Target]:
        """The devices themselves."""
        return by_id(session, targets)

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int:
        """POST the sealed words; any 2xx is a receipt. Raises Passing, Permanent or Gone."""
        device: Target | None = delivery.found
        if device is None:
            raise Gone("target_removed")
        endpoint = device.address["endpoint"]
        content = sealed_for(device.address, _content(delivery, body, device.language))
        headers = {
            "Authorization": self._rules.authorization(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Urgency": "high" if delivery.category in MANDATORY else "normal",
            # What is sent again while the device is off takes the place of what was sent before: it is shown once.
            "Topic": key.replace("-", ""),
        }
        sender = self._own if self._rules.is_ours(endpoint) else self._judged
        try:
            return receipt(sender, endpoint, content, headers, is_final=_is_final)
        except Permanent as failure:
            if failure.status_code not in GONE:
                raise
            self._remove(device.id)
            raise Gone(failure.reason, status_code=failure.status_code) from failure

    def close(self) -> None:
        """Close the connections that are idle."""
        self._judged.close()
        self._own.close()

    def _remove(self, target_id: str) -> None:
        with self._database.unit_of_work() as session:
            found = session.get(Target, target_id, with_for_update=True)
            if found is not None:
                remove(session, None, found)


def _content(delivery: Sending, body: Mapping[str, Any], language: str) -> bytes:
    words = wording(language)
    told = {
        "id": body["id"],
        "title": words.title(delivery.category),
        "body": words.claim(body["claim_id"]),
        "path": body["path"],
        "language": language,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _is_final(status: int) -> bool:
    return is_about_message(status) and status not in ABOUT_US
