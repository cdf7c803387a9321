"""What a draft takes and answers: the fields of a filing, none of them needed and each in whatever state it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from insurenz.claims.bodies import In, UploadIds
from insurenz.claims.forms import judge_form
from insurenz.claims.models import Draft
from insurenz.core.edge import Out, Versioned
from insurenz.documents.models import Document
from insurenz.documents.schemas import FileOut, UnfinishedOut, found_of
from insurenz.documents.standing import Standing

# Longer than a claim takes: what is too long yet is not lost.
Long = Annotated[str, StringConstraints(max_length=20_000)]
Short = Annotated[str, StringConstraints(max_length=64)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]


def _kept(form: dict[str, Any]) -> dict[str, Any]:
    judge_form(form)
    return form


class RetailContent(In):
    """A retail claim as far as it goes."""

    user_policy_id: Short | None = None
    claim_type: Short | None = None
    incident_date: Short | None = None
    description: Long | None = None
    claim_amount: Short | None = None


class HospitalContent(In):
    """A hospital claim as far as it goes; `form_data` is any object of up to 64 kB."""

    hospital_id: Short | None = None
    payer_id: Short | None = None
    form_data: Annotated[dict[str, Any], AfterValidator(_kept)] | None = None


# Which of the two it is follows from who writes.
Content = Annotated[
    dict[str, Any],
    WithJsonSchema({"anyOf": [RetailContent.model_json_schema(), HospitalContent.model_json_schema()]}),
]


class DraftIn(In):
    """All of a draft; what is absent is empty. A policyholder writes a retail claim, a hospital's user one of theirs."""

    workflow: str | None = Field(
        None, max_length=64, description="Absent: `retail`, or `hospital` for a hospital's user"
    )
    content: Content = Field(default_factory=dict)
    upload_ids: UploadIds = Field(default_factory=list)
    purposes: dict[Short, Code] = Field(
        default_factory=dict,
        max_length=100,
        description="By id of an upload: the code of the document that the workflow asks for and that it is meant as",
    )
    unfinished: UploadIds = Field(
        default_factory=list,
        description="Uploads of which not all has come; another device finds them with the draft, and goes on with them",
    )


DraftLater = Annotated[dict[str, Any], WithJsonSchema(DraftIn.model_json_schema())]


class Held(NamedTuple):
    """An upload that a draft holds, and what it is meant as."""

    document: Document
    purpose: str | None


class HeldOut(FileOut):
    """An upload that a draft holds; it lives as long as the draft."""

    purpose: str | None


class Coming(NamedTuple):
    """An upload that a draft names and of which not all had come, and what it is meant as."""

    upload: Standing
    purpose: str | None


class ComingOut(UnfinishedOut):
    """An upload that the draft names; `offset` is `file_size` once it is whole and waits to be held."""

    purpose: str | None


class DraftOut(Versioned):
    """A draft of yours."""

    id: str
    workflow: str
    content: Content
    uploads: list[HeldOut]
    unfinished: list[ComingOut]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, draft: Draft, held: Sequence[Held], coming: Sequence[Coming]) -> "DraftOut":
        """What is told of a draft with the uploads it holds, and those that are still to come."""
        return cls(
            id=draft.id,
            version=draft.version,
            workflow=draft.workflow,
            content=draft.content,
            uploads=[HeldOut(**found_of(each.document), purpose=each.purpose) for each in held],
            unfinished=[
                ComingOut(**vars(UnfinishedOut.of(each.upload)), purpose=each.purpose) for each in coming
            ],
            created_at=draft.created_at,
            updated_at=draft.updated_at,
        )


class DraftPage(Out):
    """A page of your drafts, newest first."""

    items: list[DraftOut]
    next_cursor: str | None
