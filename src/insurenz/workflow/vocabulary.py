"""The words that workflow definitions are written in: roles, phases, fields, audiences, channels, placeholders."""

import re
from collections.abc import Mapping

NEW = "new"  # where a claim is before it is submitted; no state of a definition bears this name

PHASES = ("intake", "review", "waiting", "answered", "decided", "disputed", "closed")
WAITING, ANSWERED, DECIDED, CLOSED = "waiting", "answered", "decided", "closed"

SUBJECTS = ("policy", "hospital")
FILERS: Mapping[str, str] = {"policy": "policyholder", "hospital": "hospital_user"}
PROCESSOR, ADMIN = "claim_processor", "admin"
# The auditor is missing on purpose: they change nothing.
ACTING_ROLES = (*FILERS.values(), PROCESSOR, ADMIN)

READERS = ("filer", "staff")  # whom a label of a state speaks to

AUDIENCES = ("claimant", "hospital_users", "processors", "other_side", "assignee")
AUDIENCE_SUBJECTS: Mapping[str, str] = {"claimant": "policy", "hospital_users": "hospital"}
INBOX = "inbox"  # has everything; by which other channels somebody is told is the install's to say
CATEGORIES = ("action_needed", "progress", "decision", "message", "assignment")
# Nobody can switch these off: a claim would wait unseen, or somebody not learn what was decided about it.
MANDATORY = ("action_needed", "decision")
# What a title or message may name. Nothing here comes from the patient or the form.
PLACEHOLDERS = ("claim_number", "actor_name", "hospital_name")

CLAIM_TYPES = ("medical", "vehicle", "property", "travel", "other")
RESOLUTIONS = ("paid", "denied", "withdrawn")
FULL, PARTIAL = "full", "partial"  # outcomes of an approval

# Every field an action can take, with its kind. `text` and `texts` are written to be told and can be erased.
FIELDS: Mapping[str, str] = {
    "user_policy_id": "id",
    "hospital_id": "id",
    "payer_id": "id",
    "claim_type": "choice",
    "incident_date": "date",
    "description": "text",
    "claim_amount": "amount",
    "form_data": "object",
    "files": "files",
    "upload_ids": "ids",
    "status_notes": "text",
    "approved_amount": "amount",
    "resolution": "choice",
    "payment_reference": "word",
    "reason": "text",
    "remarks": "text",
    "query_category": "word",
    "missing_documents": "texts",
    "marks": "marks",
    "due_at": "time",
    "query_response": "text",
    "response": "text",
    "rejection_reason": "text",
    "contest_reason": "text",
}
MARKS = "marks"  # places on pages of documents that a question is about
# What a transition can set by itself; None empties the field.
SETTABLE: Mapping[str, tuple[str | None, ...]] = {"resolution": RESOLUTIONS, "approved_amount": (None,)}
# What can stand in for a field that was not given: a fact of the claim.
DEFAULTS = ("claim_amount",)


def role_of(name: str) -> str:
    """The role behind a levelled name: `claim_processor_l3` is `claim_processor`; others stay."""
    return PROCESSOR if re.fullmatch(rf"{PROCESSOR}_l[0-4]", name) else name
