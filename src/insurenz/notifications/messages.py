"""The words and the shape of a notification, as inbox, services and mirrors are given it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from insurenz.core.money import format_amount
from insurenz.events.models import Event
from insurenz.workflow import Tell

_CODE = re.compile(r"[a-z][a-z_]{0,39}")
# Where in the web app the subject of a kind is; what is not here has no page.
_PAGES = {
    "claim": "claims/{}",
    "webhook": "admin/webhooks/{}",
    "user": "admin/users/{}",
    "address": "admin/audit?subject_id={}",
    "audit": "admin/audit?subject_id={}",
    "store": "admin/audit?subject_id={}",
}
# Codes and dates of an event's data that are told besides.
ABOUT = ("action", "outcome", "currency", "claim_type", "incident_date", "payment_reference", "due_at")
# Texts written to be told, as the shape calls them.
TEXTS = ("remarks", "query_response", "response", "rejection_reason", "contest_reason", "status_notes")


def words(event: Event, tell: Tell) -> tuple[str, str]:
    """Title and message of what a rule tells of an event. Nothing in them comes from the patient or the form."""
    named = {
        "claim_number": event.claim_number or "",
        "actor_name": event.actor_name or "Somebody",
        "hospital_name": event.hospital_name or "The hospital",
        "organisation": event.data.get("organisation") or "an organisation",
    }
    return tell.title.format(**named), tell.message.format(**named)


def metadata(event: Event, texts: Mapping[str, str | None], *, with_text: bool = True) -> dict[str, Any]:
    """What is known of the change besides its status, as far as the event has it.

    Without `with_text` neither texts nor amounts, which an install may keep in the house.
    """
    told: dict[str, Any] = {"status": event.status}
    if with_text:
        if texts:
            told |= {name: texts[name] for name in TEXTS if texts.get(name) is not None}
        amount, currency = event.data.get("approved_amount"), event.data.get("currency")
        if isinstance(amount, int) and currency:
            told |= {"approved_amount": format_amount(amount, currency), "currency": currency}
    if "query_category" in event.data:
        told["qc_query_details"] = _query(event, texts, with_text=with_text)
    if event.data.get("documents"):
        told["uploaded_files"] = event.data["documents"]
    return told


def about(event: Event) -> dict[str, Any]:
    """What a message to one person may say besides the shape, as far as the event has it: facts of ours, no texts."""
    data = event.data
    known = {name: data[name] for name in ABOUT if data.get(name) is not None}
    amount, currency = data.get("claim_amount"), data.get("currency")
    if isinstance(amount, int) and currency:
        known["claim_amount"] = format_amount(amount, currency)
    return known


def shape(
    event: Event,
    *,
    title: str,
    message: str,
    texts: Mapping[str, str | None],
    recipients: Iterable[Mapping[str, str]],
    read_by: Sequence[str],
    is_delivered: bool,
    updated_at: datetime,
    base_url: str,
    with_text: bool = True,
) -> dict[str, Any]:
    """One notification in the shape that the API, the external service and mirrors share.

    `recipients` are dicts of `user_id, user_email, user_role, user_name`.
    """
    return {
        "id": event.id,
        "claim_id": event.claim_number,
        "claim_uuid": event.subject_id,
        "event_type": event.type,
        "title": title,
        "message": message,
        **told_to(list(recipients)),
        "metadata": metadata(event, texts, with_text=with_text),
        "triggered_by": {
            "actor_id": event.actor_id,
            "actor_role": event.actor_role,
            "actor_name": event.actor_name,
            "actor_email": event.actor_email,
        },
        "delivery_success": is_delivered,
        "read_by": list(read_by),
        "created_at": event.occurred_at,
        "updated_at": updated_at,
        "link": (path := page_of(event)) and base_url + path,
    }


def page_of(event: Event) -> str | None:
    """Where in this install the web app shows what an event is about; None where it does not."""
    page = _PAGES.get(event.subject_kind)
    return f"/app/{page.format(event.subject_id)}" if page else None


def told_to(recipients: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Who is told, in the three ways in which a notification says it."""
    return {
        "recipients": recipients,
        "recipient_ids": [each["user_id"] for each in recipients],
        "recipient_roles": sorted({each["user_role"] for each in recipients}),
    }


def recipient(person: Any) -> dict[str, str]:
    """Somebody who is told: a row with `id, email, name, role, level`."""
    role = f"{person.role}_l{person.level}" if person.level else str(person.role)
    return {"user_id": person.id, "user_email": person.email, "user_role": role, "user_name": person.name}


def _query(event: Event, texts: Mapping[str, str | None], *, with_text: bool) -> dict[str, Any]:
    missing = (texts.get("missing_documents") or "").split("\n") if with_text else []
    category = event.data["query_category"]
    return {
        # Whoever writes words where the definition suggests a code keeps them in the house, too.
        "query_category": category if with_text or _CODE.fullmatch(category) else None,
        "missing_documents": [name for name in missing if name],
    }
