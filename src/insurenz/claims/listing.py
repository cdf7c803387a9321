"""Reads of many claims: pages in an order, and counts. A page costs about the same however many claims there are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from insurenz.accounts.models import User
from insurenz.claims.models import CLAIMS, Claim
from insurenz.claims.search import Indexed
from insurenz.claims.selection import Condition, Selection
from insurenz.core.db import Session
from insurenz.organisations.models import Organisation

# Up to so many claims that an index finds are fetched and sorted; when there are more of them, the order is followed and
# each claim in it is tested. Neither database can be trusted to choose: SQLite keeps no statistics, and PostgreSQL takes
# each rare word for equally frequent.
MOST_SORTED = 5_000
# More of those that lie together: an order could be followed long in vain before it comes to them.
MOST_SORTED_OF_CLUSTER = 30_000
# About how many claims there are.
SIZE = {
    "sqlite": "(SELECT max(rowid) FROM claims)",
    "postgresql": "(SELECT reltuples FROM pg_class WHERE oid = CAST('claims' AS regclass))",
}
# A form is shown with its claim alone: a page of them could weigh megabytes.
ROW = [column for column in CLAIMS.columns if column.name not in ("form_data", "person_hash")]
# More parts than this are read as one.
MOST_PARTS = 64


@dataclass(frozen=True)
class Position:
    """A place in an order: after the claim with this id, and with this value in the column of the order."""

    value: Any
    id: str


@dataclass(frozen=True)
class Order:
    """By a column, and equal ones by id; or by id alone, which is the order of filing."""

    column: InstrumentedAttribute[Any] | None
    is_descending: bool

    @classmethod
    def of(cls, sort: str, selection: Selection) -> "Order":
        """The order that the API calls so: by id in place of `created_at`, unless it is limited to some days."""
        name = sort.removeprefix("-")
        is_by_id = name == "created_at" and name not in selection.indexed
        return cls(None if is_by_id else getattr(Claim, name), sort.startswith("-"))

    @property
    def columns(self) -> list[InstrumentedAttribute[Any]]:
        """What is compared."""
        return [Claim.id] if self.column is None else [self.column, Claim.id]

    def sorted(self, rows: Select[Any], table: Any = Claim) -> Select[Any]:
        """The rows in this order."""
        columns = [getattr(table, column.key) for column in self.columns]
        return rows.order_by(*(column.desc() if self.is_descending else column.asc() for column in columns))

    def after(self, position: Position | None) -> list[Condition]:
        """In SQL: whether a claim comes after the position."""
        if position is None:
            return []
        values = [position.id] if self.column is None else [position.value, position.id]
        here = tuple_(*self.columns)
        there = tuple_(*(literal(v, c.type) for v, c in zip(values, self.columns, strict=True)))
        return [here < there if self.is_descending else here > there]


@dataclass(frozen=True)
class Way:
    """How claims are read: the parts to be read, and what each claim in them is tested for.

    When `is_sorted`, an index has those of each part in the order of the list.
    """

    parts: Sequence[Condition]
    tests: Sequence[Condition]
    is_sorted: bool = True


def page_of_claims(
    session: Session, selection: Selection, order: Order, *, limit: int, after: Position | None = None
) -> Sequence[Row[Any]]:
    """The claims after a position, without forms, with the names of their assignee and of the organisations they concern.

    One more than `limit` when there are more.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    way = _way(session, selection, order, after, limit + 1)
    page = _ids(way, order, order.after(after), limit + 1, is_sqlite=is_sqlite)
    hospital, payer = aliased(Organisation), aliased(Organisation)
    names = (
        User.name.label("assignee_name"),
        *(hospital.number.label("hospital_number"), hospital.name.label("hospital_name")),
        *(payer.number.label("payer_number"), payer.name.label("payer_name")),
    )
    rows = (
        select(*ROW, *names)
        .join(page, page.c.id == Claim.id)
        .outerjoin(User, User.id == Claim.assignee_id)
        .outerjoin(hospital, hospital.id == Claim.hospital_id)
        .join(payer, payer.id == Claim.payer_id)
    )
    return session.execute(order.sorted(rows)).all()


def counts(session: Session, selection: Selection) -> dict[tuple[str, str, str], int]:
    """How many claims there are by workflow, status group and status; one statement."""
    columns = (Claim.workflow, Claim.status_group, Claim.status)
    tests = [*selection.tests, *(each.finds for each in selection.indexed.values())]
    parts = selection.parts or [Claim.hospital_id.is_(None), Claim.hospital_id.is_not(None)]
    each = [select(*columns, func.count()).where(part, *tests).group_by(*columns) for part in _few(parts)]
    found: Counter[tuple[str, str, str]] = Counter()
    for workflow, group, status, count in session.execute(union_all(*each)):
        found[workflow, group, status] += count
    return dict(found)


def _ids(way: Way, order: Order, tests: Sequence[Condition], limit: int, *, is_sqlite: bool) -> Subquery:
    """The ids of the first claims, each part read only as far as needed."""
    # As the test of a truth no condition brings an index of its own into play.
    tests = [*(test.is_(true()) for test in way.tests), *tests]
    parts = [select(*order.columns).where(part, *tests) for part in way.parts]
    if way.is_sorted and len(parts) == 1:
        return order.sorted(parts[0]).limit(limit).subquery("page")
    if not way.is_sorted:
        # An offset keeps both databases from following an order in vain where few claims are found to be sorted.
        parts = [select(*part.offset(0).subquery().c) for part in parts]
    elif not is_sqlite:
        # SQLite merges parts in their order by itself; PostgreSQL must be told how much of each is enough.
        parts = [select(*order.sorted(part).limit(limit).subquery().c) for part in parts]
    found = (union_all(*parts) if len(parts) > 1 else parts[0]).subquery()
    return order.sorted(select(*found.c), found.c).limit(limit).subquery("page")


def _way(session: Session, selection: Selection, order: Order, after: Position | None, limit: int) -> Way:
    """How a page is read: few claims that an index finds are sorted; else what has the order is followed."""
    indexed = dict(selection.indexed)
    if selection.parts:
        indexed["parts"] = _together(selection.parts)
    along = order.columns[0].key
    others = {n: each for n, each in indexed.items() if n != along}
    is_plain = order.column is None and not selection.indexed
    few = None if is_plain else _fewest(session, others, limit)
    parts: Sequence[Condition] = [true()]
    if few is not None:
        parts = [indexed.pop(few).finds]
    elif order.column is None and 0 < len(selection.parts) <= MOST_PARTS:
        parts = selection.parts
        indexed.pop("parts")
    elif along in indexed and after is None:
        parts = [indexed.pop(along).finds]
    elif along in indexed:
        # The position is one end of the range that is left; SQLite takes no two conditions for one end.
        parts = [indexed[along].least if order.is_descending else indexed[along].most]
    return Way(parts, [*selection.tests, *(each.tests for each in indexed.values())], is_sorted=few is None)


def _together(parts: Sequence[Condition]) -> Indexed:
    found = or_(*parts)
    each = [select(literal(1)).select_from(Claim).where(part) for part in _few(parts)]
    return Indexed(found, found, select(union_all(*each).subquery().columns[0]))


def _few(parts: Sequence[Condition]) -> Sequence[Condition]:
    return [or_(*parts)] if len(parts) > MOST_PARTS else parts


def _fewest(session: Session, indexed: Mapping[str, Indexed], limit: int) -> str | None:
    """The condition that finds the fewest claims, when these are few enough to be sorted.

    Of m claims among n, that lie anywhere, the first ones are met after about limit * n / m: from there on, following
    costs less than sorting.
    """
    if not indexed:
        return None
    most = {n: MOST_SORTED_OF_CLUSTER if each.is_clustered else MOST_SORTED for n, each in indexed.items()}
    found = {n: each.estimate for n, each in indexed.items()}
    rows = {n: e.counted.limit(most[n] + 1).subquery() for n, e in indexed.items() if e.counted is not None}
    counted = [select(func.count()).select_from(each).scalar_subquery() for each in rows.values()]
    size_now: ColumnElement[float] = literal_column(SIZE[session.get_bind().dialect.name])
    *numbers, size = session.execute(select(*counted, size_now)).one()
    found |= dict(zip(rows, numbers, strict=True))
    if size is not None and size > 0:
        met_soon = isqrt(int(limit * size))
        most = {n: bound if indexed[n].is_clustered else min(bound, met_soon) for n, bound in most.items()}
    return min((n for n in found if found[n] <= most[n]), key=lambda n: found[n], default=None)
