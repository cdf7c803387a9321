"""One event of a claim is seen at once in the inbox, by every channel, and by a front end that listens to Firestore."""

import json
from pathlib import Path

import pytest

from tests.firestore.emulator import run_apart, why_not

pytestmark = pytest.mark.load


def test_a_claim_is_seen_everywhere_at_once_and_read_where_its_reader_is(tmp_path: Path) -> None:
    if missing := why_not():
        pytest.skip(missing)
    done = run_apart("tests.load.everywhere", str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    print(
        f"seconds until it was seen: {told['seen']}; until what is read there was read here: {told['read']}"
    )
