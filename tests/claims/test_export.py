"""The table of claims: what it holds for whom, that no cell is a formula, and that it ends with its reader's access."""

import csv
import http.client
import io
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from insurenz.accounts import keys
from insurenz.accounts import service as accounts
from insurenz.accounts.queries import by_email, user
from insurenz.claims import pages
from insurenz.claims.endpoints import export
from insurenz.claims.models import Claim
from insurenz.core.db import Database, Session
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role, Scope
from insurenz.policies.models import Policy
from tests.actors import Api, Cast, cast_of
from tests.claims.hospitals import submit
from tests.claims.listed import STANDING, add_claims, claim_row, found
from tests.claims.stories import act, file_claim
from tests.conftest import Clock
from tests.installs import make_database
from tests.server import Server
from tests.waiting import PATIENCE_SECONDS, soon

ROW = [
    "claim_number",
    "id",
    "version",
    "workflow",
    "workflow_version",
    "status",
    "status_group",
    "status_notes",
    "claim_type",
    "incident_date",
    "description",
    "claim_amount",
    "approved_amount",
    "currency",
    "resolution",
    "payment_reference",
    "user_id",
    "user_policy_id",
    "created_at",
    "updated_at",
]
# Claims of some 5 kB each.
MANY = 6000
AT_HOSPITALS = ["person_name", "hospital", "payer", "rejection_reason"]
FOR_STAFF = [*AT_HOSPITALS, "assignee"]
MORE = {Role.POLICYHOLDER: [], Role.HOSPITAL_USER: AT_HOSPITALS}


def table(answer: Any) -> list[dict[str, str]]:
    """The rows of an export, as a spreadsheet would read them."""
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline=""), strict=True))


def header(answer: Any) -> list[str]:
    first = answer.content.split(b"\r\n")[0].decode()
    return next(csv.reader([first]))


def test_the_first_line_names_the_fields_of_the_api_the_number_first(api: Api, cast: Cast) -> None:
    file_claim(api.as_(cast.asha))
    submit(api.as_(cast.city_desk))
    for person in cast.people:
        answer = api.as_(person).get("/claims/export.csv")
        names = header(answer)
        assert names[0] == "claim_number"
        assert set(names) == {*ROW, *MORE.get(person.role, FOR_STAFF)}, person.name
        for row in api.as_(person).get("/claims").json()["items"]:
            assert set(row) - STANDING == set(names)


def test_a_row_says_what_the_api_says(api: Api, cast: Cast) -> None:
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claim = file_claim(asha, claim_amount="18250.5").json()
    act(arjun, claim, "start_review")
    act(arjun, claim, "approve", approved_amount="100", status_notes="Only the dressing.")
    (listed,) = arjun.get("/claims").json()["items"]
    (row,) = table(arjun.get("/claims/export.csv"))
    named = {name: value for name, value in listed.items() if name not in STANDING}
    named |= {"payer": listed["payer"]["name"]}
    assert row == {name: "" if value is None else str(value) for name, value in named.items()}
    assert (row["claim_amount"], row["approved_amount"], row["assignee"]) == ("18250.50", "100.00", "")
    assert datetime.fromisoformat(row["created_at"]).utcoffset() == timedelta(0)


def test_of_an_assignee_there_is_the_name(api: Api, cast: Cast, database: Database) -> None:
    add_claims(database, cast, {"assignee_id": cast.arjun.id})
    assert [row["assignee"] for row in table(api.as_(cast.admin).get("/claims/export.csv"))] == ["Arjun Rao"]


def test_the_headers_make_it_a_file_of_its_own(api: Api, cast: Cast) -> None:
    headers = api.as_(cast.asha).get("/claims/export.csv").headers
    told = ("content-type", "content-disposition", "x-content-type-options", "cache-control")
    assert [headers[name] for name in told] == [
        "text/csv; charset=utf-8",
        'attachment; filename="claims.csv"',
        "nosniff",
        "no-store",
    ]


CELLS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("http://x.example","a")',
    "=cmd|' /C calc'!A0",
]
PLAIN = [
    "'=1",
    " =1+1",
    "a=1",
    "1-1",
    'He said "no", twice',
    "a,b;c\td",
    "two\r\nlines",
    "two\nlines",
    "कलाई \u2013 “naïve” 😀",
    '"',
    ",",
]


def test_p05_no_cell_is_a_formula_and_every_text_is_read_back_as_it_was(
    api: Api, cast: Cast, database: Database
) -> None:
    told = [
        {"description": cell, "person_name": cell, "status_notes": cell, "payment_reference": cell}
        for cell in CELLS + PLAIN
    ]
    add_claims(database, cast, *told)
    answer = api.as_(cast.admin).get("/claims/export.csv", params={"sort": "created_at"})
    assert answer.content.endswith(b"\r\n")
    rows = table(answer)
    cells = [value for row in rows for value in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    expected = [f"'{cell}" for cell in CELLS] + PLAIN
    for name in ("description", "person_name", "status_notes", "payment_reference"):
        assert [row[name] for row in rows] == expected


@pytest.fixture
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of three."""
    monkeypatch.setattr(export, "ROWS_PER_PAGE", 3)


@pytest.mark.usefixtures("few_rows")
@pytest.mark.parametrize("sort", ["-created_at", "updated_at", "-claim_amount"])
@pytest.mark.parametrize("rows", [0, 1, 3, 4, 10])
def test_it_has_every_claim_once_in_its_order(
    api: Api, cast: Cast, database: Database, sort: str, rows: int
) -> None:
    add_claims(database, cast, *({"claim_amount": 100 + n % 2} for n in range(rows)))
    exported = [
        row["id"] for row in table(api.as_(cast.arjun).get("/claims/export.csv", params={"sort": sort}))
    ]
    assert exported == found(api.as_(cast.arjun), sort=sort)
    assert len(exported) == rows


@pytest.mark.usefixtures("few_rows")
def test_it_is_filtered_and_holds_nothing_of_strangers(api: Api, cast: Cast, database: Database) -> None:
    add_claims(
        database,
        cast,
        *[{"hospital_id": cast.city.id}] * 4,
        *[{"claim_type": "travel"}] * 4,
        *[{"payer_id": cast.health.id}] * 4,
    )
    for person in cast.people:
        client = api.as_(person)
        for query in ({}, {"claim_type": "travel"}, {"hospital": "HOSP_001"}, {"text": "fracture"}):
            exported = [row["id"] for row in table(client.get("/claims/export.csv", params=query))]
            assert exported == found(client, **query), (person.name, query)
    assert table(api.as_(cast.vikram).get("/claims/export.csv")) == []


@pytest.mark.usefixtures("few_rows")
def test_whose_claims_were_exported_by_whom_is_noted_before_they_leave(
    api: Api, cast: Cast, database: Database
) -> None:
    ids = add_claims(database, cast, *[{}] * 5)
    table(api.as_(cast.asha).get("/claims/export.csv"))
    assert table(api.as_(cast.arjun).get("/claims/export.csv"))
    with database.read_unit() as session:
        rows = session.execute(
            text(
                "SELECT subject_kind, subject_id, what, actor_id FROM access_log ORDER BY batch_id, position"
            )
        ).all()
    noted = [tuple(str(value).replace("-", "") for value in row) for row in rows]
    arjun = cast.arjun.id.replace("-", "")
    assert noted == [("claim", each.replace("-", ""), "exported", arjun) for each in reversed(ids)]


def meanwhile(monkeypatch: pytest.MonkeyPatch, database: Database, do: Any) -> None:
    """Do something when the second page was read and is about to leave."""
    note, turns = export.note_foreign, []

    def noted(*given: Any, **options: Any) -> int:
        turns.append(1)
        if len(turns) == 2:
            with database.unit_of_work() as session:
                do(session)
        return note(*given, **options)

    monkeypatch.setattr(export, "note_foreign", noted)


def _disabled(session: Session, actor: Actor) -> None:
    accounts.disable(session, None, user(session, actor.id))


def _signed_out(session: Session, actor: Actor) -> None:
    accounts.end_access(session, actor.id, reason="logout")


def _unassigned(session: Session, actor: Actor) -> None:
    session.execute(text("DELETE FROM assignments"))


@pytest.mark.usefixtures("few_rows")
@pytest.mark.parametrize(
    ("lose", "reason"),
    [(_disabled, "not_authenticated"), (_signed_out, "not_authenticated"), (_unassigned, "reach_changed")],
)
def test_z08_it_breaks_off_when_its_readers_access_ends(
    api: Api,
    cast: Cast,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lose: Any,
    reason: str,
) -> None:
    add_claims(database, cast, *[{}] * 10)
    client = api.as_(cast.arjun)
    meanwhile(monkeypatch, database, lambda session: lose(session, cast.arjun))
    with caplog.at_level(logging.WARNING):
        answer = client.get("/claims/export.csv")
    assert len(table(answer)) == 6
    (line,) = [record for record in caplog.records if record.message == "answer cut off"]
    assert (line.reason, line.levelname) == (reason, "WARNING")  # type: ignore[attr-defined]


@pytest.mark.usefixtures("few_rows")
def test_z08_it_breaks_off_with_its_key(
    api: Api, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_claims(database, cast, *[{}] * 10)
    with database.unit_of_work() as session:
        row, key = keys.create(
            session, cast.arjun, name="reports", scopes=[Scope.CLAIMS_READ], expires_at=None
        )
    meanwhile(
        monkeypatch,
        database,
        lambda session: keys.revoke(session, cast.arjun, user_id=cast.arjun.id, key_id=row.id),
    )
    assert len(table(api.with_token(key).get("/claims/export.csv"))) == 6


@pytest.mark.usefixtures("few_rows")
def test_it_goes_on_when_only_a_name_has_changed_or_the_token_has_grown_old(
    api: Api, cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch, today: Clock
) -> None:
    add_claims(database, cast, *[{}] * 10)

    def later(session: Session) -> None:
        accounts.change_details(session, None, user(session, cast.arjun.id), {"name": "Arjun R."})
        today.move(minutes=31)

    client = api.as_(cast.arjun)
    meanwhile(monkeypatch, database, later)
    assert len(table(client.get("/claims/export.csv"))) == 10


@pytest.mark.usefixtures("few_rows")
def test_a_database_that_fails_in_the_middle_breaks_it_off_too(
    api: Api,
    cast: Cast,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    add_claims(database, cast, *[{}] * 10)

    read, turns = pages.page, []

    def page(*given: Any, **options: Any) -> Any:
        turns.append(1)
        if len(turns) == 2:
            given[0].execute(text("SELECT nothing FROM nowhere"))
        return read(*given, **options)

    monkeypatch.setattr(pages, "page", page)
    with caplog.at_level(logging.WARNING):
        assert len(table(api.as_(cast.asha).get("/claims/export.csv"))) == 3
    assert [record.message for record in caplog.records] == ["answer cut off"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.load)])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Database]]:
    """A server with the demo world and far more claims than fit between it and a reader that does not read."""
    url = ""
    if request.param == "postgresql":
        url = make_database("postgresql", tmp_path).url.render_as_string(hide_password=False)
    server = Server(tmp_path / "data", url)
    server.folder.mkdir()
    server.start()
    database = Database(url or f"sqlite:///{server.folder / 'insurenz.db'}")
    with database.unit_of_work() as session:
        policy = session.get_one(
            Policy, session.scalar(text("SELECT id FROM policies WHERE number = 'POL-DEMO-0001'"))
        )
        cast = cast_of(session)
        columns = Claim.__table__.columns.keys()
        row = {name: getattr(claim_row(cast, policy.id), name) for name in columns}
        fresh = [
            row | {"id": new_id(), "claim_number": f"CLM-20260310-{n:08}", "description": "fracture " * 550}
            for n in range(MANY)
        ]
        session.execute(insert(Claim), fresh)
    yield server, database
    server.kill()
    database.close()


def begun(server: Server, email: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """An export of which only the beginning was read."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    token = server.sign_in(email)
    connection.request("GET", "/claims/export.csv", headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    assert (answer.status, answer.read(13)) == (200, b"claim_number,")
    return connection, answer


def open_transactions(database: Database) -> int:
    """How many transactions others hold open; on SQLite whether one keeps the log from being emptied."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if database.is_sqlite:
            return int(connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0])
        asked = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        return int(connection.execute(text(f"{asked} AND datname = current_database()")).scalar_one())


def test_z08_a_reader_whose_access_ends_meanwhile_sees_a_broken_transfer(
    full: tuple[Server, Database],
) -> None:
    server, database = full
    connection, answer = begun(server, "arjun@demo.example")
    assert soon(lambda: open_transactions(database) == 0)
    with database.unit_of_work() as session:
        accounts.disable(session, None, by_email(session, "arjun@demo.example"))  # type: ignore[arg-type]
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    lines = broken.value.partial.count(b"\r\n")
    assert 0 < lines < MANY
    connection.close()
    log = (server.folder.parent / f"{server.folder.name}.log").read_text()
    assert '"answer cut off"' in log
    assert '"defect"' not in log


def test_a_large_table_arrives_whole_and_takes_little_memory(full: tuple[Server, Database]) -> None:
    server, _ = full
    token = server.sign_in("asha@demo.example")
    for path in ("/claims?limit=200", "/claims/export.csv?status=none"):
        server.call("GET", path, token=token)
    claims = server.call("GET", "/claims/counts", token=token).json()["total"]
    before = server.resident_mb_at_rest()
    connection, answer = begun(server, "asha@demo.example")
    lines = answer.read().count(b"\r\n")
    connection.close()
    assert (lines, claims >= MANY) == (claims + 1, True)
    # The table has some 30 MB and takes more than 50 as a whole, a page of it little more than one.
    assert server.resident_mb() - before < 35
