"""Reads of people's targets: one's own, and those of everybody who is told of something."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, select

from insurenz.core.db import Id, Session
from insurenz.core.errors import NotFound
from insurenz.core.ids import is_id
from insurenz.core.permissions import Actor
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.models import TARGETS, Target


def _of_people(dialect: str) -> Executable:
    given, of = listed(dialect, user_id=Id), TARGETS.c
    columns = select(of.id, of.user_id, of.channel)
    return (
        columns.join(given, given.c.user_id == of.user_id).where(of.confirmed_at.is_not(None)).order_by(of.id)
    )


_OF_PEOPLE = Statement(_of_people)


def of_people(session: Session, user_ids: Collection[str]) -> Sequence[Any]:
    """Where these people are told besides, each with `id, user_id, channel`, in one statement."""
    if not user_ids:
        return []
    return _OF_PEOPLE.all(session, {"user_id": ",".join(user_ids)})


def by_id(session: Session, target_ids: Collection[str]) -> Mapping[str, Target]:
    """Those of these targets that are still there."""
    return {each.id: each for each in session.scalars(select(Target).where(Target.id.in_(target_ids)))}


def own(session: Session, actor: Actor, channel: str) -> Sequence[Target]:
    """The actor's own targets of a channel, oldest first."""
    chosen = select(Target).where(Target.user_id == actor.id, Target.channel == channel)
    return session.scalars(chosen.order_by(Target.id)).all()


def own_target(session: Session, actor: Actor, channel: str, target_id: str) -> Target:
    """One of them, held until the unit ends. Raises NotFound."""
    if not is_id(target_id):
        raise NotFound
    mine = (Target.id == target_id.lower(), Target.user_id == actor.id, Target.channel == channel)
    found = session.scalar(select(Target).where(*mine).with_for_update())
    if found is None:
        raise NotFound
    return found
