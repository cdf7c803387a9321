"""Creating and changing policies, and using their cover."""

from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, bindparam, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from insurenz.accounts.models import User
from insurenz.core import clock
from insurenz.core.errors import Unavailable, invalid
from insurenz.core.ids import is_id, new_code, new_id
from insurenz.core.money import Given, parse_amount
from insurenz.core.permissions import Actor, Role
from insurenz.core.statements import Change
from insurenz.events.service import Subject, record
from insurenz.organisations import service as organisations
from insurenz.organisations.models import Kind
from insurenz.policies.errors import CoverUsedUp, NumberTaken
from insurenz.policies.models import POLICIES, Policy, PolicyStatus, PolicyType

_TRIES = 5
_USED = POLICIES.c.cover_used + bindparam("cover_by", type_=BigInteger)
_CHANGE_USED = (
    update(POLICIES)
    .where(POLICIES.c.id == bindparam("cover_policy"), _USED.between(0, POLICIES.c.cover_amount))
    .values(cover_used=_USED)
    .returning(POLICIES.c.cover_used)
)


def create(
    session: Session,
    actor: Actor | None,
    *,
    holder_id: str,
    payer: str,
    type: PolicyType,  # noqa: A002 - the API's own word
    start_date: date,
    end_date: date,
    cover_amount: Given,
    currency: str,
    number: str | None = None,
    status: PolicyStatus = PolicyStatus.ACTIVE,
) -> Policy:
    """Make a policy of a policyholder with a payer (an id or a number).

    Raises Invalid for a holder or payer who cannot be one, and for wrong dates or amounts, NumberTaken for a number
    that is not free.
    """
    _refuse_dates(start_date, end_date)
    now = clock.now()
    made = _insert(
        session,
        number,
        holder=_holder(session, holder_id),
        payer=organisations.resolve(session, payer, kind=Kind.PAYER, field="payer_id"),
        type=type,
        status=status,
        start_date=start_date,
        end_date=end_date,
        cover_amount=parse_amount(cover_amount, currency, "cover_amount", at_least=1),
        cover_used=0,
        currency=currency,
        version=1,
        created_at=now,
        updated_at=now,
    )
    _record(session, actor, "policy_created", made, fields=[])
    return made


def change(
    session: Session,
    actor: Actor,
    policy: Policy,
    *,
    status: PolicyStatus | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    cover_amount: Given | None = None,
) -> Policy:
    """Change what is given; what is None stays. The policy must have been read with lock.

    Raises Invalid for wrong dates, and for a cover below what is used of it.
    """
    given: dict[str, Any] = {"status": status, "start_date": start_date, "end_date": end_date}
    if cover_amount is not None:
        given["cover_amount"] = _new_cover(policy, cover_amount)
    changed = {k: v for k, v in given.items() if v is not None and v != getattr(policy, k)}
    _refuse_dates(start_date or policy.start_date, end_date or policy.end_date)
    if changed:
        for name, value in changed.items():
            setattr(policy, name, value)
        policy.version += 1
        policy.updated_at = clock.now()
        _record(session, actor, "policy_changed", policy, fields=sorted(changed))
    return policy


def change_cover_used(policy_id: str, by: int) -> Change:
    """Use `by` minor units more of the cover, or give them back when it is negative: a change that is yet to be written.

    One conditional UPDATE, so that two approvals at once can never use more than there is. What it returned is for
    `cover_used`.
    """
    return Change(_CHANGE_USED, {"cover_policy": policy_id, "cover_by": by})


def cover_used(returned: int | None, by: int) -> int:
    """How much of the cover is used after a change by so much.

    Raises CoverUsedUp when there was less; giving back more than was used is a defect and raises ValueError.
    """
    if returned is not None:
        return returned
    if by < 0:
        raise ValueError(f"a policy has used less than {-by} minor units")
    raise CoverUsedUp


def _insert(session: Session, number: str | None, **columns: Any) -> Policy:
    for _ in range(_TRIES):
        made = Policy(id=new_id(), number=number or f"POL-{new_code(10)}", **columns)
        with suppress(IntegrityError), session.begin_nested():
            session.add(made)
            return made
        if number is not None:
            raise NumberTaken(f"The policy number {number} is taken.")
    raise Unavailable("No free policy number was found; try again.")


def _holder(session: Session, user_id: str) -> User:
    found = session.get(User, user_id.lower()) if is_id(user_id) else None
    if found is None or found.role != Role.POLICYHOLDER:
        raise invalid("user_id", "unknown_policyholder", "There is no such policyholder.")
    return found


def _refuse_dates(start_date: date, end_date: date) -> None:
    if end_date < start_date:
        raise invalid("end_date", "before_start", "A policy cannot end before it starts.")


def _new_cover(policy: Policy, cover_amount: Given) -> int:
    amount = parse_amount(cover_amount, policy.currency, "cover_amount", at_least=1)
    if amount < policy.cover_used:
        raise invalid("cover_amount", "below_used", "More than that of the cover is used already.")
    return amount


def _record(session: Session, actor: Actor | None, event: str, policy: Policy, *, fields: list[str]) -> None:
    record(
        session,
        event,
        subject=Subject(kind="policy", id=policy.id, payer_id=policy.payer_id, claimant_id=policy.holder_id),
        actor=actor,
        data={
            "number": policy.number,
            "status": str(policy.status),
            "version": policy.version,
            "fields": fields,
        },
    )
