"""The story of docs/hospital-story.sh, told by the script itself to a real server, while somebody follows the stream."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installs import demo_server
from tests.server import Server
from tests.story import AS_IT_IS_TOLD, badges, tell, told

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None, reason="curl is not installed: apt-get install curl"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world."""
    running = demo_server(tmp_path / "data", request.param)
    yield running.start()
    running.kill()


def test_the_hospital_story_plays_both_endings(server: Server) -> None:
    before = badges(server)
    assert told(tell(server.base), before) == AS_IT_IS_TOLD
    assert server.stop() == 0
