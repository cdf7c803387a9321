"""How many bytes a user may send on a day: learned before a large body is read, watched as it streams, counted with its rows."""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from insurenz.core import clock
from insurenz.core.body import media_type
from insurenz.core.db import Database, Session
from insurenz.core.errors import AppError
from insurenz.core.permissions import Actor
from insurenz.core.settings import Settings
from insurenz.core.statements import Statement
from insurenz.documents.errors import refused
from insurenz.documents.models import UPLOAD_DAYS, UploadDay


def _raise(insert: type[postgresql.Insert] | type[sqlite.Insert]) -> Statement:
    """Raise what was sent on a day, unless it would then be more than may be sent."""
    columns = UPLOAD_DAYS.c
    row = insert(UPLOAD_DAYS).values({each.name: bindparam(each.name, type_=each.type) for each in columns})
    total = columns.sent_bytes + row.excluded.sent_bytes
    key, most = [columns.user_id, columns.day], bindparam("most", type_=columns.sent_bytes.type)
    raised = row.on_conflict_do_update(index_elements=key, set_={"sent_bytes": total}, where=total <= most)
    return Statement(raised)


RAISE = {"postgresql": _raise(postgresql.Insert), "sqlite": _raise(sqlite.Insert)}


@dataclass
class Allowance:
    """What one request may still send of its user's bytes for today; without `most` there is no limit, and no statement."""

    most: int | None
    zone: str
    sent: int = 0
    _left: int | None = None
    _file_name: str | None = None

    @classmethod
    def of(cls, request: Request) -> "Allowance":
        """The allowance of a request: none to watch when limits are off, or when it carries no form and so no files."""
        settings: Settings = request.app.state.settings
        has_files = media_type(request) == "multipart/form-data"
        is_limited = has_files and settings.rate_limit == "on"
        return cls(settings.documents.max_day_bytes if is_limited else None, settings.timezone)

    @classmethod
    def of_files(cls, settings: Settings, size: int = 0) -> "Allowance":
        """The allowance of who sends so many bytes of files by other means than a form."""
        most = settings.documents.max_day_bytes if settings.rate_limit == "on" else None
        return cls(most, settings.timezone, sent=size)

    def learn(self, session: Session, actor: Actor) -> None:
        """Read how much is left today."""
        if self.most is not None:
            today = select(UploadDay.sent_bytes).where(
                UploadDay.user_id == actor.id, UploadDay.day == clock.today(self.zone)
            )
            self._left = self.most - (session.scalar(today) or 0)

    def take(self, size: int, file_name: str) -> None:
        """Note bytes of a file as they come; raises TooManyRequests when they are more than is left."""
        self.sent, self._file_name = self.sent + size, file_name
        left = self.most if self._left is None else self._left
        if left is not None and self.sent > left:
            raise self._refusal()

    def spend(self, session: Session, actor: Actor) -> None:
        """Count what was sent, beside its rows; raises TooManyRequests when requests at once have used up the day."""
        if self.most is None or not self.sent:
            return
        given = {
            "user_id": actor.id,
            "day": clock.today(self.zone),
            "sent_bytes": self.sent,
            "most": self.most,
        }
        if not RAISE[session.get_bind().dialect.name].run(session, given):
            raise self._refusal()

    def _refusal(self) -> AppError:
        headers = {"Retry-After": str(clock.seconds_left(self.zone))}
        return refused("daily_limit", self._file_name, limit=self.most or 0, headers=headers)


def forget_past_days(database: Database, zone: str) -> int:
    """Delete what was counted on days that are over; returns how many rows."""
    yesterday = clock.today(zone) - timedelta(days=1)
    with database.unit_of_work() as session:
        gone = session.execute(delete(UploadDay).where(UploadDay.day < yesterday))
        return int(getattr(gone, "rowcount", 0))
