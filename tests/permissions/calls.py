"""A right request for each operation, so that only who asks decides the answer."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.deliveries.devices import browser
from tests.permissions.world import FILING, PHOTO, SUBMISSION

# Bodies by operation. Public account routes and change_password are sent one that is never taken: what is judged is
# who is let in, and nobody should pay for a password hash.
BODIES: dict[str, Any] = {
    "register": {},
    "login": {},
    "login_web": {},
    "refresh": {},
    "request_password_reset": {},
    "reset_password": {},
    "accept_invitation": {},
    "change_password": {},
    "create_api_key": {"name": "mine", "scopes": ["claims:read"]},
    "create_user": {"email": "new@matrix.example", "name": "New", "role": "auditor"},
    "change_user": {"name": "Renamed"},
    "invite_user": {"email": "new@matrix.example", "name": "New", "role": "hospital_user"},
    "assign": {"organisation": "HOSP_002"},
    "create_organisation": {"kind": "hospital", "name": "Hill Hospital"},
    "change_organisation": {"name": "City Hospital and Clinic"},
    "create_policy": {
        "user_id": "{owner_id}",
        "payer_id": "PAY_001",
        "type": "medical",
        "start_date": "2026-01-01",
        "end_date": "2027-01-01",
        "cover_amount": "1000",
    },
    "change_policy": {"cover_amount": "600000"},
    "begin_direct_upload": {"file_name": "photo.jpg", "file_size": 9},
    "file_claim": FILING,
    "file_hospital_claim": SUBMISSION,
    "create_draft": {},
    "save_draft": {},
    "change_claim": {"description": "Fracture of the right wrist"},
    "change_status": {"status": "rejected", "status_notes": "Not covered."},
    "act_on_claim": {},
    "keep_view": {"name": "Large ones", "filters": {"amount_min": "100000", "sort": "due_at"}},
    "send_message": {"body": "Which bills do you need?"},
    "read_messages": {},
    "add_note": {"body": "The doctor's stamp is missing."},
    "assign_claim": {},
    "take_next": {},
    "bulk_act": {"action": "start_review", "claim_ids": ["{claim_id}"]},
    "verify_document": {"verification": "verified"},
    "change_preferences": {
        "preferences": [{"category": "progress", "channel": "email", "is_on": False}],
        "quiet_hours": {"starts": "22:00", "ends": "07:00", "zone": "Asia/Kolkata"},
    },
    "change_organisation_preferences": {
        "preferences": [{"category": "progress", "channel": "email", "is_on": False}]
    },
    "keep_device": browser("new").subscription(),
    "add_chat": {"name": "My phone", "way": "sms", "to": "+919800000001"},
    "confirm_chat": {"code": "123456"},
    "replay_deliveries": {"channel": "external"},
    "pause_channel": {"channel": "external", "is_paused": True},
    "create_webhook": {"organisation": "HOSP_001", "url": "https://claims.city.example/insurenz"},
    "change_webhook": {"description": "The hospital's own system"},
    "rotate_webhook_secret": {"overlap_hours": 1},
    "take_mail_feedback": {"reports": [{"type": "bounce", "address": "nobody@matrix.example"}]},
}
# Operations that take files: what each is sent as, with a form's other fields.
FILE_FIELDS = {"upload": "file", "add_documents": "files"}
# The first bytes of a file that was announced.
PIECE = {
    "Tus-Resumable": "1.0.0",
    "Upload-Offset": "0",
    "Content-Type": "application/offset+octet-stream",
}
PHOTO_FILE = ("photo.jpg", PHOTO.read_bytes(), "image/jpeg")
WITH_VERSION = frozenset(
    {
        "change_user",
        "change_organisation",
        "change_policy",
        "change_claim",
        "save_draft",
        "change_webhook",
    }
)
FIELDS_OF = {"reject": {"status_notes": "Not covered."}, "appeal": {"reason": "It is."}}


class Place(Protocol):
    """Where calls are sent: the app in this process, or a server."""

    ids: dict[str, str]
    claims: dict[str, dict[str, Any]]

    @property
    def document(self) -> dict[str, Any]:
        """The OpenAPI document."""

    def send(self, method: str, path: str, headers: dict[str, str], **content: Any) -> Any:
        """One request."""


@dataclass(frozen=True)
class Call:
    """A request without the credentials of who makes it."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    files: Any = None
    content: Any = None

    def by(self, place: Place, headers: dict[str, str]) -> Any:
        """Send it with these credentials."""
        content = {
            name: value for name in ("json", "files", "content") if (value := getattr(self, name)) is not None
        }
        return place.send(self.method, self.path, self.headers | headers, **content)


def call_of(place: Place, operation: str, **changes: str) -> Call:
    """The request of an operation about the place's objects, or about those in `changes`."""
    method, template = operations(place)[operation]
    values = place.ids | changes
    if "/api-keys" in template and "user_id" not in changes:
        values |= {"user_id": values["owner_id"]}
    if operation == "open_document":
        template = place.claims["pending"]["documents"][0]["url"].partition("//")[2].partition("/")[2]
        return Call(method, f"/{template}")
    if operation == "claim_recipients":
        template += "?action=start_review"
    if operation == "export_analytics":
        template += "?table=amounts"
    body = BODIES.get(operation)
    if operation == "create_policy":
        body = body | {"user_id": values["owner_id"]}
    if operation == "bulk_act":
        body = body | {"claim_ids": [values["claim_id"]]}
    headers = {"If-Match": _version(place, operation)} if operation in WITH_VERSION else {}
    if operation == "continue_upload":
        return Call(method, template.format_map(values), PIECE, content=b"\xff\xd8\xff")
    files = [(FILE_FIELDS[operation], PHOTO_FILE)] if operation in FILE_FIELDS else None
    return Call(method, template.format_map(values), headers, body, files)


def operations(place: Place) -> dict[str, tuple[str, str]]:
    """Method and path of each operation, from the OpenAPI document."""
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in place.document["paths"].items()
        for method, operation in methods.items()
    }


def _version(place: Place, operation: str) -> str:
    if operation == "change_claim":
        return f'"{place.claims["pending"]["version"]}"'
    return '"1"'
