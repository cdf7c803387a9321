"""What analytics are asked, and what the API answers: numbers, codes and amounts; no names and no words of anybody."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from insurenz.analytics.period import Bucket
from insurenz.claims.filters import Hospital, Payer, Word
from insurenz.claims.schemas import Side
from insurenz.core.days import Day
from insurenz.core.edge import Out
from insurenz.core.money import AmountOut

Table = Literal["claims", "turnaround", "amounts", "reasons", "notices"]


class Asked(BaseModel):
    """Which claims are looked at: those of these that the reader sees. Other filters are refused."""

    model_config = ConfigDict(extra="forbid")

    first: Day | None = Field(
        None, alias="from", description="First day of filing, in the install's time zone; 90 days if absent"
    )
    last: Day | None = Field(None, alias="to", description="Last day of filing; today if absent")
    workflow: Word | None = None
    hospital: Hospital | None = Field(None, description="Id or number, e.g. HOSP_001")
    payer: Payer | None = Field(None, description="Id or number, e.g. PAY_001")


class AskedOverTime(Asked):
    """Also what the time is cut into."""

    bucket: Bucket | None = Field(None, description="By the length of the period if absent")


class AskedTable(AskedOverTime):
    """Also which table is to leave."""

    table: Table


class OutlookOut(Out):
    """What a claim waits for, and how long that usually takes: by claims of its workflow and payer in the last 90 days."""

    status: str
    waits_for: Side | None = Field(description="null: for nobody")
    since: datetime = Field(description="Since when it is in its status")
    usual_seconds: int | None = Field(
        description="The median of how long such claims stayed in this status; null when fewer than 20 have"
    )
    expected_at: datetime | None = Field(description="When it would go on if it took as long as usual")
    due_at: datetime | None = Field(description="Until when its open question is to be answered")


class Looked(Out):
    """The days of filing that were looked at."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")


class Counted(Looked):
    """How many claims there are, and how many of them were looked into: the newest ones."""

    claims: int
    counted: int


class ClaimsInBucket(BaseModel):
    """How many of the claims filed from this day on, to the next bucket, stand so now."""

    starts: date
    workflow: str
    status: str
    status_group: str
    count: int


class ClaimsOverTime(Looked):
    """Claims by when they were filed and how they stand; `buckets` are the first days, also of those without claims."""

    bucket: Bucket
    buckets: list[date]
    items: list[ClaimsInBucket]
    total: int


class TurnsOfParty(BaseModel):
    """How long claims waited for one party: from when it was its turn until it was another's, or nobody's.

    The times are of turns that have ended: half of them took at most the median, nine in ten at most the p90.
    """

    workflow: str
    party: str = Field(description="hospital, policyholder or payer")
    ended: int
    open: int
    median_seconds: int | None
    p90_seconds: int | None


class Turnaround(Counted):
    """Who claims waited for, and how long."""

    items: list[TurnsOfParty]


class AmountsInCurrency(BaseModel):
    """What was claimed, and what was approved of what has been decided.

    `approval_share` is `approved` in parts of `decided`: what was claimed with the claims that stand decided.
    """

    workflow: str
    currency: str
    claims: int
    claimed: AmountOut
    decided_claims: int
    decided: AmountOut
    approved_claims: int
    approved: AmountOut
    approval_share: float | None


class Amounts(Looked):
    """Amounts by workflow and currency."""

    items: list[AmountsInCurrency]


class ReasonCount(BaseModel):
    """How often something was asked, or a claim refused, for this reason.

    `reason` is one that a definition suggests; what staff wrote in words of their own counts as `other`.
    """

    kind: Literal["query", "rejection"]
    workflow: str
    reason: str
    count: int


class Reasons(Looked):
    """Why queries were raised, and why claims stand refused."""

    items: list[ReasonCount]


class NoticesOfCategory(BaseModel):
    """How many notices of a category people got and read, and how soon.

    Of those that were read half were so within the median, nine in ten within the p90.
    """

    category: str
    told: int
    read: int
    read_share: float
    median_seconds: int | None
    p90_seconds: int | None


class NoticesRead(Counted):
    """Notices about the claims, as long as they are in somebody's inbox."""

    items: list[NoticesOfCategory]


AnyTable = ClaimsOverTime | Turnaround | Amounts | Reasons | NoticesRead
# What a row of each table is.
ROWS: Mapping[Table, type[BaseModel]] = {
    "claims": ClaimsInBucket,
    "turnaround": TurnsOfParty,
    "amounts": AmountsInCurrency,
    "reasons": ReasonCount,
    "notices": NoticesOfCategory,
}
