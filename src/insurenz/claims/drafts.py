"""Drafts: claims that are still being written. Each belongs to one person, holds its uploads, and ends as a claim or not.

One of a hospital claim is seen while its owner is at the desk of that hospital, one of a retail claim by a policyholder.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select, update

from insurenz.accounts import queries as accounts
from insurenz.claims import hospital
from insurenz.claims import submit as retail
from insurenz.claims.bodies import ClaimIn, In
from insurenz.claims.forms import HospitalClaimIn
from insurenz.claims.models import Draft, DraftDocument
from insurenz.claims.queries import visible_drafts
from insurenz.claims.rules import Rules
from insurenz.claims.submit import Filed, definition_for
from insurenz.claims.unfinished import Coming, DraftIn, DraftOut, Held, HospitalContent, RetailContent
from insurenz.core import clock
from insurenz.core.db import Database, Session, after_commit
from insurenz.core.errors import Conflict, NotFound, invalid
from insurenz.core.faults import fault
from insurenz.core.ids import is_id, new_id
from insurenz.core.paging import decode_id, next_cursor
from insurenz.core.permissions import Actor, Role
from insurenz.core.problems import refused_fields, validated
from insurenz.core.storage import ObjectStore
from insurenz.core.versions import require_version
from insurenz.documents import partial, uploads
from insurenz.documents.errors import refused, unknown_upload
from insurenz.documents.models import Document
from insurenz.organisations import queries as organisations


class Kind(NamedTuple):
    """What somebody writes: about which subject, in which workflow unless told otherwise, and how it is filed."""

    subject: str
    workflow: str
    content: type[In]
    claim: type[In]
    submit: Callable[..., Filed]


KINDS = {
    Role.POLICYHOLDER: Kind("policy", "retail", RetailContent, ClaimIn, retail.submit),
    Role.HOSPITAL_USER: Kind("hospital", "hospital", HospitalContent, HospitalClaimIn, hospital.submit),
}


def own_draft(session: Session, actor: Actor, draft_id: str, *, lock: bool = False) -> Draft:
    """The actor's draft of this id, locked for a change when asked for. Raises NotFound: for another's, too."""
    if not is_id(draft_id):
        raise NotFound
    found = visible_drafts(actor).where(Draft.id == draft_id.lower())
    draft = session.scalars(found.with_for_update() if lock else found).one_or_none()
    if draft is None:
        raise NotFound
    return draft


def page(
    session: Session, actor: Actor, *, cursor: str | None, limit: int
) -> tuple[Sequence[DraftOut], str | None]:
    """The actor's drafts, newest first, and the cursor of what follows."""
    mine = visible_drafts(actor).order_by(Draft.id.desc()).limit(limit + 1)
    if cursor is not None:
        mine = mine.where(Draft.id < decode_id(cursor))
    rows = list(session.scalars(mine))
    held, coming = _held(session, rows[:limit]), _coming(session, rows[:limit])
    shown = [DraftOut.of(draft, held[draft.id], coming[draft.id]) for draft in rows[:limit]]
    return shown, next_cursor(rows, limit, "id")


def shown(session: Session, draft: Draft) -> DraftOut:
    """A draft with the uploads it holds and awaits."""
    return DraftOut.of(draft, _held(session, [draft])[draft.id], _coming(session, [draft])[draft.id])


def begin(session: Session, actor: Actor, *, rules: Rules, given: Mapping[str, Any]) -> Draft:
    """Begin a draft. Raises Conflict when the actor has as many as one may have, then Invalid or TooLarge."""
    # Held, so that two at once are counted one after the other.
    accounts.user(session, actor.id, lock=True)
    count = session.execute(visible_drafts(actor).with_only_columns(func.count())).scalar_one()
    most = rules.settings.max_drafts
    if count >= most:
        raise Conflict(f"You have {most} drafts; submit or discard one first.", code="too_many_drafts")
    now = clock.now()
    draft = Draft(id=new_id(), user_id=actor.id, version=1, unfinished={}, created_at=now, updated_at=now)
    data = _fill(session, actor, draft, rules, given)
    session.add(draft)
    session.flush()
    _hold(session, actor, draft, data, rules)
    return draft


def save(
    session: Session,
    actor: Actor,
    draft: Draft,
    *,
    rules: Rules,
    given: Mapping[str, Any],
    if_match: str | None,
) -> Draft:
    """Let a draft, locked by its reader, be exactly this; an upload that it no longer names ends after its time.

    Raises VersionRequired, StaleVersion with the draft as it is, Invalid or TooLarge.
    """
    _require_version(session, draft, if_match, needed=True)
    data = _fill(session, actor, draft, rules, given)
    draft.version, draft.updated_at = draft.version + 1, clock.now()
    session.flush()
    _hold(session, actor, draft, data, rules)
    return draft


def discard(session: Session, draft: Draft, *, store: ObjectStore, if_match: str | None) -> None:
    """Remove a draft, locked by its reader, with its documents and their objects. Raises StaleVersion."""
    _require_version(session, draft, if_match, needed=False)
    documents = [each.document for each in _held(session, [draft])[draft.id]]
    coming = [each.upload.id for each in _coming(session, [draft])[draft.id]]
    _end(session, draft)
    uploads.remove(session, store, documents)
    partial.remove(session, store, coming)


def submit(session: Session, actor: Actor, draft: Draft, *, rules: Rules, if_match: str | None) -> Filed:
    """File the claim that a draft, locked by its reader, has become; the draft is gone with that.

    Raises StaleVersion, and what filing raises: then the draft stays.
    """
    _require_version(session, draft, if_match, needed=False)
    kind = KINDS[actor.role]
    ids = [each.document.id for each in _held(session, [draft])[draft.id]]
    fields = {name: value for name, value in draft.content.items() if value is not None}
    data = validated(kind.claim, fields | {"workflow": draft.workflow, "upload_ids": ids})
    _end(session, draft)
    # The filing takes them at once, as it takes all uploads.
    uploads.give_back(session, ids, hours=rules.documents.upload_hours)
    filed = kind.submit(session, actor, rules=rules, data=data)
    fault("draft.before_commit")
    after_commit(session, lambda: fault("draft.after_commit"))
    return filed


def forget_idle(database: Database, *, days: int) -> int:
    """End drafts that nobody went on with for so many days, and leave their uploads to the sweep; gives how many."""
    now = clock.now()
    idle = select(Draft.id).where(Draft.updated_at < now - timedelta(days=days))
    with database.unit_of_work() as session:
        ids = session.scalars(idle.with_for_update(skip_locked=True)).all()
        held = select(DraftDocument.document_id).where(DraftDocument.draft_id.in_(ids))
        session.execute(
            update(Document).where(Document.id.in_(held)).values(expires_at=now),
            execution_options={"synchronize_session": False},
        )
        session.execute(delete(Draft).where(Draft.id.in_(ids)))
    return len(ids)


def _require_version(session: Session, draft: Draft, if_match: str | None, *, needed: bool) -> None:
    state = shown(session, draft).model_dump(mode="json", exclude={"version"})
    require_version(if_match, draft.version, needed=needed, state=state)


def _fill(session: Session, actor: Actor, draft: Draft, rules: Rules, given: Mapping[str, Any]) -> DraftIn:
    """Put what was given into a draft; gives it as it was read. Raises Invalid."""
    kind = KINDS[actor.role]
    data = validated(DraftIn, given)
    draft.workflow = definition_for(rules, data.workflow or kind.workflow, subject=kind.subject).name
    try:
        kind.content.model_validate(data.content)
    except ValidationError as error:
        raise refused_fields([{**e, "loc": ("content", *e["loc"])} for e in error.errors()]) from error
    draft.content = data.content
    if kind.subject == "hospital":
        draft.hospital_id = _hospital_of(session, actor, draft)
    return data


def _hospital_of(session: Session, actor: Actor, draft: Draft) -> str:
    """Of the actor's hospitals the one that a draft names, else the one it was of, else the first. Raises Invalid: they have none."""
    own = accounts.assigned(session, actor.id).hospitals
    if not own:
        raise invalid("content.hospital_id", "unknown_hospital", "You are assigned to no hospital.")
    named = organisations.find(session, draft.content.get("hospital_id") or "")
    if named is not None and named.id in own:
        return named.id
    return draft.hospital_id or min(own)


def _hold(session: Session, actor: Actor, draft: Draft, data: DraftIn, rules: Rules) -> None:
    """Let a draft hold these uploads and no others. Raises TooLarge, or Invalid for one that cannot be used."""
    limits = rules.documents
    if len(data.upload_ids) + len(data.unfinished) > limits.max_files:
        raise refused("too_many_files", None, limit=limits.max_files, field="upload_ids")
    purposes = {name.lower(): code for name, code in data.purposes.items()}
    wanted, coming = ([n.lower() for n in names] for names in (data.upload_ids, data.unfinished))
    if not purposes.keys() <= {*wanted, *coming}:
        raise invalid("purposes", "unknown_upload", "Give purposes of uploads that are named beside them.")
    # Whose they are and whether they are still there is looked at when they are shown: they come and go meanwhile.
    draft.unfinished = {name: purposes.get(name) for name in coming if is_id(name)}
    if len(set(wanted)) < len(wanted):
        raise unknown_upload()
    held = set(session.scalars(select(DraftDocument.document_id).where(DraftDocument.draft_id == draft.id)))
    uploads.take(session, actor, [name for name in wanted if name not in held])
    uploads.give_back(session, [*held - set(wanted)], hours=limits.upload_hours)
    session.execute(delete(DraftDocument).where(DraftDocument.draft_id == draft.id))
    if wanted:
        rows = [{"draft_id": draft.id, "document_id": n, "purpose": purposes.get(n)} for n in wanted]
        session.execute(insert(DraftDocument), rows)


def _held(session: Session, drafts: Sequence[Draft]) -> Mapping[str, list[Held]]:
    """By draft the uploads it holds, in the order they came."""
    join = select(DraftDocument.draft_id, Document, DraftDocument.purpose).join(
        Document, Document.id == DraftDocument.document_id
    )
    rows = session.execute(
        join.where(DraftDocument.draft_id.in_([draft.id for draft in drafts])).order_by(Document.id)
    )
    held: dict[str, list[Held]] = defaultdict(list)
    for draft_id, document, purpose in rows:
        held[draft_id].append(Held(document, purpose))
    return held


def _coming(session: Session, drafts: Sequence[Draft]) -> Mapping[str, list[Coming]]:
    """By draft the uploads of its owner that it names and does not hold, as far as they have come."""
    names = [name for draft in drafts for name in draft.unfinished]
    found = {each.id: each for each in partial.standings(session, {d.user_id for d in drafts}, names)}
    return {
        draft.id: [
            Coming(found[name], purpose) for name, purpose in draft.unfinished.items() if name in found
        ]
        for draft in drafts
    }


def _end(session: Session, draft: Draft) -> None:
    session.execute(delete(Draft).where(Draft.id == draft.id))
