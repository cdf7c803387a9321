"""The mirror with the real client and an emulator of Firestore: there, slow, away, and there again."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.firestore.emulated import OF_BAD_DAYS, STORIES
from tests.firestore.emulator import run_apart, why_not
from tests.installs import make_migrated


def told(folder: Path, stories: Sequence[Callable[[], None]]) -> dict[str, str]:
    """What became of each of these stories."""
    if missing := why_not():
        pytest.skip(missing)
    make_migrated("sqlite", folder).close()
    names = [story.__name__ for story in stories]
    done = run_apart("tests.firestore.emulated", str(folder / "test.db"), *names)
    lines = re.split(r"^(\w+): ", done.stdout, flags=re.MULTILINE)[1:]
    found = dict(zip(lines[::2], lines[1::2], strict=True))
    return {name: found.get(name, done.stderr).strip() for name in names}


def test_a_mirror_is_kept_in_step_with_the_real_client(tmp_path: Path) -> None:
    assert told(tmp_path, STORIES) == {story.__name__: "holds" for story in STORIES}


@pytest.mark.crash
def test_on_bad_days_of_firestore_nothing_is_lost(tmp_path: Path) -> None:
    assert told(tmp_path, OF_BAD_DAYS) == {story.__name__: "holds" for story in OF_BAD_DAYS}
