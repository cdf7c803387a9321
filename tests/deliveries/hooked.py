"""Webhooks of the tests: made, sent to, and what the tables say of them afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from insurenz.core import clock
from insurenz.core.db import Database
from insurenz.core.http import Answer, NoAnswer
from insurenz.deliveries.channels.webhook import Webhooks
from insurenz.deliveries.models import Webhook
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.service import Outgoing
from insurenz.deliveries.webhooks import service
from insurenz.deliveries.webhooks.rules import Rules
from tests.actors import Cast
from tests.deliveries.messages import outgoing

URL = "https://claims.lakeside.example/insurenz"
RULES = Rules(is_own_network_allowed=False, event_types=("claim_approved", "claim_denied"))
AT_HOME = Rules(is_own_network_allowed=True, event_types=RULES.event_types)

Does = Callable[[], Answer]


def answers(status: int, retry_after: str | None = None) -> Does:
    """A receiver that gives this answer."""
    return lambda: Answer(status, retry_after)


def hangs() -> Answer:
    """A receiver that does not answer."""
    raise NoAnswer("timeout")


@dataclass
class Post:
    """Receivers by their addresses, each of which does one thing after the other, and the last again and again."""

    does: dict[str, list[Does]] = field(default_factory=dict)
    calls: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)
    at: list[datetime] = field(default_factory=list)

    def will(self, *steps: Does, url: str = URL) -> None:
        self.does[url] = list(steps)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        assert seconds == 15
        self.calls.append((url, headers, body))
        self.at.append(clock.now())
        steps = self.does.setdefault(url, [answers(204)])
        return (steps.pop(0) if len(steps) > 1 else steps[0])()


def sender_of(database: Database, post: Post) -> Sender:
    """The sender of webhooks over these receivers."""
    return Sender(database, Webhooks(database, post))


def hook(database: Database, cast: Cast, *, at: str = "lakeside", url: str = URL, **given: Any) -> str:
    """A webhook of an organisation; gives its id."""
    given = {"description": "", "events": [], **given}
    with database.unit_of_work() as session:
        return service.create(session, cast.admin, AT_HOME, getattr(cast, at), url=url, **given).id


def webhook(database: Database, webhook_id: str) -> Webhook:
    """A webhook as it is now."""
    with database.read_unit() as session:
        found = session.get(Webhook, webhook_id)
    assert found is not None
    return found


def to(webhook_id: str, **given: Any) -> Outgoing:
    """A message to a webhook about an event of its own."""
    return outgoing(channel="webhook", target=webhook_id, **given)
