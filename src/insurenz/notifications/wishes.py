"""What people want to be told by which channel: their own choice, else their organisation's, else yes; and when not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Executable, String, case, literal_column, select, union_all

from insurenz.core import clock
from insurenz.core.db import Id, Session
from insurenz.core.permissions import Role
from insurenz.core.statements import Statement, listed
from insurenz.deliveries.channels import WITH_TARGETS
from insurenz.deliveries.models import SUPPRESSIONS
from insurenz.deliveries.suppression import unreachable
from insurenz.deliveries.targets.queries import of_people
from insurenz.events.models import Event
from insurenz.notifications.batches import Batch
from insurenz.notifications.decisions import NO_TARGET, NO_WISHES, Wishes
from insurenz.notifications.models import OrganisationPreference, Preference, QuietHours
from insurenz.workflow.vocabulary import MANDATORY

# A category and a channel.
Pair = tuple[str, str]
Choices = Mapping[Pair, bool]
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Known:
    """The wishes of the people of a turn: choices by person and by organisation, and who is not to be disturbed now.

    And who cannot be reached by some channel: all others cannot be `without` something to send to.
    """

    own: Mapping[str, Choices] = field(default_factory=dict)
    defaults: Mapping[str, Choices] = field(default_factory=dict)
    quiet_until: Mapping[str, datetime] = field(default_factory=dict)
    unreachable: Mapping[str, frozenset[Pair]] = field(default_factory=dict)
    without: frozenset[Pair] = frozenset()

    def of(self, person: Any, event: Event) -> Wishes:
        """What this person wants of this event: the default is that of the organisation by which it concerns them."""
        if not (self.own or self.defaults or self.quiet_until or self.unreachable or self.without):
            return NO_WISHES
        chosen = {
            **self.defaults.get(organisation_of(person, event) or "", {}),
            **self.own.get(person.id, {}),
        }
        quiet_until = self.quiet_until.get(person.id)
        unreachable = self.unreachable.get(person.id, self.without)
        if not chosen and quiet_until is None and not unreachable:
            return NO_WISHES
        muted = frozenset(pair for pair, is_on in chosen.items() if not is_on)
        return Wishes(muted, quiet_until, unreachable)


def organisation_of(person: Any, event: Event) -> str | None:
    """The organisation for which somebody is told of an event: its hospital, or of a retail claim the payer."""
    if person.role not in (Role.HOSPITAL_USER, Role.CLAIM_PROCESSOR):
        return None
    return event.hospital_id or event.payer_id


def known(session: Session, batches: Sequence[Batch], configured: Collection[str]) -> Known:
    """The wishes of all people of these batches, and how they can be reached, in one statement, two with targets.

    In none where nothing could be sent.
    """
    sent = [batch for batch in batches if not set(configured).isdisjoint(batch.tell.channels)]
    asked = [batch for batch in sent if batch.rule.category not in MANDATORY]
    named = {channel for batch in sent for channel in batch.tell.channels}
    by_target = WITH_TARGETS & named & set(configured)
    people = {person.id for batch in sent for person in batch.people}
    if not asked:
        return _with_targets(session, Known(unreachable=unreachable(session, people)), people, by_target)
    organisations = {id_ for batch in asked for id_ in (batch.event.hospital_id, batch.event.payer_id) if id_}
    given = {"user_id": ",".join(people), "organisation_id": ",".join(organisations)}
    return _with_targets(session, _known(_WISHES.all(session, given)), people, by_target)


def _with_targets(
    session: Session, found: Known, people: Collection[str], by_target: Collection[str]
) -> Known:
    """The same, with who has given these channels nothing to send to."""
    if not by_target:
        return found
    without = frozenset((channel, NO_TARGET) for channel in by_target)
    has = defaultdict(set)
    for target in of_people(session, people):
        has[target.user_id].add((target.channel, NO_TARGET))
    lost = found.unreachable
    special = {id_: lost.get(id_, frozenset()) | (without - has[id_]) for id_ in {*lost, *has}}
    return replace(found, unreachable=special, without=without)


def _known(rows: Iterable[Any]) -> Known:
    own: dict[str, dict[Pair, bool]] = defaultdict(dict)
    defaults: dict[str, dict[Pair, bool]] = defaultdict(dict)
    quiet: dict[str, datetime] = {}
    lost: dict[str, set[Pair]] = defaultdict(set)
    now = clock.now()
    for of, owner, first, second, third in rows:
        if of == _LOST:
            lost[owner].add((first, second))
        elif of == _QUIET:
            moment = quiet_until(QuietHours(user_id=owner, starts=first, ends=second, zone=third), now)
            quiet |= {owner: moment} if moment else {}
        else:
            (own if of == _OWN else defaults)[owner][first, second] = third == _ON
    return Known(own, defaults, quiet, {user_id: frozenset(pairs) for user_id, pairs in lost.items()})


def _wishes(dialect: str) -> Executable:
    """All that is known of some people and organisations, as rows of what it is, whose, and three words."""
    people, firms = listed(dialect, user_id=Id), listed(dialect, organisation_id=Id)
    own, default, hours, lost = Preference, OrganisationPreference, QuietHours, SUPPRESSIONS.c
    words = [
        (_OWN, people.c.user_id, own.user_id, own.category, own.channel, _on(own.is_on)),
        (
            _DEFAULT,
            firms.c.organisation_id,
            default.organisation_id,
            default.category,
            default.channel,
            _on(default.is_on),
        ),
        (_QUIET, people.c.user_id, hours.user_id, hours.starts, hours.ends, hours.zone),
        (_LOST, people.c.user_id, lost.user_id, lost.channel, lost.reason, _word("")),
    ]
    return union_all(
        *(
            select(
                _word(of).label("of"),
                owner.label("owner"),
                first.label("first"),
                second.label("second"),
                third.label("third"),
            ).where(owner == asked)
            for of, asked, owner, first, second, third in words
        )
    )


def _word(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", String)


def _on(is_on: Any) -> ColumnElement[str]:
    return case((is_on, _word(_ON)), else_=_word(""))


_OWN, _DEFAULT, _QUIET, _LOST, _ON = "own", "default", "quiet", "lost", "on"
_WISHES = Statement(_wishes)


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours end in which it is now; None when it is in none.

    It is quiet while the clock on the wall of that zone says so, on days that are an hour longer or shorter, too.
    """
    zone = ZoneInfo(hours.zone)
    here = now.astimezone(zone)
    if not _is_quiet(hours, here):
        return None
    ends = time.fromisoformat(hours.ends)
    day = here.date() if here.time() < ends else here.date() + timedelta(days=1)
    end = datetime.combine(day, ends, zone).astimezone(UTC)
    if end <= now:
        # The hour that comes twice has come for the second time.
        end = datetime.combine(day, ends.replace(fold=1), zone).astimezone(UTC)
    # A time that the clock jumps over ends with the jump.
    while end - MINUTE > now and not _is_quiet(hours, (end - MINUTE).astimezone(zone)):
        end -= MINUTE
    return end


def _is_quiet(hours: QuietHours, here: datetime) -> bool:
    at, starts, ends = here.time(), time.fromisoformat(hours.starts), time.fromisoformat(hours.ends)
    return starts <= at < ends if starts < ends else at >= starts or at < ends
