"""One world for every permission test: people in each relation to one policyholder's claims, a claim in each state."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2 as httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import Connection, Integer, TextClause, text

import insurenz.models  # noqa: F401 - every table
from insurenz.accounts import keys, queries, sessions
from insurenz.accounts import service as users
from insurenz.accounts.tokens import Kind
from insurenz.core import clock
from insurenz.core.db import Base, Database, Session
from insurenz.core.permissions import Actor, Role, Scope
from insurenz.deliveries import suppression
from insurenz.deliveries.channels import Permanent
from insurenz.deliveries.sending import Sender
from insurenz.organisations.queries import find
from tests.actors import Api, Cast, make_api, people
from tests.deliveries.devices import browser, chat, subscribed
from tests.deliveries.hooked import hook
from tests.deliveries.messages import Scripted, put

PHOTO = Path(__file__).parents[1] / "data" / "photo.jpg"
FILING = {
    "user_policy_id": "POL-DEMO-0001",
    "claim_type": "medical",
    "incident_date": (clock.now() - timedelta(days=20)).date().isoformat(),
    "description": "Fracture of the left wrist",
    "claim_amount": "18250",
}
SUBMISSION = {
    "hospital_id": "HOSP_001",
    "payer_id": "PAY_001",
    "form_data": {"patient_name": "Ravi Kumar", "claimed_amount": "45000", "payer_name": "Suraksha General"},
}
# How a claim comes to each state: who does what. `decider` makes every decision, so appeals bar them.
PATHS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "pending": [],
    "under_review": [("decider", "start_review", {})],
    "approved": [("decider", "start_review", {}), ("decider", "approve", {})],
    "partly": [
        ("decider", "start_review", {}),
        ("decider", "approve", {"approved_amount": "9000", "status_notes": "Half of it is covered."}),
    ],
    "rejected": [("decider", "reject", {"status_notes": "Not covered."})],
    "completed": [("decider", "reject", {"status_notes": "Not covered."}), ("decider", "complete", {})],
    "appealed": [
        ("decider", "reject", {"status_notes": "Not covered."}),
        ("owner", "appeal", {"reason": "It is."}),
    ],
}
STATES = tuple(PATHS)
# What a processor of level 0 may approve, in whole rupees: less than every claim here.
JUNIOR_LIMIT = 1000
PUSH, CHAT = {"enabled": "on"}, {"ways": "sms: json://127.0.0.1:9/{to}"}
SCOPES: tuple[frozenset[Scope], ...] = (
    frozenset(),
    *(frozenset({scope}) for scope in Scope),
    *(frozenset(Scope) - {scope} for scope in Scope),
    frozenset(Scope),
)


@dataclass(frozen=True)
class Key:
    """An API key of one of the people."""

    holder: str
    scopes: frozenset[Scope]
    headers: dict[str, str]


@dataclass
class World:
    """The app on one database inside one transaction, and everybody who may call it.

    `people` maps each relation to its people (levels 0 to 4 where processors are meant), `stale` the ways in which
    credentials stop being valid.
    """

    api: Api
    connection: Connection
    cast: Cast
    portal: BlockingPortal
    client: httpx.AsyncClient
    people: dict[str, list[Actor]] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[Key] = field(default_factory=list)
    stale: dict[str, dict[str, str]] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return self.api.document

    def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> httpx.Response:
        """One request through the whole app, with no cookies but those it is given."""
        self.client.cookies.clear()
        request = partial(self.client.request, method, path, headers=headers, **content)
        return self.portal.call(request)

    def as_(self, actor: Actor | None) -> dict[str, str]:
        """The headers of a person, none for nobody."""
        return self.headers[actor.id] if actor else {}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever happens inside is taken back, with every savepoint that was made: each one left keeps locks."""
        self.connection.execute(text("SAVEPOINT undone"))
        try:
            yield
        finally:
            self.connection.execute(text("ROLLBACK TO SAVEPOINT undone"))
            self.connection.execute(text("RELEASE SAVEPOINT undone"))

    def everything(self) -> dict[str, str]:
        """What would change if anything moved: rows, whole numbers, and times that are set, of every table."""
        return dict(self.connection.execute(COUNTS).all())


def _counts() -> TextClause:
    made = []
    for table in Base.metadata.sorted_tables:
        marks = [f"count({c.name})" for c in table.columns if c.nullable]
        # Of versions, amounts and counts; a truth is none of them on PostgreSQL.
        sums = [f"coalesce(sum({c.name}), 0)" for c in table.columns if isinstance(c.type, Integer)]
        counts = " || ' ' || ".join(["'rows'", "count(*)", *sums, *marks])
        made.append(f"SELECT '{table.name}', {counts} FROM {table.name}")
    return text(" UNION ALL ".join(made))


COUNTS = _counts()


def build(
    database: Database,
    folder: Path,
    *,
    populate: Callable[["World", Session], None] | None = None,
    file_claims: Callable[["World"], None] | None = None,
) -> Iterator[World]:
    """A world, of the policyholder's claims unless told otherwise; gone with everything in it when the iterator ends."""
    with (
        database.engine.execution_options(is_writer=True).connect() as connection,
        start_blocking_portal() as portal,
    ):
        transaction = connection.begin()
        inside = Database.on_connection(database, connection)
        with inside.unit_of_work() as session:
            cast = people(session)
        api = make_api(inside, folder, claims={"limit_l0": JUNIOR_LIMIT}, push=PUSH, chat=CHAT)
        api.app.state.is_ready = lambda: True
        transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver")
        world = World(api, connection, cast, portal, client)
        with inside.unit_of_work() as session:
            (populate or _populate)(world, session)
        (file_claims or _file_claims)(world)
        world.ids["webhook_id"] = hook(inside, cast, at="city")
        [world.ids["device_id"]] = subscribed(inside, cast.asha, browser())
        world.ids["chat_id"] = chat(inside, cast.asha)
        [world.ids["delivery_id"]] = put(inside)
        Sender(inside, Scripted([Permanent("http_410")])).work()
        yield world
        portal.call(client.aclose)
        transaction.rollback()
        api.app.state.gate.hasher.close()


def _populate(world: World, session: Session) -> None:
    cast = world.cast
    at = {"clerk": ["PAY_001"], "away": ["PAY_002"], "idle": []}
    levels = {
        name: [processor(session, f"{name}{level}", level, *firms) for level in range(5)]
        for name, firms in at.items()
    }
    junior, first, decider, *rest = levels["clerk"]
    world.people = {
        "owner": [cast.asha],
        "other": [cast.vikram],
        "desk": [cast.city_desk],
        "junior": [junior],
        "clerk": [first, *rest],
        "decider": [decider],
        # Staff of another payer, and staff of a hospital alone.
        "away": [*levels["away"], cast.priya],
        "idle": levels["idle"],
        "admin": [cast.admin],
        "auditor": [cast.auditor],
    }
    let_in(world, session, with_keys=("owner", "desk", "decider", "admin", "auditor"))
    _go_stale(world, session)
    somebody = processor(session, "somebody", 0, "HOSP_001")
    for unreached in (somebody, cast.asha):
        suppression.suppress(session, unreached.id, "email", reason="bounced")
    own_key, _ = keys.create(session, cast.asha, name="own", scopes=[Scope.CLAIMS_READ], expires_at=None)
    other = _session_of(world, _bearer(world, session, cast.asha))
    world.ids |= {"user_id": somebody.id, "session_id": other, "key_id": own_key.id, "owner_id": cast.asha.id}


def let_in(world: World, session: Session, *, with_keys: Sequence[str]) -> None:
    """Sign everybody in, and give API keys of every scope to the first person of some relations."""
    for person in [p for group in world.people.values() for p in group]:
        world.headers[person.id] = _bearer(world, session, person)
    for name in with_keys:
        world.keys += [_key(session, name, world.people[name][0], scopes) for scopes in SCOPES]


def processor(session: Session, name: str, level: int, *firms: str) -> Actor:
    """A processor of this level who is assigned to these organisations."""
    made = users.create_user(
        session,
        None,
        email=f"{name}@matrix.example",
        name=name.title(),
        role=Role.CLAIM_PROCESSOR,
        level=level,
    )
    for firm in firms:
        organisation = find(session, firm)
        assert organisation is not None
        users.assign(session, None, made, organisation)
    return queries.actor_of(made)


def _bearer(world: World, session: Session, person: Actor) -> dict[str, str]:
    tokens = sessions.begin(
        session, world.api.app.state.gate.terms, queries.user(session, person.id), user_agent="tests"
    )
    return {"Authorization": f"Bearer {tokens.access_token}"}


def _session_of(world: World, headers: dict[str, str]) -> str:
    token = headers["Authorization"].removeprefix("Bearer ")
    claims = world.api.app.state.gate.terms.signer.read(Kind.ACCESS, token)
    return str(claims.session_id)


def _key(session: Session, name: str, holder: Actor, scopes: frozenset[Scope]) -> Key:
    _row, secret = keys.create(session, holder, name="matrix", scopes=scopes, expires_at=None)
    return Key(name, scopes, {"Authorization": f"Bearer {secret}"})


def _go_stale(world: World, session: Session) -> None:
    admin, terms = world.cast.admin, world.api.app.state.gate.terms
    user = queries.user(session, admin.id)
    tokens = sessions.begin(session, terms, user, user_agent="tests")
    ended = _bearer(world, session, admin)
    sessions.end(session, _session_of(world, ended), reason="logout")
    leaver = users.create_user(session, None, email="gone@matrix.example", name="Gone", role=Role.ADMIN)
    gone = _bearer(world, session, queries.actor_of(leaver))
    users.disable(session, None, leaver)
    row, revoked = keys.create(session, admin, name="revoked", scopes=list(Scope), expires_at=None)
    keys.revoke(session, admin, user_id=admin.id, key_id=row.id)
    row, expired = keys.create(session, admin, name="expired", scopes=list(Scope), expires_at=None)
    row.created_at, row.expires_at = (clock.now() - timedelta(days=n) for n in (90, 1))
    world.stale = {
        "no credentials": {},
        "garbage": {"Authorization": "Bearer garbage"},
        "another scheme": {"Authorization": "Basic YWRtaW46YWRtaW4="},
        "a refresh token": {"Authorization": f"Bearer {tokens.refresh_token}"},
        "an ended session": ended,
        "a disabled user": gone,
        "a revoked key": {"Authorization": f"Bearer {revoked}"},
        "an expired key": {"Authorization": f"Bearer {expired}"},
        "a garbage cookie": {"Cookie": "insurenz=garbage"},
        "the cookie's name with an access token": {"Cookie": f"insurenz={tokens.access_token}"},
    }


def _file_claims(world: World) -> None:
    for state, path in PATHS.items():
        files = [("files", ("photo.jpg", PHOTO.read_bytes(), "image/jpeg"))]
        filed = world.send("POST", "/claims", world.as_(world.cast.asha), data=FILING, files=files)
        assert filed.status_code == 201, filed.text
        claim = filed.json()
        for who, action, fields in path:
            headers = world.as_(world.people[who][0])
            moved = world.send("POST", f"/claims/{claim['id']}/actions/{action}", headers, json=dict(fields))
            assert moved.status_code == 200, moved.text
            claim = moved.json()
        world.claims[state] = claim
    begun = world.send("POST", "/drafts", world.as_(world.cast.asha), json={"content": FILING})
    assert begun.status_code == 201, begun.text
    kept = world.send("POST", "/claim-views", world.as_(world.cast.asha), json={"name": "A", "filters": {}})
    assert kept.status_code == 201, kept.text
    announced = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": "filename YS5qcGc="}
    awaited = world.send("POST", "/uploads", world.as_(world.cast.asha) | announced)
    assert awaited.status_code == 201, awaited.text
    pending = world.claims["pending"]
    for who, kind in (("owner", "messages"), ("clerk", "messages"), ("clerk", "notes")):
        headers = world.as_(world.people[who][0])
        said = world.send("POST", f"/claims/{pending['id']}/{kind}", headers, json={"body": "A word on it."})
        assert said.status_code == 201, said.text
    while world.api.app.state.events.relay.turn():
        pass
    # Told to the policyholder alone.
    told = world.send(
        "GET", "/notifications?event_type=claim_status_updated&status=approved", world.as_(world.cast.asha)
    )
    world.ids |= {
        "draft_id": begun.json()["id"],
        "view_id": kept.json()["id"],
        "upload_id": awaited.json()["id"],
        "notification_id": told.json()["items"][0]["id"],
        "claim_id": pending["id"],
        "document_id": pending["documents"][0]["id"],
        "policy_id": "POL-DEMO-0002",
        "organisation_id": "HOSP_001",
        "action": "start_review",
        "name": "retail",
    }


def shape(value: Any, places: dict[str, str], place: str = "") -> set[str]:
    """The names of the fields in an answer, each with its place; inside places that are not listed none."""
    if isinstance(value, list):
        return set().union(*(shape(item, places, place) for item in value))
    if not isinstance(value, dict) or place not in places:
        return set()
    found = {f"{place}.{name}".lstrip(".") for name in value}
    return found.union(*(shape(item, places, f"{place}.{name}".lstrip(".")) for name, item in value.items()))
