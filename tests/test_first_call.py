"""The story of docs/first-call.sh, told by the script itself to a real server."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import make_database
from tests.server import Server
from tests.swift import swift_server

SCRIPT = Path(__file__).parents[1] / "docs" / "first-call.sh"


@pytest.fixture(params=["sqlite", "postgresql", "s3"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server with the demo world; its documents lie in a folder, or in a bucket."""
    url = ""
    if request.param == "postgresql":
        url = make_database("postgresql", tmp_path).url.render_as_string(hide_password=False)
    settings = swift_server().environment() if request.param == "s3" else {}
    running = Server(tmp_path / "data", url, settings).start()
    yield running
    running.kill()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt-get install curl")
def test_the_first_call_runs_from_sign_in_to_history(server: Server) -> None:
    told = subprocess.run(
        [SCRIPT], env=os.environ | {"BASE": server.base}, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert "404" in lines
    assert [line for line in lines if line in ("under_review", "approved", "17000.00")] == [
        "under_review",
        "approved",
        "17000.00",
    ]
    assert told.stdout.count("claim_status_updated") == 2
    assert server.stop() == 0
