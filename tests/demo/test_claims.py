"""The claims of the demo world: in every status, with documents and history, filed once, as a whole or not at all."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.core import clock, faults
from insurenz.core.db import Database, Session
from insurenz.core.storage import ObjectStore
from insurenz.demo import playing, world
from insurenz.demo.playing import STORIES
from insurenz.documents.sweep import sweep
from insurenz.events.models import Event
from insurenz.events.verify import verify
from insurenz.migrations import runner
from tests.actors import INSPECTOR, make_api
from tests.conftest import BACKENDS, Clock
from tests.installs import make_database
from tests.stores import got, make_store

STATES = {
    ("pending", None): 5,
    ("under_review", None): 5,
    ("approved", None): 4,
    ("rejected", None): 2,
    ("completed", "paid"): 7,
    ("completed", "denied"): 2,
    ("completed", "withdrawn"): 2,
    ("qc_pending", None): 2,
    ("qc_query", None): 2,
    ("qc_answered", None): 1,
    ("need_more_info", None): 1,
    ("need_more_info_submitted", None): 1,
    ("qc_clear", None): 1,
    ("claim_approved", None): 7,
    ("claim_denial", None): 2,
    ("claim_contested", None): 1,
}
ANKLE = [
    ("claim_submitted", "Asha Nair"),
    ("claim_assigned", "Arjun Rao"),
    ("claim_status_updated", "Arjun Rao"),
    ("claim_document_verified", "Arjun Rao"),
    ("claim_document_verified", "Arjun Rao"),
    ("claim_message", "Arjun Rao"),
    ("claim_documents_added", "Asha Nair"),
    ("claim_message", "Asha Nair"),
]


class Install:
    """A database of its own with the people of the demo world, a folder for objects, and the rules of claims."""

    def __init__(self, database: Database, folder: Path, **settings: Any) -> None:
        self.database, self.folder = database, folder
        with database.unit_of_work() as session:
            world.load(session, today=clock.today("Asia/Kolkata"), is_production=False)
        api = make_api(database, folder, **settings)
        self.rules: Rules = api.app.state.rules
        self.store: ObjectStore = api.app.state.store
        api.app.state.gate.hasher.close()

    def load(self) -> int:
        return playing.load_claims(self.database, rules=self.rules, store=self.store, inspector=INSPECTOR)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with self.database.read_unit() as session:
            return [tuple(row) for row in session.execute(text(statement))]

    def objects(self) -> set[str]:
        return {entry.key for entry in self.store.entries()}


@pytest.fixture(scope="module", params=BACKENDS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """One that is loaded, to be looked at."""
    folder = tmp_path_factory.mktemp("loaded")
    database = make_database(request.param, folder)
    runner.upgrade(database)
    made = Install(database, folder)
    assert made.load() == len(STORIES)
    yield made
    database.close()


@pytest.fixture
def install(real_database: Database, tmp_path: Path) -> Install:
    return Install(real_database, tmp_path)


@pytest.fixture
def breaks() -> Iterator[Any]:
    """Lets the units of work of this process fail from a given one on."""
    yield lambda nth: faults.plan(f"unit.before_commit=fail@{nth}")
    faults.plan("")


def test_claims_in_every_status_with_their_documents_and_a_sound_history(loaded: Install) -> None:
    found = loaded.rows("SELECT status, resolution FROM claims")
    assert Counter(found) == STATES
    documents = loaded.rows("SELECT object_key, sha256, pages, width FROM documents")
    assert len(documents) == sum(len(story.papers) + len(story.later) for story in STORIES)
    assert loaded.objects() == {key for key, *_ in documents}
    for key, sha256, pages, width in documents:
        assert hashlib.sha256(got(loaded.store, key)).hexdigest() == sha256
        assert (pages is None) != (width is None)
    report = verify(loaded.database)
    assert (report.is_sound, report.faults) == (True, [])
    assert loaded.rows("SELECT count(*) FROM events WHERE subject_kind = 'claim'") == [
        (sum(1 + len(story.steps) for story in STORIES),)
    ]


def test_d08_the_status_of_a_claim_is_the_fold_of_its_events(loaded: Install) -> None:
    with loaded.database.read_unit() as session:
        ours = select(Event).where(Event.subject_kind == "claim", Event.version.is_not(None))
        moved = session.scalars(ours.order_by(Event.subject_id, Event.seq)).all()
        standing = {claim.id: (claim.status, claim.version) for claim in session.scalars(select(Claim))}
    folded: dict[str, tuple[str, int]] = {}
    for event in moved:
        before = folded.get(event.subject_id)
        came_from, got_to = event.data.get("from"), event.data.get("to")
        assert came_from is None or before is None or came_from == before[0]
        folded[event.subject_id] = (got_to or (before[0] if before else ""), event.version or 0)
    unmoved = {id_: stands for id_, stands in standing.items() if id_ not in folded}
    assert {status for status, _ in unmoved.values()} <= {"pending", "qc_pending"}
    assert {id_: status for id_, (status, _) in folded.items()} == {
        id_: status for id_, (status, _) in standing.items() if id_ in folded
    }


def test_the_history_of_a_claim_tells_who_did_what_and_when(loaded: Install) -> None:
    ankle = next(story for story in STORIES if story.name == "ankle")
    [(claim_id, number, amount, version, created_at)] = loaded.rows(
        f"SELECT id, claim_number, claim_amount, version, created_at FROM claims WHERE description = '{ankle.description}'"
    )
    assert (amount, version) == (14_400_00, 6)
    told = loaded.rows(
        f"SELECT type, actor_name, occurred_at FROM events WHERE claim_number = '{number}' ORDER BY seq"
    )
    assert [(kind, actor) for kind, actor, _ in told] == ANKLE
    times = [at for *_, at in told]
    assert times == sorted(times)
    assert times[0] == created_at
    marks = loaded.rows(
        "SELECT file_name, verification, replaced_by IS NOT NULL FROM documents JOIN claim_documents ON document_id = id"
        f" WHERE claim_id = '{claim_id}' ORDER BY file_name"
    )
    assert [(name, mark, bool(is_replaced)) for name, mark, is_replaced in marks] == [
        ("lakeside-ankle-bill.pdf", "verified", False),
        ("prescription-ankle.pdf", "unverified", False),
        ("prescription-photo.jpg", "rejected", True),
        ("x-ray.jpg", "unverified", False),
    ]


def test_claims_are_spread_over_months_and_use_at_most_half_of_a_cover(loaded: Install) -> None:
    times = [at for (at,) in loaded.rows("SELECT created_at FROM claims ORDER BY id")]
    assert times == sorted(times)
    assert len(set(times)) == len(STORIES)
    policies = loaded.rows("SELECT number, cover_amount, cover_used FROM policies ORDER BY number")
    assert [number for number, cover, used in policies if used * 2 > cover] == []
    assert {number: used for number, _, used in policies} == {
        "POL-DEMO-0001": 153_780_00,
        "POL-DEMO-0002": 33_250_00,
        "POL-DEMO-0003": 0,
        "POL-DEMO-0004": 291_100_00,
    }
    open_or_used = loaded.rows(
        "SELECT number, cover_amount, sum(coalesce(approved_amount, claim_amount)) FROM claims"
        " JOIN policies ON policies.id = policy_id WHERE resolution IS NULL OR resolution = 'paid' GROUP BY 1, 2"
    )
    assert [number for number, cover, asked in open_or_used if asked * 2 > cover] == []


def test_hospital_claims_are_spread_over_hospitals_payers_and_processors(loaded: Install) -> None:
    placed = loaded.rows(
        "SELECT hospital.number, payer.number, count(*) FROM claims"
        " JOIN organisations AS hospital ON hospital.id = hospital_id"
        " JOIN organisations AS payer ON payer.id = payer_id GROUP BY 1, 2 ORDER BY 1, 2"
    )
    assert placed == [
        ("HOSP_001", "PAY_001", 6),
        ("HOSP_001", "PAY_002", 5),
        ("HOSP_002", "PAY_001", 4),
        ("HOSP_002", "PAY_002", 3),
    ]
    deciders = loaded.rows(
        "SELECT DISTINCT actor_name, actor_role FROM events WHERE status IN ('claim_approved', 'claim_denial')"
        " AND version IS NOT NULL ORDER BY 1"
    )
    assert deciders == [
        ("Lakshmi Pillai", "admin"),
        ("Meera Iyer", "claim_processor"),
        ("Priya Menon", "claim_processor_l1"),
        ("Rahul Verma", "claim_processor_l3"),
    ]
    numbers = [
        number
        for (number,) in loaded.rows("SELECT claim_number FROM claims WHERE policy_id IS NULL ORDER BY id")
    ]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 18
    assert all(number.startswith("CSHLSIP-20") for number in numbers)


def test_queries_have_answers_or_are_open_and_one_is_overdue(loaded: Install) -> None:
    queries = loaded.rows(
        "SELECT status, kind, answered_at IS NULL, claim_queries.due_at IS NOT NULL FROM claim_queries JOIN claims ON claims.id = claim_id"
    )
    is_open = Counter(status for status, _, is_unanswered, _ in queries if is_unanswered)
    assert is_open == {"qc_query": 2, "need_more_info": 1}
    assert Counter(kind for _, kind, *_ in queries) == {"query": 6, "info": 4}
    now = clock.now()
    due = loaded.rows("SELECT due_at FROM claim_queries WHERE answered_at IS NULL AND due_at IS NOT NULL")
    late = [datetime.fromisoformat(str(at)) for (at,) in due]
    late = [at if at.tzinfo else at.replace(tzinfo=UTC) for at in late]
    assert sorted(at < now for at in late) == [False, True]
    answered = loaded.rows(
        "SELECT raised_at, answered_at, due_at FROM claim_queries WHERE answered_at IS NOT NULL"
    )
    assert all(raised < answer for raised, answer, _ in answered)


def test_a_contest_was_decided_by_another_person(loaded: Install) -> None:
    moves = loaded.rows(
        "SELECT subject_id, type, actor_name FROM events WHERE type IN ('claim_denied', 'claim_contested', 'claim_approved')"
        " AND version IS NOT NULL ORDER BY subject_id, seq"
    )
    told: dict[str, list[str]] = {}
    for subject, kind, actor in moves:
        told.setdefault(subject, []).append("contest" if kind == "claim_contested" else actor)
    contested = sorted(names for names in told.values() if "contest" in names)
    assert contested == [
        ["Meera Iyer", "contest", "Rahul Verma", "contest", "Lakshmi Pillai"],
        ["Priya Menon", "contest"],
        ["Priya Menon", "contest", "Rahul Verma"],
        ["Rahul Verma", "contest", "Priya Menon"],
    ]


def test_an_appeal_was_decided_by_another_person(loaded: Install) -> None:
    appealed = loaded.rows(
        "SELECT subject_id, type, actor_name, status FROM events WHERE subject_kind = 'claim'"
        " AND version IS NOT NULL ORDER BY subject_id, seq"
    )
    deciders: dict[str, list[str]] = {}
    for subject, _, actor, status in appealed:
        if status in ("approved", "rejected"):
            deciders.setdefault(subject, []).append(actor)
    twice = [names for names in deciders.values() if len(names) > 1]
    assert twice == [["Arjun Rao", "Lakshmi Pillai"]] * 3


def test_it_is_loaded_once_and_the_clock_goes_on(install: Install) -> None:
    assert install.load() == len(STORIES)
    assert abs(datetime.now(UTC) - clock.now()) < timedelta(minutes=1)
    before = (install.rows("SELECT count(*) FROM events"), install.objects())
    with install.database.unit_of_work() as session:
        session.execute(text("UPDATE claims SET description = 'Changed by its filer'"))
    assert install.load() == 0
    assert (install.rows("SELECT count(*) FROM events"), install.objects()) == before
    with install.database.read_unit() as session:
        assert (world.is_whole(session), world.claims_there(session)) == (True, len(STORIES))


def test_a_load_that_breaks_off_leaves_nothing_half_and_goes_on_as_if_nothing_had_happened(
    install: Install, breaks: Any
) -> None:
    breaks(9)
    with pytest.raises(faults.InjectedFault):
        install.load()
    faults.plan("")
    with install.database.read_unit() as session:
        assert (world.is_whole(session), world.claims_there(session)) == (False, 8)
    assert install.rows("SELECT count(*) FROM claims") == [(8,)]
    assert install.objects() == {key for (key,) in install.rows("SELECT object_key FROM documents")}

    assert install.load() == len(STORIES) - 8
    assert Counter(install.rows("SELECT status, resolution FROM claims")) == STATES
    assert verify(install.database).is_sound
    days = [at for (at,) in install.rows("SELECT created_at FROM claims ORDER BY id")]
    assert days == sorted(days)


def test_a_claim_that_another_process_files_meanwhile_is_there_once(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.load()
    before = (install.rows("SELECT count(*) FROM events"), install.objects())
    seen, real = [], world.marked

    def marked(session: Session) -> set[str]:
        seen.append(session)
        unseen = {world.mark_of("dengue").id} if len(seen) <= 2 else set()
        return real(session) - unseen

    monkeypatch.setattr(world, "marked", marked)
    assert install.load() == 0
    assert len(seen) == 3
    assert (install.rows("SELECT count(*) FROM events"), install.objects()) == before


def test_limits_and_windows_of_the_install_do_not_change_the_past(
    real_database: Database, tmp_path: Path
) -> None:
    strict = Install(
        real_database,
        tmp_path,
        claims={"appeal_days": 0, "limit_l0": 1, "limit_l2": 1, "contest_rounds": 0, "contest_days": 0},
        documents={"max_files": 1, "max_file_bytes": 10},
    )
    assert strict.load() == len(STORIES)


def test_a_world_of_long_ago_is_completed_as_of_its_own_start(
    real_database: Database, tmp_path: Path, frozen_clock: Clock
) -> None:
    install = Install(real_database, tmp_path)
    began = frozen_clock.at
    frozen_clock.move(days=900)
    assert install.load() == len(STORIES)
    newest = max(install.rows("SELECT max(occurred_at) FROM events WHERE subject_kind = 'claim'"))[0]
    assert str(newest)[:10] < str(began)[:10]
    assert clock.now() == frozen_clock.at


def test_claims_are_filed_into_a_bucket_alike(real_database: Database, tmp_path: Path) -> None:
    install = Install(real_database, tmp_path)
    install.store = make_store("s3", tmp_path)
    assert install.load() == len(STORIES)
    assert install.objects() == {key for (key,) in install.rows("SELECT object_key FROM documents")}
    swept = sweep(real_database, install.store, grace=timedelta(hours=1), now=clock.now() + timedelta(days=2))
    assert (swept.orphans, swept.missing, swept.left_alone) == (0, 0, 0)
