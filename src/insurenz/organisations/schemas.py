"""Organisations as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from insurenz.core.edge import Out, Versioned
from insurenz.organisations.models import Kind, Organisation

# No line breaks and control characters, and none that turn the direction of the text around them.
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+$"

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)
]
Number = Annotated[str, StringConstraints(pattern=r"^(HOSP|PAY)_[A-Z0-9]{1,20}$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]
# What a list is searched for.
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=ONE_LINE)
]


class OrganisationIn(BaseModel):
    """A new hospital or payer; without a number it gets the next free one of its kind."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: Name
    number: Number | None = None
    works_with: list[Reference] = Field(
        default=[], max_length=500, description="Ids or numbers of the other kind"
    )


class OrganisationPatch(BaseModel):
    """What can be changed; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    is_active: bool | None = None
    works_with: list[Reference] | None = Field(default=None, max_length=500)


class OrganisationOut(Versioned):
    """A hospital or a payer; `works_with` holds the numbers of those it works with."""

    id: str
    number: str
    kind: Kind
    name: str
    is_active: bool
    works_with: list[str]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, organisation: Organisation, partners: list[str]) -> Self:
        """The organisation as an answer."""
        return cls(
            id=organisation.id,
            number=organisation.number,
            kind=organisation.kind,
            name=organisation.name,
            is_active=organisation.is_active,
            works_with=partners,
            version=organisation.version,
            created_at=organisation.created_at,
            updated_at=organisation.updated_at,
        )


class OrganisationList(Out):
    """A page of organisations."""

    items: list[OrganisationOut]
    next_cursor: str | None
