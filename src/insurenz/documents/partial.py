"""Files that come in pieces: announced first, each piece kept as an object of its own, and whole in the end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, insert, select, update

from insurenz.core import clock
from insurenz.core.db import Session, after_commit
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id, new_id
from insurenz.core.permissions import Actor
from insurenz.core.settings import Documents as Limits
from insurenz.core.storage import ObjectStore
from insurenz.documents import sniff, uploads
from insurenz.documents.allowance import Allowance
from insurenz.documents.errors import refused, wrong_offset
from insurenz.documents.models import Document, PartialUpload, UploadPart
from insurenz.documents.receiving import StoredFile
from insurenz.documents.standing import Standing

# Of one user at a time.
MOST_UNFINISHED = 100
# Pieces of this size are kept as they come, so that a connection that breaks loses little.
PART_BYTES = 5 * 1024 * 1024
# More than one for each 5 MiB, so often a connection may break.
SPARE_PARTS = 1000


@dataclass(frozen=True)
class Announced:
    """What is said of a file before it comes; `described` is the text that said it."""

    file_name: str
    file_size: int
    sha256: str | None
    described: str = ""


def judge(session: Session, actor: Actor, given: Announced, *, limits: Limits, allowance: Allowance) -> str:
    """The name under which a file may come.

    Raises what the whole of it would be refused with for its name, its size, or what its user has sent today; and
    TooManyRequests when too many are expected already.
    """
    name = sniff.clean_name(given.file_name)
    if sniff.extension_of(name) not in sniff.EXTENSIONS:
        raise refused("type_not_allowed", name)
    if not given.file_size:
        raise refused("empty", name)
    if given.file_size > limits.max_file_bytes:
        raise refused("too_large", name, limit=limits.max_file_bytes)
    if len(of_actor(session, actor)) >= MOST_UNFINISHED:
        raise refused("too_many_unfinished", name, limit=MOST_UNFINISHED)
    allowance.learn(session, actor)
    allowance.take(given.file_size, name)
    return name


def begin(
    session: Session,
    actor: Actor,
    given: Announced,
    *,
    limits: Limits,
    allowance: Allowance,
    transfer: tuple[str, str] | None = None,
) -> PartialUpload:
    """Expect a file of which no byte has come, sent to us or by a `transfer` (key, name) to the store. Raises as `judge` does."""
    name, now = judge(session, actor, given, limits=limits, allowance=allowance), clock.now()
    upload = PartialUpload(
        id=new_id(),
        user_id=actor.id,
        file_name=name,
        file_size=given.file_size,
        sha256=given.sha256,
        described=given.described,
        received=0,
        created_at=now,
        expires_at=now + timedelta(hours=limits.upload_hours),
    )
    upload.object_key, upload.transfer = transfer or (None, None)
    session.add(upload)
    session.flush()
    return upload


def of_actor(session: Session, actor: Actor) -> Sequence[PartialUpload]:
    """The actor's files of which not all has come, newest first."""
    alive = and_(PartialUpload.user_id == actor.id, PartialUpload.expires_at > clock.now())
    return session.scalars(select(PartialUpload).where(alive).order_by(PartialUpload.id.desc())).all()


def own(session: Session, actor: Actor, upload_id: str, *, lock: bool = False) -> PartialUpload | Document:
    """The actor's file that comes in pieces, or has come and is not used yet; held until the unit ends when `lock`.

    Raises NotFound: for another's, too.
    """
    if not is_id(upload_id):
        raise NotFound
    now, name = clock.now(), upload_id.lower()
    partial = select(PartialUpload).where(
        PartialUpload.id == name, PartialUpload.user_id == actor.id, PartialUpload.expires_at > now
    )
    whole = select(Document).where(
        Document.id == name, Document.uploaded_by == actor.id, Document.expires_at > now
    )
    if lock:
        partial, whole = partial.with_for_update(), whole.with_for_update()
    found: list[PartialUpload | Document] = [*session.scalars(partial), *session.scalars(whole)]
    if not found:
        raise NotFound
    return found[0]


def standing(session: Session, actor: Actor, upload_id: str) -> Standing:
    """How much has come of the actor's file of this id. Raises NotFound."""
    return Standing.of(own(session, actor, upload_id))


def standings(session: Session, user_ids: Collection[str], upload_ids: Collection[str]) -> Sequence[Standing]:
    """Those of these files, of these users, that are awaited or wait to be used."""
    now = clock.now()
    coming = select(PartialUpload).where(
        PartialUpload.id.in_(upload_ids), PartialUpload.user_id.in_(user_ids), PartialUpload.expires_at > now
    )
    whole = select(Document).where(
        Document.id.in_(upload_ids), Document.uploaded_by.in_(user_ids), Document.expires_at > now
    )
    found = [*session.scalars(coming), *session.scalars(whole)] if upload_ids else []
    return [Standing.of(each) for each in found]


def append(
    session: Session, actor: Actor, upload: Standing, *, size: int, object_key: str, hours: int
) -> datetime:
    """Note bytes that lie in the store and follow those that had come; gives until when the rest is awaited.

    Of two who go on at once, one wins. Raises Conflict with the offset that is right, or NotFound.
    """
    ends = clock.now() + timedelta(hours=hours)
    _claim(session, actor, upload, received=upload.received + size, expires_at=ends)
    part = {"upload_id": upload.id, "starts_at": upload.received, "size": size, "object_key": object_key}
    session.execute(insert(UploadPart), part)
    return ends


def finish(
    session: Session, actor: Actor, upload: Standing, file: StoredFile, *, store: ObjectStore, hours: int
) -> Document:
    """Make a document of a file whose last bytes have come, and is stored whole; its parts go. Raises as `append` does."""
    _claim(session, actor, upload, received=upload.received)
    remove(session, store, [upload.id])
    return uploads.keep(session, actor, [replace(file, document_id=upload.id)], hours=hours)


def finish_sent(
    session: Session, actor: Actor, upload: Standing, file: StoredFile, *, hours: int
) -> Document:
    """Make a document of a file whose object was sent straight to the store. Raises Conflict or NotFound."""
    _claim(session, actor, upload, received=upload.received)
    session.execute(delete(PartialUpload).where(PartialUpload.id == upload.id))
    return uploads.keep(session, actor, [replace(file, document_id=upload.id)], hours=hours)


def give_up(session: Session, actor: Actor, upload: Standing, *, store: ObjectStore) -> None:
    """End a file that is refused, with all that came of it. Raises as `append` does."""
    _claim(session, actor, upload, received=upload.received)
    remove(session, store, [upload.id])


def parts_of(session: Session, upload_id: str) -> Sequence[str]:
    """The keys of what has come of a file, in order."""
    parts = select(UploadPart.object_key).where(UploadPart.upload_id == upload_id)
    return session.scalars(parts.order_by(UploadPart.starts_at)).all()


def end(session: Session, actor: Actor, upload_id: str, *, store: ObjectStore) -> None:
    """Give up the actor's file, whether it is whole or not. Raises NotFound."""
    # Held: one that is being used at this moment is an upload no more.
    found = own(session, actor, upload_id, lock=True)
    if isinstance(found, Document):
        uploads.remove(session, store, [found])
    else:
        remove(session, store, [found.id])


def remove(session: Session, store: ObjectStore, upload_ids: Sequence[str]) -> None:
    """Delete rows of files that come in pieces now, the objects of their parts once that is committed."""
    named = UploadPart.upload_id.in_(upload_ids)
    keys = session.scalars(delete(UploadPart).where(named).returning(UploadPart.object_key)).all()
    gone = delete(PartialUpload).where(PartialUpload.id.in_(upload_ids))
    sent = session.execute(
        gone.returning(PartialUpload.object_key, PartialUpload.transfer),
        execution_options={"synchronize_session": False},
    ).all()
    transfers = [(key, name) for key, name in sent if key and name]
    after_commit(session, lambda: uploads.drop(store, [*keys, *(key for key, _ in transfers)]))
    after_commit(session, lambda: uploads.abort(store, transfers))


def require_room(session: Session, upload: Standing) -> None:
    """Refuse one that came in so many pieces that putting them together would take too long. Raises TooManyRequests."""
    most = upload.file_size // PART_BYTES + SPARE_PARTS
    count = select(func.count()).where(UploadPart.upload_id == upload.id)
    if session.scalars(count).one() >= most:
        raise refused("too_many_parts", upload.file_name, limit=most)


def _claim(session: Session, actor: Actor, upload: Standing, **values: object) -> None:
    """Change the row of a file, if it is as the caller saw it."""
    mine = and_(PartialUpload.id == upload.id, PartialUpload.user_id == actor.id)
    as_seen = and_(mine, PartialUpload.received == upload.received)
    changed = session.execute(
        update(PartialUpload).where(as_seen).values(values), execution_options={"synchronize_session": False}
    )
    if not getattr(changed, "rowcount", 0):
        raise wrong_offset(standing(session, actor, upload.id).received)
