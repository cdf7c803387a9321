"""How long claims usually stay where one stands now, for those who wait for it."""

from datetime import date, timedelta

from insurenz.analytics import queries
from insurenz.analytics.period import Period
from insurenz.analytics.schemas import OutlookOut
from insurenz.claims.models import KIND, NEVER, Claim
from insurenz.claims.rules import Rules
from insurenz.claims.standing import turn
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.events.queries import moves

# Of fewer claims nothing is said: what is usual could not be told, and each could be told apart.
LEAST = 20
# The newest of them are looked at, so that it costs no more however many there are.
MOST_CLAIMS = 2_000


class Usual:
    """What was found today, by payer, workflow and status; with the day it is forgotten."""

    def __init__(self, *, least: int = LEAST) -> None:
        self._least = least
        self._day: date | None = None
        self._found: dict[tuple[str, str, str, bool], int | None] = {}

    def seconds(self, session: Session, claim: Claim, rules: Rules) -> int | None:
        """The median of how long claims like this one stayed in its status; None when there are too few of them."""
        today = clock.today(rules.timezone)
        if self._day != today:
            self._day, self._found = today, {}
        key = (claim.payer_id, claim.workflow, claim.status, claim.hospital_id is None)
        if key not in self._found:
            self._found[key] = self._look(
                session, claim, Period.of(None, None, today=today, zone=rules.timezone)
            )
        return self._found[key]

    def _look(self, session: Session, claim: Claim, period: Period) -> int | None:
        begins = period.moments[0]
        found = queries.stays(session, like=claim, begins=begins, most=MOST_CLAIMS)
        return found[1] if found is not None and found[0] >= self._least else None


def outlook(session: Session, claim: Claim, *, rules: Rules, usual: Usual) -> OutlookOut:
    """What a claim waits for, since when, until when, and how long that usually takes; it was found for its reader."""
    definition = rules.definition(claim.workflow, claim.workflow_version)
    waits_for, since = turn(definition, claim.status), moves(session, KIND, claim.id)[-1].at
    seconds = None if waits_for is None else usual.seconds(session, claim, rules)
    return OutlookOut(
        status=claim.status,
        waits_for=waits_for,
        since=since,
        usual_seconds=seconds,
        expected_at=None if seconds is None else since + timedelta(seconds=seconds),
        due_at=None if claim.due_at == NEVER else claim.due_at,
    )
