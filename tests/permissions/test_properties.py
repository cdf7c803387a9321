"""Z-04: fields nobody may write are refused, and every answer has the fields listed here and no other."""

from typing import Any

import pytest

import insurenz.models  # noqa: F401 - every table
from insurenz.core.db import Base
from insurenz.workflow import FIELDS
from tests.permissions.calls import BODIES, FIELDS_OF, Call, call_of
from tests.permissions.test_matrix import COLUMN, TABLE, everybody, label
from tests.permissions.world import World, shape

# What each body may hold; every other field of any table, or of any answer, is tried on it.
TAKEN = {
    "register": "email password name",
    "login": "email password",
    "login_web": "email password",
    "refresh": "refresh_token",
    "request_password_reset": "email",
    "reset_password": "token password",
    "accept_invitation": "token password",
    "change_password": "new_password current_password",
    "create_api_key": "name scopes expires_at current_password",
    "create_user": "email name role level external_uid",
    "change_user": "name role level is_active external_uid",
    "invite_user": "email name role level organisations",
    "assign": "organisation",
    "create_organisation": "kind name number works_with",
    "change_organisation": "name is_active works_with",
    "create_policy": "policy_number user_id payer_id type start_date end_date cover_amount currency",
    "change_policy": "status start_date end_date cover_amount",
    "file_claim": (
        "workflow user_policy_id claim_type incident_date description claim_amount files upload_ids"
    ),
    "file_hospital_claim": "workflow hospital_id payer_id form_data upload_ids",
    "begin_direct_upload": "file_name file_size sha256",
    "create_draft": "workflow content upload_ids purposes unfinished",
    "save_draft": "workflow content upload_ids purposes unfinished",
    "change_claim": "claim_type incident_date description claim_amount",
    "change_status": "status status_notes approved_amount resolution payment_reference",
    "act_on_claim": "status_notes",
    "send_message": "body upload_ids",
    "read_messages": "up_to",
    "keep_view": "name filters",
    "add_note": "body",
    "assign_claim": "user_id",
    "take_next": "workflow",
    # Whether an action takes a field is told for each claim.
    "bulk_act": f"action claim_ids {' '.join(FIELDS)}",
    "verify_document": "verification reason",
    "replay_deliveries": "channel",
    "pause_channel": "channel is_paused",
    "create_webhook": "organisation url description events",
    "change_webhook": "url description events is_active",
    "rotate_webhook_secret": "overlap_hours",
    "take_mail_feedback": "reports",
    "change_preferences": "preferences quiet_hours",
    "keep_device": "name language endpoint keys",
    "add_chat": "name language way to",
    "confirm_chat": "code",
    "change_organisation_preferences": "preferences",
}
TAKEN_BY_FORM = {
    "file_claim": TAKEN["file_claim"],
    "upload": "file files",
    "add_documents": "files upload_ids replaces",
}
TAKEN_BY_ACTION = {
    ("under_review", "approve"): "approved_amount status_notes",
    ("pending", "reject"): "status_notes",
    ("approved", "complete"): "resolution payment_reference status_notes",
    ("pending", "withdraw"): "",
    ("rejected", "appeal"): "reason",
}
SPECIAL = {
    "is_admin",
    "scope",
    "scopes",
    "sub",
    "sid",
    "__class__",
    "_id",
    "actor_id",
    "tenant_id",
    "recipients",
}

FILE = (
    "id file_name file_type file_size sha256 uploaded_at pages width height is_encrypted has_active_content "
    "scan_state"
)
DOCUMENT = f"{FILE} claim_id url preview_url thumbnail_url text_url verification verification_reason replaced_by metadata"
CLAIM_ROW = (
    "id claim_number workflow workflow_version version status status_group status_notes claim_type incident_date "
    "description claim_amount approved_amount currency resolution payment_reference user_id user_policy_id "
    "created_at updated_at"
)
CONCERNED = "person_name hospital payer rejection_reason"
# What those see of a claim, too, who decide and oversee.
FOR_STAFF = {
    "list_claims": "items.person_name items.hospital items.payer items.rejection_reason items.assignee"
    " items.waits_for items.since items.due_at items.flags",
    **dict.fromkeys(
        (
            "show_claim",
            "change_status",
            "act_on_claim",
            "assign_claim",
            "release_claim",
            "take_next",
            "verify_document",
            "add_documents",
        ),
        f"{CONCERNED} form_data queries assignee policy approval_limit",
    ),
}
FILERS = ("owner", "other", "desk")
CLAIM = {
    "": f"{CLAIM_ROW} documents allowed_actions changeable",
    "documents": DOCUMENT,
    "allowed_actions": "action label to requires optional closes_at",
}
UNFINISHED = "id file_name file_size offset sha256 expires_at"
DRAFT = "id version workflow content uploads unfinished created_at updated_at"
NOTE = {"": "id body author is_mine created_at", "author": "role name"}
# Neither of them came with files, or was read by the other side.
MESSAGE = {**NOTE, "": f"{NOTE['']} documents is_new read_by"}
VIEW = {"": "id name filters created_at"}
STATE = "code phase clock labels"
POLICY = {
    "": "id policy_number type status start_date end_date cover_amount cover_left currency payer",
    "payer": "id number name",
}
POLICY_RECORD = {
    "": f"{POLICY['']} user_id holder cover_used version created_at updated_at",
    "payer": "id number name",
    "holder": "id name email",
}
USER = "id email name role level is_active has_password external_uid version created_at updated_at"
ORGANISATION = "id number kind name is_active works_with version created_at updated_at"
KEY = "id name prefix scopes created_at expires_at last_used_at revoked_at"
EVENT = (
    "id type subject_kind subject_id seq claim_number version status hospital_id hospital_name payer_id claimant_id "
    "actor data texts occurred_at request_id prev_hash hash"
)
DELIVERY = (
    "id event_id event channel target user_id category state next_at attempt_count attempts last_error body_hash "
    "template_version created_at closed_at"
)
ATTEMPT = "n started_at ended_at outcome status_code error"
ASSIGNED = "kind id number name"
PREFERENCE = {
    "preferences": "category channel is_on chosen defaults is_locked locked_because is_configured",
    "preferences.defaults": "organisation is_on",
}
# The people of this world have no quiet hours until they choose some.
DEVICE = "id name language fingerprint created_at"
CHAT = "id name language way ends_with is_confirmed created_at"
PREFERENCES = {"": "preferences quiet_hours", **PREFERENCE}


def page(item: str | dict[str, str]) -> dict[str, str]:
    """The fields of a list of these."""
    fields = {"": item} if isinstance(item, str) else item
    inner = {f"items.{place}".rstrip("."): names for place, names in fields.items()}
    return {"": "items next_cursor", **inner}


WEBHOOK = (
    "id organisation url description events is_active off_because failing_since off_at previous_secret_until "
    "created_at updated_at version"
)
OWNER = "id number name kind"

# Every answer, place by place. Places that are not named hold texts, numbers, or names of the caller's choice.
ANSWERS: dict[str, str | dict[str, str]] = {
    "live": "status",
    "ready": "status",
    "public_config": {
        "": "currency timezone max_file_bytes max_files max_request_bytes max_claim_files max_day_bytes "
        "upload_hours file_types appeal_days contest_days contest_rounds is_demo demo",
        "demo": "password people",
        "demo.people": "email name role",
    },
    "me": {"": "id email name role level entity_assignments", "entity_assignments": ASSIGNED},
    "list_sessions": page("id kind user_agent is_current created_at last_seen_at expires_at"),
    "list_api_keys": page(KEY),
    "create_api_key": f"{KEY} key",
    "list_users": page(USER),
    "list_levels": page("level role approval_limit currency"),
    "show_user": USER,
    "create_user": USER,
    "change_user": USER,
    "invite_user": USER,
    "list_assignments": page(ASSIGNED),
    "assign": ASSIGNED,
    "list_organisations": page(ORGANISATION),
    "show_organisation": ORGANISATION,
    "create_organisation": ORGANISATION,
    "change_organisation": ORGANISATION,
    "list_workflows": page({"": "name version versions title subject states", "states": STATE}),
    "show_workflow": {
        "": "name version title subject states transitions fields suggests documents events",
        "states": STATE,
        "transitions": "action label from to roles requires optional guards event",
        "events": "event category tell",
        "events.tell": "audience receipt channels title message when",
    },
    "my_policies": page(POLICY),
    "list_policies": page(POLICY_RECORD),
    "show_policy": POLICY_RECORD,
    "create_policy": POLICY_RECORD,
    "change_policy": POLICY_RECORD,
    "file_claim": {**CLAIM, "documents": ""},  # none here: it is filed as JSON
    # Neither documents nor queries nor open actions here.
    "file_hospital_claim": f"{CLAIM['']} {CONCERNED} form_data queries",
    "list_drafts": page(DRAFT),
    "create_draft": DRAFT,
    "show_draft": DRAFT,
    "save_draft": DRAFT,
    "submit_draft": {**CLAIM, "documents": ""},  # none here
    "list_claims": page(CLAIM_ROW),
    "list_views": page(VIEW),
    "keep_view": {**VIEW, "filters": "amount_min sort"},
    "count_claims": {"": "items total", "items": "workflow status status_group count"},
    "show_claim": CLAIM,
    "change_claim": CLAIM,
    "claim_outlook": "status waits_for since usual_seconds expected_at due_at",
    "change_status": CLAIM,
    "act_on_claim": CLAIM,
    "list_messages": page(MESSAGE),
    "send_message": MESSAGE,
    "list_queries": "items next_cursor",  # nothing is asked about these claims
    "list_notes": page(NOTE),
    "list_viewers": "items",  # no view of these claims is written
    "list_same_files": {"": "items", "items": "document_id claim_id claim_number"},
    "add_note": NOTE,
    "claim_recipients": {
        "": "action outcome event_type recipients excluded",
        "recipients": "user_id user_name user_role audience channel reason",
        "excluded": "user_id user_name user_role audience channel reason",
    },
    "claim_notifications": page(
        {
            "": "id event_type titles created_at recipient_count recipients excluded deliveries",
            "titles": "claimant processors other_side",
            "recipients": "user_id user_name user_role audience reason channels read_at",
            "recipients.channels": "email push chat",
        }
    ),
    "list_assignees": page("id name"),
    "assign_claim": CLAIM,
    "release_claim": CLAIM,
    "take_next": CLAIM,
    "bulk_act": {"": "results", "results": "claim_id status problem"},
    "claim_history": page(
        {"": "id type action from_status to_status version actor at texts details", "actor": "role name"}
    ),
    "upload": f"{FILE} expires_at",
    "list_uploads": {"": "items", "items": UNFINISHED},
    "show_upload": UNFINISHED,
    "add_documents": CLAIM,
    "verify_document": CLAIM,
    "show_document": DOCUMENT,
    "refresh_document_link": "url expires_at",
    "show_preferences": PREFERENCES,
    "change_preferences": PREFERENCES | {"quiet_hours": "starts ends zone"},
    "list_devices": page(DEVICE) | {"": "items next_cursor server_key"},
    "keep_device": DEVICE,
    "list_chats": page(CHAT) | {"": "items next_cursor ways", "ways": "name is_address"},
    "add_chat": CHAT,
    "confirm_chat": CHAT,
    "show_organisation_preferences": {"": "preferences", **PREFERENCE},
    "change_organisation_preferences": {"": "preferences", **PREFERENCE},
    "list_deliveries": page({"": DELIVERY, "attempts": ATTEMPT}),
    "list_channels": page(
        "channel is_configured is_paused due waiting dead oldest_due_at oldest_due_seconds delivered_last_hour"
    ),
    "replay_delivery": {"": DELIVERY, "attempts": ATTEMPT},
    "pause_channel": "channel is_paused",
    "list_webhooks": page({"": WEBHOOK, "organisation": OWNER}) | {"": "items next_cursor event_types"},
    "show_webhook": {"": WEBHOOK, "organisation": OWNER},
    "create_webhook": {"": f"{WEBHOOK} secret", "organisation": OWNER},
    "change_webhook": {"": WEBHOOK, "organisation": OWNER},
    "rotate_webhook_secret": {"": f"{WEBHOOK} secret", "organisation": OWNER},
    # Nothing has been sent to it.
    "list_webhook_attempts": "items next_cursor",
    "test_webhook": {"": DELIVERY, "event": "type claim_number"},
    **dict.fromkeys(("replay_webhook", "replay_deliveries"), "count"),
    "list_suppressions": page("user_id user_name user_email channel reason since"),
    "claims_over_time": {
        "": "from to bucket buckets items total",
        "items": "starts workflow status status_group count",
    },
    "claim_turnaround": {
        "": "from to claims counted items",
        "items": "workflow party ended open median_seconds p90_seconds",
    },
    "claim_amounts": {
        "": "from to items",
        "items": "workflow currency claims claimed decided_claims decided approved_claims approved approval_share",
    },
    "claim_reasons": "from to items",  # nothing is asked about these claims, and no reason has a name
    "notices_read": {
        "": "from to claims counted items",
        "items": "category told read read_share median_seconds p90_seconds",
    },
    "list_events": page({"": EVENT, "actor": "id role name email"}),
}
WITHOUT_FIELDS = {"metrics", "open_document", "export_claims", "export_analytics", "stream_notifications"}


def every_field(world: World) -> set[str]:
    """Every name of a column of any table, and of a field of any schema."""
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    schemas = world.document["components"]["schemas"].values()
    return columns.union(*(schema.get("properties", {}) for schema in schemas)) | SPECIAL


def refused(answer: Any) -> set[str]:
    return {error["field"].split(".")[0] for error in answer.json()["errors"]}


@pytest.mark.parametrize("operation", BODIES)
def test_z04_fields_that_a_body_does_not_take_are_refused_one_and_all(world: World, operation: str) -> None:
    protected = every_field(world) - set(TAKEN[operation].split())
    right = call_of(world, operation)
    call = Call(right.method, right.path, right.headers, dict.fromkeys(protected, "1") | right.json)
    before = world.everything()
    for name, person in everybody(world, world.people):
        answer = call.by(world, world.as_(person))
        row = int(TABLE[operation][COLUMN.get(name, name)])
        expected = 422 if row < 300 else row
        assert answer.status_code == expected, (label(name, person), answer.text)
        if row < 300:
            assert refused(answer) == protected, label(name, person)
    assert world.everything() == before


@pytest.mark.parametrize("case", TAKEN_BY_ACTION)
def test_z04_fields_that_an_action_does_not_take_are_refused(world: World, case: tuple[str, str]) -> None:
    state, action = case
    protected = every_field(world) - set(TAKEN_BY_ACTION[case].split())
    body = dict.fromkeys(protected, "1") | FIELDS_OF.get(action, {})
    call = Call("POST", f"/claims/{world.claims[state]['id']}/actions/{action}", json=body)
    before = world.everything()
    who = world.cast.asha if action in ("withdraw", "appeal") else world.cast.admin
    answer = call.by(world, world.as_(who))
    assert (answer.status_code, refused(answer) | {"files"}) == (422, protected | {"files"})
    assert world.everything() == before


@pytest.mark.parametrize("operation", TAKEN_BY_FORM)
def test_z04_fields_that_a_form_does_not_take_are_refused(world: World, operation: str) -> None:
    protected = every_field(world) - set(TAKEN_BY_FORM[operation].split()) - {"__class__"}
    call = call_of(world, operation)
    right = {n: (None, v) for n, v in (call.json or {}).items()} | dict(call.files or [])
    before = world.everything()
    # A form has a limit of parts.
    for some in (set(sorted(protected)[::2]), set(sorted(protected)[1::2])):
        form = dict.fromkeys(some, (None, "1")) | right
        answer = world.send(call.method, call.path, world.as_(world.cast.asha), files=form)
        assert (answer.status_code, refused(answer)) == (422, some)
    assert world.everything() == before


@pytest.mark.parametrize("operation", sorted(set(TABLE) - WITHOUT_FIELDS))
def test_z04_an_answer_has_the_listed_fields_for_every_reader(world: World, operation: str) -> None:
    call, row = call_of(world, operation), TABLE[operation]
    seen: set[str] = set()
    fields = ANSWERS.get(operation, {})
    places = {"": fields} if isinstance(fields, str) else fields
    common = {f"{place}.{name}".lstrip(".") for place, names in places.items() for name in names.split()}
    for_staff = set(FOR_STAFF.get(operation, "").split())
    for name, person in everybody(world, world.people):
        if int(row[COLUMN.get(name, name)]) >= 300:
            continue
        with world.undone():
            answer = call.by(world, world.as_(person))
        if answer.status_code == 204:
            assert answer.content == b""
            continue
        shown = shape(answer.json(), places)
        allowed = common if name in FILERS else common | for_staff
        assert shown <= allowed, label(name, person)
        assert {n for n in shown if "." not in n} == {n for n in allowed if "." not in n}
        seen |= shown
    assert seen == (common | for_staff if seen else set())
    assert bool(seen) == (operation in ANSWERS)
