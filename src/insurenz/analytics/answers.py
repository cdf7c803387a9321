"""The numbers as the API gives them: in the order of the workflow, amounts as texts, shares as parts of one."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from insurenz.analytics.period import Bucket, Period
from insurenz.analytics.queries import OTHER, PART, Rows
from insurenz.analytics.schemas import (
    Amounts,
    AmountsInCurrency,
    ClaimsInBucket,
    ClaimsOverTime,
    NoticesOfCategory,
    NoticesRead,
    ReasonCount,
    Reasons,
    Turnaround,
    TurnsOfParty,
)
from insurenz.core.money import format_amount
from insurenz.workflow.vocabulary import CATEGORIES, PHASES

DECIMALS = 4


def over_time(rows: Rows, period: Period, bucket: Bucket, buckets: Sequence[Period]) -> ClaimsOverTime:
    """Claims by bucket, workflow and status."""
    items = [
        ClaimsInBucket(
            starts=buckets[n].first, workflow=workflow, status=status, status_group=group, count=number
        )
        for n, workflow, group, status, number in rows
    ]
    items.sort(key=lambda item: (item.starts, item.workflow, PHASES.index(item.status_group), item.status))
    return ClaimsOverTime(
        **_days(period),
        bucket=bucket,
        buckets=[each.first for each in buckets],
        items=items,
        total=sum(item.count for item in items),
    )


def turnaround(rows: Rows, period: Period, claims: int, counted: int) -> Turnaround:
    """Turns by workflow and party."""
    items = [
        TurnsOfParty(
            workflow=row.workflow,
            party=row.party,
            ended=row.timed,
            open=row.all - row.timed,
            median_seconds=row.median,
            p90_seconds=row.p90,
        )
        for row in sorted(rows, key=lambda row: (row.workflow, row.party))
    ]
    return Turnaround(**_days(period), claims=claims, counted=counted, items=items)


def amounts(rows: Rows, period: Period) -> Amounts:
    """Amounts by workflow and currency."""
    items = [_amounts(row) for row in sorted(rows, key=lambda row: (row.workflow, row.currency))]
    return Amounts(**_days(period), items=items)


def _amounts(row: Any) -> AmountsInCurrency:
    claimed, decided, approved = (_sum(row, name) for name in ("claimed", "decided", "approved"))
    return AmountsInCurrency(
        workflow=row.workflow,
        currency=row.currency,
        claims=row.claimed_claims,
        claimed=format_amount(claimed, row.currency),
        decided_claims=row.decided_claims,
        decided=format_amount(decided, row.currency),
        approved_claims=row.approved_claims,
        approved=format_amount(approved, row.currency),
        approval_share=round(approved / decided, DECIMALS) if decided else None,
    )


def _sum(row: Any, name: str) -> int:
    return int(getattr(row, f"{name}_parts")) * PART + int(getattr(row, f"{name}_rest"))


def reasons(rows: Rows, period: Period) -> Reasons:
    """Reasons, the most frequent ones first, and what has no name last."""
    items = [
        ReasonCount(kind=row.kind, workflow=row.workflow, reason=row.reason, count=row.number) for row in rows
    ]
    items.sort(key=lambda item: (item.kind, item.workflow, item.reason == OTHER, -item.count, item.reason))
    return Reasons(**_days(period), items=items)


def notices(rows: Rows, period: Period, claims: int, counted: int) -> NoticesRead:
    """Notices by category."""
    items = [
        NoticesOfCategory(
            category=row.category,
            told=row.all,
            read=row.timed,
            read_share=round(row.timed / row.all, DECIMALS),
            median_seconds=row.median,
            p90_seconds=row.p90,
        )
        for row in sorted(rows, key=lambda row: CATEGORIES.index(row.category))
    ]
    return NoticesRead(**_days(period), claims=claims, counted=counted, items=items)


def _days(period: Period) -> dict[str, date]:
    return {"first": period.first, "last": period.last}
