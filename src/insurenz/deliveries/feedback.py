"""What a mail service reports back, signed: addresses that bounced for good, and people who complained."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete

from insurenz.accounts import queries as accounts
from insurenz.core import clock
from insurenz.core.db import Session
from insurenz.core.problems import validated
from insurenz.deliveries import suppression
from insurenz.deliveries.models import FEEDBACK
from insurenz.deliveries.suppression import BOUNCED, COMPLAINED
from insurenz.events.chain import insert_if_absent

CHANNEL = "email"
# Services repeat a report for days; what is older is forgotten with its signature.
REMEMBERED = timedelta(days=30)
MOST_REPORTS = 1000

Address = Field(min_length=3, max_length=320)


class Report(BaseModel):
    """What became of mails to one address. A bounce that may pass (`is_permanent` false) changes nothing."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["bounce", "complaint"]
    address: str = Address
    is_permanent: bool = True


class FeedbackIn(BaseModel):
    """Reports in our own words."""

    model_config = ConfigDict(extra="ignore")

    reports: list[Report] = Field(min_length=1, max_length=MOST_REPORTS)


class _SesRecipient(BaseModel):
    address: str = Field(alias="emailAddress", min_length=3, max_length=320)


class _SesBounce(BaseModel):
    kind: str = Field("", alias="bounceType")
    recipients: list[_SesRecipient] = Field([], alias="bouncedRecipients", max_length=MOST_REPORTS)


class _SesComplaint(BaseModel):
    recipients: list[_SesRecipient] = Field([], alias="complainedRecipients", max_length=MOST_REPORTS)


class SesIn(BaseModel):
    """A notification of Amazon SES, as SNS carries it in its `Message`; other kinds than these two tell us nothing."""

    bounce: _SesBounce = _SesBounce()
    complaint: _SesComplaint = _SesComplaint()

    def reports(self) -> list[Report]:
        """The same in our words."""
        is_permanent = self.bounce.kind == "Permanent"
        bounced = [
            Report(type="bounce", address=each.address, is_permanent=is_permanent)
            for each in self.bounce.recipients
        ]
        complained = [Report(type="complaint", address=each.address) for each in self.complaint.recipients]
        return bounced + complained


def reports_in(body: Any) -> Sequence[Report]:
    """The reports in a body of either shape. Raises Invalid."""
    if isinstance(body, dict) and ("notificationType" in body or "eventType" in body):
        return validated(SesIn, body).reports()
    return validated(FeedbackIn, body).reports


def take(session: Session, message_id: str, reports: Sequence[Report]) -> int:
    """Write no more to the addresses of these reports that are our users'; gives how many became so.

    The same message again changes nothing, whatever happened meanwhile.
    """
    session.execute(delete(FEEDBACK).where(FEEDBACK.c.received_at < clock.now() - REMEMBERED))
    if not insert_if_absent(session, FEEDBACK, {"id": message_id, "received_at": clock.now()}):
        return 0
    return sum(_take(session, report) for report in reports)


def _take(session: Session, report: Report) -> bool:
    if not report.is_permanent and report.type == "bounce":
        return False
    user = accounts.by_email(session, report.address.strip().lower())
    reason = BOUNCED if report.type == "bounce" else COMPLAINED
    return user is not None and suppression.suppress(session, user.id, CHANNEL, reason=reason)
