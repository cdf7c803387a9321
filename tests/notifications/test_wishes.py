"""What people want governs channels alone: their choice, else their organisation's, else yes; and quiet hours to the minute."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from insurenz.core.db import Database
from insurenz.core.ids import new_id
from insurenz.core.permissions import Actor, Role
from insurenz.deliveries.channels import CHOSEN
from insurenz.deliveries.models import Delivery
from insurenz.notifications.decisions import DUE, MUTED, NOT_CONFIGURED, Wishes, decide
from insurenz.notifications.models import OrganisationPreference, Preference, QuietHours
from insurenz.notifications.preferences import Choice, Hours, choose, choose_defaults
from insurenz.notifications.wishes import quiet_until
from insurenz.organisations.models import Organisation
from insurenz.workflow import Tell
from insurenz.workflow.vocabulary import CATEGORIES, INBOX, MANDATORY
from tests.actors import Cast
from tests.conftest import Clock
from tests.notifications.stories import ABSENT, Desk
from tests.statements import statements

MAIL = frozenset({"email"})
OFF, ON = Choice("progress", "email", False), Choice("progress", "email", True)


@pytest.fixture
def mailing(database: Database, cast: Cast) -> Desk:
    """A desk of an install that sends mail."""
    return Desk.of(database, cast, channels=MAIL)


def wish(desk: Desk, person: Actor, *choices: Choice, hours: Hours | None = None) -> None:
    with desk.database.unit_of_work() as session:
        choose(session, person, choices=choices, hours=hours)


def order(desk: Desk, organisation: Organisation, *choices: Choice) -> None:
    """What an organisation chooses for its people."""
    with desk.database.unit_of_work() as session:
        choose_defaults(session, desk.cast.admin, organisation, choices=choices)


def channels(desk: Desk, event: str) -> dict[str, Mapping[str, str]]:
    """What became of the channels of each who was told."""
    return {user: told for user, (_, told) in desk.told(event)[0].items()}


def next_at(desk: Desk, event: str) -> dict[str | None, datetime]:
    with desk.database.read_unit() as session:
        rows = session.execute(
            select(Delivery.user_id, Delivery.next_at).where(Delivery.event_id == event)
        ).all()
    return dict(rows)


def test_who_switched_a_category_off_finds_it_in_their_inbox_and_gets_no_mail(mailing: Desk) -> None:
    cast = mailing.cast
    wish(mailing, cast.city_desk, OFF)
    event = mailing.happen("claim_qc_clear", by=cast.priya, at="city")
    mailing.tell()
    assert channels(mailing, event) == {
        cast.city_desk.id: {"email": MUTED, **ABSENT},
        cast.city_ward.id: {"email": DUE, **ABSENT},
    }
    assert mailing.inbox(cast.city_desk) == mailing.inbox(cast.city_ward) == ["QC Cleared"]
    assert set(next_at(mailing, event)) == {cast.city_ward.id}


def test_ones_own_choice_counts_more_than_the_organisations(mailing: Desk) -> None:
    cast = mailing.cast
    order(mailing, cast.city, OFF)
    wish(mailing, cast.city_desk, ON)
    event = mailing.happen("claim_qc_clear", by=cast.priya, at="city")
    mailing.tell()
    assert channels(mailing, event) == {
        cast.city_desk.id: {"email": DUE, **ABSENT},
        cast.city_ward.id: {"email": MUTED, **ABSENT},
    }


def test_the_default_is_that_of_the_organisation_that_an_event_concerns(mailing: Desk) -> None:
    cast = mailing.cast
    both = mailing.hire("both", Role.HOSPITAL_USER, cast.city, cast.lakeside)
    order(mailing, cast.city, OFF)
    # What a payer chooses is not for the people of its hospitals.
    order(mailing, cast.suraksha, OFF)
    at_city, at_lakeside = (
        mailing.happen("claim_qc_clear", by=cast.priya, at=place) for place in ("city", "lakeside")
    )
    mailing.tell()
    assert channels(mailing, at_city)[both.id] == {"email": MUTED, **ABSENT}
    assert channels(mailing, at_lakeside)[both.id] == {"email": DUE, **ABSENT}


def test_n10_what_is_mandatory_is_sent_whatever_is_in_the_tables(
    mailing: Desk, database: Database, frozen_clock: Clock
) -> None:
    cast = mailing.cast
    frozen_clock.at = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    wish(mailing, cast.lakeside_desk, OFF, hours=Hours("22:00", "07:00", "Asia/Kolkata"))
    with database.unit_of_work() as session:
        off = {"category": "decision", "channel": "email", "is_on": False}
        session.add(Preference(user_id=cast.lakeside_desk.id, **off))
        session.add(OrganisationPreference(organisation_id=cast.lakeside.id, **off))
    event = mailing.happen("claim_denied", by=cast.meera)
    mailing.tell()
    assert channels(mailing, event) == {cast.lakeside_desk.id: {"email": DUE, **ABSENT}}
    assert next_at(mailing, event) == {cast.lakeside_desk.id: frozen_clock.at}


def test_in_quiet_hours_what_is_not_mandatory_waits_for_their_end(mailing: Desk, frozen_clock: Clock) -> None:
    cast = mailing.cast
    wish(mailing, cast.city_desk, hours=Hours("22:00", "07:00", "Asia/Kolkata"))
    # Half past eleven at night in Kolkata.
    frozen_clock.at = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
    event = mailing.happen("claim_qc_clear", by=cast.priya, at="city")
    mailing.tell()
    assert channels(mailing, event) == {
        cast.city_desk.id: {"email": DUE, **ABSENT},
        cast.city_ward.id: {"email": DUE, **ABSENT},
    }
    assert next_at(mailing, event) == {
        cast.city_desk.id: datetime(2026, 11, 23, 1, 30, tzinfo=UTC),
        cast.city_ward.id: frozen_clock.at,
    }
    assert mailing.inbox(cast.city_desk) == ["QC Cleared"]


def test_a_turn_asks_for_wishes_at_a_constant_cost_and_only_where_they_matter(
    mailing: Desk, database: Database, cast: Cast
) -> None:
    def one_turn(desk: Desk, kind: str, events: int) -> tuple[int, list[str]]:
        for place in ("city", "lakeside") * events:
            desk.happen(kind, by=cast.priya, at=place)
        asked = statements(database, desk.relay.turn)
        return len(asked), [sql for sql in asked if "preferences" in sql or "quiet_hours" in sql]

    without = Desk.of(database, cast, channels=frozenset({"external"}))
    assert one_turn(without, "claim_qc_clear", 1)[1] == []
    assert one_turn(mailing, "claim_denied", 1)[1] == []
    per_row = 6 if database.is_sqlite else 0
    few, about_wishes = one_turn(mailing, "claim_qc_clear", 1)
    many, about_more_wishes = one_turn(mailing, "claim_qc_clear", 6)
    assert (len(about_wishes), len(about_more_wishes)) == (1, 1)
    assert many <= few + 10 * per_row


PEOPLE = st.builds(
    lambda role, is_active: SimpleNamespace(id=new_id(), role=role, is_active=is_active),
    st.sampled_from(Role),
    st.booleans(),
)
PAIRS = st.tuples(st.sampled_from(CATEGORIES), st.sampled_from((INBOX, *CHOSEN)))
WISHES = st.builds(Wishes, st.frozensets(PAIRS), st.none() | st.just(datetime(2027, 1, 1, tzinfo=UTC)))
SETS = st.frozensets(st.sampled_from((INBOX, *CHOSEN)))


DESK = SimpleNamespace(id=new_id(), role=Role.HOSPITAL_USER, is_active=True)
MUTED_ALL = Wishes(frozenset((c, "email") for c in CATEGORIES), datetime(2027, 1, 1, tzinfo=UTC))


@settings(deadline=None)
@example(DESK, MUTED_ALL, "decision", frozenset({"email"}), frozenset({"email"}), False, False)
@given(PEOPLE, WISHES, st.sampled_from(MANDATORY), SETS, SETS, st.booleans(), st.booleans())
def test_n10_no_wish_ever_suppresses_or_delays_what_is_mandatory(
    person: Any, wishes: Wishes, category: str, told: frozenset[str], configured: frozenset[str],
    receipt: bool, is_actor: bool,
) -> None:  # fmt: skip
    event: Any = SimpleNamespace(actor_id=person.id if is_actor else None)
    tell = Tell("processors", "", "", tuple(told), receipt, (), ())
    decided = decide(event, tell, category, person, wishes=wishes, configured=configured)
    assert decided == decide(event, tell, category, person, wishes=Wishes(), configured=configured)
    assert decided.not_before is None
    assert MUTED not in decided.channels.values()


@settings(deadline=None)
@given(PEOPLE, WISHES, st.sampled_from(CATEGORIES), SETS, SETS)
def test_wishes_govern_channels_and_never_who_is_told(
    person: Any, wishes: Wishes, category: str, told: frozenset[str], configured: frozenset[str]
) -> None:
    event: Any = SimpleNamespace(actor_id=None)
    tell = Tell("processors", "", "", tuple(told), False, (), ())
    decided = decide(event, tell, category, person, wishes=wishes, configured=configured)
    free = decide(event, tell, category, person, wishes=Wishes(), configured=configured)
    assert (decided.left_out, set(decided.channels)) == (free.left_out, set(free.channels))
    for channel, what in decided.channels.items():
        is_muted = (category, channel) in wishes.muted and category not in MANDATORY
        assert what == (NOT_CONFIGURED if channel not in configured else MUTED if is_muted else DUE)


KOLKATA, PARIS, NEW_YORK = "Asia/Kolkata", "Europe/Paris", "America/New_York"
# By hand: when it is, the hours, and when they end (None: it is not quiet).
QUIET = [
    ("2026-11-22T16:29:59+00:00", ("22:00", "07:00", KOLKATA), None),
    ("2026-11-22T16:30:00+00:00", ("22:00", "07:00", KOLKATA), "2026-11-23T01:30:00+00:00"),
    ("2026-11-23T01:29:59+00:00", ("22:00", "07:00", KOLKATA), "2026-11-23T01:30:00+00:00"),
    ("2026-11-23T01:30:00+00:00", ("22:00", "07:00", KOLKATA), None),
    ("2026-07-01T11:00:00+00:00", ("12:00", "14:00", PARIS), "2026-07-01T12:00:00+00:00"),
    ("2026-12-01T11:00:00+00:00", ("12:00", "14:00", PARIS), "2026-12-01T13:00:00+00:00"),
    ("2026-12-01T13:00:00+00:00", ("12:00", "14:00", PARIS), None),
    ("2026-12-01T22:30:00+00:00", ("22:00", "00:00", PARIS), "2026-12-01T23:00:00+00:00"),
    # The night of spring is an hour shorter, that of autumn an hour longer.
    ("2026-03-28T22:00:00+00:00", ("22:00", "07:00", PARIS), "2026-03-29T05:00:00+00:00"),
    ("2026-10-24T21:00:00+00:00", ("22:00", "07:00", PARIS), "2026-10-25T06:00:00+00:00"),
    # Half past two is jumped over: it ends at three.
    ("2026-03-29T00:30:00+00:00", ("22:00", "02:30", PARIS), "2026-03-29T01:00:00+00:00"),
    # Half past one comes twice in New York.
    ("2026-11-01T05:00:00+00:00", ("00:00", "01:30", NEW_YORK), "2026-11-01T05:30:00+00:00"),
    ("2026-11-01T06:10:00+00:00", ("00:00", "01:30", NEW_YORK), "2026-11-01T06:30:00+00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "hours", "ends"), QUIET)
def test_quiet_hours_end_by_the_clock_on_the_wall(
    now: str, hours: tuple[str, str, str], ends: str | None
) -> None:
    row = QuietHours(starts=hours[0], ends=hours[1], zone=hours[2])
    expected = datetime.fromisoformat(ends) if ends else None
    assert quiet_until(row, datetime.fromisoformat(now)) == expected


MINUTES = st.integers(0, 24 * 60 - 1)
ZONES = st.sampled_from(
    [KOLKATA, PARIS, NEW_YORK, "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia", "UTC"]
)
# Around the changes of clocks in these zones.
CHANGES = st.sampled_from(
    ["2026-03-08", "2026-03-29", "2026-10-25", "2026-11-01", "2026-04-04", "2026-10-03"]
)


@settings(deadline=None)
@given(MINUTES, MINUTES, ZONES, CHANGES, st.integers(0, 48 * 3600))
def test_quiet_hours_last_until_the_first_minute_at_which_the_wall_says_so(
    starts: int, ends: int, zone: str, day: str, seconds: int
) -> None:
    if starts == ends:
        return
    spelled = [f"{each // 60:02}:{each % 60:02}" for each in (starts, ends)]
    row = QuietHours(starts=spelled[0], ends=spelled[1], zone=zone)
    now = datetime.fromisoformat(f"{day}T00:00:00+00:00") - timedelta(hours=12) + timedelta(seconds=seconds)

    def is_quiet(moment: datetime) -> bool:
        at = moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
        return spelled[0] <= at < spelled[1] if starts < ends else at >= spelled[0] or at < spelled[1]

    found = quiet_until(row, now)
    assert (found is not None) == is_quiet(now)
    if found is not None:
        minute = now.replace(second=0) + timedelta(minutes=1)
        while is_quiet(minute):
            minute += timedelta(minutes=1)
        assert found == minute
