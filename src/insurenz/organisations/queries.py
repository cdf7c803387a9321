"""Reads of organisations."""

import re
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Select, or_, select, union_all
from sqlalchemy.orm import Session

from insurenz.core import paging
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.permissions import OVERSEERS, Actor
from insurenz.organisations.models import HospitalPayer, Kind, Organisation

_NUMBER = re.compile(r"(HOSP|PAY)_[A-Z0-9]{1,20}")
_PARTNER_COLUMNS = {
    Kind.HOSPITAL: (HospitalPayer.hospital_id, HospitalPayer.payer_id),
    Kind.PAYER: (HospitalPayer.payer_id, HospitalPayer.hospital_id),
}


def visible_organisations(actor: Actor) -> Select[Organisation]:
    """The directory: active ones for everybody, the others for admin and auditor too."""
    if actor.role in OVERSEERS:
        return select(Organisation)
    return select(Organisation).where(Organisation.is_active)


def page(
    session: Session,
    actor: Actor,
    *,
    kind: Kind | None = None,
    text: str | None = None,
    cursor: str | None = None,
    limit: int = paging.DEFAULT_LIMIT,
) -> tuple[list[Organisation], str | None]:
    """One page in the order of their numbers, and the cursor of the next; `text` is part of a name or number."""
    chosen = visible_organisations(actor).order_by(Organisation.number).limit(limit + 1)
    if kind is not None:
        chosen = chosen.where(Organisation.kind == kind)
    if text is not None:
        columns = (Organisation.name, Organisation.number)
        chosen = chosen.where(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if cursor is not None:
        [after] = paging.decode(cursor)
        if not _NUMBER.fullmatch(after):
            raise paging.refused()
        chosen = chosen.where(Organisation.number > after)
    rows = list(session.scalars(chosen))
    return rows[:limit], paging.next_cursor(rows, limit, "number")


def find(session: Session, id_or_number: str) -> Organisation | None:
    """The organisation with this id or public number."""
    if is_id(id_or_number):
        return session.get(Organisation, id_or_number.lower())
    if not _NUMBER.fullmatch(id_or_number):
        return None
    return session.scalar(select(Organisation).where(Organisation.number == id_or_number))


def by_name(session: Session, kind: Kind, name: str) -> Organisation | None:
    """The one organisation of this kind with exactly this name; None when there is none, or several have it."""
    found = session.scalars(
        select(Organisation).where(Organisation.kind == kind, Organisation.name == name).limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def ids_by_number(session: Session, numbers: Collection[str]) -> dict[str, str]:
    """The ids of the organisations that have these numbers, in one query."""
    chosen = select(Organisation.number, Organisation.id).where(Organisation.number.in_(numbers))
    return {row.number: row.id for row in session.execute(chosen)}


def visible(session: Session, actor: Actor, id_or_number: str) -> Organisation:
    """The organisation, if the actor may see it; raises NotFound."""
    found = find(session, id_or_number)
    if found is None or not (found.is_active or actor.role in OVERSEERS):
        raise NotFound
    return found


def partners(session: Session, organisation: Organisation) -> list[Organisation]:
    """Those the organisation works with, in the order of their numbers."""
    own, other = _PARTNER_COLUMNS[Kind(organisation.kind)]
    chosen = select(Organisation).join(HospitalPayer, other == Organisation.id).where(own == organisation.id)
    return list(session.scalars(chosen.order_by(Organisation.number)))


def partner_numbers(session: Session, ids: Collection[str]) -> dict[str, list[str]]:
    """For each of these organisations the numbers of those it works with, in one query."""
    pairs = union_all(
        *(
            select(own.label("own"), Organisation.number.label("number"))
            .join(Organisation, Organisation.id == other)
            .where(own.in_(ids))
            for own, other in _PARTNER_COLUMNS.values()
        )
    ).subquery()
    found: dict[str, list[str]] = defaultdict(list)
    for own, number in session.execute(select(pairs.c.own, pairs.c.number).order_by(pairs.c.number)):
        found[own].append(number)
    return found


def work_together(session: Session, hospital_id: str, payer_id: str) -> bool:
    """Whether this hospital and this payer work with each other."""
    return session.get(HospitalPayer, (hospital_id, payer_id)) is not None
