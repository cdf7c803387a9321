"""Mail: one `Mailer` port, SMTP or the local mailbox of development behind it, and the post that sends after commit."""

from insurenz.core.mail.message import Mail, Mailer, MailFailed
from insurenz.core.mail.post import Post
from insurenz.core.mail.senders import LocalMailbox, SmtpMailer, mailer_for

__all__ = ["LocalMailbox", "Mail", "MailFailed", "Mailer", "Post", "SmtpMailer", "mailer_for"]
