"""Rounds of kill -9 on processes that send deliveries, at steps drawn by a seed."""

import random
import signal

import pytest

from insurenz.core.db import Database
from tests.deliveries.killing import check, run
from tests.deliveries.messages import put
from tests.receiver import receiver

pytestmark = pytest.mark.crash

POINTS = ["delivery.leased", "delivery.sent", "unit.before_commit", "unit.after_commit"]


@pytest.mark.parametrize("seed", range(5))
def test_n03_n04_r02_rounds_of_kill_9_lose_no_delivery(real_database: Database, seed: int) -> None:
    draw = random.Random(seed)
    ids = put(real_database, count=40)
    kills = 0
    with receiver() as service:
        for _ in range(8):
            # The higher the number, the later the kill; some processes get through.
            faults = ",".join(f"{point}=kill@{draw.randint(1, 25)}" for point in POINTS)
            kills += run(real_database, service, faults=faults) == -signal.SIGKILL
            ids += put(real_database, count=4)
        assert kills
        assert run(real_database, service) == 0
        check(real_database, service, ids)
