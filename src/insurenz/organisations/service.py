"""Creating and changing hospitals and payers."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from insurenz.core import clock
from insurenz.core.errors import Conflict, Unavailable, invalid
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor
from insurenz.events.service import Subject, record
from insurenz.organisations import queries
from insurenz.organisations.models import HospitalPayer, Kind, Organisation

PREFIXES = {Kind.HOSPITAL: "HOSP_", Kind.PAYER: "PAY_"}
_TRIES = 5


def resolve(
    session: Session, id_or_number: str, *, kind: Kind | None = None, field: str = "organisation"
) -> Organisation:
    """The organisation with this id or public number, as the input `field` names it.

    Raises Invalid when there is none, or when it is of another kind.
    """
    found = queries.find(session, id_or_number)
    if found is None or (kind is not None and found.kind != kind):
        raise invalid(
            field, f"unknown_{kind or 'organisation'}", f"There is no such {kind or 'organisation'}."
        )
    return found


def create(
    session: Session,
    actor: Actor | None,
    *,
    kind: Kind,
    name: str,
    number: str | None = None,
    works_with: Sequence[str] = (),
) -> Organisation:
    """Make a hospital or payer, and say with whom it works.

    Raises Invalid for a number of the other kind, Conflict for one that is taken.
    """
    if number is not None and not number.startswith(PREFIXES[kind]):
        raise invalid(
            "number", "number_of_other_kind", f"The number of a {kind} starts with {PREFIXES[kind]}."
        )
    made = _insert(session, kind, name, number)
    _connect(session, made, works_with)
    record(
        session,
        "organisation_created",
        subject=_subject(made),
        actor=actor,
        data={"kind": str(kind), "number": made.number},
    )
    return made


def change(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    name: str | None = None,
    is_active: bool | None = None,
    works_with: Sequence[str] | None = None,
) -> Organisation:
    """Change what is given; what is None stays."""
    given = {"name": name, "is_active": is_active}
    changed = [k for k, v in given.items() if v is not None and v != getattr(organisation, k)]
    for key in changed:
        setattr(organisation, key, given[key])
    if works_with is not None and _connect(session, organisation, works_with):
        changed.append("works_with")
    if changed:
        organisation.version += 1
        organisation.updated_at = clock.now()
        record(
            session,
            "organisation_changed",
            subject=_subject(organisation),
            actor=actor,
            data={"fields": changed, "is_active": organisation.is_active},
        )
    return organisation


def locked(session: Session, organisation: Organisation) -> Organisation:
    """The same row, read anew and held until the unit ends."""
    chosen = select(Organisation).where(Organisation.id == organisation.id)
    return session.scalars(chosen.with_for_update().execution_options(populate_existing=True)).one()


def _insert(session: Session, kind: Kind, name: str, number: str | None) -> Organisation:
    for _ in range(_TRIES):
        now = clock.now()
        made = Organisation(
            id=new_id(),
            kind=kind,
            number=number or _next_number(session, kind),
            name=name,
            is_active=True,
            version=1,
            created_at=now,
            updated_at=now,
        )
        with suppress(IntegrityError), session.begin_nested():
            session.add(made)
            return made
        if number is not None:
            raise Conflict(f"The number {number} is taken.", code="number_taken")
    raise Unavailable("Others take numbers at this moment; try again.")


def _next_number(session: Session, kind: Kind) -> str:
    prefix = PREFIXES[kind]
    taken = session.scalars(select(Organisation.number).where(Organisation.kind == kind))
    counted = [
        int(digits) for digits in (number.removeprefix(prefix) for number in taken) if digits.isdigit()
    ]
    return f"{prefix}{max(counted, default=0) + 1:03d}"


def _connect(session: Session, organisation: Organisation, references: Sequence[str]) -> bool:
    """Let it work with exactly these; whether that changed anything."""
    other_kind = Kind.PAYER if organisation.kind == Kind.HOSPITAL else Kind.HOSPITAL
    wanted = {resolve(session, reference, kind=other_kind, field="works_with").id for reference in references}
    present = {partner.id for partner in queries.partners(session, organisation)}
    for hospital_id, payer_id in [_pair(organisation, other) for other in wanted - present]:
        # The other side may connect at the same moment: then it is there, and that was the wish.
        with suppress(IntegrityError), session.begin_nested():
            session.add(HospitalPayer(hospital_id=hospital_id, payer_id=payer_id))
    for hospital_id, payer_id in [_pair(organisation, other) for other in present - wanted]:
        session.execute(
            delete(HospitalPayer).where(
                HospitalPayer.hospital_id == hospital_id, HospitalPayer.payer_id == payer_id
            )
        )
    session.flush()
    return wanted != present


def _pair(organisation: Organisation, other_id: str) -> tuple[str, str]:
    if organisation.kind == Kind.HOSPITAL:
        return organisation.id, other_id
    return other_id, organisation.id


def _subject(organisation: Organisation) -> Subject:
    return Subject(kind="organisation", id=organisation.id)
