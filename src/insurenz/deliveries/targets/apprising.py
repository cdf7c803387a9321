"""Sending through Apprise: in a bounded time, one address at a time, and what its failures mean as far as it tells."""

import logging
import re
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

# All of Apprise's plugins say so of an answer that they do not like.
_STATUS = re.compile(r"error=(\d{3})\b")


class NotSent(Exception):
    """It was not taken: `reason` is a code word, `status_code` that of the service where it answered."""

    def __init__(self, reason: str, *, status_code: int | None = None, is_address: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.status_code, self.is_address = reason, status_code, is_address


# Sends a text to an address of Apprise within so many seconds; raises NotSent.
Apprise = Callable[[str, str, float], None]


def send(address: str, text: str, seconds: float) -> None:
    """Send a text to an address of Apprise. Raises NotSent; `is_address` when no message will ever be taken there.

    Apprise bounds single waits and not the whole, so what takes too long is left behind.
    """
    came: list[NotSent | None] = []
    thread = threading.Thread(target=lambda: came.append(_try(address, text)), name="apprise", daemon=True)
    thread.start()
    thread.join(seconds)
    failure = came[0] if came else NotSent("timeout")
    if failure is not None:
        raise failure


def _try(address: str, text: str) -> NotSent | None:
    heard = _Heard(threading.get_ident())
    _logger().addHandler(heard)
    try:
        service = _service(address)
        if service is None:
            return NotSent("address_refused", is_address=True)
        if service.notify(body=text):
            return None
    except Exception as error:  # noqa: BLE001 - plugins have no kind of error in common
        return NotSent(type(error).__name__)
    finally:
        _logger().removeHandler(heard)
    return NotSent(f"http_{heard.status}" if heard.status else "not_taken", status_code=heard.status)


def _service(address: str) -> Any:
    import apprise  # noqa: PLC0415 - needs the extra [chat], and takes a quarter of a second

    # Nothing of what it sends is kept by it.
    asset = apprise.AppriseAsset(
        app_id="Insurenz", app_desc="Insurenz", storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    # Where a service sends us on is nobody's choice.
    asset.http_redirects = False
    return apprise.Apprise.instantiate(address, asset=asset)


@cache
def _logger() -> logging.Logger:
    """Where Apprise tells of failures; in our log it would name numbers and tokens."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    return logger


class _Heard(logging.Handler):
    """The status in what Apprise says in one thread."""

    def __init__(self, thread: int) -> None:
        super().__init__(logging.WARNING)
        self.status: int | None = None
        self._of = thread

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of it."""
        found = _STATUS.search(record.getMessage()) if threading.get_ident() == self._of else None
        if found:
            self.status = int(found[1])
