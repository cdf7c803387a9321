"""Commands run in the process of the tests: what they set for their own process is taken back."""

import logging
import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def own_process() -> Iterator[None]:
    """Environment and log handlers as they were."""
    environment, root = dict(os.environ), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    os.environ.clear()
    os.environ.update(environment)
    root.handlers[:], root.level = handlers, level
