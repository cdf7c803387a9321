"""Posting a message as Standard Webhooks has it, and what the answers of receivers mean."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from insurenz.core import clock, signing
from insurenz.core.http import Answer, HttpSender, NoAnswer
from insurenz.deliveries.body import spelled
from insurenz.deliveries.channels.channel import TIMEOUT_SECONDS, Passing, Permanent


def post(
    sender: HttpSender,
    url: str,
    body: Mapping[str, Any],
    *,
    key: str,
    signed_with: Sequence[bytes],
    is_final: Callable[[int], bool],
) -> int:
    """POST the body under this key; gives the status of a receipt, which any 2xx is.

    Raises Permanent for another status that `is_final`, Passing for the rest and for no answer in time.
    """
    content = spelled(body)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Insurenz",
        **signing.headers(*signed_with, message_id=key, at=int(clock.now().timestamp()), body=content),
    }
    return receipt(sender, url, content, headers, is_final=is_final)


def receipt(
    sender: HttpSender,
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    is_final: Callable[[int], bool],
) -> int:
    """POST this content with these headers; gives the status of a receipt, and raises, as `post` does."""
    try:
        answer = sender.post(url, content, headers, seconds=TIMEOUT_SECONDS)
    except NoAnswer as failure:
        raise Passing(failure.reason) from failure
    return _status(answer, is_final)


def _status(answer: Answer, is_final: Callable[[int], bool]) -> int:
    status = answer.status
    if 200 <= status < 300:
        return status
    if is_final(status):
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
