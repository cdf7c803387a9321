"""What the routes of accounts need of the running app, made once at its start."""

from dataclasses import dataclass, field
from datetime import timedelta

from fastapi import Request, Response

from insurenz.accounts.alarm import Alarm
from insurenz.accounts.csrf import origin_of
from insurenz.accounts.guessing import Guard
from insurenz.accounts.hashing import Hasher
from insurenz.accounts.mails import Letters
from insurenz.accounts.presence import Presence
from insurenz.accounts.sessions import Company, Terms
from insurenz.accounts.tokens import Signer
from insurenz.core.ids import new_secret
from insurenz.core.ratelimit import RateLimiter
from insurenz.core.secret import derived_key
from insurenz.core.settings import Settings

DEVICE_COOKIE = "insurenz_device"
_DEVICE_SECONDS = 365 * 24 * 3600
# A shared desk is known for the last few who signed in there.
_USERS_OF_A_DEVICE = 8


@dataclass(frozen=True)
class Gate:
    """Keys, counters, lifetimes and names by which people get in; `is_secure` when browsers come over https."""

    terms: Terms
    hasher: Hasher
    guard: Guard
    alarm: Alarm
    refreshes: Company
    letters: Letters
    origins: frozenset[str]
    is_secure: bool
    fresh: timedelta
    link_life: timedelta
    # Digests of API keys that were right in this process: only these have a rate limit of their own.
    proven_keys: set[str] = field(default_factory=set)

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; the prefix makes browsers refuse it from anywhere else."""
        return "__Host-insurenz" if self.is_secure else "insurenz"

    def known_device(self, request: Request, email: str) -> str | None:
        """The device of this request, when somebody has signed in there with this address before."""
        device, *macs = request.cookies.get(DEVICE_COOKIE, "").split(".")
        return device if macs and self.terms.signer.device_mac(device, email) in macs else None

    def remember_device(self, request: Request, response: Response, email: str) -> None:
        """Let the device be known at the next sign-in with this address; not when a page of another site signs it in."""
        if request.headers.get("sec-fetch-site") == "cross-site":
            # The browser has not told whom it knows already, and would forget them.
            return
        device, *macs = request.cookies.get(DEVICE_COOKIE, "").split(".")
        if not macs or len(device) > 64:
            device, macs = new_secret(16), []
        mac = self.terms.signer.device_mac(device, email)
        kept = [mac, *(m for m in macs if m != mac)][:_USERS_OF_A_DEVICE]
        self._set(response, DEVICE_COOKIE, ".".join([device, *kept]), _DEVICE_SECONDS)

    def set_session(self, response: Response, token: str) -> None:
        """Give the browser its session."""
        self._set(response, self.cookie, token, int(self.terms.absolute.total_seconds()))

    def clear_session(self, response: Response) -> None:
        """Take it away."""
        self._set(response, self.cookie, "", 0)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self.is_secure, httponly=True, samesite="lax"
        )


def gate_for(settings: Settings, secret: bytes, limiter: RateLimiter) -> Gate:
    """The gate of an install."""
    accounts, alarm = settings.accounts, Alarm(derived_key(secret, "alarm"))
    return Gate(
        terms=Terms(
            signer=Signer(secret, settings.jwt_algorithm),
            presence=Presence(),
            access=timedelta(minutes=settings.access_token_expire_minutes),
            idle=timedelta(minutes=accounts.idle_minutes),
            absolute=timedelta(hours=accounts.absolute_hours),
        ),
        hasher=Hasher(queue=settings.limits.hash_queue),
        alarm=alarm,
        guard=Guard(limiter, alarm, failed_logins=settings.limits.failed_logins),
        refreshes=Company(),
        letters=Letters(settings.base_url, accounts.link_minutes),
        origins=frozenset(map(origin_of, (settings.base_url, *settings.allowed_origins))),
        is_secure=settings.base_url.startswith("https://"),
        fresh=timedelta(minutes=accounts.reauth_minutes),
        link_life=timedelta(minutes=accounts.link_minutes),
    )


def gate_of(request: Request) -> Gate:
    """The gate of the app that serves this request."""
    gate: Gate = request.app.state.gate
    return gate
