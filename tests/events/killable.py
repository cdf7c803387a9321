"""A process to be killed: records transitions of some claims, says which are committed, relays, seals and logs views."""

import sys
import threading
from datetime import timedelta

from sqlalchemy import select

from insurenz.core.background import Loop, start_all, stop_all
from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.events import wake
from insurenz.events.access_log import AccessLog
from insurenz.events.chain import seal
from insurenz.events.models import EventChain
from insurenz.events.relay import Relay, backlog
from tests.events.reactions import CONSUMERS
from tests.events.samples import claim, move


def record_and_tell(database: Database, subject_ids: list[str], rounds: int) -> None:
    """Bring each claim so many versions further; a line per commit, as an answer to whoever asked for it."""
    views = AccessLog(database)
    for _ in range(rounds):
        for uid in subject_ids:
            with database.unit_of_work() as session:
                query = select(EventChain.count).where(EventChain.subject_id == uid).with_for_update()
                version = (session.scalars(query).one_or_none() or 0) + 1
                move(session, claim(uid=uid), version, remarks="Please send the bill.")
            # Written at once: a kill must not come between the two.
            print(f"{uid} {version}", flush=True)
            views.note(actor_id=new_id(), subject_kind="claim", subject_id=uid, what="claim")
        views.flush()


def is_waiting(database: Database) -> bool:
    """Whether an event is not yet handed over."""
    with database.read_unit() as session:
        return backlog(session) > 0


def main() -> None:
    """Work until everything is recorded and relayed, or until a fault point kills the process."""
    url, rounds, *subject_ids = sys.argv[1:]
    database = Database(url)
    relay = Relay(database, CONSUMERS, batch=3, lease=timedelta(seconds=1))
    flag = database.bell.listen()
    loops = [
        Loop("relay", relay.turn, interval=0.2, wake=flag),
        Loop("seal", lambda: seal(database), interval=0.05),
        *wake.watchers(database, flag),
    ]
    start_all(loops)
    record_and_tell(database, subject_ids, int(rounds))
    print("recorded", flush=True)
    # What a process killed before still holds is due again when its lease has expired.
    while is_waiting(database):
        threading.Event().wait(0.05)
    stop_all(loops)
    database.close()


if __name__ == "__main__":
    main()
