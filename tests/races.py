"""Calls made at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

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
