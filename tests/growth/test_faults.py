"""The arrangement while its parts are stopped, flushed, restarted and killed: the same in the end as if nothing had been."""

import threading
from contextlib import closing
from pathlib import Path

import pytest

from tests.growth.arrangement import arranged, eventually, is_quiet, needs_celery, needs_redis
from tests.growth.busy import Desk, Disturber, check
from tests.growth.test_story import SERVICE_SECRET
from tests.postgres import Postgres
from tests.receiver import receiver

pytestmark = [needs_celery, needs_redis, pytest.mark.crash]

DESKS, CLAIMS, SEEDS = 3, 12, 2


@pytest.mark.parametrize("seed", range(SEEDS))
def test_r06_r08_r09_n09_killed_flushed_and_restarted_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path, seed: int
) -> None:
    with closing(Postgres()) as postgres, receiver() as service:
        more = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET}
        with arranged(tmp_path, has_bucket=False, uri=postgres.uri, **more) as (arrangement, redis):
            arrangement.start()
            desks = [Desk(arrangement.entry, f"desk-{n}") for n in range(DESKS)]
            at_work = [threading.Thread(target=desk.work, args=[CLAIMS]) for desk in desks]
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
                assert eventually(lambda: is_quiet(database))
                check(database, service, claims)
            assert arrangement.stop() == [0] * 5
