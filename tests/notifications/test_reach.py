"""What somebody was told of claims that they reach no longer is theirs no more."""

import threading

from sqlalchemy import select

from insurenz.accounts import queries as accounts
from insurenz.accounts import service as users
from insurenz.core.db import Database
from insurenz.core.permissions import Actor, Role
from insurenz.events.models import Event
from insurenz.notifications import service
from insurenz.notifications.fanout import fan_out
from insurenz.organisations.models import Organisation
from tests.actors import Api
from tests.notifications.stories import Desk, broken, states
from tests.races import is_waited_for


def unassign(desk: Desk, person: Actor, firm: Organisation) -> None:
    with desk.database.unit_of_work() as session:
        users.unassign(session, None, accounts.user(session, person.id), firm)


def titles(api: Api, person: Actor, asked: str = "") -> list[str]:
    return [item["title"] for item in api.as_(person).get(f"/notifications{asked}").json()["items"]]


def test_items_of_a_hospital_that_somebody_left_are_put_away(api: Api, desk: Desk) -> None:
    cast = desk.cast
    desk.happen("claim_pending", by=cast.lakeside_desk)
    desk.happen("claim_contested", by=cast.city_desk, at="city")
    desk.tell()
    assert titles(api, cast.rahul) == ["Claim Contested", "Claim Submitted"]
    unassign(desk, cast.rahul, cast.lakeside)
    # Out of reach at once, put away as soon as the relay hears of it.
    assert titles(api, cast.rahul) == ["Claim Contested"]
    assert states(desk.database)[cast.rahul.id] == (2, 2, 0)
    desk.tell()
    assert titles(api, cast.rahul) == ["Claim Contested"]
    assert titles(api, cast.rahul, "?archived=true") == []
    assert states(desk.database)[cast.rahul.id] == (3, 1, 0)
    assert broken(desk.database) == []
    assert titles(api, cast.meera) == ["Claim Submitted"]


def test_what_was_read_or_put_away_before_changes_no_badge(api: Api, desk: Desk) -> None:
    cast = desk.cast
    events = [desk.happen("claim_pending", by=cast.lakeside_desk) for _ in range(3)]
    desk.tell()
    rahul = api.as_(cast.rahul)
    rahul.post(f"/notifications/{events[0]}/read")
    rahul.post(f"/notifications/{events[1]}/archive")
    unassign(desk, cast.rahul, cast.lakeside)
    desk.tell()
    # Two were left to be put away; one of them was unread.
    assert states(desk.database)[cast.rahul.id] == (7, 0, 0)
    assert broken(desk.database) == []


def test_what_is_being_told_while_somebody_leaves_is_put_away_with_the_rest(
    real_desk: Desk, real_database: Database
) -> None:
    """Who archives waits for who tells: the item that is not committed yet would be seen by neither."""
    cast, left = real_desk.cast, []
    event_id = real_desk.happen("claim_pending", by=cast.lakeside_desk)

    def leave() -> None:
        unassign(real_desk, cast.rahul, cast.lakeside)
        with real_database.unit_of_work() as session:
            gone = select(Event).where(Event.subject_id == cast.rahul.id, Event.type == "assignment_removed")
            service.archive_out_of_reach(real_desk.telling, session, session.scalars(gone).all())
        left.append(cast.rahul)

    leaving = threading.Thread(target=leave)
    with real_database.unit_of_work() as session:
        fan_out(real_desk.telling, session, [session.get_one(Event, event_id)])
        leaving.start()
        while not real_database.is_sqlite and leaving.is_alive() and not is_waited_for(real_database):
            pass
    leaving.join()
    assert left == [cast.rahul]
    assert states(real_database)[cast.rahul.id] == (2, 0, 0)
    assert states(real_database)[cast.meera.id] == (1, 1, 0)
    assert broken(real_database) == []


def test_another_role_leaves_the_old_items_behind(api: Api, desk: Desk) -> None:
    cast = desk.cast
    desk.happen("claim_pending", by=cast.lakeside_desk)
    desk.tell()
    with desk.database.unit_of_work() as session:
        user = accounts.user(session, cast.meera.id)
        users.change_role(session, None, user, role=Role.HOSPITAL_USER, level=0)
    desk.tell()
    # Another role begins without assignments, so also without what they brought.
    assert states(desk.database)[cast.meera.id] == (2, 0, 0)
    assert states(desk.database)[cast.rahul.id] == (1, 1, 0)
    assert broken(desk.database) == []


def test_a_payer_given_to_somebody_takes_the_claims_of_others_from_their_inbox(api: Api, desk: Desk) -> None:
    cast = desk.cast
    desk.happen("claim_pending", by=cast.lakeside_desk, payer="suraksha")
    desk.happen("claim_contested", by=cast.lakeside_desk, payer="health")
    desk.tell()
    with desk.database.unit_of_work() as session:
        users.assign(session, None, accounts.user(session, cast.meera.id), cast.health)
    desk.tell()
    assert titles(api, cast.meera) == ["Claim Contested"]
    assert states(desk.database)[cast.meera.id] == (3, 1, 0)
    assert broken(desk.database) == []


def test_nobody_is_told_of_a_claim_out_of_reach_at_the_fan_out(api: Api, desk: Desk) -> None:
    cast = desk.cast
    desk.happen("claim_pending", by=cast.lakeside_desk)
    unassign(desk, cast.rahul, cast.lakeside)
    desk.tell()
    assert (titles(api, cast.rahul), titles(api, cast.meera)) == ([], ["Claim Submitted"])
