"""A mail as the product means it, and the port through which it leaves."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol


class MailFailed(Exception):
    """The mail was not taken. `is_permanent` says that trying again is useless."""

    def __init__(self, reason: str, *, is_permanent: bool) -> None:
        super().__init__(reason)
        self.is_permanent = is_permanent


@dataclass(frozen=True)
class Mail:
    """One mail to one person, as plain text and HTML."""

    to: str
    subject: str
    text: str
    html: str

    def rendered(self, sender: str) -> EmailMessage:
        """The MIME message. Line breaks in a subject or address are dropped: they would start a header of their own."""
        message = EmailMessage()
        message["From"], message["To"] = sender, _one_line(self.to)
        message["Subject"], message["Date"] = _one_line(self.subject), formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain="insurenz")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        return message


class Mailer(Protocol):
    """Hands one mail over; returns when it is taken, raises MailFailed when it is not."""

    def send(self, mail: Mail) -> None:
        """Hand over one mail."""


def _one_line(text: str) -> str:
    return " ".join(text.split())
