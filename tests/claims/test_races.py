"""Two reviewers at once: one wins, the other is told, and nothing happens twice."""

import threading

from sqlalchemy import text

from insurenz.claims import assignment, queries, service
from insurenz.claims.dossier import dossier_of
from insurenz.core.db import Database
from tests.actors import Api, Cast
from tests.claims.stories import act, events_of, file_claim
from tests.notifications.stories import Desk
from tests.races import at_once, is_waited_for

RACES = 50


def test_d03_of_two_reviewers_at_once_one_wins(world: tuple[Api, Cast], real_database: Database) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    for _ in range(RACES):
        claim = file_claim(asha, claim_amount="10").json()
        act(arjun, claim, "start_review")
        approved, rejected = at_once(
            lambda claim=claim: act(arjun, claim, "approve"),
            lambda claim=claim: act(admin, claim, "reject", status_notes="Not covered."),
        )
        statuses = (approved.status_code, rejected.status_code)
        assert statuses in ((200, 409), (409, 200))
        winner, loser = (approved, rejected) if approved.status_code == 200 else (rejected, approved)
        assert loser.json()["allowed_actions"] == ["complete"]
        shown = asha.get(f"/claims/{claim['id']}").json()
        assert (shown["status"], shown["version"]) == (winner.json()["status"], 3)
    Desk.of(real_database, cast).tell()
    decided = (
        "SELECT count(*), count(DISTINCT subject_id) FROM events WHERE subject_kind = 'claim' AND version = 3"
    )
    told = (
        "SELECT count(*), count(DISTINCT events.subject_id) FROM events JOIN inbox ON inbox.event_id = events.id"
        " JOIN users ON users.id = inbox.user_id WHERE events.version = 3 AND users.email = 'asha@demo.example'"
    )
    with real_database.read_unit() as session:
        assert [tuple(session.execute(text(each)).one()) for each in (decided, told)] == [(RACES, RACES)] * 2


def test_d03_with_if_match_the_loser_is_told_that_it_changed(world: tuple[Api, Cast]) -> None:
    api, cast = world
    asha, arjun, admin = api.as_(cast.asha), api.as_(cast.arjun), api.as_(cast.admin)
    seen = {"If-Match": '"1"'}
    for _ in range(10):
        claim = file_claim(asha, claim_amount="10").json()
        answers = at_once(
            lambda claim=claim: act(arjun, claim, "start_review", headers=seen),
            lambda claim=claim: act(admin, claim, "start_review", headers=seen),
        )
        assert sorted(a.status_code for a in answers) == [200, 412]
        loser = next(a for a in answers if a.status_code == 412)
        assert loser.json()["current"] == {"version": 2, "status": "under_review"}


def test_d03_who_waited_for_a_claim_judges_it_by_all_that_happened_meanwhile(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    claim = file_claim(api.as_(cast.asha), claim_amount="10").json()
    rules, seen = api.app.state.rules, []

    def wait() -> None:
        with real_database.unit_of_work() as session:
            seen.append(dossier_of(session, cast.admin, claim["id"], lock=True))

    waiting = threading.Thread(target=wait)
    with real_database.unit_of_work() as session:
        dossier = dossier_of(session, cast.arjun, claim["claim_number"], lock=True)
        waiting.start()
        while not real_database.is_sqlite and not is_waited_for(real_database):
            pass
        moved = service.act(session, cast.arjun, dossier, "start_review", rules=rules, given={})
    waiting.join()
    # All of it, the history of moves above all, and exactly what the winner made of it.
    assert [(past.action, past.target) for past in seen[0].history] == [
        ("submit", "pending"),
        ("start_review", "under_review"),
    ]
    assert (seen[0].history, seen[0].end) == (moved.history, moved.end)
    assert vars(seen[0].claim) | {"payer": None} == vars(moved.claim) | {"payer": None}


def test_d03_an_action_waits_for_whoever_changes_the_claim_otherwise_and_never_in_a_circle(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    """Both take the claim first and its chain of events second."""
    api, cast = world
    claim = file_claim(api.as_(cast.asha), claim_amount="10").json()
    rules, done = api.app.state.rules, []

    def move() -> None:
        with real_database.unit_of_work() as session:
            dossier = dossier_of(session, cast.admin, claim["id"], lock=True)
            done.append(service.act(session, cast.admin, dossier, "start_review", rules=rules, given={}))

    moving = threading.Thread(target=move)
    with real_database.unit_of_work() as session:
        held = queries.claim_for(session, cast.arjun, claim["id"], lock=True)
        moving.start()
        while not real_database.is_sqlite and moving.is_alive() and not is_waited_for(real_database):
            pass
        assignment.assign(session, cast.arjun, held, given={}, if_match='"1"')
    moving.join()
    assert [(moved.claim.status, moved.claim.version) for moved in done] == [("under_review", 3)]
    assert events_of(real_database, claim) == ["claim_submitted", "claim_assigned", "claim_status_updated"]


def test_d07_parallel_approvals_never_use_more_cover_than_there_is(
    world: tuple[Api, Cast], real_database: Database
) -> None:
    api, cast = world
    asha, arjun = api.as_(cast.asha), api.as_(cast.arjun)
    claims = [file_claim(asha, claim_amount="150000").json() for _ in range(6)]
    for claim in claims:
        act(arjun, claim, "start_review")
    answers = at_once(*(lambda claim=claim: act(arjun, claim, "approve") for claim in claims))  # type: ignore[misc]
    assert sorted(a.status_code for a in answers if a.status_code == 200) == [200] * 3
    assert {a.status_code for a in answers} <= {200, 409, 422}
    with real_database.read_unit() as session:
        used = "SELECT cover_used FROM policies WHERE number = 'POL-DEMO-0001'"
        assert session.execute(text(used)).scalar_one() == 45_000_000
        statuses = session.execute(
            text("SELECT status, count(*) FROM claims GROUP BY status ORDER BY status")
        ).all()
    assert [tuple(row) for row in statuses] == [("approved", 3), ("under_review", 3)]
