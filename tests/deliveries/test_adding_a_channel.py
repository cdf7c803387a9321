"""A channel is one file and one row: what the page of it says is done to a copy of the product, which then has it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import insurenz
from insurenz.deliveries.channels import NAMES
from tests.installs import make_migrated
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/adding-a-channel.md"
LAST_IMPORT, REGISTRY = (
    "from insurenz.deliveries.channels.webhook import Webhooks\n",
    "REGISTRY: tuple[type[Channel], ...] = (\n",
)


def test_a_file_and_a_row_are_all_that_a_channel_needs(tmp_path: Path) -> None:
    [file] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    [row] = re.findall(r"```\n(    \w+,\n)```", PAGE.read_text())
    product = tmp_path / "src/insurenz"
    shutil.copytree(
        Path(insurenz.__file__).parent, product, ignore=shutil.ignore_patterns("app", "__pycache__")
    )
    channels = product / "deliveries/channels"
    (channels / "pager.py").write_text(file)
    registry = (channels / "__init__.py").read_text()
    for place, more in (
        (LAST_IMPORT, "from insurenz.deliveries.channels.pager import Pager\n"),
        (REGISTRY, row),
    ):
        assert registry.count(place) == 1
        registry = registry.replace(place, place + more)
    (channels / "__init__.py").write_text(registry)
    make_migrated("sqlite", tmp_path).close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.deliveries.toy", str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "explained": ["inbox", "email", "pager"],
        "waiting": [True, "no_paper"],
        "replayed": 200,
        "arrived": [True, 2],
        "paper": True,
        "paused": 200,
        "channels": sorted([*NAMES, "pager"]),
        "matrix": [[False, True]],
        "muted": [["pager", "muted"]],
    }
