"""Hospital claims, their notices and inboxes against a model: whatever is done, by whom, and whatever crashes meanwhile.

The model knows, by hand, which action leads where, who may do it, and who is told of it in which words. It is asked
nothing of the definitions.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.consumers import consumers, of_kinds
from insurenz.core import clock, faults
from insurenz.core.db import Database
from insurenz.events.models import Event
from insurenz.events.relay import Relay
from insurenz.notifications.models import InboxItem
from tests.actors import Api, Cast, make_api
from tests.claims.hospitals import do, submit
from tests.conftest import Clock
from tests.notifications.stories import broken

DESKS, PROCESSORS = ("city_desk", "city_ward"), ("priya", "rahul")
PEOPLE = (*DESKS, *PROCESSORS)
STAFF = (*PROCESSORS, "admin")

LEADS_TO = {
    "raise_query": "qc_query",
    "answer_query": "qc_answered",
    "request_info": "need_more_info",
    "provide_info": "need_more_info_submitted",
    "clear": "qc_clear",
    "approve": "claim_approved",
    "deny": "claim_denial",
    "contest": "claim_contested",
}
POSSIBLE = {
    "qc_pending": "raise_query request_info clear deny",
    "qc_query": "answer_query",
    "qc_answered": "raise_query request_info clear deny",
    "need_more_info": "provide_info",
    "need_more_info_submitted": "request_info clear approve deny",
    "qc_clear": "request_info approve deny",
    "claim_approved": "",
    "claim_denial": "contest",
    "claim_contested": "request_info approve deny",
}
OF_DESKS = {"answer_query", "provide_info", "contest"}
# Who hears of it, and the title that they read.
TOLD = {
    "submit": (PROCESSORS, "Claim Submitted"),
    "raise_query": (DESKS, "QC Query Raised"),
    "answer_query": (PROCESSORS, "QC Query Answered"),
    "request_info": (DESKS, "More Information Needed"),
    "provide_info": (PROCESSORS, "More Information Provided"),
    "clear": (DESKS, "QC Cleared"),
    "approve": (DESKS, "Claim Approved"),
    "deny": (DESKS, "Claim Denied"),
    "contest": (PROCESSORS, "Claim Contested"),
}
CRASHES = (
    "relay.leased",
    "fanout.before_batch",
    "fanout.after_batch",
    "relay.consumed",
    "unit.before_commit",
)


@dataclass
class Case:
    """A claim as the model knows it."""

    shown: dict[str, Any]
    status: str = "qc_pending"
    before_detour: str = ""
    denied_by: str = ""
    barred: str = ""
    contests: int = 0

    def allows(self, who: str, action: str) -> bool:
        """Whether this person may do this now."""
        if action not in POSSIBLE[self.status].split() or (who in DESKS) != (action in OF_DESKS):
            return False
        if action in ("approve", "deny") and who == self.barred:
            return False
        if action == "contest":
            return self.contests < 2
        is_after_detour = action == "approve" and self.status == "need_more_info_submitted"
        return not is_after_detour or self.before_detour in ("qc_clear", "claim_contested")

    def move(self, who: str, action: str) -> None:
        """Do it."""
        if action == "request_info" and self.status != "need_more_info_submitted":
            self.before_detour = self.status
        if action == "contest":
            self.barred, self.contests = self.denied_by, self.contests + 1
        if action in ("approve", "deny"):
            self.denied_by, self.barred = who, ""
        self.status = LEADS_TO[action]


@dataclass
class Notice:
    """An item in an inbox as the model knows it."""

    title: str
    is_read: bool = False
    is_away: bool = False


@dataclass
class World:
    """What the machine works on: the app inside a transaction, and the clock."""

    api: Api
    cast: Cast
    database: Database
    clock: Clock


class Office(RuleBasedStateMachine):
    """Two desks and two processors of one hospital, an admin, a relay that may crash."""

    enter: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.leave = None

    @initialize()
    def open(self) -> None:
        """Begin with nobody told of anything."""
        self.world, self.leave = type(self).enter()
        self.cases: list[Case] = []
        self.untold: list[tuple[str, str, str]] = []
        self.inboxes: dict[str, dict[str, Notice]] = {name: {} for name in PEOPLE}
        self.assigned, self.active = set(PEOPLE), set(PEOPLE)
        self.left: set[str] = set()
        self.restart()

    def teardown(self) -> None:
        """Forget it all."""
        faults.plan("")
        if self.leave is not None:
            self.leave()

    def client(self, who: str) -> Any:
        return self.world.api.as_(getattr(self.world.cast, who))

    def may_act(self, who: str) -> bool:
        return who == "admin" or (who in self.assigned and who in self.active)

    def happened(self, case: Case, who: str, action: str) -> None:
        """Take note of an event that is to be told."""
        newest = select(Event.id).where(Event.subject_id == case.shown["id"]).order_by(Event.seq.desc())
        with self.world.database.read_unit() as session:
            self.untold.append((session.scalars(newest.limit(1)).one(), who, action))

    @rule(who=st.sampled_from(DESKS))
    def submit(self, who: str) -> None:
        if len(self.cases) == 3:
            return
        answer = submit(self.client(who))
        if not self.may_act(who):
            assert answer.status_code in (401, 422)
            return
        assert answer.status_code == 201, answer.text
        self.cases.append(Case(answer.json()))
        self.happened(self.cases[-1], who, "submit")

    @precondition(lambda self: self.cases)
    @rule(
        who=st.sampled_from((*PEOPLE, "admin")), action=st.sampled_from(sorted(LEADS_TO)), n=st.integers(0, 2)
    )
    def act(self, who: str, action: str, n: int) -> None:
        case = self.cases[n % len(self.cases)]
        answer = do(self.client(who), case.shown, action)
        assert (answer.status_code == 200) == (self.may_act(who) and case.allows(who, action)), (
            who,
            action,
            case,
            answer.text,
        )
        if answer.status_code == 200:
            case.move(who, action)
            assert answer.json()["status"] == case.status
            self.happened(case, who, action)

    @precondition(lambda self: any(POSSIBLE[case.status] for case in self.cases))
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Something that is likely to be possible, so that claims come far."""
        case = data.draw(st.sampled_from([case for case in self.cases if POSSIBLE[case.status]]))
        action = data.draw(st.sampled_from(POSSIBLE[case.status].split()))
        who = data.draw(st.sampled_from(DESKS if action in OF_DESKS else STAFF))
        self.act(who=who, action=action, n=self.cases.index(case))

    @rule()
    def tell(self) -> None:
        """The relay takes all there is: whoever is there now is told, in the order in which it happened."""
        while self.relay.turn():
            pass
        for name in self.left - self.assigned:
            for notice in self.inboxes[name].values():
                notice.is_away = True
        self.left.clear()
        for event_id, actor, action in self.untold:
            audience, title = TOLD[action]
            for name in audience:
                if name != actor and name in self.assigned and name in self.active:
                    self.inboxes[name][event_id] = Notice(title)
        self.untold.clear()
        self.compare()

    @rule(point=st.sampled_from(CRASHES))
    def crash(self, point: str) -> None:
        """The relay dies at this point of its turn, and is started again when its leases have run out."""
        before = self.rows()
        faults.plan(f"{point}=fail")
        with suppress(faults.InjectedFault):
            self.relay.turn()
        faults.plan("")
        assert self.rows() == before
        self.restart()

    def restart(self) -> None:
        self.relay = Relay(
            self.world.database,
            consumers(self.world.api.app.state.telling),
            of_kinds=of_kinds(self.world.api.app.state.telling),
            batch=4,
        )
        self.world.clock.move(minutes=6)

    @rule(
        who=st.sampled_from(PEOPLE),
        n=st.integers(0, 30),
        change=st.sampled_from(["read", "unread", "archive"]),
    )
    def mark(self, who: str, n: int, change: str) -> None:
        if not self.inboxes[who] or who not in self.active:
            return
        event_id = sorted(self.inboxes[who])[n % len(self.inboxes[who])]
        assert self.client(who).post(f"/notifications/{event_id}/{change}").status_code == 200
        notice = self.inboxes[who][event_id]
        if change == "archive":
            notice.is_away = True
        else:
            notice.is_read = change == "read"

    @rule(who=st.sampled_from(PEOPLE))
    def read_all(self, who: str) -> None:
        if who in self.active:
            assert self.client(who).post("/notifications/read-all").status_code == 200
            for notice in self.inboxes[who].values():
                notice.is_read = notice.is_read or not notice.is_away

    @rule(who=st.sampled_from(PEOPLE), is_assigned=st.booleans())
    def assign(self, who: str, *, is_assigned: bool) -> None:
        with self.world.database.unit_of_work() as session:
            user = accounts.user(session, getattr(self.world.cast, who).id)
            if is_assigned:
                users.assign(session, None, user, self.world.cast.city)
            elif who in self.assigned:
                users.unassign(session, None, user, self.world.cast.city)
        if not is_assigned and who in self.assigned:
            self.left.add(who)
        (self.assigned.add if is_assigned else self.assigned.discard)(who)

    @rule(who=st.sampled_from(PEOPLE), is_active=st.booleans())
    def employ(self, who: str, *, is_active: bool) -> None:
        with self.world.database.unit_of_work() as session:
            user = accounts.user(session, getattr(self.world.cast, who).id)
            (users.enable if is_active else users.disable)(session, None, user)
        (self.active.add if is_active else self.active.discard)(who)
        # Their session has ended with it.
        self.world.api._sessions.pop(user.id, None) if is_active else None

    @invariant()
    def n02_n05_n06_hold(self) -> None:
        if self.leave is not None:
            assert broken(self.world.database) == []

    def rows(self) -> dict[str, list[tuple[str, bool, bool]]]:
        """What is in everybody's inbox: event, read, put away."""
        found: dict[str, list[tuple[str, bool, bool]]] = {name: [] for name in PEOPLE}
        with self.world.database.read_unit() as session:
            for name in PEOPLE:
                own = select(InboxItem).where(InboxItem.user_id == getattr(self.world.cast, name).id)
                for item in session.scalars(own.order_by(InboxItem.event_id)):
                    found[name].append(
                        (item.event_id, item.read_at is not None, item.archived_at is not None)
                    )
        return found

    def compare(self) -> None:
        """Everybody has exactly what the model says, in the model's words."""
        expected = {
            name: [(event, n.is_read, n.is_away) for event, n in sorted(self.inboxes[name].items())]
            for name in PEOPLE
        }
        assert self.rows() == expected
        for name in self.active & self.assigned:
            shown = self.client(name).get("/notifications?limit=200").json()
            kept = [
                (e, n.title) for e, n in sorted(self.inboxes[name].items(), reverse=True) if not n.is_away
            ]
            assert [(item["id"], item["title"]) for item in shown["items"]] == kept
            assert shown["unread"] == sum(
                not n.is_read and not n.is_away for n in self.inboxes[name].values()
            )


def _entering(base: Database, cast: Cast, folder: Path) -> Any:
    def enter() -> tuple[World, Any]:
        connection = base.engine.execution_options(is_writer=True).connect()
        transaction = connection.begin()
        database = Database.on_connection(base, connection)
        stopped = Clock()
        clock.use(stopped)
        api = make_api(database, folder)

        def leave() -> None:
            api.app.state.gate.hasher.close()
            clock.use(None)
            transaction.rollback()
            connection.close()

        return World(api, cast, database, stopped), leave

    return enter


def test_n01_n02_n05_whatever_happens_the_model_knows_who_was_told(
    peopled: tuple[Database, Cast], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    base, cast = peopled

    class Here(Office):
        enter = staticmethod(_entering(base, cast, tmp_path))

    examples, steps = (200, 60) if request.config.getoption("-m") == "full" else (8, 25)
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
