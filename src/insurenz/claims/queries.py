"""Reads of claims and drafts, each starting from what the actor may see."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased, joinedload

from insurenz.accounts.queries import IdColumn, is_assigned, reaches_hospital_claim, reaches_retail_claim
from insurenz.claims.models import KIND, Claim, ClaimDocument, Draft
from insurenz.core import context
from insurenz.core.db import Session
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.permissions import FILERS, OVERSEERS, Actor, Role
from insurenz.documents.models import Document
from insurenz.events.models import EVENTS
from insurenz.organisations.models import Kind

NUMBER = re.compile(r"[A-Z0-9-]{1,40}")
# A claim is read together with the organisations it concerns.
PARTIES = (joinedload(Claim.hospital), joinedload(Claim.payer))


def visible_claims(actor: Actor) -> Select[Claim]:
    """Every claim that the actor may see, and no other."""
    return select(Claim).where(_reaches(actor))


def _reaches(actor: Actor) -> ColumnElement[bool]:
    if actor.role in OVERSEERS:
        return true()
    if actor.role is Role.POLICYHOLDER:
        return holds(actor)
    at_hospital = and_(
        Claim.hospital_id.is_not(None), reaches_hospital_claim(actor, Claim.hospital_id, Claim.payer_id)
    )
    return or_(at_hospital, and_(Claim.hospital_id.is_(None), reaches_retail_claim(actor, Claim.payer_id)))


def holds(actor: Actor) -> ColumnElement[bool]:
    """In SQL: whether a claim is the actor's own, against a policy; what they once submitted at a desk is not."""
    return and_(Claim.user_id == actor.id, Claim.hospital_id.is_(None))


def done_for_filer() -> Select[str | None, str]:
    """Who did anything about which claim while they were on its filer's side, once for each time."""
    is_of_filer = or_(*(EVENTS.c.actor_role == role for role in sorted(FILERS)))
    done = select(EVENTS.c.actor_id, EVENTS.c.subject_id)
    return done.where(EVENTS.c.subject_kind == KIND, is_of_filer)


def acted_for_filer(actor_id: str | BindParameter[str], claim_id: IdColumn) -> ColumnElement[bool]:
    """In SQL: whether somebody is among them for a claim.

    A value and no EXISTS, for which PostgreSQL might read all events at once.
    """
    by_them = done_for_filer().where(EVENTS.c.subject_id == claim_id, EVENTS.c.actor_id == actor_id)
    return by_them.with_only_columns(literal(1)).limit(1).scalar_subquery().is_not(None)


def filers_of(session: Session, claim: Claim) -> frozenset[str | None]:
    """Whose own a claim is: the ids of who filed it, and of who acted for them, as at a hospital alone others do."""
    done = done_for_filer().where(EVENTS.c.subject_id == claim.id)
    return frozenset({claim.user_id, *(session.scalars(done) if claim.hospital_id is not None else ())})


def visible_drafts(actor: Actor) -> Select[Draft]:
    """Every draft that the actor, who files claims, has written and may see."""
    of_theirs = is_assigned(actor.id, Draft.hospital_id, Kind.HOSPITAL)
    is_seen = Draft.hospital_id.is_(None) if actor.role is Role.POLICYHOLDER else of_theirs
    return select(Draft).where(Draft.user_id == actor.id, is_seen)


def claim_for(session: Session, actor: Actor, reference: str, *, lock: bool = False) -> Claim:
    """The claim with this id or number, locked for a change when asked for.

    Raises NotFound when it is missing or not the actor's: the two are one answer.
    """
    column, value = named(reference)
    found = visible_claims(actor).where(column == value).options(*PARTIES)
    claim = session.execute(found.with_for_update(of=Claim) if lock else found).scalar_one_or_none()
    if claim is None:
        raise NotFound
    context.note_claim(claim.id)
    return claim


def named(reference: str) -> tuple[InstrumentedAttribute[str], str]:
    """The column by which a claim is named, its id or its number, and the value. Raises NotFound for neither."""
    if is_id(reference):
        return Claim.id, reference.lower()
    if NUMBER.fullmatch(reference):
        return Claim.claim_number, reference
    raise NotFound


def claims_for(session: Session, actor: Actor, references: Sequence[str]) -> dict[str, Claim]:
    """The claims with these ids or numbers, locked for a change; what is missing or not the actor's is left out.

    They are locked in the order of their ids, so that two who lock some of the same never wait for each other.
    """
    ids = {each: each.lower() for each in references if is_id(each)}
    names = or_(Claim.id.in_(ids.values()), Claim.claim_number.in_(set(references) - set(ids)))
    found = session.scalars(
        visible_claims(actor).where(names).options(*PARTIES).order_by(Claim.id).with_for_update(of=Claim)
    ).all()
    known = {claim.id: claim for claim in found} | {claim.claim_number: claim for claim in found}
    return {each: known[ids.get(each, each)] for each in references if ids.get(each, each) in known}


class Attached(NamedTuple):
    """A document of a claim, and the id of the newer one that took its place."""

    document: Document
    replaced_by: str | None


def _shown(actor: Actor) -> ColumnElement[bool]:
    """In SQL: whether a document of a claim is shown to its reader: one that was replaced is for staff alone."""
    return true() if actor.side == "staff" else ClaimDocument.replaced_by.is_(None)


def in_order(documents: Iterable[Attached]) -> list[Attached]:
    """A claim's documents in the order they came."""
    return sorted(documents, key=lambda each: each.document.id)


def shown(actor: Actor, documents: Sequence[Attached]) -> Sequence[Attached]:
    """Those of a claim's documents that are shown to its reader."""
    return [each for each in documents if actor.side == "staff" or each.replaced_by is None]


def _attached(actor: Actor, claim: Claim) -> Select[Document, str | None]:
    chosen = select(Document, ClaimDocument.replaced_by)
    join = chosen.join(ClaimDocument, ClaimDocument.document_id == Document.id)
    return join.where(ClaimDocument.claim_id == claim.id, _shown(actor))


def documents_named(
    session: Session, actor: Actor, claim: Claim, document_ids: Sequence[str]
) -> Sequence[Attached]:
    """Those of a claim's documents with these ids that are shown to its reader; no statement without ids."""
    if not document_ids:
        return []
    named = _attached(actor, claim).where(Document.id.in_(document_ids))
    return [Attached(*row) for row in session.execute(named)]


def document_of(session: Session, actor: Actor, claim: Claim, document_id: str) -> Attached:
    """One document of a claim that was found for its reader; raises NotFound."""
    if not is_id(document_id):
        raise NotFound
    wanted = _attached(actor, claim).where(Document.id == document_id.lower())
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    return Attached(*row)


def document_for(session: Session, actor: Actor, document_id: str) -> Document:
    """A document of any claim that the actor may see; raises NotFound."""
    if not is_id(document_id):
        raise NotFound
    join = visible_claims(actor).join(ClaimDocument, ClaimDocument.claim_id == Claim.id)
    both = join.join(Document, Document.id == ClaimDocument.document_id).with_only_columns(Document)
    document = session.scalars(both.where(Document.id == document_id, _shown(actor))).one_or_none()
    if document is None:
        raise NotFound
    return document


class SameFile(NamedTuple):
    """A document of a claim whose very bytes another claim has, too: its id and number where the reader may see it."""

    document_id: str
    claim_id: str | None
    claim_number: str | None


def same_files(session: Session, actor: Actor, claim: Claim, *, most: int) -> list[SameFile]:
    """Other claims that have the same files as one that was found for its reader, and at most so many."""
    theirs, their_document = aliased(ClaimDocument), aliased(Document)
    seen = visible_claims(actor).with_only_columns(Claim.id, Claim.claim_number).subquery()
    pairs = (
        select(ClaimDocument.document_id, seen.c.id, seen.c.claim_number)
        .join(Document, Document.id == ClaimDocument.document_id)
        .join(their_document, their_document.sha256 == Document.sha256)
        .join(theirs, theirs.document_id == their_document.id)
        .outerjoin(seen, seen.c.id == theirs.claim_id)
        .where(ClaimDocument.claim_id == claim.id, theirs.claim_id != claim.id)
        .distinct()
        .order_by(ClaimDocument.document_id, seen.c.claim_number)
    )
    return [SameFile(*row) for row in session.execute(pairs.limit(most))]
