"""The cast of the demo world, and the app as each of them reaches it."""

import atexit
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.testclient import TestClient

from insurenz.accounts import sessions
from insurenz.accounts.queries import actor_of, by_email, user
from insurenz.accounts.tokens import Kind as TokenKind
from insurenz.asgi import create_app
from insurenz.core import clock
from insurenz.core.db import Database, Session
from insurenz.core.mail import Mail, Post
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.demo import world
from insurenz.demo.people import PASSWORD
from insurenz.documents.inspect import Inspector
from insurenz.organisations.models import Organisation
from insurenz.organisations.queries import find
from insurenz.workflow import loading
from tests.installs import make_migrated

EMAILS = {
    "asha": "asha@",
    "vikram": "vikram@",
    "city_desk": "desk@city.",
    "city_ward": "ward@city.",
    "lakeside_desk": "desk@lakeside.",
    "priya": "priya@",
    "rahul": "rahul@",
    "meera": "meera@",
    "arjun": "arjun@",
    "admin": "admin@",
    "auditor": "auditor@",
}
NUMBERS = {"city": "HOSP_001", "lakeside": "HOSP_002", "suraksha": "PAY_001", "health": "PAY_002"}

# What every app has alike is made once for each process of the tests: the making takes longer than most tests.
INSPECTOR = Inspector()
atexit.register(INSPECTOR.close)
loading.load, loading.load_common = cache(loading.load), cache(loading.load_common)
DOCUMENTS: list[dict[str, Any]] = []

__all__ = ["PASSWORD", "Api", "Cast", "api", "cast", "cast_of", "client_of", "make_api", "people", "peopled"]


@dataclass(frozen=True)
class Cast:
    """Everybody in the demo world, as actors of services and of `api.as_`."""

    asha: Actor
    vikram: Actor
    city_desk: Actor
    city_ward: Actor
    lakeside_desk: Actor
    priya: Actor
    rahul: Actor
    meera: Actor
    arjun: Actor
    admin: Actor
    auditor: Actor
    city: Organisation
    lakeside: Organisation
    suraksha: Organisation
    health: Organisation

    @property
    def people(self) -> list[Actor]:
        """All of them."""
        return [member for member in vars(self).values() if isinstance(member, Actor)]


def people(session: Session) -> Cast:
    """The demo world with its policies, loaded by the product's own function; gives its people."""
    world.load(session, today=clock.today("Asia/Kolkata"), is_production=False)
    return cast_of(session)


def cast_of(session: Session) -> Cast:
    """The people of a demo world that is there."""
    found = {name: by_email(session, f"{email}demo.example") for name, email in EMAILS.items()}
    firms = {name: find(session, number) for name, number in NUMBERS.items()}
    return Cast(**{name: actor_of(user) for name, user in found.items() if user}, **firms)


class KeptPost(Post):
    """A post that keeps the mails instead of sending them."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def start(self) -> None:
        """Nothing to start."""

    def stop(self, timeout: float = 10) -> None:
        """Nothing to stop."""

    def put(self, mail: Mail) -> None:
        """Keep one mail."""
        self.mails.append(mail)


@dataclass
class Api:
    """The whole app on a database, without its threads."""

    app: Any
    database: Database
    _sessions: dict[str, str] = field(default_factory=dict)

    @property
    def mails(self) -> list[Mail]:
        """What was sent."""
        return self.app.state.post.mails

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document, which is that of every app."""
        if not DOCUMENTS:
            DOCUMENTS.append(self.app.openapi())
        return DOCUMENTS[0]

    @property
    def nobody(self) -> TestClient:
        """A client that has not signed in."""
        return self._client()

    def as_(self, actor: Actor) -> TestClient:
        """A client of this person, with an access token of a session that lasts for the test."""
        terms = self.app.state.gate.terms
        if actor.id not in self._sessions:
            with self.database.unit_of_work() as session:
                tokens = sessions.begin(session, terms, user(session, actor.id), user_agent="tests")
            self._sessions[actor.id] = terms.signer.read(TokenKind.ACCESS, tokens.access_token).session_id
        now = clock.now()
        token = terms.signer.token(
            TokenKind.ACCESS,
            user_id=actor.id,
            session_id=self._sessions[actor.id],
            issued_at=now,
            expires_at=now + terms.access,
        )
        return self.with_token(token)

    def again(self, actor: Actor) -> TestClient:
        """A client of this person, signed in anew: for tests that move the clock past the end of sessions."""
        self._sessions.pop(actor.id, None)
        return self.as_(actor)

    def with_token(self, token: str) -> TestClient:
        """A client that sends this bearer token or API key."""
        return self._client({"Authorization": f"Bearer {token}"})

    def browser(self, actor: Actor) -> TestClient:
        """A browser of this person, on a page of the app, with the session's cookie."""
        gate = self.app.state.gate
        with self.database.unit_of_work() as session:
            cookie = sessions.begin_with_cookie(
                session, gate.terms, user(session, actor.id), user_agent="tests"
            )
        client = self._client({"Sec-Fetch-Site": "same-origin"})
        client.cookies.set(gate.cookie, cookie)
        return client

    def _client(self, headers: dict[str, str] | None = None) -> TestClient:
        return client_of(self.app, headers=headers)


def client_of(app: Any, **options: Any) -> TestClient:
    """A client whose requests are served in the one event loop of the tests, instead of a new one for each."""
    made = TestClient(app, **options)
    made.portal = _loop()
    return made


@cache
def _loop() -> BlockingPortal:
    started = start_blocking_portal()
    atexit.register(started.__exit__, None, None, None)
    return started.__enter__()


def make_api(database: Database, folder: Path, **settings: Any) -> Api:
    """The app with these settings; rate limits are off unless asked for."""
    given = {"data_dir": folder, "rate_limit": "off", **settings}
    app = create_app(Settings(_env_file=None, **given), database)
    app.state.post = KeptPost()
    app.state.inspector = INSPECTOR
    return Api(app, database)


@pytest.fixture(scope="session")
def peopled(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Cast]]:
    """One database of each kind in which the cast lives, beside the empty one."""
    folder = tmp_path_factory.mktemp("peopled")
    database = make_migrated("sqlite" if migrated.is_sqlite else "postgresql", folder)
    with database.unit_of_work() as session:
        cast = people(session)
    yield database, cast
    database.close()


@pytest.fixture
def cast(peopled: tuple[Database, Cast]) -> Cast:
    """The cast; a test that asks for it runs on the database in which they live."""
    return peopled[1]


@pytest.fixture
def api(database: Database, cast: Cast, tmp_path: Path) -> Iterator[Api]:
    """The app inside the test's transaction."""
    made = make_api(database, tmp_path)
    yield made
    made.app.state.gate.hasher.close()
