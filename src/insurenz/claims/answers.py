"""Claims as their readers see them: amounts as texts, documents with links, actions that are open to the reader."""

from collections.abc import Mapping, Sequence
from typing import Any

from insurenz import workflow
from insurenz.accounts.queries import user
from insurenz.claims import queries, service
from insurenz.claims.facts import facts_with
from insurenz.claims.models import Claim
from insurenz.claims.pages import Page
from insurenz.claims.queries import Attached
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import (
    ActorOut,
    AllowedAction,
    AssigneeOut,
    ClaimCount,
    ClaimCounts,
    ClaimOut,
    ClaimPage,
    ClaimPageShown,
    ClaimRow,
    ClaimShown,
    DocumentOut,
    HistoryItem,
    HistoryPage,
    MessageOut,
    MessagePage,
    StaffClaimOut,
    StaffClaimPage,
    StaffClaimRow,
)
from insurenz.claims.submit import Filed
from insurenz.core.db import Session
from insurenz.core.money import format_amount
from insurenz.core.permissions import Actor
from insurenz.documents.links import LinkSigner
from insurenz.documents.schemas import found_of
from insurenz.events.queries import Entry, Trail
from insurenz.workflow.guards import Move
from insurenz.workflow.vocabulary import PHASES

_COLUMNS = [
    "id",
    "claim_number",
    "workflow",
    "workflow_version",
    "version",
    "status",
    "status_group",
    "status_notes",
    "claim_type",
    "incident_date",
    "description",
    "currency",
    "resolution",
    "payment_reference",
    "user_id",
    "created_at",
    "updated_at",
]

# What the data of each of a claim's events says of the claim itself.
_OF_CLAIM = ("workflow", "workflow_version", "currency")


def claim_out(session: Session, actor: Actor, claim: Claim, rules: Rules) -> ClaimShown:
    """One claim in full, for this reader."""
    documents = queries.documents_of(session, actor, claim)
    shown = _claim_out(actor, claim, documents, service.offers(session, actor, claim, rules), rules)
    if actor.side == "filer":
        return shown
    return StaffClaimOut(**dict(shown), **_for_staff(claim, _assignee_name(session, actor, claim)))


def filed_out(actor: Actor, filed: Filed, rules: Rules) -> ClaimOut:
    """The claim that its filer has just filed, in full, without a look at the database."""
    claim = filed.claim
    history = (Move("submit", workflow.NEW, claim.status, actor.id, claim.created_at),)
    facts = facts_with(rules, actor, claim, filed.policy, history)
    definition = rules.definition(claim.workflow, claim.workflow_version)
    offers = workflow.allowed(definition, claim.status, actor.role, facts)
    return _claim_out(actor, claim, [Attached(d, None) for d in filed.documents], offers, rules)


def _claim_out(
    actor: Actor, claim: Claim, documents: Sequence[Attached], offers: Sequence[workflow.Offer], rules: Rules
) -> ClaimOut:
    return ClaimOut(
        **_row(claim),
        documents=[document_out(claim.id, d, actor, rules.signer) for d in documents],
        allowed_actions=[
            AllowedAction(
                action=o.action, label=o.label, to=o.to, requires=list(o.requires), optional=list(o.optional)
            )
            for o in offers
        ],
    )


def page_out(actor: Actor, page: Page) -> ClaimPageShown:
    """A page of a list, for this reader."""
    if actor.side == "filer":
        return ClaimPage(items=[row_out(row) for row in page.rows], next_cursor=page.next_cursor)
    return StaffClaimPage(items=[staff_row_out(row) for row in page.rows], next_cursor=page.next_cursor)


def row_out(row: Any) -> ClaimRow:
    """A claim in a list, as its filer sees it."""
    return ClaimRow(**_row(row))


def staff_row_out(row: Any) -> StaffClaimRow:
    """A claim in a list, as those see it who decide and oversee."""
    return StaffClaimRow(**_row(row), **_for_staff(row, row.assignee_name))


def counts_out(counts: Mapping[tuple[str, str, str], int]) -> ClaimCounts:
    """Counts by workflow, status group and status, along the course of each workflow."""
    course = {phase: place for place, phase in enumerate(PHASES)}
    items = [
        ClaimCount(
            workflow=workflow, status=status, status_group=group, count=counts[workflow, group, status]
        )
        for workflow, group, status in sorted(counts, key=lambda key: (key[0], course[key[1]], key[2]))
    ]
    return ClaimCounts(items=items, total=sum(counts.values()))


def document_out(claim_id: str, attached: Attached, actor: Actor, signer: LinkSigner) -> DocumentOut:
    """A document with a link that is the reader's own."""
    document = attached.document
    return DocumentOut(
        **found_of(document),
        claim_id=claim_id,
        url=signer.sign(document.id, actor.id).url,
        verification=document.verification,
        verification_reason=document.verification_reason,
        replaced_by=attached.replaced_by,
        metadata=document.details,
    )


def relink(session: Session, body: Any, actor: Actor, signer: LinkSigner) -> Any:
    """A kept answer with its document links signed anew.

    Raises NotFound for an answer about a claim that is no longer the actor's to see.
    """
    if isinstance(body, dict) and "claim_number" in body:
        queries.claim_for(session, actor, body["id"])
    if not isinstance(body, dict) or not isinstance(body.get("documents"), list):
        return body
    linked = [{**d, "url": signer.sign(d["id"], actor.id).url} for d in body["documents"]]
    return {**body, "documents": linked}


def history_out(trail: Trail, currency: str) -> HistoryPage:
    """A page of the timeline."""
    items = [_history_item(entry, currency) for entry in trail.items]
    return HistoryPage(items=items, next_cursor=trail.next_cursor)


def messages_out(trail: Trail, actor: Actor) -> MessagePage:
    """A page of messages or notes."""
    items = [message_out(entry, actor) for entry in trail.items]
    return MessagePage(items=items, next_cursor=trail.next_cursor)


def message_out(entry: Entry, actor: Actor) -> MessageOut:
    """One message or note, for this reader."""
    event = entry.event
    return MessageOut(
        id=event.id,
        body=entry.texts.get("body"),
        author=ActorOut(role=event.actor_role or "", name=event.actor_name or ""),
        is_mine=event.actor_id == actor.id,
        created_at=event.occurred_at,
    )


def _assignee_name(session: Session, actor: Actor, claim: Claim) -> str | None:
    if claim.assignee_id is None:
        return None
    return actor.name if claim.assignee_id == actor.id else user(session, claim.assignee_id).name


def _for_staff(claim: Any, assignee_name: str | None) -> dict[str, Any]:
    assignee = AssigneeOut(id=claim.assignee_id, name=assignee_name) if assignee_name is not None else None
    return {"person_name": claim.person_name, "assignee": assignee}


def _row(claim: Any) -> dict[str, Any]:
    approved = claim.approved_amount
    return {name: getattr(claim, name) for name in _COLUMNS} | {
        "claim_amount": format_amount(claim.claim_amount, claim.currency),
        "approved_amount": format_amount(approved, claim.currency) if approved is not None else None,
        "user_policy_id": claim.policy_id,
    }


def _history_item(entry: Entry, currency: str) -> HistoryItem:
    event = entry.event
    data = {name: value for name, value in event.data.items() if name not in _OF_CLAIM}
    is_move = event.version is not None
    action, source, target = (data.pop(name, None) if is_move else None for name in ("action", "from", "to"))
    amounts = {
        n: format_amount(v, currency) for n, v in data.items() if n.endswith("_amount") and isinstance(v, int)
    }
    actor = ActorOut(role=event.actor_role or "", name=event.actor_name or "") if event.actor_id else None
    return HistoryItem(
        id=event.id,
        type=event.type,
        action=action,
        from_status=source,
        to_status=target,
        version=event.version,
        actor=actor,
        at=event.occurred_at,
        texts=dict(entry.texts),
        details={n: v for n, v in (data | amounts).items() if v is not None},
    )
