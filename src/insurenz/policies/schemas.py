"""Policies as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from insurenz.core.days import Day
from insurenz.core.edge import Out, Versioned
from insurenz.core.money import AmountIn, AmountOut, format_amount
from insurenz.policies.models import Policy, PolicyStatus, PolicyType

Number = Annotated[str, StringConstraints(pattern=r"^POL-[A-Z0-9]([A-Z0-9-]{0,58}[A-Z0-9])?$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class PolicyIn(BaseModel):
    """A new policy; without a number it gets a random one, without a currency that of the install."""

    model_config = ConfigDict(extra="forbid")

    policy_number: Number | None = None
    user_id: Reference = Field(description="Id of the holder, a policyholder")
    payer_id: Reference = Field(description="Id or number of the payer")
    type: PolicyType
    start_date: Day
    end_date: Day
    cover_amount: AmountIn
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None


class PolicyPatch(BaseModel):
    """What can be changed; what is absent stays."""

    model_config = ConfigDict(extra="forbid")

    status: PolicyStatus | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    cover_amount: AmountIn | None = None


class PayerOut(BaseModel):
    """Who covers."""

    id: str
    number: str
    name: str


class HolderOut(BaseModel):
    """Who is covered."""

    id: str
    name: str
    email: str


class CoverOut(BaseModel):
    """The policy that a claim is filed against, and what it still covers."""

    policy_number: str
    type: PolicyType
    status: PolicyStatus
    start_date: date
    end_date: date
    cover_amount: AmountOut
    cover_left: AmountOut

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """What whoever judges a claim has to know of its policy."""
        return cls(**_cover(policy))


class PolicyOut(Out):
    """A policy as its holder sees it."""

    id: str
    policy_number: str
    type: PolicyType
    status: PolicyStatus
    start_date: date
    end_date: date
    cover_amount: AmountOut
    cover_left: AmountOut
    currency: str
    payer: PayerOut

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """The policy as an answer."""
        return cls(**_shown(policy))


class PolicyRecord(PolicyOut, Versioned):
    """A policy as admins and auditors see it."""

    user_id: str
    holder: HolderOut
    cover_used: AmountOut
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """The policy as an answer."""
        holder = policy.holder
        return cls(
            **_shown(policy),
            holder=HolderOut(id=holder.id, name=holder.name, email=holder.email),
            user_id=policy.holder_id,
            cover_used=format_amount(policy.cover_used, policy.currency),
            version=policy.version,
            created_at=policy.created_at,
            updated_at=policy.updated_at,
        )


class PolicyList(Out):
    """A page of one's own policies."""

    items: list[PolicyOut]
    next_cursor: str | None


class PolicyRecordList(Out):
    """A page of policies."""

    items: list[PolicyRecord]
    next_cursor: str | None


def _shown(policy: Policy) -> dict[str, Any]:
    payer = policy.payer
    return {
        **_cover(policy),
        "id": policy.id,
        "currency": policy.currency,
        "payer": PayerOut(id=payer.id, number=payer.number, name=payer.name),
    }


def _cover(policy: Policy) -> dict[str, Any]:
    return {
        "policy_number": policy.number,
        "type": policy.type,
        "status": policy.status,
        "start_date": policy.start_date,
        "end_date": policy.end_date,
        "cover_amount": format_amount(policy.cover_amount, policy.currency),
        "cover_left": format_amount(policy.cover_left, policy.currency),
    }
