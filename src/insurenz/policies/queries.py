"""Reads of policies, each from what its actor may see."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, bindparam, false, or_, select
from sqlalchemy.orm import Session, joinedload

from insurenz.accounts.models import User
from insurenz.accounts.queries import is_called
from insurenz.core import paging
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.permissions import OVERSEERS, Actor, Role
from insurenz.core.statements import Statement, detached
from insurenz.policies.models import POLICIES, Policy

NUMBER = re.compile(r"POL-[A-Z0-9](?:[A-Z0-9-]{0,58}[A-Z0-9])?")


_HELD_BY_ID, _HELD_BY_NUMBER = (
    Statement(
        select(*POLICIES.c).where(
            column == bindparam("reference"), POLICIES.c.holder_id == bindparam("holder")
        )
    )
    for column in (POLICIES.c.id, POLICIES.c.number)
)


def visible_policies(actor: Actor) -> Select[Policy]:
    """Holders see their own; admins and auditors all; others none."""
    chosen = select(Policy).options(joinedload(Policy.payer))
    if actor.role in OVERSEERS:
        return chosen
    if actor.role is Role.POLICYHOLDER:
        return chosen.where(Policy.holder_id == actor.id)
    return chosen.where(false())


def policy_for(session: Session, actor: Actor, id_or_number: str, *, lock: bool = False) -> Policy:
    """The policy with this id or number, and its holder, held until the unit ends when `lock`.

    Raises NotFound, for a stranger's policy as for a missing one.
    """
    chosen = visible_policies(actor).options(joinedload(Policy.holder))
    if is_id(id_or_number):
        chosen = chosen.where(Policy.id == id_or_number.lower())
    elif NUMBER.fullmatch(id_or_number):
        chosen = chosen.where(Policy.number == id_or_number)
    else:
        raise NotFound
    if lock:
        chosen = chosen.with_for_update(of=Policy).execution_options(populate_existing=True)
    found = session.scalars(chosen).one_or_none()
    if found is None:
        raise NotFound
    return found


def held_policy(session: Session, actor: Actor, id_or_number: str) -> Policy:
    """The policy with this id or number, as a copy that belongs to no session.

    Raises NotFound unless the actor holds it.
    """
    by_id = is_id(id_or_number)
    reference = id_or_number.lower() if by_id else id_or_number
    if not by_id and not NUMBER.fullmatch(reference):
        raise NotFound
    named = {"reference": reference, "holder": actor.id}
    found = (_HELD_BY_ID if by_id else _HELD_BY_NUMBER).first(session, named)
    if found is None:
        raise NotFound
    return detached(Policy, found._asdict())


def own_policies(
    session: Session, actor: Actor, *, cursor: str | None, limit: int
) -> tuple[list[Policy], str | None]:
    """One page of the actor's own policies in the order of their numbers, ended ones too."""
    chosen = visible_policies(actor).where(Policy.holder_id == actor.id)
    return _page(session, chosen, cursor, limit)


def page(
    session: Session,
    actor: Actor,
    *,
    holder_id: str | None,
    where: Mapping[str, Any],
    text: str | None = None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Policy], str | None]:
    """One page of the policies the actor may see, with their holders: of one holder when `holder_id` is given.

    `where` per column; `text` is part of a number, or of a holder's name or address.
    """
    chosen = visible_policies(actor).filter_by(**{k: v for k, v in where.items() if v is not None})
    chosen = chosen.options(joinedload(Policy.holder))
    if holder_id is not None:
        chosen = chosen.where(Policy.holder_id == holder_id.lower() if is_id(holder_id) else false())
    if text is not None:
        holders = select(User.id).where(is_called(text))
        has_number = Policy.number.icontains(text, autoescape=True)
        chosen = chosen.where(or_(has_number, Policy.holder_id.in_(holders)))
    return _page(session, chosen, cursor, limit)


def _page(
    session: Session, chosen: Select[Policy], cursor: str | None, limit: int
) -> tuple[list[Policy], str | None]:
    if cursor is not None:
        [after] = paging.decode(cursor)
        if not NUMBER.fullmatch(after):
            raise paging.refused()
        chosen = chosen.where(Policy.number > after)
    rows = list(session.scalars(chosen.order_by(Policy.number).limit(limit + 1)))
    return rows[:limit], paging.next_cursor(rows, limit, "number")
