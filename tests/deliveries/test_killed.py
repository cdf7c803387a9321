"""Kill -9 in the middle of sending: everything arrives, and what arrives twice has its key to be known by."""

import signal

import pytest

from insurenz.core.db import Database
from tests.deliveries.killing import check, run, start
from tests.deliveries.messages import attempts, put, states
from tests.receiver import receiver
from tests.waiting import PATIENCE_SECONDS

STEPS = [
    "delivery.leased=kill@2",
    "delivery.sent=kill@2",
    "unit.before_commit=kill@3",
    "unit.after_commit=kill@2",
]


def test_n03_n04_r02_deliveries_survive_kill_9_at_every_step(real_database: Database) -> None:
    ids = put(real_database, count=12)
    with receiver() as service:
        for step in STEPS:
            assert run(real_database, service, faults=step) == -signal.SIGKILL
        assert run(real_database, service) == 0
        check(real_database, service, ids)


@pytest.mark.parametrize(("step", "calls"), [("delivery.leased", 1), ("delivery.sent", 2)])
def test_n04_a_kill_before_sending_costs_no_call_and_one_after_it_a_second(
    real_database: Database, step: str, calls: int
) -> None:
    [delivery_id] = put(real_database)
    with receiver() as service:
        assert run(real_database, service, faults=f"{step}=kill") == -signal.SIGKILL
        assert states(real_database) == ["due"]
        assert run(real_database, service) == 0
        assert service.keys == [delivery_id] * calls
    assert attempts(real_database) == [(1, "unfinished", None, None), (2, "delivered", 204, None)]


def test_n03_what_a_killed_process_held_is_taken_over_by_another_that_runs(real_database: Database) -> None:
    ids = put(real_database, count=8)
    with receiver() as service:
        others = [start(real_database, service) for _ in range(2)]
        assert start(real_database, service, faults="delivery.sent=kill@1").wait(PATIENCE_SECONDS) in (
            -signal.SIGKILL,
            0,
        )
        assert [other.wait(PATIENCE_SECONDS) for other in others] == [0, 0]
        check(real_database, service, ids)
