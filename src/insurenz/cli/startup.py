"""What makes a start quick: nothing that is loaded then is ever garbage, so nobody looks for it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_gc() -> Iterator[None]:
    """Collect no garbage inside; what was made there is left alone for good."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
