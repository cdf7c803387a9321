"""Slows the guessing of passwords, per account and per address, without locking the owner out of a known device."""

from collections.abc import Callable

from limits import RateLimitItemPerMinute

from insurenz.accounts.alarm import Alarm
from insurenz.core.errors import TooManyRequests
from insurenz.core.ratelimit import RateLimiter
from insurenz.events.alerts import LOGIN_BURST

WINDOW_MINUTES = 15
MAILS_PER_HOUR = 5


class Guard:
    """Counts tries before they cost a hash; what turns out right is given back."""

    def __init__(self, limiter: RateLimiter, alarm: Alarm, *, failed_logins: int) -> None:
        self._limiter, self._alarm = limiter, alarm
        self._tries = RateLimitItemPerMinute(failed_logins, WINDOW_MINUTES)
        self._mails = RateLimitItemPerMinute(MAILS_PER_HOUR, 60)

    def count_try(self, email: str, *, address: str, device: str | None) -> Callable[[], None]:
        """Count one try for an account; call the result when the password was right.

        A known device has a count of its own, so strangers who use up the account's do not keep its owner out.
        Raises TooManyRequests.
        """
        keys = [("device", device, email)] if device else [("address", address), ("account", email)]
        taken: list[tuple[str, ...]] = []

        def give_back() -> None:
            for key in taken:
                self._limiter.give_back(self._tries, "login", *key)

        for key in keys:
            taken.append(key)
            try:
                self._limiter.take(self._tries, "login", *key)
            except TooManyRequests:
                # A refused try costs nothing, so it does not count either: many right ones at once stay right.
                give_back()
                self._alarm.sound(
                    LOGIN_BURST, f"address:{address}" if key[0] == "address" else f"account:{email}"
                )
                raise
        return give_back

    def count_mail(self, email: str) -> None:
        """Count one mail that a stranger can have sent to this address. Raises TooManyRequests."""
        self._limiter.take(self._mails, "mail", email)
