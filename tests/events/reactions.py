"""A consumer for tests that writes one row for each event it is handed, and fails or waits when it is told to."""

from collections.abc import Sequence

from sqlalchemy import text

from insurenz.core.db import Database, Session
from insurenz.events.models import Event
from insurenz.events.relay import Consumers

TOLD = "CREATE TABLE handed (event_id VARCHAR, subject_id VARCHAR, seq INTEGER, place INTEGER)"
TELL = (
    "INSERT INTO handed SELECT CAST(:event AS VARCHAR), CAST(:subject AS VARCHAR), CAST(:seq AS INTEGER), count(*) + 1"
    " FROM handed WHERE subject_id = CAST(:subject AS VARCHAR)"
)


def prepare(database: Database) -> None:
    """Make the table the consumer writes to. It has no key: a doubled row would show."""
    with database.unit_of_work() as session:
        session.execute(text(TOLD))


def tell(session: Session, events: Sequence[Event]) -> None:
    """Write down that these events were handed over."""
    for event in events:
        session.execute(text(TELL), {"event": event.id, "subject": event.subject_id, "seq": event.seq})


CONSUMERS: Consumers = {"claim_moved": (tell,)}


class Moody:
    """A consumer that fails for some events after it has written, as long as they are listed."""

    def __init__(self, *fails_at: int) -> None:
        self.fails_at = set(fails_at)

    def __call__(self, session: Session, events: Sequence[Event]) -> None:
        for event in events:
            tell(session, [event])
            if event.seq in self.fails_at:
                raise RuntimeError("the words of this error may hold a patient's name")


def told(database: Database) -> list[tuple[str, int]]:
    """Which events were handed over: subject and place in its chain, in the order of each subject."""
    with database.read_unit() as session:
        rows = session.execute(text("SELECT subject_id, seq FROM handed ORDER BY subject_id, place, seq"))
        return [(subject_id, seq) for subject_id, seq in rows]
