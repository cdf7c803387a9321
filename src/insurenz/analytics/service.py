"""Each table of analytics, as its reader asks for it."""

from collections.abc import Callable, Mapping

from insurenz.analytics import answers, defined, queries
from insurenz.analytics.period import MOST_BUCKETS, Bucket, Period
from insurenz.analytics.queries import MOST_CLAIMS, Look
from insurenz.analytics.schemas import (
    Amounts,
    AnyTable,
    Asked,
    AskedOverTime,
    ClaimsOverTime,
    NoticesRead,
    Reasons,
    Table,
    Turnaround,
)
from insurenz.claims.rules import Rules
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.permissions import Actor


def over_time(session: Session, actor: Actor, *, asked: AskedOverTime, rules: Rules) -> ClaimsOverTime:
    """Claims by when they were filed and how they stand. Raises Invalid for more buckets than can be shown."""
    look = _look(actor, asked, rules)
    bucket: Bucket = asked.bucket or look.period.bucket
    buckets = look.period.buckets(bucket)
    if len(buckets) > MOST_BUCKETS:
        raise invalid(
            "bucket",
            "too_many_buckets",
            f"This period has {len(buckets)} of a {bucket}; {MOST_BUCKETS} are shown. Choose larger ones or a shorter period.",
        )
    return answers.over_time(queries.by_status(session, look, buckets), look.period, bucket, buckets)


def turnaround(session: Session, actor: Actor, *, asked: Asked, rules: Rules) -> Turnaround:
    """Who claims waited for, and how long. Raises Invalid."""
    look = _look(actor, asked, rules)
    clocks = defined.clocks(rules.definitions.every(session))
    rows = queries.turns(session, look, clocks)
    return answers.turnaround(rows, look.period, *_counted(session, look))


def amounts(session: Session, actor: Actor, *, asked: Asked, rules: Rules) -> Amounts:
    """What was claimed and approved. Raises Invalid."""
    look = _look(actor, asked, rules)
    return answers.amounts(queries.amounts(session, look), look.period)


def reasons(session: Session, actor: Actor, *, asked: Asked, rules: Rules) -> Reasons:
    """Why queries were raised and claims refused. Raises Invalid."""
    look = _look(actor, asked, rules)
    known = defined.reasons(rules.definitions.every(session))
    return answers.reasons(queries.reasons(session, look, known), look.period)


def notices(session: Session, actor: Actor, *, asked: Asked, rules: Rules) -> NoticesRead:
    """Which notices were read, and how soon. Raises Invalid."""
    look = _look(actor, asked, rules)
    return answers.notices(queries.notices(session, look), look.period, *_counted(session, look))


TABLES: Mapping[Table, Callable[..., AnyTable]] = {
    "claims": over_time,
    "turnaround": turnaround,
    "amounts": amounts,
    "reasons": reasons,
    "notices": notices,
}


def _look(actor: Actor, asked: Asked, rules: Rules) -> Look:
    period = Period.of(asked.first, asked.last, today=clock.today(rules.timezone), zone=rules.timezone)
    if period.days < 1:
        raise invalid("from", "after_to", f"The period ends on {period.last}, before it begins.")
    return Look(actor, period, asked.workflow, asked.hospital, asked.payer)


def _counted(session: Session, look: Look) -> tuple[int, int]:
    """How many claims there are, and how many of them were looked into."""
    claims = queries.count(session, look)
    return claims, min(claims, MOST_CLAIMS)
