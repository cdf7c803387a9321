"""What a list of claims can be limited to, and ordered by: the same for the list, the counts and the export."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from insurenz.claims.bodies import ClaimType
from insurenz.core import paging
from insurenz.core.days import Day
from insurenz.core.money import AmountIn

_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# PostgreSQL cannot compare a text with U+0000.
_PLAIN = r"^[^\x00]*$"

Sort = Literal[
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "claim_amount",
    "-claim_amount",
    "incident_date",
    "-incident_date",
    "due_at",
]
StatusGroup = Literal["intake", "review", "waiting", "answered", "decided", "disputed", "closed"]
_GROUP = "|".join(get_args(StatusGroup))


Word = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_PLAIN)]
StatusGroups = Annotated[str, StringConstraints(max_length=200, pattern=f"^({_GROUP})(,({_GROUP}))*$")]
Hospital = Annotated[str, StringConstraints(pattern=f"^(HOSP_[A-Z0-9]{{1,20}}|{_ID})$")]
Payer = Annotated[str, StringConstraints(pattern=f"^(PAY_[A-Z0-9]{{1,20}}|{_ID})$")]
Assignee = Annotated[str, StringConstraints(pattern=f"^(me|none|{_ID})$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_PLAIN)]


class ClaimFilters(BaseModel):
    """Each narrows the list further; what is absent does not. Others are refused."""

    model_config = ConfigDict(extra="forbid")

    status: Word | None = None
    status_group: StatusGroups | None = Field(
        None, description=f"One or several, with commas between: {', '.join(get_args(StatusGroup))}"
    )
    workflow: Word | None = None
    hospital: Hospital | None = Field(None, description="Id or number, e.g. HOSP_001")
    payer: Payer | None = Field(None, description="Id or number, e.g. PAY_001")
    assignee: Assignee | None = Field(None, description="A user's id, `me`, or `none`; for staff")
    claim_type: ClaimType | None = None
    created_from: Day | None = Field(None, description="First day of filing, in the install's time zone")
    created_to: Day | None = Field(None, description="Last day of filing, in the install's time zone")
    incident_from: Day | None = None
    incident_to: Day | None = None
    amount_min: AmountIn | None = Field(None, description="Of claim_amount")
    amount_max: AmountIn | None = None
    text: Text | None = Field(
        None, description="The beginning of a claim number, or whole words of description and person's name"
    )


class ClaimsToExport(ClaimFilters):
    """Filters and an order."""

    sort: Sort = Field(
        "-created_at",
        description="`-` is descending; equal ones are in the order of their ids. By `due_at`, those without come last",
    )


class ClaimsToList(ClaimsToExport):
    """Filters, an order, and a page of it."""

    limit: paging.Limit = paging.DEFAULT_LIMIT
    cursor: paging.Cursor = None


ViewName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60, pattern=_PLAIN)
]


class ViewIn(BaseModel):
    """A view to be kept: which claims, in which order; what is searched for by words is not kept."""

    model_config = ConfigDict(extra="forbid")

    name: ViewName
    filters: ClaimsToExport
