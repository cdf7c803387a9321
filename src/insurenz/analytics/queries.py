"""The numbers, each in one statement that starts from the claims its reader sees.

They are looked up by when claims were filed. What needs the history of each claim looks at the newest `MOST_CLAIMS`
of them, so that it costs no more however many there are.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    union_all,
)

from insurenz.analytics.defined import Clocks, Reasons
from insurenz.analytics.period import Period
from insurenz.claims.models import KIND, Claim, ClaimQuery
from insurenz.claims.queries import visible_claims
from insurenz.core.db import Session
from insurenz.core.ids import first_id, is_id
from insurenz.core.permissions import Actor
from insurenz.events.models import Event
from insurenz.notifications.models import InboxItem, Notice
from insurenz.organisations.models import Organisation
from insurenz.workflow.vocabulary import CLOSED, DECIDED

MOST_CLAIMS = 50_000
OTHER, WITHDRAWN = "other", "withdrawn"
# A sum is made of two, so that no number of large amounts is more than a database can count.
PART = 1_000_000

Rows = Sequence[Any]


@dataclass(frozen=True)
class Look:
    """Who looks at which claims: those filed in the period, of a workflow, a hospital, a payer (None: of any)."""

    actor: Actor
    period: Period
    workflow: str | None = None
    hospital: str | None = None
    payer: str | None = None

    def claims(self, period: Period | None = None) -> Select[Claim]:
        """Those that the actor sees; of a part of the period when it is given."""
        begins, ends = (period or self.period).moments
        found = visible_claims(self.actor).where(Claim.created_at >= begins, Claim.created_at < ends)
        if self.workflow is not None:
            found = found.where(Claim.workflow == self.workflow)
        if self.hospital is not None:
            found = found.where(Claim.hospital_id == _organisation(self.hospital))
        return found if self.payer is None else found.where(Claim.payer_id == _organisation(self.payer))

    def newest(self) -> CTE:
        """The newest of them, with the definition that each pins."""
        columns = (Claim.id, Claim.workflow, Claim.workflow_version)
        ordered = self.claims().order_by(Claim.created_at.desc(), Claim.id.desc())
        return ordered.with_only_columns(*columns).limit(MOST_CLAIMS).cte("looked_into")


def count(session: Session, look: Look) -> int:
    """How many claims there are."""
    return session.execute(look.claims().with_only_columns(func.count())).scalar_one()


def by_status(session: Session, look: Look, buckets: Iterable[Period]) -> Rows:
    """Claims by the number of their bucket, workflow, status group and status."""
    columns = (Claim.workflow, Claim.status_group, Claim.status)
    each = [
        look.claims(part)
        .with_only_columns(literal(n).label("bucket"), *columns, func.count())
        .group_by(*columns)
        for n, part in enumerate(buckets)
    ]
    return session.execute(union_all(*each)).all()


def amounts(session: Session, look: Look) -> Rows:
    """By workflow and currency: claims, and their amounts, of all, of those that are decided, and approved."""
    is_withdrawn = func.coalesce(Claim.resolution, "") == WITHDRAWN
    is_decided = and_(Claim.status_group.in_((DECIDED, CLOSED)), ~is_withdrawn)
    sums = {
        "claimed": Claim.claim_amount,
        "decided": case((is_decided, Claim.claim_amount)),
        "approved": case((is_decided, Claim.approved_amount)),
    }
    columns = [column for name, amount in sums.items() for column in _counted(name, amount)]
    chosen = look.claims().with_only_columns(Claim.workflow, Claim.currency, *columns)
    return session.execute(chosen.group_by(Claim.workflow, Claim.currency)).all()


def _counted(name: str, amount: Any) -> Iterable[ColumnElement[Any]]:
    yield func.count(amount).label(f"{name}_claims")
    yield func.coalesce(func.sum(amount // PART), 0).label(f"{name}_parts")
    yield func.coalesce(func.sum(amount % PART), 0).label(f"{name}_rest")


def reasons(session: Session, look: Look, known: Reasons) -> Rows:
    """How often queries were raised, and claims stand refused, by workflow and reason.

    Of the reasons only those leave the database that are `known` by the name of their field.
    """
    category = _known(ClaimQuery.category, known.get("query_category", ()))
    asked = look.claims().join(ClaimQuery, ClaimQuery.claim_id == Claim.id).where(ClaimQuery.kind == "query")
    reason = _known(Claim.rejection_reason, known.get("rejection_reason", ()))
    refused = look.claims().where(Claim.rejection_reason.is_not(None))
    return session.execute(
        union_all(_by_reason(asked, "query", category), _by_reason(refused, "rejection", reason))
    ).all()


def _by_reason(chosen: Select[Any], kind: str, reason: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    columns = (
        literal(kind).label("kind"),
        Claim.workflow,
        reason.label("reason"),
        func.count().label("number"),
    )
    return chosen.with_only_columns(*columns).group_by(Claim.workflow, "reason")


def _known(column: Any, known: Collection[str]) -> ColumnElement[str]:
    return case((column.in_(known), column), else_=OTHER)


def turns(session: Session, look: Look, clocks: Clocks) -> Rows:
    """By workflow and party: how many turns it had, how many have ended, and how long these took.

    `clocks` are the states in which claims wait, by workflow, version and party.
    """
    claims = look.newest()
    whose = _party(claims, clocks)
    joined = and_(Event.subject_kind == KIND, Event.subject_id == claims.c.id, Event.version.is_not(None))
    moves = (
        select(
            claims.c.workflow,
            whose.label("party"),
            Event.subject_id,
            Event.version,
            Event.occurred_at.label("began_at"),
            func.lag(whose).over(partition_by=Event.subject_id, order_by=Event.version).label("before"),
        )
        .join_from(claims, Event, joined)
        .subquery("moves")
    )
    ended_at = func.lead(moves.c.began_at).over(partition_by=moves.c.subject_id, order_by=moves.c.version)
    # A move that leaves the claim with the same party is no new turn.
    is_new = or_(moves.c.before.is_(None), moves.c.before != moves.c.party)
    each = select(moves.c.workflow, moves.c.party, _seconds(moves.c.began_at, ended_at)).where(is_new)
    turn = each.subquery("turns")
    waited = select(turn).where(turn.c.party != "").subquery("waited")
    return session.execute(_spread(waited, "workflow", "party")).all()


def stays(session: Session, *, like: Claim, begins: datetime, most: int) -> tuple[int, int] | None:
    """How many claims like this one have been in its status and left it, and the median of how long that took, in seconds.

    Of its workflow, payer and kind, filed since `begins`: the newest `most` of them, whoever may see them. None when
    there are none.
    """
    kind = Claim.hospital_id.is_(None) if like.hospital_id is None else Claim.hospital_id.is_not(None)
    similar = (
        select(Claim.id)
        .where(Claim.payer_id == like.payer_id, kind, Claim.workflow == like.workflow)
        .where(Claim.id >= first_id(begins))
        .order_by(Claim.id.desc())
        .limit(most)
        .cte("similar")
    )
    joined = and_(Event.subject_kind == KIND, Event.subject_id == similar.c.id, Event.version.is_not(None))
    left_at = func.lead(Event.occurred_at).over(partition_by=Event.subject_id, order_by=Event.version)
    moves = (
        select(Event.status, Event.occurred_at.label("came_at"), left_at.label("left_at"))
        .join_from(similar, Event, joined)
        .subquery("moves")
    )
    each = select(moves.c.status, _seconds(moves.c.came_at, moves.c.left_at))
    those = each.where(moves.c.status == like.status, moves.c.left_at.is_not(None)).subquery("stays")
    found = session.execute(_spread(those, "status")).one_or_none()
    return None if found is None else (found.timed, found.median)


def _party(claims: CTE, clocks: Clocks) -> ColumnElement[str]:
    cases = [
        (
            and_(claims.c.workflow == name, claims.c.workflow_version == version, Event.status.in_(states)),
            literal(party),
        )
        for (name, version, party), states in clocks.items()
    ]
    return case(*cases, else_="") if cases else literal("")


def notices(session: Session, look: Look) -> Rows:
    """By category: how many notices people have in their inboxes, how many they have read, and how soon."""
    claims = look.newest()
    is_notice = and_(InboxItem.event_id == Notice.event_id, InboxItem.audience == Notice.audience)
    each = (
        select(InboxItem.category, _seconds(InboxItem.created_at, InboxItem.read_at))
        .join_from(claims, Notice, Notice.subject_id == claims.c.id)
        .join(InboxItem, is_notice)
    )
    return session.execute(_spread(each.subquery("told"), "category")).all()


def _spread(each: Subquery, *keys: str) -> Select[*tuple[Any, ...]]:
    """By these keys: rows, those with `seconds`, their median and the p90, each one of them (the nearest rank)."""
    by = [each.c[key] for key in keys]
    many = func.count(each.c.seconds).over(partition_by=by)
    rank = func.row_number().over(partition_by=by, order_by=[each.c.seconds.is_(None), each.c.seconds])
    ranked = select(*by, each.c.seconds, many.label("many"), rank.label("rank")).subquery("ranked")

    def at(place: ColumnElement[int]) -> ColumnElement[int]:
        return func.max(case((ranked.c.rank == place, ranked.c.seconds)))

    columns = [ranked.c[key] for key in keys]
    return select(
        *columns,
        func.count().label("all"),
        func.count(ranked.c.seconds).label("timed"),
        at((ranked.c.many + 1) // 2).label("median"),
        at((ranked.c.many * 9 + 9) // 10).label("p90"),
    ).group_by(*columns)


def _seconds(start: Any, end: Any) -> ColumnElement[int]:
    return cast(extract("epoch", end) - extract("epoch", start), BigInteger).label("seconds")


def _organisation(name: str) -> Any:
    if is_id(name):
        return name.lower()
    return select(Organisation.id).where(Organisation.number == name).scalar_subquery()
