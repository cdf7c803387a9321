"""Claims as their readers see them: amounts as texts, documents with links, actions that are open to the reader."""

from collections.abc import Mapping, Sequence
from typing import Any

from insurenz import workflow
from insurenz.accounts.models import User
from insurenz.claims import asking, marks, queries, service
from insurenz.claims.asking import Asked
from insurenz.claims.content import changeable
from insurenz.claims.conversation import Thread
from insurenz.claims.dossier import Dossier, dossier_of
from insurenz.claims.facts import facts_with
from insurenz.claims.models import Claim
from insurenz.claims.pages import Page
from insurenz.claims.queries import Attached
from insurenz.claims.rules import Rules
from insurenz.claims.schemas import (
    ActorOut,
    AllowedAction,
    AssigneeList,
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
    HospitalClaimListed,
    HospitalClaimOut,
    HospitalClaimPage,
    HospitalClaimRow,
    MessageOut,
    MessagePage,
    NoteOut,
    NotePage,
    PartyOut,
    PlaceOut,
    QueryOut,
    QueryPage,
    ReaderOut,
    StaffClaimListed,
    StaffClaimOut,
    StaffClaimPage,
    StaffClaimRow,
)
from insurenz.claims.standing import standing
from insurenz.claims.submit import Filed
from insurenz.claims.waiting import waiting
from insurenz.core.db import Session
from insurenz.core.money import format_amount
from insurenz.core.permissions import Actor, Role
from insurenz.documents import previews
from insurenz.documents.links import LARGE, SMALL, TEXT, LinkSigner
from insurenz.documents.models import Document
from insurenz.documents.schemas import found_of
from insurenz.events.queries import Entry, Trail
from insurenz.organisations.models import Organisation
from insurenz.policies.schemas import CoverOut
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
    "currency",
    "resolution",
    "payment_reference",
    "user_id",
    "created_at",
    "updated_at",
]

# What the data of each of a claim's events says of the claim itself.
_OF_CLAIM = ("workflow", "workflow_version", "currency")


def claim_out(actor: Actor, dossier: Dossier, rules: Rules) -> ClaimShown:
    """One claim in full, for this reader, without a look at the database."""
    claim, policy = dossier.claim, dossier.policy
    documents = queries.shown(actor, dossier.documents)
    shown = _claim_out(actor, claim, documents, service.offers(actor, dossier, rules), rules)
    if actor.role is Role.POLICYHOLDER:
        return shown
    asked = [] if claim.hospital_id is None else dossier.asked
    concerned = dict(shown) | _concerning(claim, asked)
    if actor.side == "filer":
        return HospitalClaimOut(**concerned)
    return StaffClaimOut(
        **concerned,
        assignee=_assignee(claim, dossier.assignee_name),
        policy=None if policy is None else CoverOut.of(policy),
        approval_limit=_amount(rules.limit(actor, claim.currency), claim.currency),
    )


def changed_out(session: Session, actor: Actor, claim: Claim, rules: Rules) -> ClaimShown:
    """One claim in full, for this reader, after a change of it in this unit."""
    session.flush()
    return claim_out(actor, dossier_of(session, actor, claim.id), rules)


def filed_out(actor: Actor, filed: Filed, rules: Rules) -> ClaimOut | HospitalClaimOut:
    """The claim that its filer has just filed, in full, without a look at the database."""
    claim = filed.claim
    history = (Move("submit", workflow.NEW, claim.status, actor.id, claim.created_at),)
    facts = facts_with(rules, actor, claim, history, cover_left=filed.cover_left)
    definition = rules.definition(claim.workflow, claim.workflow_version)
    offers = workflow.allowed(definition, claim.status, actor.role, facts)
    shown = _claim_out(actor, claim, [Attached(d, None) for d in filed.documents], offers, rules)
    return shown if claim.hospital_id is None else HospitalClaimOut(**dict(shown), **_concerning(claim, []))


def _claim_out(
    actor: Actor, claim: Claim, documents: Sequence[Attached], offers: Sequence[workflow.Offer], rules: Rules
) -> ClaimOut:
    return ClaimOut(
        **_row(claim),
        documents=[document_out(claim.id, d, actor, rules.signer) for d in documents],
        allowed_actions=[
            AllowedAction(
                action=o.action,
                label=o.label,
                to=o.to,
                requires=list(o.requires),
                optional=list(o.optional),
                closes_at=o.closes_at,
            )
            for o in offers
        ],
        changeable=changeable(actor, claim, rules),
    )


def page_out(session: Session, actor: Actor, page: Page, rules: Rules) -> ClaimPageShown:
    """A page of a list, for this reader."""
    rows: list[Any] = [row_out(actor, row) for row in page.rows]
    kind = row_type(actor)
    if kind is ClaimRow:
        return ClaimPage(items=rows, next_cursor=page.next_cursor)
    if kind is StaffClaimRow:
        stands = standing(session, actor, page.rows, rules)
        standings = [StaffClaimListed(**dict(row), **stands[row.id]) for row in rows]
        return StaffClaimPage(items=standings, next_cursor=page.next_cursor)
    waits = waiting(session, actor, page.rows, rules)
    listed = [HospitalClaimListed(**dict(row), waiting=waits.get(row.id)) for row in rows]
    return HospitalClaimPage(items=listed, next_cursor=page.next_cursor)


def row_type(actor: Actor) -> type[ClaimRow]:
    """What this reader sees of a claim in a list."""
    if actor.role is Role.POLICYHOLDER:
        return ClaimRow
    return HospitalClaimRow if actor.side == "filer" else StaffClaimRow


def row_out(actor: Actor, row: Any) -> ClaimRow:
    """A claim in a list, for this reader."""
    kind = row_type(actor)
    if kind is ClaimRow:
        return ClaimRow(**_row(row))
    concerned = _row(row) | {
        "person_name": row.person_name,
        "hospital": row.hospital_id
        and PartyOut(id=row.hospital_id, number=row.hospital_number, name=row.hospital_name),
        "payer": PartyOut(id=row.payer_id, number=row.payer_number, name=row.payer_name),
        "rejection_reason": row.rejection_reason,
    }
    if kind is HospitalClaimRow:
        return HospitalClaimRow(**concerned)
    return StaffClaimRow(**concerned, assignee=_assignee(row, row.assignee_name))


def assignees_out(people: Sequence[User]) -> AssigneeList:
    """Who may work on a claim."""
    return AssigneeList(items=[AssigneeOut(id=each.id, name=each.name) for each in people])


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
        **_links(document.id, document.preview, actor, signer),
        verification=document.verification,
        verification_reason=document.verification_reason,
        replaced_by=attached.replaced_by,
        metadata=_metadata(document, actor),
    )


def _metadata(document: Document, actor: Actor) -> dict[str, Any]:
    """What the file states; where a picture was taken only to auditors, as its original."""
    is_told = document.location is not None and actor.role is Role.AUDITOR
    return document.details | ({"location": document.location} if is_told else {})


def relink(session: Session, body: Any, actor: Actor, signer: LinkSigner) -> Any:
    """A kept answer with its document links signed anew.

    Raises NotFound for an answer about a claim that is no longer the actor's to see.
    """
    if isinstance(body, dict) and "claim_number" in body:
        queries.claim_for(session, actor, body["id"])
    if not isinstance(body, dict) or not isinstance(body.get("documents"), list):
        return body
    kinds = previews.kinds(session, [each["id"] for each in body["documents"]])
    linked = [{**d, **_links(d["id"], kinds.get(d["id"]), actor, signer)} for d in body["documents"]]
    return {**body, "documents": linked}


def _links(document_id: str, preview: str | None, actor: Actor, signer: LinkSigner) -> dict[str, Any]:
    """Links to a document, and to what its kind of preview has."""

    def link(asked: str = "", *, is_there: bool = True) -> str | None:
        return signer.sign(document_id, actor.id, asked).url if is_there else None

    return {
        "url": link(),
        "preview_url": link(LARGE, is_there=preview in ("image", "text", "page")),
        "thumbnail_url": link(SMALL, is_there=preview in ("image", "page")),
        "text_url": link(TEXT, is_there=preview == "page"),
    }


def history_out(trail: Trail, currency: str) -> HistoryPage:
    """A page of the timeline."""
    items = [_history_item(entry, currency) for entry in trail.items]
    return HistoryPage(items=items, next_cursor=trail.next_cursor)


def messages_out(claim: Claim, thread: Thread, actor: Actor, signer: LinkSigner) -> MessagePage:
    """A page of messages, for this reader."""
    items = [_message_out(claim, entry, thread, actor, signer) for entry in thread.trail.items]
    return MessagePage(items=items, next_cursor=thread.trail.next_cursor)


def _message_out(claim: Claim, entry: Entry, thread: Thread, actor: Actor, signer: LinkSigner) -> MessageOut:
    event = entry.event
    documents = [thread.documents.get(each) for each in event.data.get("documents", [])]
    reader = marks.first_reader(thread.reads, event)
    return MessageOut(
        **dict(note_out(entry, actor)),
        documents=[document_out(claim.id, each, actor, signer) for each in documents if each is not None],
        # An auditor looks on; nothing is addressed to them.
        is_new=actor.role is not Role.AUDITOR and marks.is_new(thread.reads, event, actor),
        read_by=reader and ReaderOut(role=reader.role, name=reader.name, at=reader.at),
    )


def notes_out(trail: Trail, actor: Actor) -> NotePage:
    """A page of notes, for this reader."""
    return NotePage(items=[note_out(entry, actor) for entry in trail.items], next_cursor=trail.next_cursor)


def note_out(entry: Entry, actor: Actor) -> NoteOut:
    """What was said, for this reader."""
    event = entry.event
    return NoteOut(
        id=event.id,
        body=entry.texts.get("body"),
        author=_actor_out(entry),
        is_mine=event.actor_id == actor.id,
        created_at=event.occurred_at,
    )


def queries_out(page: asking.Page) -> QueryPage:
    """A page of what was asked about a claim."""
    return QueryPage(items=[_query_out(each) for each in page.items], next_cursor=page.next_cursor)


def _query_out(asked: Asked) -> QueryOut:
    query, texts = asked.query, asked.raised.texts
    answer = asked.answer.texts if asked.answer else {}
    return QueryOut(
        id=query.id,
        kind=query.kind,
        round=query.round,
        category=query.category,
        items=(texts.get("missing_documents") or "").splitlines(),
        remarks=texts.get("remarks"),
        marks=[PlaceOut(**mark) for mark in query.marks],
        due_at=query.due_at,
        raised_at=query.raised_at,
        raised_by=_actor_out(asked.raised),
        answer=answer.get("query_response") or answer.get("response"),
        document_ids=asked.answer.event.data.get("documents", []) if asked.answer else [],
        answered_at=query.answered_at,
        answered_by=_actor_out(asked.answer) if asked.answer else None,
    )


def _actor_out(entry: Entry) -> ActorOut:
    return ActorOut(role=entry.event.actor_role or "", name=entry.event.actor_name or "")


def _assignee(claim: Any, name: str | None) -> AssigneeOut | None:
    return AssigneeOut(id=claim.assignee_id, name=name) if name is not None else None


def _concerning(claim: Claim, asked: Sequence[Asked]) -> dict[str, Any]:
    """What a policyholder is not shown of a claim: whom it concerns besides them, and the form of a hospital."""
    return {
        "person_name": claim.person_name,
        "hospital": claim.hospital and _party(claim.hospital),
        "payer": _party(claim.payer),
        "rejection_reason": claim.rejection_reason,
        "form_data": claim.form_data,
        "queries": [_query_out(each) for each in asked],
    }


def _party(organisation: Organisation) -> PartyOut:
    return PartyOut(id=organisation.id, number=organisation.number, name=organisation.name)


def _amount(units: int | None, currency: str) -> str | None:
    return None if units is None else format_amount(units, currency)


def _row(claim: Any) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in _COLUMNS} | {
        "description": claim.description or None,
        "claim_amount": format_amount(claim.claim_amount, claim.currency),
        "approved_amount": _amount(claim.approved_amount, claim.currency),
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
    actor = _actor_out(entry) if event.actor_id else None
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
