"""The external notification service: another system of the operator's, which is told of everything by signed POSTs."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from insurenz.core import clock, signing
from insurenz.core.http import Answer, HttpSender, NoAnswer
from insurenz.deliveries.body import spelled
from insurenz.deliveries.channels.channel import TIMEOUT_SECONDS, Passing, Permanent, Sending

# Refusals (4xx) that are about the moment and not about the message: timeout, too early, too many.
ABOUT_THE_MOMENT = frozenset({408, 425, 429})


class ExternalService:
    """Sends each notification once, in the shape of the API, whoever its recipients are."""

    name = "external"

    def __init__(self, url: str, secret: str, sender: HttpSender) -> None:
        self._url, self._sender = url, sender
        self._key = signing.key_of(secret) or None

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int:
        """POST the body; any 2xx is a receipt. Raises Passing or Permanent."""
        content = spelled(body)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Insurenz",
            **signing.headers(self._key, message_id=key, at=int(clock.now().timestamp()), body=content),
        }
        try:
            answer = self._sender.post(self._url, content, headers, seconds=TIMEOUT_SECONDS)
        except NoAnswer as failure:
            raise Passing(failure.reason) from failure
        return _receipt(answer)


def _receipt(answer: Answer) -> int:
    status = answer.status
    if 200 <= status < 300:
        return status
    if 400 <= status < 500 and status not in ABOUT_THE_MOMENT:
        raise Permanent(f"http_{status}", status_code=status)
    raise Passing(f"http_{status}", _asked(answer.retry_after), status_code=status)


def _asked(retry_after: str | None) -> timedelta | None:
    """The wait in a Retry-After: seconds, or a date; None for anything else."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        # More than a year is as good as any longer time, and fits.
        return timedelta(seconds=int(retry_after[:8]))
    with suppress(ValueError):
        date = parsedate_to_datetime(retry_after)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)) - clock.now()
    return None
