"""The two mailers: an SMTP server, and a folder that the mailbox page of development shows."""

import smtplib
import ssl
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from insurenz.core.ids import new_id
from insurenz.core.mail.message import Mail, Mailer, MailFailed
from insurenz.core.settings import Settings

TIMEOUT_SECONDS = 15


class SmtpMailer:
    """Any SMTP server; STARTTLS whenever the server offers it, TLS from the start on port 465."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, mail: Mail) -> None:
        """Hand over one mail; raises MailFailed, permanent for a 5xx answer."""
        message = mail.rendered(self._settings.mail_from)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailFailed(
                f"recipient refused: {codes}", is_permanent=all(c >= 500 for c in codes)
            ) from error
        except smtplib.SMTPResponseException as error:
            raise MailFailed(
                f"refused with {error.smtp_code}", is_permanent=error.smtp_code >= 500
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailFailed(type(error).__name__, is_permanent=False) from error

    def _connect(self) -> smtplib.SMTP:
        host, port = self._settings.smtp_host, self._settings.smtp_port
        context = ssl.create_default_context()
        if port == smtplib.SMTP_SSL_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
            if server.has_extn("starttls") or "starttls" in _hello(server):
                server.starttls(context=context)
        if self._settings.smtp_user:
            server.login(self._settings.smtp_user, self._settings.smtp_password.get_secret_value())
        return server


def _hello(server: smtplib.SMTP) -> dict[str, str]:
    server.ehlo_or_helo_if_needed()
    return server.esmtp_features


class LocalMailbox:
    """A folder of `.eml` files, newest last by name."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self._sender = folder, sender

    def send(self, mail: Mail) -> None:
        """Write the mail as a file, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{new_id()}.eml"
        part = path.with_suffix(".part")
        part.write_bytes(mail.rendered(self._sender).as_bytes())
        part.rename(path)

    def mails(self, limit: int = 100) -> list[tuple[str, EmailMessage]]:
        """The newest mails with their ids."""
        newest = sorted(self.folder.glob("*.eml"), reverse=True)[:limit]
        return [(p.stem, message_from_bytes(p.read_bytes(), policy=policy.default)) for p in newest]


def mailer_for(settings: Settings) -> Mailer:
    """SMTP when it is configured, else the local mailbox."""
    if settings.smtp_host:
        return SmtpMailer(settings)
    return LocalMailbox(settings.data_dir / "mailbox", settings.mail_from)
