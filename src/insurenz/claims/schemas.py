"""What the claims API answers."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from insurenz.claims.models import ClaimView
from insurenz.core.edge import Out, Versioned
from insurenz.core.money import AmountOut
from insurenz.documents.schemas import FileOut
from insurenz.policies.schemas import CoverOut


class DocumentOut(FileOut):
    """A document of a claim with a link made for this answer; `replaced_by` is told to staff alone."""

    has_credential = True

    claim_id: str
    url: str | None
    preview_url: str | None = Field(
        description="Of its first page, at most 1,600 pixels in each direction; the text of a Word file. Null until it is made"
    )
    thumbnail_url: str | None = Field(description="Of its first page, at most 320 pixels in each direction")
    text_url: str | None = Field(description="The text of a Word file that has a picture of its first page")
    verification: str
    verification_reason: str | None
    replaced_by: str | None
    metadata: dict[str, Any]


class LinkOut(Out):
    """A fresh link to a document."""

    has_credential = True

    url: str
    expires_at: datetime


class SameFileOut(BaseModel):
    """A document whose very bytes another claim has; which one only where you may see that claim."""

    document_id: str
    claim_id: str | None
    claim_number: str | None


class SameFileList(Out):
    """What other claims have of a claim's files, at most 100."""

    items: list[SameFileOut]


class ViewerOut(BaseModel):
    """One person's looks of one kind at a claim, or at the document that is named."""

    user_id: str
    user_name: str
    user_role: str
    document_id: str | None
    file_name: str | None
    what: str = Field(
        description="`listed`, `viewed`, `history viewed`, `exported`, ...; of documents `opened`, `original opened`, "
        "`large preview`, and `small preview` once a day"
    )
    times: int
    first_at: datetime
    last_at: datetime


class ViewerList(Out):
    """Who looked at a claim and its documents, the latest first, at most 500."""

    items: list[ViewerOut]


class AllowedAction(BaseModel):
    """An action that the caller may do now, and the fields it takes."""

    action: str
    label: str
    to: str
    requires: list[str]
    optional: list[str]
    closes_at: datetime | None = Field(description="Until when it can be done; null when that has no end")


class ClaimRow(Versioned):
    """A claim in a list."""

    id: str
    claim_number: str
    workflow: str
    workflow_version: int
    status: str
    status_group: str
    status_notes: str | None
    claim_type: str
    incident_date: date = Field(description="Of a hospital claim the day on which it was submitted")
    description: str | None
    claim_amount: AmountOut
    approved_amount: AmountOut | None
    currency: str
    resolution: str | None
    payment_reference: str | None
    user_id: str
    user_policy_id: str | None
    created_at: datetime
    updated_at: datetime


class PartyOut(BaseModel):
    """A hospital or payer that a claim concerns."""

    id: str
    number: str
    name: str


class AssigneeOut(BaseModel):
    """Who works on a claim."""

    id: str
    name: str


class AssigneeList(Out):
    """Who may work on a claim, by name."""

    items: list[AssigneeOut]
    next_cursor: None = None


class HospitalClaimRow(ClaimRow):
    """A claim in a list, as users of its hospital see it. A retail claim has neither hospital nor rejection reason."""

    person_name: str
    hospital: PartyOut | None
    payer: PartyOut
    rejection_reason: str | None


class WaitingOut(BaseModel):
    """What the caller can do with a claim now, since when, and until when it is asked for (null: no end was set)."""

    actions: list[str]
    since: datetime
    due_at: datetime | None


class HospitalClaimListed(HospitalClaimRow):
    """A claim in a list, with what waits for its hospital; null while it waits for somebody else, or for nothing."""

    waiting: WaitingOut | None


class StaffClaimRow(HospitalClaimRow):
    """A claim in a list, as those see it who decide and oversee."""

    assignee: AssigneeOut | None


# The sides of a claim: who filed it, and who works on it.
Side = Literal["filer", "staff"]
Flag = Literal["filed_by_you", "disputed", "decided_by_you", "over_limit", "documents_rejected"]


class StaffClaimListed(StaffClaimRow):
    """A claim in a list, with whose turn it is and since when, until when it is due, and what to know before it is opened.

    Flags of a claim that is still to be decided: `filed_by_you` you filed it or acted for its filer, so another works
    on it; `disputed` its decision was appealed or contested; `decided_by_you` you made it, so another decides now;
    `over_limit` it claims more than you may approve; `documents_rejected` a document was not accepted and not yet replaced.
    """

    waits_for: Side | None = Field(description="null: for nobody")
    since: datetime = Field(description="Since when it is in its status")
    due_at: datetime | None = Field(description="Until when its open question is to be answered")
    flags: list[Flag]


class ClaimOut(ClaimRow):
    """One claim with its documents and what the caller may do with it."""

    has_credential = True

    documents: list[DocumentOut]
    allowed_actions: list[AllowedAction]
    changeable: list[str] = Field(
        description="The fields that you may change now by `PATCH /claims/{claim_id}`"
    )


class ActorOut(BaseModel):
    """Who did it, as far as the reader may know."""

    role: str
    name: str


class PlaceOut(BaseModel):
    """A place on a page of a document: a box in fractions of that page as it is shown, from its upper left corner."""

    document_id: str
    page: int
    x: float
    y: float
    width: float
    height: float


class QueryOut(BaseModel):
    """What was asked about a claim: formally (`query`) or as more information (`info`), and the answer.

    It is overdue when `due_at` has passed and `answered_at` is null. A text that was erased is null, too.
    """

    id: str
    kind: Literal["query", "info"]
    round: int
    category: str | None
    items: list[str]
    remarks: str | None
    marks: list[PlaceOut] = Field(
        description="The places it is about; of a document that was replaced since, too"
    )
    due_at: datetime | None
    raised_at: datetime
    raised_by: ActorOut
    answer: str | None
    document_ids: list[str]
    answered_at: datetime | None
    answered_by: ActorOut | None


class HospitalClaimOut(ClaimOut, HospitalClaimRow):
    """One claim, as users of its hospital see it. A retail claim has no form."""

    form_data: dict[str, Any] | None
    queries: list[QueryOut]


class StaffClaimOut(HospitalClaimOut, StaffClaimRow):
    """One claim, as those see it who decide and oversee. A hospital claim has no policy here."""

    policy: CoverOut | None
    approval_limit: AmountOut | None = Field(description="The most that you may approve; null is no limit")


class ClaimPage(Out):
    """A page of claims."""

    items: list[ClaimRow]
    next_cursor: str | None


class HospitalClaimPage(Out):
    """A page of claims, as users of their hospitals see them."""

    items: list[HospitalClaimListed]
    next_cursor: str | None


class StaffClaimPage(Out):
    """A page of claims, as those see it who decide and oversee."""

    items: list[StaffClaimListed]
    next_cursor: str | None


# Which of them it is follows from the role of the reader.
ClaimShown = ClaimOut | HospitalClaimOut | StaffClaimOut
ClaimPageShown = ClaimPage | HospitalClaimPage | StaffClaimPage


class ViewOut(Out):
    """Filters and an order of the list of claims, under a name of yours; what is absent is not set."""

    id: str
    name: str
    filters: dict[str, str]
    created_at: datetime

    @classmethod
    def of(cls, view: ClaimView) -> "ViewOut":
        """What is told of a view."""
        return cls(id=view.id, name=view.name, filters=view.filters, created_at=view.created_at)


class ViewList(Out):
    """Your views, by name."""

    items: list[ViewOut]
    next_cursor: None = None


class ClaimCount(BaseModel):
    """How many claims are in a status."""

    workflow: str
    status: str
    status_group: str
    count: int


class ClaimCounts(Out):
    """Claims by status, along the course of their workflow; those without any are left out."""

    items: list[ClaimCount]
    total: int


class NoteOut(Out):
    """What was said; one that was erased has no body."""

    id: str
    body: str | None
    author: ActorOut
    is_mine: bool
    created_at: datetime


class ReaderOut(ActorOut):
    """Who read it, and when."""

    at: datetime


class MessageOut(NoteOut):
    """What one side said to the other, with the files that came with it."""

    documents: list[DocumentOut]
    is_new: bool = Field(description="From the other side, and not yet read by you")
    read_by: ReaderOut | None = Field(description="Who of the other side read it first")


class QueryPage(Out):
    """A page of what was asked about a claim, oldest first."""

    items: list[QueryOut]
    next_cursor: str | None


class MessagePage(Out):
    """A page of what both sides have said about a claim, oldest first."""

    has_credential = True

    items: list[MessageOut]
    next_cursor: str | None


class NotePage(Out):
    """A page of what staff have noted on a claim, oldest first."""

    items: list[NoteOut]
    next_cursor: str | None


class BulkResult(BaseModel):
    """What became of one claim: its status as it then stands (null when there is none) and why it was not moved."""

    claim_id: str
    status: str | None
    problem: dict[str, Any] | None


class BulkOut(Out):
    """What became of each claim, in the order in which they were named."""

    results: list[BulkResult]


class HistoryItem(BaseModel):
    """One event of a claim's life."""

    id: str
    type: str
    action: str | None
    from_status: str | None
    to_status: str | None
    version: int | None
    actor: ActorOut | None
    at: datetime
    texts: dict[str, str | None]
    details: dict[str, Any]


class HistoryPage(Out):
    """A claim's timeline, oldest first."""

    items: list[HistoryItem]
    next_cursor: str | None
