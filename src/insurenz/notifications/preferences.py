"""What people choose to be told by which channel and when they want quiet, and what organisations choose for theirs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from insurenz.accounts import queries as accounts
from insurenz.accounts.models import Assignment
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.errors import Conflict, FieldError, Invalid, NotFound, invalid
from insurenz.core.permissions import Actor
from insurenz.core.statements import insert_many
from insurenz.deliveries.channels import CHOSEN
from insurenz.events.service import Subject, record
from insurenz.notifications.models import (
    ORGANISATION_PREFERENCES,
    PREFERENCES,
    Choice,
    Hours,
    OrganisationPreference,
    Preference,
    QuietHours,
)
from insurenz.organisations import service as organisations
from insurenz.organisations.models import Organisation
from insurenz.workflow.vocabulary import CATEGORIES, MANDATORY

# What there is to choose: the inbox always has everything.
PAIRS = tuple((category, channel) for category in CATEGORIES for channel in CHOSEN)
LOCKED = "mandatory"
CHANGED = "notification_preferences_changed"


class Default(NamedTuple):
    """What applies without a choice of one's own: an organisation's, or (None) the install's."""

    organisation: str | None
    is_on: bool


@dataclass(frozen=True)
class Preferred:
    """One category by one channel: what is chosen, None when nothing is, and what else applies."""

    category: str
    channel: str
    chosen: bool | None
    defaults: Sequence[Default]

    @property
    def is_locked(self) -> bool:
        """Whether nobody can switch it off."""
        return self.category in MANDATORY

    @property
    def is_on(self) -> bool:
        """Whether it is told so: of an organisation at least, where several have chosen differently."""
        if self.is_locked:
            return True
        return any(default.is_on for default in self.defaults) if self.chosen is None else self.chosen


@dataclass(frozen=True)
class Preferences:
    """All that somebody may choose, as it is, and their quiet hours."""

    matrix: Sequence[Preferred]
    hours: Hours | None


def preferences_of(session: Session, user_id: str) -> Preferences:
    """The preferences of a person."""
    chosen = _chosen(session, Preference, Preference.user_id == user_id)
    defaults = _defaults(session, user_id)
    matrix = [Preferred(*pair, chosen.get(pair), defaults[pair]) for pair in PAIRS]
    return Preferences(matrix, _hours(session, user_id))


def choose(session: Session, actor: Actor, *, choices: Sequence[Choice], hours: Hours | None) -> None:
    """Let the actor's preferences be exactly these; where nothing is chosen the defaults apply.

    Raises Invalid naming each choice that is given twice or switches off what is mandatory, and hours that are none.
    """
    wanted = _checked(choices)
    _check_hours(hours)
    # Held, so that of two who change them at once the second finds what the first chose.
    accounts.user(session, actor.id, lock=True)
    mine = Preference.user_id == actor.id
    changed = _replace(session, Preference, mine, {"user_id": actor.id}, wanted)
    changed += ["quiet_hours"] * _replace_hours(session, actor.id, hours)
    if changed:
        subject, data = accounts.subject_of(actor.id), _said(changed, wanted)
        record(session, CHANGED, subject=subject, actor=actor, data=data)


def preferred(session: Session, user_id: str, category: str, channel: str) -> Preferred:
    """One choice of a person's, as it is. Raises NotFound for somebody or something there is not."""
    matrix = preferences_of(session, accounts.user(session, user_id).id).matrix
    for each in matrix:
        if (each.category, each.channel) == (category, channel):
            return each
    raise NotFound


def switch_off(session: Session, user_id: str, category: str, channel: str) -> None:
    """Let a person be told no more of this category by this channel; their other choices stay.

    Raises NotFound as `preferred` does, and Conflict for what is mandatory.
    """
    user = accounts.user(session, user_id, lock=True)
    if preferred(session, user.id, category, channel).is_locked:
        raise Conflict(f"{category} is mandatory: nobody can switch it off.", code=LOCKED)
    mine = Preference.user_id == user.id
    wanted = {**_chosen(session, Preference, mine), (category, channel): False}
    changed = _replace(session, Preference, mine, {"user_id": user.id}, wanted)
    if changed:
        subject, actor = accounts.subject_of(user.id), accounts.actor_of(user)
        record(session, CHANGED, subject=subject, actor=actor, data=_said(changed, wanted))


def defaults_of(session: Session, organisation: Organisation) -> Sequence[Preferred]:
    """What an organisation has chosen for its people."""
    chosen = _chosen(
        session, OrganisationPreference, OrganisationPreference.organisation_id == organisation.id
    )
    return [Preferred(*pair, chosen.get(pair), [Default(None, True)]) for pair in PAIRS]


def choose_defaults(
    session: Session, actor: Actor, organisation: Organisation, *, choices: Sequence[Choice]
) -> None:
    """Let an organisation's choices for its people be exactly these. Raises Invalid as `choose` does."""
    wanted = _checked(choices)
    organisations.locked(session, organisation)
    own = OrganisationPreference.organisation_id == organisation.id
    changed = _replace(session, OrganisationPreference, own, {"organisation_id": organisation.id}, wanted)
    if changed:
        subject, data = Subject(kind="organisation", id=organisation.id), _said(changed, wanted)
        record(session, "notification_defaults_changed", subject=subject, actor=actor, data=data)


def _chosen(session: Session, table: Any, whose: Any) -> dict[tuple[str, str], bool]:
    rows = session.execute(select(table.category, table.channel, table.is_on).where(whose))
    return {(category, channel): is_on for category, channel, is_on in rows}


def _defaults(session: Session, user_id: str) -> dict[tuple[str, str], list[Default]]:
    """By what is to choose what applies without: a choice of each organisation, and the install's where one has none."""
    chosen = (
        select(
            Organisation.number,
            OrganisationPreference.category,
            OrganisationPreference.channel,
            OrganisationPreference.is_on,
        )
        .join(Assignment, Assignment.organisation_id == Organisation.id)
        .outerjoin(OrganisationPreference, OrganisationPreference.organisation_id == Organisation.id)
        .where(Assignment.user_id == user_id)
        .order_by(Organisation.number)
    )
    rows = session.execute(chosen).all()
    numbers = {number for number, *_ in rows}
    found = {}
    for pair in PAIRS:
        own = [Default(number, is_on) for number, *of, is_on in rows if tuple(of) == pair]
        found[pair] = own if numbers and len(own) == len(numbers) else [*own, Default(None, True)]
    return found


def _hours(session: Session, user_id: str) -> Hours | None:
    row = session.get(QuietHours, user_id)
    return Hours(row.starts, row.ends, row.zone) if row else None


def _checked(choices: Sequence[Choice]) -> dict[tuple[str, str], bool]:
    wanted: dict[tuple[str, str], bool] = {}
    errors = []
    for n, (category, channel, is_on) in enumerate(choices):
        if (category, channel) in wanted:
            errors.append(
                FieldError(f"preferences.{n}", "given_twice", f"{category} by {channel} is given twice.")
            )
        if category in MANDATORY and not is_on:
            detail = f"{category} is mandatory: nobody can switch it off."
            errors.append(FieldError(f"preferences.{n}.is_on", LOCKED, detail))
        wanted[category, channel] = is_on
    if errors:
        raise Invalid(" ".join(error.detail for error in errors), errors=errors)
    return wanted


def _check_hours(hours: Hours | None) -> None:
    if hours is None:
        return
    if hours.starts == hours.ends:
        raise invalid("quiet_hours.ends", "no_hours", "Quiet hours end at another time than they start.")
    if not clock.is_zone(hours.zone):
        raise invalid(
            "quiet_hours.zone", "zone_unknown", "Give a time zone of the IANA list such as Asia/Kolkata."
        )


def _replace(
    session: Session,
    table: Any,
    whose: Any,
    owner: Mapping[str, str],
    wanted: Mapping[tuple[str, str], bool],
) -> list[str]:
    """Let these be the only rows of their owner; gives the names of those that changed."""
    present = _chosen(session, table, whose)
    if present == wanted:
        return []
    session.execute(delete(table).where(whose).execution_options(synchronize_session=False))
    rows = [
        {**owner, "category": category, "channel": channel, "is_on": is_on}
        for (category, channel), is_on in wanted.items()
    ]
    insert_many(session, PREFERENCES if table is Preference else ORGANISATION_PREFERENCES, rows)
    return [".".join(pair) for pair in PAIRS if present.get(pair) != wanted.get(pair)]


def _replace_hours(session: Session, user_id: str, hours: Hours | None) -> bool:
    """Let these be somebody's quiet hours; whether they changed."""
    if _hours(session, user_id) == hours:
        return False
    session.execute(delete(QuietHours).where(QuietHours.user_id == user_id))
    if hours is not None:
        session.add(QuietHours(user_id=user_id, **hours._asdict()))
    session.flush()
    return True


def _said(changed: Collection[str], wanted: Mapping[tuple[str, str], bool]) -> dict[str, list[str]]:
    """What an event tells of a change: names alone."""
    off = [".".join(pair) for pair in PAIRS if wanted.get(pair) is False]
    return {"fields": list(changed), "off": off}
