"""Kill -9 in the middle of recording, relaying and sealing: nothing is lost and nothing happens twice."""

import signal

import pytest

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.events.killing import Committed, check, finish, run
from tests.events.reactions import prepare

STEPS = ["relay.leased=kill@2", "relay.consumed=kill@3", "unit.before_commit=kill@9,seal.before=kill@4"]


def test_r01_events_survive_kill_9_and_are_handed_over_once(real_database: Database) -> None:
    prepare(real_database)
    subjects = [new_id() for _ in range(3)]
    committed: Committed = set()
    for step in STEPS:
        code, told = run(real_database, subjects, faults=step)
        assert code == -signal.SIGKILL
        committed |= told
    finish(real_database)
    check(real_database, committed)


@pytest.mark.parametrize("step", ["unit.before_commit=kill@1", "unit.after_commit=kill@1"])
def test_n01_a_kill_around_the_commit_leaves_all_of_it_or_nothing(real_database: Database, step: str) -> None:
    prepare(real_database)
    uid = new_id()
    code, told = run(real_database, [uid], faults=step, rounds=1)
    assert (code, told) == (-signal.SIGKILL, set())
    finish(real_database)
    check(real_database, {(uid, 1)} if "after" in step else set())
