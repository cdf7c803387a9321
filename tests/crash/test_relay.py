"""Rounds of kill -9 on a process that records, relays, seals and logs views, at steps drawn by a seed."""

import random

import pytest

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from tests.events.killing import Committed, check, finish, run
from tests.events.reactions import prepare

pytestmark = pytest.mark.crash

POINTS = ["relay.leased", "relay.consumed", "seal.before", "unit.before_commit", "unit.after_commit"]


@pytest.mark.parametrize("seed", range(5))
def test_r01_r09_rounds_of_kill_9_lose_and_double_nothing(real_database: Database, seed: int) -> None:
    draw = random.Random(seed)
    prepare(real_database)
    subjects = [new_id() for _ in range(4)]
    committed: Committed = set()
    for _ in range(8):
        # The higher the number, the later the kill; some processes get through.
        faults = ",".join(f"{point}=kill@{draw.randint(1, 60)}" for point in POINTS)
        _, told = run(real_database, subjects, faults=faults, rounds=6)
        committed |= told
    assert committed
    finish(real_database)
    check(real_database, committed)
