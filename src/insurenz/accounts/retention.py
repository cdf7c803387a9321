"""Deletes what nobody can use any more: sessions that are long over, links that have expired. The trail keeps both."""

from datetime import timedelta

from sqlalchemy import delete, or_

from insurenz.accounts.models import OneTimeLink, UserSession
from insurenz.core import clock
from insurenz.core.db import Database

# Long enough to look into what happened on a session.
SESSIONS_KEPT = timedelta(days=30)


def forget_old(database: Database) -> int:
    """Delete sessions over for 30 days and links expired for a day; returns how many."""
    now = clock.now()
    over = or_(UserSession.expires_at < now - SESSIONS_KEPT, UserSession.ended_at < now - SESSIONS_KEPT)
    with database.unit_of_work() as session:
        gone = [
            session.execute(delete(UserSession).where(over)),
            session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - timedelta(days=1))),
        ]
        return sum(int(getattr(result, "rowcount", 0)) for result in gone)
