"""Acting on a claim is as fast with the broker gone and every channel hanging as with all of them well."""

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.growth.arrangement import Arrangement, arranged, needs_celery, needs_redis
from tests.growth.busy import FILING
from tests.growth.test_story import SERVICE_SECRET
from tests.receiver import answers, hangs, receiver

pytestmark = [needs_celery, needs_redis, pytest.mark.load]

ROUNDS, ACTIONS = 7, 20
# A smaller difference is none.
SAME = 1.25


@contextmanager
def running(folder: Path, *, is_down: bool) -> Iterator[Arrangement]:
    """A server with a worker; where it `is_down` the service hangs and the broker is gone."""
    folder.mkdir()
    with receiver(hangs if is_down else answers()) as service:
        more = {"NOTIFICATION_SERVICE_URL": service.url, "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET}
        with arranged(folder, has_bucket=False, **more) as (arrangement, redis):
            arrangement.start(servers=1, workers=1, has_beat=False)
            if is_down:
                redis.stop()
            yield arrangement


class People:
    """Asha files, Arjun begins to review: each time told to several, and to the service."""

    def __init__(self, arrangement: Arrangement) -> None:
        self.server = arrangement.servers[0]
        self.asha, self.arjun = (self.server.sign_in(f"{name}@demo.example") for name in ("asha", "arjun"))

    def milliseconds(self) -> float:
        """The median of some actions."""
        times = []
        for _ in range(ACTIONS):
            claim = self.server.call("POST", "/claims", token=self.asha, json_body=FILING).json()
            began = time.perf_counter()
            answer = self.server.call(
                "POST", f"/claims/{claim['id']}/actions/start_review", token=self.arjun, json_body={}
            )
            times.append(time.perf_counter() - began)
            assert answer.status == 200
        return 1000 * statistics.median(times)


def test_n08_acting_takes_no_longer_with_every_channel_down(tmp_path: Path) -> None:
    with ExitStack() as stack:
        up, down = (
            People(stack.enter_context(running(tmp_path / name, is_down=name == "down")))
            for name in ("up", "down")
        )
        for people in (up, down):
            people.milliseconds()
        rounds = [(up.milliseconds(), down.milliseconds()) for _ in range(ROUNDS)]
    ratio = statistics.median(with_down / with_up for with_up, with_down in rounds)
    told = ", ".join(f"{with_up:.1f}/{with_down:.1f}" for with_up, with_down in rounds)
    print(f"an action with all channels up/down, ms: {told}; the ratio is {ratio:.2f}")
    assert ratio <= SAME
