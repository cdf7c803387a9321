"""What the claims API takes."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from insurenz.core.days import Day
from insurenz.core.db import is_storable
from insurenz.core.money import AmountIn

Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000)]
ClaimReference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
UploadIds = Annotated[
    list[Annotated[str, StringConstraints(max_length=64)]],
    Field(max_length=100, description="Files sent ahead to `POST /uploads`, each used once"),
]
ClaimType = Literal["medical", "vehicle", "property", "travel", "other"]


Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Extent = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
# Two fractions that end together at 1 can add up to a little more.
_ROUNDING = 1e-9


class In(BaseModel):
    """A body: it takes no unknown fields, and no text that a database could not keep."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and not is_storable(value):
            raise ValueError("a text cannot hold U+0000 or lone surrogates")
        return value


class ClaimIn(In):
    """A retail claim as it is filed."""

    workflow: str = Field("retail", max_length=64)
    user_policy_id: str = Field(max_length=64, examples=["POL-DEMO-0001"])
    claim_type: ClaimType
    incident_date: Day
    description: Description
    claim_amount: AmountIn
    upload_ids: UploadIds = []


class ClaimPatch(In):
    """Content of a claim that is still in intake; what is absent stays."""

    claim_type: ClaimType | None = None
    incident_date: Day | None = None
    description: Description | None = None
    claim_amount: AmountIn | None = None


class PlaceIn(In):
    """A place on a page of a document: a box in fractions of that page as it is shown, from its upper left corner."""

    model_config = ConfigDict(strict=True)

    document_id: Annotated[str, StringConstraints(to_lower=True, max_length=64)]
    page: int = Field(ge=1, description="Counted from 1; a picture has one")
    x: Fraction
    y: Fraction
    width: Extent
    height: Extent

    @model_validator(mode="after")
    def _lies_on_the_page(self) -> Self:
        if max(self.x + self.width, self.y + self.height) > 1 + _ROUNDING:
            raise PydanticCustomError("outside_page", "The box must lie on the page: its ends are 1 at most.")
        return self


class MarksIn(In):
    """The places that a question is about."""

    marks: list[PlaceIn] = Field(max_length=10)


class StatusIn(In):
    """A status to be reached, with the fields of the one action that leads there."""

    status: str = Field(max_length=64, examples=["under_review"])
    status_notes: Words | None = None
    approved_amount: AmountIn | None = None
    resolution: str | None = Field(None, max_length=32)
    payment_reference: str | None = Field(None, max_length=200)
    remarks: Words | None = None
    query_category: str | None = Field(None, max_length=200)
    missing_documents: list[Annotated[str, StringConstraints(max_length=200)]] | None = Field(
        None, max_length=50
    )
    marks: list[PlaceIn] | None = Field(None, max_length=10)
    due_at: datetime | None = None
    query_response: Words | None = None
    response: Words | None = None
    rejection_reason: Words | None = None
    contest_reason: Words | None = None
    upload_ids: UploadIds = []


class NoteIn(In):
    """What staff say among themselves."""

    body: Description


class MessageIn(NoteIn):
    """What one side says to the other, and the files that come with it."""

    upload_ids: UploadIds = []


class UpToIn(In):
    """How far somebody has read."""

    up_to: str | None = Field(None, max_length=64, description="Id of a message; absent, the newest")


class AssignmentIn(In):
    """Who is to work on a claim; without `user_id`, the caller."""

    user_id: str | None = Field(None, max_length=64)


class TakeNextIn(In):
    """Which of the waiting claims may be taken."""

    workflow: str | None = Field(None, max_length=64, examples=["retail"])


class BulkIn(In):
    """An action on many claims; the fields of the action stand beside these two."""

    action: str = Field(min_length=1, max_length=64, examples=["start_review"])
    claim_ids: list[ClaimReference] = Field(
        min_length=1, max_length=100, json_schema_extra={"uniqueItems": True}
    )

    @field_validator("claim_ids")
    @classmethod
    def _unique(cls, references: list[str]) -> list[str]:
        if len(set(references)) < len(references):
            raise PydanticCustomError("not_unique", "Name each claim once.")
        return references


class DocumentsIn(In):
    """Documents added to a claim, beside the files of the form; one alone may replace an older one."""

    upload_ids: UploadIds = []
    replaces: str | None = Field(
        None, max_length=64, description="Id of a document of this claim that the one new file replaces"
    )


class VerificationIn(In):
    """What staff say of a document; a rejection needs its reason, which the filer reads."""

    verification: Literal["unverified", "verified", "rejected"]
    reason: Words | None = None


# Bodies whose claim is judged before their fields: documented as these models, read by the service in its turn.
AssignmentLater = Annotated[dict[str, Any], WithJsonSchema(AssignmentIn.model_json_schema())]
# Which fields stand beside `action` and `claim_ids` is the matter of each claim's workflow.
BulkLater = Annotated[
    dict[str, Any], WithJsonSchema(BulkIn.model_json_schema() | {"additionalProperties": True})
]
VerificationLater = Annotated[dict[str, Any], WithJsonSchema(VerificationIn.model_json_schema())]
