"""E-mail: each notification as a letter to one person, at the address they have when it is sent."""

from collections.abc import Collection, Mapping
from typing import Any, Self

from insurenz.core.db import Database, Session
from insurenz.core.mail import Mailer, MailFailed, has_mailbox, mailer_for
from insurenz.core.settings import Settings
from insurenz.deliveries import suppression
from insurenz.deliveries.channels.channel import Channel, Passing, Permanent, Sending, To
from insurenz.deliveries.mail.letters import Letters, letters_of
from insurenz.deliveries.retry import LONG_WAITS
from insurenz.deliveries.suppression import BOUNCED


class Email(Channel):
    """Mails each notification to its recipient."""

    name = "email"
    to = To.PERSON
    is_private = True

    def __init__(self, mailer: Mailer, letters: Letters, database: Database) -> None:
        self._mailer, self._letters, self._database = mailer, letters, database

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Self | None:
        """Where there is a mail server, or the mailbox of development."""
        if not settings.smtp_host and not has_mailbox(settings):
            return None
        return cls(mailer_for(settings), letters_of(settings), database)

    def look_up(self, session: Session, targets: Collection[str]) -> Mapping[str, suppression.Standing]:
        """Their addresses, and why nothing is sent to some."""
        return suppression.standing(session, targets, self.name)

    def send(self, delivery: Sending, body: Mapping[str, Any], *, key: str) -> int | None:
        """Hand the mail to the mail server. Raises Passing or Permanent.

        An address that does not exist is written to no more; nor is one that was found so meanwhile.
        """
        user_id = delivery.user_id or delivery.target
        standing = delivery.found or suppression.Standing("", suppression.NOBODY)
        if standing.reason is not None:
            raise Permanent(standing.reason)
        mail = self._letters.mail(standing.email, body, user_id=user_id, category=delivery.category, key=key)
        try:
            return self._mailer.send(mail)
        except MailFailed as failure:
            if failure.is_unknown_address:
                self._suppress(user_id)
            if failure.is_permanent:
                raise Permanent(failure.reason, status_code=failure.code) from failure
            raise Passing(failure.reason, waits=LONG_WAITS, status_code=failure.code) from failure

    def close(self) -> None:
        """Close the connections that are idle."""
        self._mailer.close()

    def _suppress(self, user_id: str) -> None:
        with self._database.unit_of_work() as session:
            suppression.suppress(session, user_id, self.name, reason=BOUNCED)
