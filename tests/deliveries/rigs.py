"""Every channel on receivers of paper, which fail when they are told to: a row for each, which a new channel adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import update

from insurenz.core.db import Database, Session
from insurenz.core.http import Answer
from insurenz.core.mail import Mail, MailFailed
from insurenz.core.settings import Settings
from insurenz.deliveries.channels.channel import Channel
from insurenz.deliveries.channels.chat import Chat
from insurenz.deliveries.channels.email import Email
from insurenz.deliveries.channels.external import ExternalService
from insurenz.deliveries.channels.firestore import Firestore
from insurenz.deliveries.channels.push import Push
from insurenz.deliveries.channels.webhook import Webhooks
from insurenz.deliveries.firestore.collection import Failed
from insurenz.deliveries.mail.letters import letters_of
from insurenz.deliveries.models import Webhook
from insurenz.deliveries.targets.apprising import NotSent
from insurenz.deliveries.webhooks import service as webhooks
from tests.actors import Cast
from tests.deliveries.devices import CHATS, RULES, browser, chat, subscribed
from tests.deliveries.hooked import AT_HOME, URL

TAKES, PASSES, REFUSES = "takes", "passes", "refuses"


@dataclass
class Receiver:
    """Does one thing after the other, and the last again and again; `handed` is what it was given, with its key."""

    does: list[str] = field(default_factory=lambda: [TAKES])
    handed: list[tuple[str, str]] = field(default_factory=list)

    def now(self, key: str, content: str) -> str:
        self.handed.append((key, content))
        return self.does.pop(0) if len(self.does) > 1 else self.does[0]


class MailServer(Receiver):
    """A mail server."""

    def send(self, mail: Mail) -> int:
        what = self.now(mail.key, f"{mail.subject}\n{mail.text}\n{mail.html}\n{mail.headers}")
        if what != TAKES:
            raise MailFailed("smtp", is_permanent=what == REFUSES, code=550 if what == REFUSES else 450)
        return 250


class HttpServer(Receiver):
    """A server that takes POSTs."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        what = self.now(headers["webhook-id"], f"{body.decode()}\n{url}\n{headers}")
        return Answer({TAKES: 204, PASSES: 503, REFUSES: 410}[what], None)


class Documents(Receiver):
    """A Firestore, where a message is known by the id of its document."""

    def write(self, id_: str, document: Mapping[str, Any]) -> None:
        what = self.now(id_, str(document))
        if what != TAKES:
            raise Failed("firestore", is_final=what == REFUSES)


@dataclass(frozen=True)
class Rig:
    """A channel, and the receiver that it leads to."""

    channel: Channel
    receiver: Receiver
    # What somebody does after a refusal that has consequences.
    recover: Callable[[Session], object] = lambda _session: None


class PushService(Receiver):
    """A push service, with a browser behind it that opens what comes."""

    def __init__(self) -> None:
        super().__init__()
        self.browser = browser()

    def post(self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float) -> Answer:
        what = self.now(headers["Topic"], f"{self.browser.opened(body)}\n{url}\n{headers}")
        return Answer({TAKES: 201, PASSES: 503, REFUSES: 413}[what], None)


class Gateway(Receiver):
    """A gateway that Apprise sends to; it is given no keys."""

    def __call__(self, address: str, text: str, seconds: float) -> None:
        what = self.now("", f"{text}\n{address}")
        if what != TAKES:
            status = 503 if what == PASSES else 400
            raise NotSent(f"http_{status}", status_code=status)


def _email(database: Database, _cast: Cast) -> Rig:
    server = MailServer()
    return Rig(Email(server, letters_of(Settings(_env_file=None)), database), server)  # type: ignore[arg-type]


def _external(_database: Database, _cast: Cast) -> Rig:
    server = HttpServer()
    return Rig(ExternalService(URL, "whsec_" + 32 * "A", server), server)  # type: ignore[arg-type]


def _webhook(database: Database, cast: Cast) -> Rig:
    server = HttpServer()
    with database.unit_of_work() as session:
        given = {"url": URL, "description": "", "events": []}
        webhooks.create(session, cast.admin, AT_HOME, cast.lakeside, **given)
    on = update(Webhook).values(is_active=True, off_because=None, failing_since=None, warned_at=None)
    return Rig(Webhooks(database, server), server, lambda session: session.execute(on))  # type: ignore[arg-type]


def _firestore(database: Database, _cast: Cast) -> Rig:
    documents = Documents()
    return Rig(Firestore(documents, database), documents)  # type: ignore[arg-type]


def _push(database: Database, cast: Cast) -> Rig:
    service = PushService()
    subscribed(database, cast.lakeside_desk, service.browser)
    return Rig(Push(database, RULES, service, service), service)  # type: ignore[arg-type]


def _chat(database: Database, cast: Cast) -> Rig:
    gateway = Gateway()
    chat(database, cast.lakeside_desk)
    return Rig(Chat(CHATS, {}, "https://claims.example", gateway), gateway)


RIGS: Mapping[str, Callable[[Database, Cast], Rig]] = {
    "email": _email,
    "push": _push,
    "chat": _chat,
    "external": _external,
    "webhook": _webhook,
    "firestore": _firestore,
}
