"""Accounts as the API takes and shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from insurenz.accounts.models import MOST_EMAIL, ApiKey, User, UserSession, spelled_email
from insurenz.core.edge import Out, Versioned
from insurenz.core.errors import invalid
from insurenz.core.money import AmountOut, decimals, format_amount
from insurenz.core.permissions import LEVELS, Role, Scope, parse_role, role_name, role_names
from insurenz.core.settings import Claims
from insurenz.organisations.models import Kind, Organisation
from insurenz.organisations.schemas import ONE_LINE, Name, Reference


def _email(text: str) -> str:
    email = spelled_email(text)
    if email is None:
        raise ValueError("give an e-mail address such as name@example.org")
    return email


def _role(text: str) -> str:
    try:
        parse_role(text)
    except ValueError as error:
        raise ValueError(f"a role is one of {', '.join(role_names())}") from error
    return text


def named_role(text: str) -> tuple[Role, int | None]:
    """Role, and the level when the text names one: `claim_processor_l2` does, `claim_processor` does not."""
    role, level = parse_role(text)
    return role, level if text.endswith(f"_l{level}") else None


def role_asked(text: str | None) -> tuple[Role | None, int | None]:
    """The role that a list is limited to, and its level; None where it is not."""
    return (None, None) if text is None else named_role(text)


def _one_level(named: int | None, level: int | None) -> int | None:
    """The level that is given by the role's name, beside it, or by both alike. Raises Invalid for two different ones."""
    if None not in (named, level) and named != level:
        raise invalid("level", "level_contradicts", f"The role names level {named}; give that, or none.")
    return level if named is None else named


Email = Annotated[str, StringConstraints(max_length=MOST_EMAIL), AfterValidator(_email)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
LinkToken = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ROLES = [*role_names(), "processor", *(f"processor_l{level}" for level in LEVELS), "claim_processor_l0"]
RoleText = Annotated[
    str, StringConstraints(max_length=32), AfterValidator(_role), Field(json_schema_extra={"enum": ROLES})
]
Level = Annotated[int, Field(ge=LEVELS[0], le=LEVELS[-1])]
ExternalUid = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=ONE_LINE)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginIn(_In):
    """Who signs in."""

    email: Email
    password: Password


class RegisterIn(_In):
    """A policyholder who registers."""

    email: Email
    password: Password
    name: Name


class RefreshIn(_In):
    """The refresh token of the latest answer."""

    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class PasswordChangeIn(_In):
    """The new password; the present one too, unless the sign-in was minutes ago."""

    new_password: Password
    current_password: Password | None = None


class ResetRequestIn(_In):
    """Whose password is forgotten."""

    email: Email


class LinkUseIn(_In):
    """The token of a one-time link, and the password to be set."""

    token: LinkToken
    password: Password


class _WithRole(_In):
    role: RoleText
    level: Level | None = None

    def role_and_level(self) -> tuple[Role, int]:
        """Role and level, whichever way they were written."""
        role, named = named_role(self.role)
        return role, _one_level(named, self.level) or 0


class UserIn(_WithRole):
    """A new user; they choose their password by an invitation."""

    email: Email
    name: Name
    external_uid: ExternalUid | None = None


class InvitationIn(_WithRole):
    """Somebody to invite, and the hospitals and payers they will work for."""

    email: Email
    name: Name
    organisations: list[Reference] = Field(default=[], max_length=100)


class UserPatch(_In):
    """What can be changed; what is absent stays. A new role or level ends every session of the user."""

    name: Name | None = None
    role: RoleText | None = None
    level: Level | None = None
    is_active: bool | None = None
    external_uid: ExternalUid | None = None

    def details(self) -> dict[str, str | None]:
        """The given ones of those that change nothing but the row; only `external_uid` can be emptied."""
        given = {"name": self.name} if self.name is not None else {}
        return given | (
            {"external_uid": self.external_uid} if "external_uid" in self.model_fields_set else {}
        )

    def role_and_level(self, user: User) -> tuple[Role, int]:
        """Role and level after the change."""
        if self.role is None:
            return Role(user.role), user.level if self.level is None else self.level
        role, named = named_role(self.role)
        level = _one_level(named, self.level)
        if level is not None:
            return role, level
        return role, user.level if role == user.role else 0


class AssignmentIn(_In):
    """The hospital or payer, by id or number."""

    organisation: Reference


class ApiKeyIn(_In):
    """A new API key; without `expires_at` it lives 90 days."""

    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE),
    ]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
    expires_at: AwareDatetime | None = None
    current_password: Password | None = None


class TokensOut(Out):
    """A short-lived access token, and the refresh token for the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int


class AcceptedOut(Out):
    """Taken; what comes of it is told by mail alone."""

    detail: str


class AssignedOut(Out):
    """A hospital or payer that a user works for."""

    kind: Kind
    id: str
    number: str
    name: str

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """The organisation as an assignment."""
        return cls(
            kind=Kind(organisation.kind),
            id=organisation.id,
            number=organisation.number,
            name=organisation.name,
        )


class AssignmentList(Out):
    """Everything a user is assigned to."""

    items: list[AssignedOut]
    next_cursor: None = None


class MeOut(Out):
    """The person who is signed in."""

    id: str
    email: str
    name: str
    role: str
    level: int
    entity_assignments: list[AssignedOut]

    @classmethod
    def of(cls, user: User, organisations: Sequence[Organisation]) -> Self:
        """The user as they see themself."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.as_actor().role_shown,
            level=user.level,
            entity_assignments=[AssignedOut.of(organisation) for organisation in organisations],
        )


class UserOut(Versioned):
    """A user as admins and auditors see them."""

    id: str
    email: str
    name: str
    role: str
    level: int
    is_active: bool
    has_password: bool
    external_uid: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        """The user as an answer."""
        return cls(
            id=user.id,
            email=user.email,
            name=user.name,
            role=user.as_actor().role_shown,
            level=user.level,
            is_active=user.is_active,
            has_password=user.password_hash is not None,
            external_uid=user.external_uid,
            version=user.version,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UserList(Out):
    """A page of users."""

    items: list[UserOut]
    next_cursor: str | None


class LevelOut(BaseModel):
    """A level of claim processors. `approval_limit` is the most it may approve of a claim in `currency`, null no limit.

    Of claims in another currency it is as many whole units of that.
    """

    level: int
    role: str
    approval_limit: AmountOut | None
    currency: str

    @classmethod
    def of(cls, level: int, claims: Claims) -> Self:
        """The level as the settings make it."""
        whole, currency = claims.limit(level), claims.currency
        limit = None if whole is None else format_amount(whole * 10 ** decimals(currency), currency)
        role = role_name(Role.CLAIM_PROCESSOR, level)
        return cls(level=level, role=role, approval_limit=limit, currency=currency)


class LevelList(Out):
    """Every level."""

    items: list[LevelOut]
    next_cursor: None = None

    @classmethod
    def of(cls, claims: Claims) -> Self:
        """The levels as the settings make them."""
        return cls(items=[LevelOut.of(level, claims) for level in LEVELS])


class SessionOut(Out):
    """One place where the user is signed in."""

    id: str
    kind: Literal["bearer", "cookie"]
    user_agent: str
    is_current: bool
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: UserSession, *, last_seen_at: datetime, current: str | None) -> Self:
        """The session as an answer."""
        return cls(
            id=row.id,
            kind="cookie" if row.kind == "cookie" else "bearer",
            user_agent=row.user_agent,
            is_current=row.id == current,
            created_at=row.created_at,
            last_seen_at=last_seen_at,
            expires_at=row.expires_at,
        )


class SessionList(Out):
    """A page of sessions."""

    items: list[SessionOut]
    next_cursor: str | None


class ApiKeyOut(Out):
    """An API key without its secret."""

    id: str
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: ApiKey, *, last_used_at: datetime | None) -> Self:
        """The key as an answer."""
        return cls.model_validate(_shown(row, last_used_at))


class ApiKeyMade(ApiKeyOut):
    """A new API key; `key` is shown this once."""

    key: str

    @classmethod
    def made(cls, row: ApiKey, key: str) -> Self:
        """The key with its text."""
        return cls.model_validate(_shown(row, None) | {"key": key})


class ApiKeyList(Out):
    """A page of API keys."""

    items: list[ApiKeyOut]
    next_cursor: str | None


def _shown(row: ApiKey, last_used_at: datetime | None) -> dict[str, Any]:
    names = ("id", "name", "prefix", "scopes", "created_at", "expires_at", "revoked_at")
    return {name: getattr(row, name) for name in names} | {"last_used_at": last_used_at}
