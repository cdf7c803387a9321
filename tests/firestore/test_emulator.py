"""The mirror with the real client and an emulator of Firestore: there, slow, away, and there again."""

import re

import pytest

from tests.firestore.emulated import STORIES
from tests.firestore.emulator import run_apart, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "")


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What became of each story, told in one process."""
    done = run_apart("tests.firestore.emulated")
    lines = re.split(r"^(\w+): ", done.stdout, flags=re.MULTILINE)[1:]
    return dict(zip(lines[::2], lines[1::2], strict=True)) | {"stderr": done.stderr}


@pytest.mark.parametrize("story", [story.__name__ for story in STORIES])
def test_a_mirror(told: dict[str, str], story: str) -> None:
    assert told.get(story, told["stderr"]).strip() == "holds"
