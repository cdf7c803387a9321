"""Where mails go: an SMTP server, or a folder that the mailbox page of development shows."""

from email.message import EmailMessage
from itertools import islice
from pathlib import Path

from insurenz.core.ids import new_id
from insurenz.core.mail.message import Mail, Mailer
from insurenz.core.mail.smtp import SmtpMailer
from insurenz.core.settings import Settings

# Of a trial's mails; looked at once in a while, for a look costs as much as many mails.
MOST_KEPT, LOOK_AFTER = 1000, 100
# On one page.
MOST_SHOWN = 100


class LocalMailbox:
    """A folder of `.eml` files, newest last by name; of a great many the newest are kept."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self._sender = folder, sender
        self._sent = 0

    def send(self, mail: Mail) -> None:
        """Write the mail as a file, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{new_id()}.eml"
        part = path.with_suffix(".part")
        part.write_bytes(mail.spelled(self._sender))
        part.rename(path)
        self._sent += 1
        if self._sent % LOOK_AFTER == 0:
            self._throw_away()

    def close(self) -> None:
        """Nothing is kept open."""

    def mails(self, *, to: str | None = None) -> list[tuple[str, EmailMessage]]:
        """The newest mails with their ids, or those to one address; a hundred at most."""
        mails = ((path.stem, _read(path)) for path in self._paths())
        return list(islice((each for each in mails if to is None or each[1]["To"] == to), MOST_SHOWN))

    def mail(self, mail_id: str) -> EmailMessage | None:
        """One of them; None when there is none of this id."""
        return next((_read(path) for path in self._paths() if path.stem == mail_id), None)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.eml"), reverse=True)

    def _throw_away(self) -> None:
        for path in self._paths()[MOST_KEPT:]:
            path.unlink(missing_ok=True)


def _read(path: Path) -> EmailMessage:
    # To load the parser takes a part of each start, and few servers read mails.
    from email import message_from_bytes, policy  # noqa: PLC0415

    return message_from_bytes(path.read_bytes(), policy=policy.default)


def mailer_for(settings: Settings) -> Mailer:
    """SMTP when it is configured, else the local mailbox."""
    if settings.smtp_host:
        return SmtpMailer(settings)
    return LocalMailbox(settings.data_dir / "mailbox", settings.mail_from)


def has_mailbox(settings: Settings) -> bool:
    """Whether mails stay here, to be read on a page: in development without a mail server."""
    return not settings.is_production and not settings.smtp_host
