"""Requests go before what is done in the background, but never for long."""

import threading

import pytest

from insurenz.core import courtesy
from insurenz.core.background import Loop
from insurenz.core.courtesy import Turn, give_way
from tests.waiting import PATIENCE_SECONDS


def test_work_begins_once_the_request_has_been_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courtesy, "MOMENT", 3600)
    told: list[str] = []
    worked = threading.Event()

    def work() -> None:
        told.append("worked")
        worked.set()

    request = Turn()
    loop = Loop("courteous", work, interval=3600)
    loop.start()
    try:
        told.append("answered")
        request.end()
        assert worked.wait(PATIENCE_SECONDS)
    finally:
        request.end()
        loop.stop()
        loop.join()
    assert told == ["answered", "worked"]


def test_requests_without_an_end_hold_up_nothing_for_more_than_a_moment() -> None:
    request = Turn()
    try:
        # Would not come back.
        give_way()
    finally:
        request.end()


def test_a_request_that_ends_twice_is_counted_once() -> None:
    one, other = Turn(), Turn()
    one.end()
    one.end()
    is_quiet = courtesy._is_quiet
    assert not is_quiet.is_set()
    other.end()
    assert is_quiet.is_set()
