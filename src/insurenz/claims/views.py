"""Views: filters and an order of the list of claims that somebody keeps under a name, for themselves."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select

from insurenz.accounts import queries as accounts
from insurenz.claims.filters import ViewIn
from insurenz.claims.models import ClaimView
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, NotFound, invalid
from insurenz.core.ids import is_id, new_id
from insurenz.core.permissions import Actor

MOST_VIEWS = 50


def views(session: Session, actor: Actor) -> Sequence[ClaimView]:
    """The actor's views, by name."""
    mine = select(ClaimView).where(ClaimView.user_id == actor.id).order_by(ClaimView.name)
    return session.scalars(mine).all()


def keep(session: Session, actor: Actor, *, data: ViewIn) -> ClaimView:
    """Keep a view. Raises Invalid for a search in it, and Conflict for a name that is taken, or for one view too many."""
    if data.filters.text is not None:
        raise invalid("filters.text", "not_kept", "What you search for may name a patient; it is not kept.")
    # Held, so that two at once are counted one after the other.
    accounts.user(session, actor.id, lock=True)
    mine = select(func.count(), func.count().filter(ClaimView.name == data.name))
    count, of_name = session.execute(mine.where(ClaimView.user_id == actor.id)).one()
    if of_name:
        raise Conflict("You have a view of this name; remove it first.", code="name_taken")
    if count >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} views; remove one first.", code="too_many_views")
    filters = data.filters.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    view = ClaimView(id=new_id(), user_id=actor.id, name=data.name, filters=filters, created_at=clock.now())
    session.add(view)
    return view


def remove(session: Session, actor: Actor, view_id: str) -> None:
    """Remove a view of the actor's. Raises NotFound."""
    own = delete(ClaimView).where(ClaimView.id == view_id.lower(), ClaimView.user_id == actor.id)
    gone = session.scalars(own.returning(ClaimView.id)).first() if is_id(view_id) else None
    if gone is None:
        raise NotFound
