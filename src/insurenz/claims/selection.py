"""Which claims a list holds: what its reader reaches and its filters name, by how the database finds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false

from insurenz.claims.filters import ClaimFilters
from insurenz.claims.models import Claim
from insurenz.claims.rules import Rules
from insurenz.claims.scope import Scope, reached
from insurenz.claims.search import Indexed, matching
from insurenz.core.db import Session
from insurenz.core.errors import invalid
from insurenz.core.ids import is_id
from insurenz.core.money import parse_amount
from insurenz.core.permissions import Actor, Role
from insurenz.organisations.queries import ids_by_number

Condition = ColumnElement[bool]
Ids = frozenset[str]


@dataclass(frozen=True)
class Selection:
    """The claims in one of `parts` (none of them: all claims) that pass all `tests` and have all that is `indexed`.

    No claim is in two parts, and an index has those of each part newest first. No index answers the tests.
    """

    parts: Sequence[Condition]
    tests: Sequence[Condition] = ()
    indexed: Mapping[str, Indexed] = field(default_factory=dict)


NOTHING = Selection([false()])
# No organisation has this id.
NOBODYS = "00000000-0000-0000-0000-000000000000"


def selected(session: Session, actor: Actor, filters: ClaimFilters, rules: Rules) -> Selection:
    """The claims that the actor may see and that the filters name.

    Raises Invalid for an amount that is none, and for `assignee` from somebody who does not see assignees.
    """
    indexed = _days_and_amounts(filters, rules)
    assignee = _assignee(actor, filters)
    scope, groups = _scope(session, actor, filters), _groups(session, filters, rules)
    if scope.is_nothing or groups == frozenset():
        return NOTHING
    if filters.text is not None:
        found = matching(session, filters.text, number_prefix=rules.settings.number_prefix)
        if found is None:
            return NOTHING
        indexed["text"] = found
    tests = [getattr(Claim, name) == value for name, value in _equal(filters).items()]
    if actor.role is Role.POLICYHOLDER:
        is_own = Claim.hospital_id.is_(None)
        return Selection([Claim.user_id == actor.id], [is_own, *tests, *scope.tests(groups)], indexed)
    if assignee == "none":
        tests.append(Claim.assignee_id.is_(None))
    elif assignee is not None:
        return Selection([Claim.assignee_id == assignee], [*tests, *scope.tests(groups)], indexed)
    return Selection(scope.parts(session, groups), tests, indexed)


def _equal(filters: ClaimFilters) -> dict[str, str]:
    return filters.model_dump(include={"status", "workflow", "claim_type"}, exclude_none=True)


def _assignee(actor: Actor, filters: ClaimFilters) -> str | None:
    if filters.assignee is None:
        return None
    if actor.side == "filer":
        raise invalid("assignee", "staff_only", "Who works on a claim is shown to staff only.")
    return actor.id if filters.assignee == "me" else filters.assignee.lower()


def _scope(session: Session, actor: Actor, filters: ClaimFilters) -> Scope:
    """What the actor reaches of the organisations in the filters."""
    scope = reached(session, actor)
    names = [name for name in (filters.hospital, filters.payer) if name is not None]
    numbers = [name for name in names if not is_id(name)]
    known = ids_by_number(session, numbers) if numbers else {}
    ids = {name: name.lower() if is_id(name) else known.get(name, NOBODYS) for name in names}
    if filters.hospital is not None:
        scope = scope.of_hospital(ids[filters.hospital])
    return scope if filters.payer is None else scope.of_payer(ids[filters.payer])


def _groups(session: Session, filters: ClaimFilters, rules: Rules) -> Ids | None:
    """The status groups that the filters leave, so that a queue is found by its index also under the name of a status."""
    asked = None if filters.status_group is None else frozenset(filters.status_group.split(","))
    if filters.status is None:
        return asked
    phases = rules.definitions.phases_of(session, filters.status)
    return phases if asked is None else phases & asked


def _days_and_amounts(filters: ClaimFilters, rules: Rules) -> dict[str, Indexed]:
    """The conditions on ranges, by their column."""
    ranges = {
        "created_at": _moments(filters.created_from, filters.created_to, rules.timezone),
        "incident_date": (filters.incident_from, filters.incident_to),
        "claim_amount": (
            _minor(filters.amount_min, "amount_min", rules),
            _minor(filters.amount_max, "amount_max", rules),
        ),
    }
    return {
        name: Indexed.between(getattr(Claim, name), least, most, is_clustered=name != "claim_amount")
        for name, (least, most) in ranges.items()
        if (least, most) != (None, None)
    }


def _moments(first: date | None, last: date | None, zone: str) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of these days in a zone."""
    starts = None if first is None else _midnight(first, zone)
    ends = None if last is None else _midnight(last + timedelta(days=1), zone) - timedelta(microseconds=1)
    return starts, ends


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _minor(given: str | None, field_name: str, rules: Rules) -> int | None:
    return None if given is None else parse_amount(given, rules.settings.currency, field_name)
