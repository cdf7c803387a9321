"""The hospital story while its server is killed at random moments: told as ever, and nobody told twice."""

import random
import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest

from insurenz.core.db import Database
from tests.installs import make_database
from tests.notifications.stories import broken
from tests.server import Server
from tests.story import AS_IT_IS_TOLD, badges, tell, told

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed: apt-get install curl"
)
ROUNDS = 5


@pytest.mark.crash
@pytest.mark.parametrize("seed", range(ROUNDS))
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_n03_r02_the_story_survives_kill_9(tmp_path: Path, backend: str, seed: int) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'insurenz.db'}"
    if backend == "postgresql":
        url = make_database("postgresql", tmp_path).url.render_as_string(hide_password=False)
    server = Server(tmp_path / "data", url).start()
    before, is_over, moments = badges(server), threading.Event(), random.Random(seed)
    kills = 0

    def kill_on() -> None:
        nonlocal kills
        while not is_over.wait(moments.uniform(0.05, 2.0)):
            server.kill()
            kills += 1
            server.start()

    killer = threading.Thread(target=kill_on)
    killer.start()
    try:
        printed = tell(server.base, timeout=300)
    finally:
        is_over.set()
        killer.join()
    print(f"{backend}, seed {seed}: {kills} kills")
    assert kills > 0
    assert told(printed, before) == AS_IT_IS_TOLD
    assert server.stop() == 0
    with closing(Database(url)) as database:
        assert broken(database) == []
