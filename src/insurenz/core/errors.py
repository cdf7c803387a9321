"""The errors a caller can meet, each with its HTTP status, rendered as RFC 9457 problems.

AppError
├── Unauthenticated   401  no or no longer valid credentials
├── Forbidden         403  may see, but not do
├── NotFound          404  missing, or not theirs
├── SenderTooSlow     408  no byte for too long
├── Conflict          409  illegal move or lost race
├── StaleVersion      412  If-Match names an older version
├── TooLarge          413  body or file over its limit
├── WrongMediaType    415  body of another kind
├── Invalid           422  fields that cannot be taken
├── VersionRequired   428  If-Match is missing
├── TooManyRequests   429  with Retry-After
└── Unavailable       503  busy or not ready, with Retry-After
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """One field that was refused: which, a stable code, and what would be right."""

    field: str
    code: str
    detail: str
    file_name: str | None = None

    def public(self) -> dict[str, str]:
        """As it stands in the `errors` of a problem."""
        shown = {"field": self.field, "code": self.code, "detail": self.detail}
        return shown | ({"file_name": self.file_name} if self.file_name is not None else {})


@dataclass
class AppError(Exception):
    """A refusal that can be foreseen. `extra` adds members to the problem, `headers` to the answer."""

    detail: str = ""
    code: str = ""
    errors: Sequence[FieldError] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    default_code: ClassVar[str] = "internal_error"

    def __post_init__(self) -> None:
        self.code = self.code or self.default_code
        super().__init__(f"{self.code}: {self.detail}")

    def problem(self, request_id: str) -> dict[str, Any]:
        """The RFC 9457 document."""
        return {
            "type": f"urn:insurenz:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "request_id": request_id,
            "errors": [error.public() for error in self.errors],
            **self.extra,
        }


class Unauthenticated(AppError):
    """No credentials, or credentials that are no longer valid."""

    status, title, default_code = 401, "Not signed in", "not_authenticated"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.headers = {"WWW-Authenticate": "Bearer", **self.headers}


class Forbidden(AppError):
    """The caller may see the object, but not do this to it."""

    status, title, default_code = 403, "Not allowed", "not_allowed"


class NotFound(AppError):
    """The object is missing or not the caller's; the two look the same."""

    status, title, default_code = 404, "Not found", "not_found"

    def __post_init__(self) -> None:
        self.detail = self.detail or "There is nothing here that you may see."
        super().__post_init__()


class SenderTooSlow(AppError):
    """The sender of a body made no progress for too long."""

    status, title, default_code = 408, "Sender too slow", "sender_too_slow"

    def __post_init__(self) -> None:
        super().__post_init__()
        # Whatever comes later is no new request.
        self.headers = {"Connection": "close", **self.headers}


class Conflict(AppError):
    """The present state does not allow it, or another request was faster."""

    status, title, default_code = 409, "Not possible now", "conflict"


class StaleVersion(AppError):
    """If-Match names a version that is no longer the present one."""

    status, title, default_code = 412, "Changed meanwhile", "stale_version"


class TooLarge(AppError):
    """A body, file or request over its limit."""

    status, title, default_code = 413, "Too large", "too_large"


class WrongMediaType(AppError):
    """A body of a kind that this route does not take."""

    status, title, default_code = 415, "Unsupported media type", "unsupported_media_type"


class Invalid(AppError):
    """Fields that cannot be taken; `errors` names each with what would be right."""

    status, title, default_code = 422, "Invalid input", "invalid"


class VersionRequired(AppError):
    """The change needs If-Match with the version it is based on."""

    status, title, default_code = 428, "Version required", "version_required"


class TooManyRequests(AppError):
    """Over a rate limit; `Retry-After` says when to come back."""

    status, title, default_code = 429, "Too many requests", "rate_limited"


class Unavailable(AppError):
    """Busy or not ready; safe to try again after `Retry-After`."""

    status, title, default_code = 503, "Try again shortly", "unavailable"

    def __post_init__(self) -> None:
        super().__post_init__()
        self.headers = {"Retry-After": "2", **self.headers}


class CutOff(Exception):
    """The rest of an answer that has begun to leave is withheld: its receiver sees a broken transfer."""


def invalid(field_name: str, code: str, detail: str) -> Invalid:
    """An `Invalid` about one field."""
    return Invalid(detail=detail, errors=[FieldError(field_name, code, detail)])
