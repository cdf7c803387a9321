"""Who may call what: the roles, the actor of a request, and the one table of all routes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from insurenz.core.errors import Forbidden


class Role(StrEnum):
    """What a person is to the install; a processor also has a level."""

    POLICYHOLDER = "policyholder"
    HOSPITAL_USER = "hospital_user"
    CLAIM_PROCESSOR = "claim_processor"
    ADMIN = "admin"
    AUDITOR = "auditor"


# Who files claims, and who works on what they filed; the auditor does neither.
FILERS = frozenset({Role.POLICYHOLDER, Role.HOSPITAL_USER})
STAFF = frozenset({Role.CLAIM_PROCESSOR, Role.ADMIN})
# Who sees everything.
OVERSEERS = frozenset({Role.ADMIN, Role.AUDITOR})


# Of claim processors; others have 0.
LEVELS = range(5)


class Scope(StrEnum):
    """What an API key can be limited to."""

    CLAIMS_READ = "claims:read"
    CLAIMS_WRITE = "claims:write"
    ADMIN_READ = "admin:read"
    ADMIN_WRITE = "admin:write"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Actor:
    """Who acts: taken from the session of the request, never from what the caller sends.

    `scopes` is None for a signed-in person (no limit) and the scopes of the key for a machine, which `key_id` names.
    """

    id: str
    role: Role
    name: str
    email: str
    level: int = 0
    session_id: str | None = None
    scopes: frozenset[str] | None = None
    key_id: str | None = None

    @property
    def side(self) -> Literal["filer", "staff"]:
        """Which side of a claim they are on: who files claims, or who looks at them from within."""
        return "filer" if self.role in FILERS else "staff"

    @property
    def role_shown(self) -> str:
        """The role as the API names it."""
        return role_name(self.role, self.level)


@dataclass(frozen=True)
class Access:
    """Who may call a route: everybody (`is_public`), or these roles, and API keys with this scope."""

    roles: frozenset[Role]
    scope: Scope | None = None
    is_public: bool = False


_ALL = frozenset(Role)
_ADMIN = frozenset({Role.ADMIN})
# Whoever may act on a claim is decided by its workflow definition, after the claim was found.
_BY_DEFINITION = _ALL - {Role.AUDITOR}

PUBLIC = Access(frozenset(), is_public=True)


def _signed_in(scope: Scope | None) -> Access:
    return Access(_ALL, scope)


ROUTES: dict[str, Access] = {
    # operations
    "live": PUBLIC,
    "ready": PUBLIC,
    "metrics": PUBLIC,
    "public_config": PUBLIC,
    # pages
    "openapi": PUBLIC,
    "home": PUBLIC,
    "app_home": PUBLIC,
    "app_asset": PUBLIC,
    "app_worker": PUBLIC,
    "app_page": PUBLIC,
    "page_asset": PUBLIC,
    "robots": PUBLIC,
    "security_txt": PUBLIC,
    "docs_page": PUBLIC,
    "docs_document": PUBLIC,
    "docs_asset": PUBLIC,
    # The mails of a trial; missing in production and where a mail server is set.
    "mailbox": PUBLIC,
    "mailbox_mail": PUBLIC,
    "mailbox_html": PUBLIC,
    # accounts: signing in and one's own account (never with an API key)
    "register": PUBLIC,
    "login": PUBLIC,
    "login_form": PUBLIC,
    "login_web": PUBLIC,
    "refresh": PUBLIC,
    "request_password_reset": PUBLIC,
    "reset_password": PUBLIC,
    "accept_invitation": PUBLIC,
    "logout": _signed_in(None),
    "me": _signed_in(Scope.ACCOUNT),
    "change_password": _signed_in(None),
    "list_sessions": _signed_in(None),
    "end_session": _signed_in(None),
    "end_other_sessions": _signed_in(None),
    "list_api_keys": _signed_in(None),
    "create_api_key": _signed_in(None),
    "revoke_api_key": _signed_in(None),
    # administration of accounts
    "list_users": Access(OVERSEERS, Scope.ADMIN_READ),
    "list_levels": Access(OVERSEERS, Scope.ADMIN_READ),
    "show_user": Access(OVERSEERS, Scope.ADMIN_READ),
    "create_user": Access(_ADMIN, Scope.ADMIN_WRITE),
    "change_user": Access(_ADMIN, Scope.ADMIN_WRITE),
    "invite_user": Access(_ADMIN, Scope.ADMIN_WRITE),
    "list_assignments": Access(OVERSEERS, Scope.ADMIN_READ),
    "assign": Access(_ADMIN, Scope.ADMIN_WRITE),
    "unassign": Access(_ADMIN, Scope.ADMIN_WRITE),
    # organisations
    "list_organisations": _signed_in(Scope.CLAIMS_READ),
    "show_organisation": _signed_in(Scope.CLAIMS_READ),
    "create_organisation": Access(_ADMIN, Scope.ADMIN_WRITE),
    "change_organisation": Access(_ADMIN, Scope.ADMIN_WRITE),
    # workflow definitions
    "list_workflows": _signed_in(Scope.CLAIMS_READ),
    "show_workflow": _signed_in(Scope.CLAIMS_READ),
    # policies
    "my_policies": Access(frozenset({Role.POLICYHOLDER}), Scope.CLAIMS_READ),
    "list_policies": Access(OVERSEERS, Scope.ADMIN_READ),
    "show_policy": Access(OVERSEERS, Scope.ADMIN_READ),
    "create_policy": Access(_ADMIN, Scope.ADMIN_WRITE),
    "change_policy": Access(_ADMIN, Scope.ADMIN_WRITE),
    # documents
    "tell_tus": PUBLIC,
    "upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    # POST by tus, and HEAD.
    "begin_upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "stand_of_upload": Access(FILERS | STAFF, Scope.CLAIMS_READ),
    "list_uploads": Access(FILERS | STAFF, Scope.CLAIMS_READ),
    "show_upload": Access(FILERS | STAFF, Scope.CLAIMS_READ),
    "continue_upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "begin_direct_upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "complete_direct_upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "end_upload": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    # claims
    "file_claim": Access(frozenset({Role.POLICYHOLDER}), Scope.CLAIMS_WRITE),
    "file_hospital_claim": Access(frozenset({Role.HOSPITAL_USER}), Scope.CLAIMS_WRITE),
    # drafts of claims: one's own
    "list_drafts": Access(FILERS, Scope.CLAIMS_READ),
    "create_draft": Access(FILERS, Scope.CLAIMS_WRITE),
    "show_draft": Access(FILERS, Scope.CLAIMS_READ),
    "save_draft": Access(FILERS, Scope.CLAIMS_WRITE),
    "discard_draft": Access(FILERS, Scope.CLAIMS_WRITE),
    "submit_draft": Access(FILERS, Scope.CLAIMS_WRITE),
    "list_claims": _signed_in(Scope.CLAIMS_READ),
    # views of the list: one's own
    "list_views": _signed_in(Scope.CLAIMS_READ),
    "keep_view": _signed_in(Scope.CLAIMS_WRITE),
    "remove_view": _signed_in(Scope.CLAIMS_WRITE),
    "count_claims": _signed_in(Scope.CLAIMS_READ),
    "export_claims": _signed_in(Scope.CLAIMS_READ),
    "show_claim": _signed_in(Scope.CLAIMS_READ),
    "change_claim": Access(_BY_DEFINITION, Scope.CLAIMS_WRITE),
    "change_status": Access(_BY_DEFINITION, Scope.CLAIMS_WRITE),
    "act_on_claim": Access(_BY_DEFINITION, Scope.CLAIMS_WRITE),
    "claim_history": _signed_in(Scope.CLAIMS_READ),
    "claim_outlook": _signed_in(Scope.CLAIMS_READ),
    "list_messages": _signed_in(Scope.CLAIMS_READ),
    "send_message": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "read_messages": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "list_queries": _signed_in(Scope.CLAIMS_READ),
    "list_notes": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "list_viewers": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "list_same_files": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "add_note": Access(STAFF, Scope.CLAIMS_WRITE),
    "claim_recipients": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "claim_notifications": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "list_assignees": Access(STAFF, Scope.CLAIMS_READ),
    "assign_claim": Access(STAFF, Scope.CLAIMS_WRITE),
    "release_claim": Access(STAFF, Scope.CLAIMS_WRITE),
    "take_next": Access(STAFF, Scope.CLAIMS_WRITE),
    "bulk_act": Access(STAFF, Scope.CLAIMS_WRITE),
    "show_document": _signed_in(Scope.CLAIMS_READ),
    "refresh_document_link": _signed_in(Scope.CLAIMS_READ),
    "add_documents": Access(FILERS | STAFF, Scope.CLAIMS_WRITE),
    "verify_document": Access(STAFF, Scope.CLAIMS_WRITE),
    # The link itself is the key: it names a user, whose right is checked again.
    "open_document": PUBLIC,
    # notifications: one's own inbox
    "list_notifications": _signed_in(Scope.CLAIMS_READ),
    "count_unread": _signed_in(Scope.CLAIMS_READ),
    "stream_notifications": _signed_in(Scope.CLAIMS_READ),
    "read_notification": _signed_in(Scope.CLAIMS_WRITE),
    "unread_notification": _signed_in(Scope.CLAIMS_WRITE),
    "archive_notification": _signed_in(Scope.CLAIMS_WRITE),
    "read_all_notifications": _signed_in(Scope.CLAIMS_WRITE),
    "see_notifications": _signed_in(Scope.CLAIMS_WRITE),
    "show_preferences": _signed_in(Scope.ACCOUNT),
    "change_preferences": _signed_in(Scope.ACCOUNT),
    # Where one is told besides (never with an API key).
    "list_devices": _signed_in(None),
    "keep_device": _signed_in(None),
    "remove_device": _signed_in(None),
    "list_chats": _signed_in(None),
    "add_chat": _signed_in(None),
    "confirm_chat": _signed_in(None),
    "test_chat": _signed_in(None),
    "remove_chat": _signed_in(None),
    "show_organisation_preferences": Access(OVERSEERS, Scope.ADMIN_READ),
    "change_organisation_preferences": Access(_ADMIN, Scope.ADMIN_WRITE),
    # deliveries
    "list_deliveries": Access(OVERSEERS, Scope.ADMIN_READ),
    "list_channels": Access(OVERSEERS, Scope.ADMIN_READ),
    "replay_delivery": Access(_ADMIN, Scope.ADMIN_WRITE),
    "replay_deliveries": Access(_ADMIN, Scope.ADMIN_WRITE),
    "pause_channel": Access(_ADMIN, Scope.ADMIN_WRITE),
    # webhooks of organisations
    "list_webhooks": Access(OVERSEERS, Scope.ADMIN_READ),
    "show_webhook": Access(OVERSEERS, Scope.ADMIN_READ),
    "list_webhook_attempts": Access(OVERSEERS, Scope.ADMIN_READ),
    "create_webhook": Access(_ADMIN, Scope.ADMIN_WRITE),
    "change_webhook": Access(_ADMIN, Scope.ADMIN_WRITE),
    "delete_webhook": Access(_ADMIN, Scope.ADMIN_WRITE),
    "rotate_webhook_secret": Access(_ADMIN, Scope.ADMIN_WRITE),
    "test_webhook": Access(_ADMIN, Scope.ADMIN_WRITE),
    "replay_webhook": Access(_ADMIN, Scope.ADMIN_WRITE),
    "list_suppressions": Access(OVERSEERS, Scope.ADMIN_READ),
    "lift_suppression": Access(_ADMIN, Scope.ADMIN_WRITE),
    # Its signature is the key, of a mail service; missing where no secret is set.
    "take_mail_feedback": PUBLIC,
    # The address itself is the key, to one category of one person's mails.
    "unsubscribe_page": PUBLIC,
    "unsubscribe": PUBLIC,
    # analytics: of the claims that the caller reaches
    "claims_over_time": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "claim_turnaround": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "claim_amounts": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "claim_reasons": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "notices_read": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    "export_analytics": Access(STAFF | {Role.AUDITOR}, Scope.CLAIMS_READ),
    # audit
    "list_events": Access(OVERSEERS, Scope.ADMIN_READ),
}

# Routes about one object: whether it is the caller's is answered (404) before whether the role may do it (403).
OBJECT_FIRST = frozenset(
    {
        "change_claim",
        "change_status",
        "act_on_claim",
        "send_message",
        "read_messages",
        "list_notes",
        "list_same_files",
        "list_viewers",
        "claim_recipients",
        "claim_notifications",
        "add_note",
        "list_assignees",
        "assign_claim",
        "release_claim",
        "add_documents",
        "verify_document",
    }
)

# Asked by open pages themselves: no sign that somebody is there, so it keeps no session from timing out.
UNATTENDED = frozenset({"stream_notifications"})
# GET that HEAD is not answered as: each is an act by itself, kept as such, or goes on.
NOT_BY_HEAD = UNATTENDED | {"export_claims", "open_document"}


def require(actor: Actor, operation: str) -> None:
    """Refuse an actor whose role, or whose API key's scope, the route table does not list.

    Raises Forbidden. An operation that is not in the table is a defect and raises KeyError.
    """
    access = ROUTES[operation]
    if actor.scopes is not None and (access.scope is None or access.scope not in actor.scopes):
        needed = access.scope or "a signed-in person"
        raise Forbidden(f"This API key does not reach this route; it needs {needed}.", code="scope_missing")
    if not access.is_public and actor.role not in access.roles:
        raise Forbidden(f"This is not open to the role {actor.role_shown}.", code="role_not_allowed")


def parse_role(text: str) -> tuple[Role, int]:
    """Role and level from the API's spelling: `claim_processor_l2`, `processor` and plain names.

    Raises ValueError for an unknown one.
    """
    base, _, level = text.partition("_l") if text[-3:-1] == "_l" else (text, "", "")
    role = Role.CLAIM_PROCESSOR if base == "processor" else Role(base)
    if level and (role is not Role.CLAIM_PROCESSOR or level not in map(str, LEVELS)):
        raise ValueError(f"{text!r} is not a role")
    return role, int(level or 0)


def role_name(role: Role, level: int) -> str:
    """A role as the API names it: processors above level 0 carry their level."""
    return f"{role}_l{level}" if role is Role.CLAIM_PROCESSOR and level else str(role)


def role_names() -> Iterable[str]:
    """Every spelling of a role that the API shows."""
    for role in Role:
        yield str(role)
    for level in LEVELS[1:]:
        yield f"{Role.CLAIM_PROCESSOR}_l{level}"
