"""Commands run in the process of the tests: what they set for their own process is taken back."""

import logging
import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Environment, log handlers and the mask of new files as they were."""
    environment, root = dict(os.environ), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    mask = os.umask(0o022)
    os.umask(mask)
    yield
    os.umask(mask)
    os.environ.clear()
    os.environ.update(environment)
    root.handlers[:], root.level = handlers, level
