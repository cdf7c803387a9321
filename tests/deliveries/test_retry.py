"""When a delivery is tried again."""

from datetime import timedelta

import pytest

from insurenz.deliveries.retry import wait_after

SCHEDULE = [5, 300, 1800, 7200, 18000, 36000, 36000]


def seconds(tries: int, spread: float, asked: float | None = None) -> float | None:
    wait = wait_after(tries, spread, None if asked is None else timedelta(seconds=asked))
    return wait and wait.total_seconds()


def test_r04_the_schedule_is_seven_retries_over_a_day_and_then_none() -> None:
    assert [seconds(tries, 0.5) for tries in range(1, 9)] == [*SCHEDULE, None]
    assert seconds(1000, 0.5) is None


def test_r04_retries_are_spread_by_a_fifth_either_way() -> None:
    assert [seconds(tries, 0) for tries in range(1, 8)] == [0.8 * wait for wait in SCHEDULE]
    assert [seconds(tries, 1) for tries in range(1, 8)] == [1.2 * wait for wait in SCHEDULE]


@pytest.mark.parametrize(
    ("tries", "asked", "expected"),
    [
        (2, 400, 400),
        (2, 301, 301),
        (2, 299, 300),
        (2, 0, 300),
        (2, -50, 300),
        (2, 600, 600),
        (2, 601, 600),
        (1, 10**8, 10),
        (8, 60, None),
    ],
)
def test_a_receiver_is_given_the_time_it_asks_for_up_to_twice_the_wait(
    tries: int, asked: float, expected: float | None
) -> None:
    assert seconds(tries, 0.5, asked) == expected


def test_asking_for_more_does_not_shorten_a_wait_that_was_spread() -> None:
    assert seconds(2, 1, 310) == 360
