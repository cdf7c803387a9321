"""What people do with their targets: add a device or a chat, confirm it with the code that came there, try it."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from insurenz.accounts import queries as accounts
from insurenz.accounts.tokens import digest
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, invalid
from insurenz.core.ids import new_code, new_id
from insurenz.core.permissions import Actor
from insurenz.deliveries.models import CHAT, PUSH, TARGETS, Target
from insurenz.deliveries.service import Outgoing, enqueue
from insurenz.deliveries.targets.chat import ChatRules
from insurenz.deliveries.targets.push import PushRules
from insurenz.deliveries.targets.removal import TEST, record_of, remove
from insurenz.events.chain import insert_if_absent

MOST = {PUSH: 20, CHAT: 5}
ADDED, CONFIRMED, TRIED = "target_added", "target_confirmed", "target_tried"
CODE_LIVES = timedelta(minutes=15)
CODE_LENGTH = 6


def keep_device(
    session: Session,
    actor: Actor,
    rules: PushRules | None,
    *,
    name: str,
    language: str,
    endpoint: str,
    keys: Mapping[str, str],
) -> Target:
    """Tell the actor on this device, until the session ends in which they said so; the same one again is renewed.

    A browser that somebody else had said so in is theirs no longer. Raises Conflict where Web Push is off or they have
    too many, and Invalid for what is no subscription.
    """
    if rules is None:
        raise Conflict("Web Push is not set up in this install.", code="push_off")
    rules.check(endpoint, keys)
    address = {"endpoint": endpoint, "p256dh": keys["p256dh"], "auth": keys["auth"]}
    kept = _found(session, PUSH, hashed := digest(endpoint))
    if kept is not None and kept.user_id != actor.id:
        remove(session, None, kept)
        kept = None
    if kept is None:
        values = {"name": name, "language": language, "address": address, "address_hash": hashed}
        return _add(
            session, actor, PUSH, {**values, "session_id": actor.session_id, "confirmed_at": clock.now()}
        )
    kept.name, kept.language, kept.address = name, language, address
    kept.session_id = actor.session_id
    session.flush()
    return kept


def add_chat(
    session: Session, actor: Actor, rules: ChatRules, *, name: str, language: str, way: str, to: str
) -> Target:
    """Send a code to a chat or number, with which the actor shows that it is theirs; the same one again, a new code.

    Raises Invalid for what is none, Conflict for one that is confirmed already or when they have too many.
    """
    rules.check(way, to)
    found = _found(session, CHAT, hashed := digest(f"{actor.id} {way} {to}"))
    if found is not None and found.confirmed_at is not None:
        raise Conflict("You are told there already.", code="target_known")
    if found is None:
        values = {
            "name": name,
            "language": language,
            "address": {"way": way, "to": to},
            "address_hash": hashed,
        }
        found = _add(session, actor, CHAT, values)
    code = new_code(CODE_LENGTH, "0123456789")
    found.name, found.language = name, language
    found.code_hash, found.code_until = digest(f"{found.id} {code}"), clock.now() + CODE_LIVES
    session.flush()
    _send(session, actor, found, {"code": code})
    return found


def confirm(session: Session, actor: Actor, target: Target, code: str) -> None:
    """Tell the actor there from now on. Raises Invalid for another code than the one that came there, or an old one."""
    if target.confirmed_at is not None:
        return
    is_right = hmac.compare_digest(target.code_hash or "", digest(f"{target.id} {code}"))
    if not is_right or target.code_until is None or target.code_until < clock.now():
        detail = "This is not the code that came there in the last 15 minutes."
        raise invalid("code", "code_wrong", detail)
    target.confirmed_at, target.code_hash, target.code_until = clock.now(), None, None
    session.flush()
    record_of(session, CONFIRMED, actor, target)


def send_test(session: Session, actor: Actor, target: Target) -> None:
    """Send a message that tells of no claim. Raises Conflict for a chat that is not confirmed."""
    if target.confirmed_at is None:
        raise Conflict("Give the code that came there first.", code="target_unconfirmed")
    _send(session, actor, target, {})


def _found(session: Session, channel: str, hashed: str) -> Target | None:
    of = (Target.channel == channel, Target.address_hash == hashed)
    return session.scalar(select(Target).where(*of).with_for_update())


def _add(session: Session, actor: Actor, channel: str, values: Mapping[str, Any]) -> Target:
    # Held, so that of two who add at once the second counts what the first has added.
    accounts.user(session, actor.id, lock=True)
    own = select(func.count()).where(Target.user_id == actor.id, Target.channel == channel)
    if session.scalars(own).one() >= MOST[channel]:
        raise Conflict(f"At most {MOST[channel]}; remove one first.", code="too_many_targets")
    about = {"id": new_id(), "user_id": actor.id, "channel": channel, "created_at": clock.now()}
    if not insert_if_absent(session, TARGETS, {"session_id": None, "confirmed_at": None, **about, **values}):
        raise Conflict("It was added at this moment; look again.", code="added_meanwhile")
    made = session.get_one(Target, about["id"])
    record_of(session, ADDED, actor, made)
    return made


def _send(session: Session, actor: Actor, target: Target, body: Mapping[str, str]) -> None:
    event_id = record_of(session, TRIED, actor, target)
    message = Outgoing(
        event_id=event_id,
        channel=target.channel,
        target=target.id,
        user_id=target.user_id,
        hospital_id=None,
        payer_id=None,
        # Theirs: whoever is no longer let in is not written to.
        claimant_id=target.user_id,
        category=TEST,
        next_at=clock.now(),
        body={"id": event_id, **body},
    )
    enqueue(session, [message])
