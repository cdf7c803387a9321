"""How a claim stands: with all by which a move of it is judged, and by which it is shown; read in one statement."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, ColumnElement, Select, String, bindparam, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from insurenz.accounts.models import User
from insurenz.claims.asking import Asked
from insurenz.claims.models import CLAIM_DOCUMENTS, CLAIMS, KIND, QUERIES, Claim, ClaimQuery
from insurenz.claims.queries import Attached, acted_for_filer, in_order, named, visible_claims
from insurenz.core import context
from insurenz.core.db import Id, Session
from insurenz.core.errors import NotFound
from insurenz.core.gathering import gathered
from insurenz.core.permissions import Actor, Role
from insurenz.core.statements import Statement, detached
from insurenz.documents.models import DOCUMENTS, Document
from insurenz.documents.schemas import FOUND
from insurenz.events.models import CHAINS, EVENTS, TEXTS, Event
from insurenz.events.queries import Entry
from insurenz.events.service import End
from insurenz.organisations.models import Organisation
from insurenz.policies.models import POLICIES, Policy
from insurenz.workflow.guards import Move

_HOSPITAL, _PAYER = aliased(Organisation), aliased(Organisation)
# What is needed of documents, of a policy, of a move's data, and of the events that asked and answered.
_SHOWN = (*FOUND, "verification", "verification_reason", "details")
_COVER = ("number", "type", "status", "start_date", "end_date", "cover_amount", "cover_used", "currency")
_MOVE = {"action": "action", "from": "source", "to": "target"}
_SHOWN_OF_EVENTS = (EVENTS.c.id, EVENTS.c.actor_role, EVENTS.c.actor_name, EVENTS.c.data)


class Dossier(NamedTuple):
    """A claim, its past moves, its documents by id (replaced ones too), and what was asked about it, oldest first.

    `policy` and `assignee_name` are None when it has none, `end` is that of its chain of events, `is_own` whether its
    reader filed it or acted for who did. Nothing of it belongs to a session.
    """

    claim: Claim
    history: tuple[Move, ...]
    documents: Sequence[Attached]
    asked: Sequence[Asked]
    policy: Policy | None
    assignee_name: str | None
    end: End | None
    is_own: bool

    @property
    def cover_left(self) -> int | None:
        """What its policy still covers."""
        return None if self.policy is None else self.policy.cover_left


def dossier_of(session: Session, actor: Actor, reference: str, *, lock: bool = False) -> Dossier:
    """How the claim with this id or number stands; claim and chain locked for a change when asked for.

    Raises NotFound when it is missing or not the actor's: the two are one answer.
    """
    column, value = named(reference)
    statement = _statement(actor.role, column.key, lock=lock)
    given = {"reader": actor.id, "actor": actor.id, "reference": value}
    row = statement.first(session, given)
    if row is not None and lock and row.last_seq != row.chain_count:
        # Another was faster while this one waited for the lock: only what is locked was read after that.
        row = statement.first(session, given)
    if row is None:
        raise NotFound
    context.note_claim(row.id)
    return _dossier(row, actor)


@cache
def _statement(role: Role, name: str, *, lock: bool) -> Statement:
    """The statement for readers of a role, and claims named by this column. One that waited for a lock sees the rest as it
    was before.
    """
    reader: Any = Actor(id=bindparam("reader", type_=Id), role=role, name="", email="")  # type: ignore[arg-type]
    found = visible_claims(reader).where(CLAIMS.c[name] == bindparam("reference"))
    columns = found.with_only_columns(*CLAIMS.c)
    claim = (columns.with_for_update(of=CLAIMS) if lock else columns).cte("claim")
    # By the claim's id, so that it is locked after the claim, as everybody does.
    is_of_claim = (CHAINS.c.subject_kind == KIND, CHAINS.c.subject_id == select(claim.c.id).scalar_subquery())
    ends = select(CHAINS.c.head, CHAINS.c["count"]).where(*is_of_claim)
    end = (ends.with_for_update(of=CHAINS) if lock else ends).cte("chain_end")
    return Statement(lambda dialect: _select(dialect, claim, end))


def _select(dialect: str, claim: CTE, end: CTE) -> Select[*tuple[Any, ...]]:
    beside = (
        _PAYER.number.label("payer_number"),
        _PAYER.name.label("payer_name"),
        _HOSPITAL.number.label("hospital_number"),
        _HOSPITAL.name.label("hospital_name"),
        User.name.label("assignee_name"),
        end.c.head.label("chain_head"),
        end.c["count"].label("chain_count"),
        acted_for_filer(bindparam("actor", type_=String), claim.c.id).label("acted_for_filer"),
        *(POLICIES.c[name].label(f"policy_{name}") for name in _COVER),
        *(gathered(dialect, rows).label(name) for name, rows in _belonging(claim).items()),
    )
    return (
        select(*claim.c, *beside, _last_seq(claim).label("last_seq"))
        .select_from(claim)
        .join(_PAYER, _PAYER.id == claim.c.payer_id)
        .outerjoin(_HOSPITAL, _HOSPITAL.id == claim.c.hospital_id)
        .outerjoin(User, User.id == claim.c.assignee_id)
        .outerjoin(POLICIES, POLICIES.c.id == claim.c.policy_id)
        .outerjoin(end, true())
    )


def _belonging(claim: CTE) -> Mapping[str, Select[*tuple[Any, ...]]]:
    """Queries for the rows that belong to the claim."""
    data = EVENTS.c.data
    moves = select(
        EVENTS.c.seq,
        *(data[name].as_string().label(label) for name, label in _MOVE.items()),
        EVENTS.c.actor_id,
        EVENTS.c.occurred_at,
    )
    documents = select(CLAIM_DOCUMENTS.c.replaced_by, *(DOCUMENTS.c[name] for name in _SHOWN)).join(
        DOCUMENTS, DOCUMENTS.c.id == CLAIM_DOCUMENTS.c.document_id
    )
    texts = select(TEXTS.c.event_id, TEXTS.c.name, TEXTS.c.body).join(EVENTS, EVENTS.c.id == TEXTS.c.event_id)
    is_of_query = (
        exists()
        .where(QUERIES.c.claim_id == claim.c.id)
        .where(or_(QUERIES.c.event_id == EVENTS.c.id, QUERIES.c.answer_event_id == EVENTS.c.id))
        .correlate(claim, EVENTS)
    )
    return {
        "moves": moves.where(*_of(claim), EVENTS.c.version.is_not(None)).correlate(claim),
        "documents": documents.where(CLAIM_DOCUMENTS.c.claim_id == claim.c.id).correlate(claim),
        "queries": select(*QUERIES.c).where(QUERIES.c.claim_id == claim.c.id).correlate(claim),
        "query_events": select(*_SHOWN_OF_EVENTS).where(*_of(claim), is_of_query).correlate(claim),
        "query_texts": texts.where(*_of(claim), is_of_query).correlate(claim),
    }


def _of(claim: CTE) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return EVENTS.c.subject_kind == KIND, EVENTS.c.subject_id == claim.c.id


def _last_seq(claim: CTE) -> Any:
    return select(func.max(EVENTS.c.seq)).where(*_of(claim)).correlate(claim).scalar_subquery()


def _dossier(row: Any, reader: Actor) -> Dossier:
    hospital, payer = _organisation(row, "hospital"), _organisation(row, "payer")
    columns = {column.key: getattr(row, column.key) for column in CLAIMS.c}
    return Dossier(
        claim=detached(Claim, columns | {"hospital": hospital, "payer": payer}),
        history=tuple(
            Move(move.action, move.source, move.target, move.actor_id or "", move.occurred_at)
            for move in sorted(row.moves or ())
        ),
        documents=in_order(
            Attached(detached(Document, each._asdict()), each.replaced_by) for each in row.documents or ()
        ),
        asked=_asked(row),
        policy=_policy(row),
        assignee_name=row.assignee_name,
        end=None if row.chain_head is None else End(row.chain_head, row.chain_count),
        is_own=row.user_id == reader.id or bool(row.acted_for_filer),
    )


def _organisation(row: Any, name: str) -> Organisation | None:
    known = {key: getattr(row, f"{name}_{key}") for key in ("id", "number", "name")}
    return None if known["id"] is None else detached(Organisation, known)


def _policy(row: Any) -> Policy | None:
    if row.policy_id is None:
        return None
    return detached(Policy, {name: getattr(row, f"policy_{name}") for name in _COVER} | {"id": row.policy_id})


def _asked(row: Any) -> list[Asked]:
    texts: dict[str, dict[str, str | None]] = {}
    for event_id, name, body in row.query_texts or ():
        texts.setdefault(event_id, {})[name] = body
    entries = {
        each.id: Entry(detached(Event, each._asdict()), texts.get(each.id, {}))
        for each in row.query_events or ()
    }
    queries = [detached(ClaimQuery, each._asdict()) for each in row.queries or ()]
    return [
        Asked(query, entries[query.event_id], entries.get(query.answer_event_id or ""))
        for query in sorted(queries, key=lambda query: query.id)
    ]
