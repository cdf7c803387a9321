"""Mail: letters in one look, one `Mailer` port with SMTP or the mailbox of development behind it, and the post of accounts."""

from insurenz.core.mail.letter import Badge, Letter, Link, Quote
from insurenz.core.mail.message import Mail, Mailer, MailFailed
from insurenz.core.mail.post import Post
from insurenz.core.mail.senders import LocalMailbox, has_mailbox, mailer_for
from insurenz.core.mail.smtp import SmtpMailer

__all__ = [
    "Badge",
    "Letter",
    "Link",
    "LocalMailbox",
    "Mail",
    "MailFailed",
    "Mailer",
    "Post",
    "Quote",
    "SmtpMailer",
    "has_mailbox",
    "mailer_for",
]
