"""Whose claims a list holds: what its reader reaches, within the organisations that it is limited to."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from insurenz.accounts.queries import assigned
from insurenz.claims.models import Claim
from insurenz.core.db import Session
from insurenz.core.permissions import OVERSEERS, Actor, Role
from insurenz.organisations.models import Kind, Organisation

Ids = frozenset[str]


@dataclass(frozen=True)
class Scope:
    """Claims by the organisations they concern; None is no limit.

    `payers` are those of retail claims; hospital claims have one of `hospitals` and one of `hospital_payers`.
    """

    payers: Ids | None = None
    hospitals: Ids | None = None
    hospital_payers: Ids | None = None

    def of_hospital(self, hospital_id: str) -> "Scope":
        """The claims of one hospital among them."""
        return replace(self, payers=frozenset(), hospitals=_among(self.hospitals, hospital_id))

    def of_payer(self, payer_id: str) -> "Scope":
        """The claims of one payer among them."""
        return replace(
            self,
            payers=_among(self.payers, payer_id),
            hospital_payers=_among(self.hospital_payers, payer_id),
        )

    @property
    def is_everything(self) -> bool:
        """Whether it is without limit."""
        return self == Scope()

    @property
    def is_nothing(self) -> bool:
        """Whether no claim can be among them."""
        return self.payers == frozenset() and frozenset() in (self.hospitals, self.hospital_payers)

    def parts(self, session: Session, groups: Ids | None) -> list[ColumnElement[bool]]:
        """Conditions in SQL of the claims in these status groups (None: in any); none of them for all claims.

        No claim meets two of them, and an index has those of each newest first.
        """
        if self.is_everything and groups is None:
            return []
        scope = _of_everybody(session) if self.is_everything else self
        bases = [*scope._retail(), *scope._at_hospitals()]
        if groups is None:
            return bases
        return [and_(base, Claim.status_group == group) for base in bases for group in sorted(groups)]

    def tests(self, groups: Ids | None) -> list[ColumnElement[bool]]:
        """The same said of one claim."""
        found = [] if self.is_everything else [or_(false(), *self._retail(), *self._at_hospitals())]
        return found if groups is None else [*found, Claim.status_group.in_(groups)]

    def _retail(self) -> list[ColumnElement[bool]]:
        is_retail = Claim.hospital_id.is_(None)
        if self.payers is None:
            return [is_retail]
        return [and_(is_retail, Claim.payer_id == payer) for payer in sorted(self.payers)]

    def _at_hospitals(self) -> list[ColumnElement[bool]]:
        payers = self.hospital_payers
        if self.hospitals is not None:
            has_payer = true() if payers is None else Claim.payer_id.in_(payers)
            return [and_(Claim.hospital_id == hospital, has_payer) for hospital in sorted(self.hospitals)]
        is_hospital = Claim.hospital_id.is_not(None)
        if payers is None:
            return [is_hospital]
        return [and_(is_hospital, Claim.payer_id == payer) for payer in sorted(payers)]


def reached(session: Session, actor: Actor) -> Scope:
    """What the actor reaches by their role and assignments: of policyholders, whose own claims are another matter, all."""
    if actor.role in OVERSEERS or actor.role is Role.POLICYHOLDER:
        return Scope()
    reach = assigned(session, actor.id)
    if actor.role is Role.HOSPITAL_USER:
        return Scope(payers=frozenset(), hospitals=reach.hospitals)
    return Scope(reach.payers, reach.hospitals, reach.payers or None)


def _of_everybody(session: Session) -> Scope:
    """Everything, organisation by organisation."""
    found: dict[str, set[str]] = {Kind.PAYER: set(), Kind.HOSPITAL: set()}
    for kind, organisation in session.execute(select(Organisation.kind, Organisation.id)):
        found[kind].add(organisation)
    return Scope(frozenset(found[Kind.PAYER]), frozenset(found[Kind.HOSPITAL]))


def _among(ids: Ids | None, one: str) -> Ids:
    return frozenset({one}) if ids is None else ids & {one}
