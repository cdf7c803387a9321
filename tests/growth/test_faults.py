"""The arrangement while its parts are stopped, flushed, restarted and killed: the same in the end as if nothing had been."""

import threading
import time
from contextlib import closing
from itertools import count, takewhile
from pathlib import Path

import pytest

from tests.growth.arrangement import arranged, is_quiet, needs_celery, needs_redis
from tests.growth.busy import Desk, Disturber, check
from tests.growth.test_story import SERVICE_SECRET
from tests.postgres import Postgres
from tests.receiver import receiver
from tests.waiting import soon

pytestmark = [needs_celery, needs_redis, pytest.mark.crash]

DESKS, CLAIMS, SEEDS = 3, 12, 2
RESTARTS, APART_SECONDS = 3, 20


@pytest.mark.parametrize("seed", range(SEEDS))
def test_r06_r08_r09_n09_killed_flushed_and_restarted_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, seed: int
) -> None:
    with closing(Postgres()) as postgres, receiver() as service:
        more = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET}
        with arranged(tmp_path, has_bucket=False, uri=postgres.uri, **more) as (arrangement, redis):
            arrangement.start()
            desks = [Desk(arrangement.entry, f"desk-{n}") for n in range(DESKS)]
            at_work = [threading.Thread(target=desk.work, args=[range(CLAIMS)]) for desk in desks]
            with Disturber(arrangement, redis, seed, postgres) as disturber:
                for thread in at_work:
                    thread.start()
                for thread in at_work:
                    thread.join()
            outages = [seconds for desk in desks for seconds in desk.outages]
            longest = max(outages, default=0)
            print(
                f"seed {seed}: {dict(disturber.done)}; {len(outages)} calls repeated, the longest for {longest:.1f} s"
            )
            claims = [claim for desk in desks for claim in desk.done]
            assert len(claims) == DESKS * CLAIMS
            with closing(arrangement.open_database()) as database:
                assert soon(lambda: is_quiet(database))
                check(database, service, claims)
            assert arrangement.stop() == [0] * 5


def test_r08_a_database_that_is_restarted_three_times_in_a_minute_costs_everybody_a_moment(
    tmp_path: Path,
) -> None:
    with closing(Postgres()) as postgres, receiver() as service:
        more = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET}
        with arranged(tmp_path, has_bucket=False, uri=postgres.uri, **more) as (arrangement, _redis):
            arrangement.start()
            over = threading.Event()
            desks = [Desk(arrangement.entry, f"desk-{n}") for n in range(DESKS)]
            until_over = (takewhile(lambda _: not over.is_set(), count()) for _ in desks)
            at_work = [
                threading.Thread(target=desk.work, args=[numbers])
                for desk, numbers in zip(desks, until_over, strict=True)
            ]
            for thread in at_work:
                thread.start()
            away = [_restarted(postgres, over) for _ in range(RESTARTS)]
            over.set()
            for thread in at_work:
                thread.join()
            claims = [claim for desk in desks for claim in desk.done]
            outages = sorted(seconds for desk in desks for seconds in desk.outages)
            print(
                f"{len(claims)} claims; away for {', '.join(f'{each:.1f}' for each in away)} s; "
                f"calls repeated for {', '.join(f'{each:.1f}' for each in outages)} s"
            )
            with closing(arrangement.open_database()) as database:
                assert soon(lambda: is_quiet(database))
                check(database, service, claims)
            assert arrangement.stop() == [0] * 5


def _restarted(postgres: Postgres, over: threading.Event) -> float:
    """Seconds that the server took for it, after everybody was at work for a while."""
    over.wait(APART_SECONDS)
    began = time.monotonic()
    postgres.restart()
    return time.monotonic() - began
