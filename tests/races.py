"""Calls made at the same moment, and whether one of them waits for another."""

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import text

from insurenz.core.db import Database

T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Make calls at the same moment; gives their answers in the order of the calls."""
    answers: dict[int, T] = {}
    barrier = threading.Barrier(len(calls))

    def run(number: int) -> None:
        barrier.wait()
        answers[number] = calls[number]()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(calls))]


def is_waited_for(database: Database) -> bool:
    """Whether somebody waits for a lock of a row."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with database.read_unit() as session:
        return bool(session.execute(text(asked)).scalar_one())
