"""Mail over SMTP: a conversation that ends in time whatever the server does, kept for the next mail."""

import io
import re
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from insurenz.core.lines import Until, is_quiet, verifying
from insurenz.core.mail.message import Mail, MailFailed, address_of
from insurenz.core.settings import Settings

# All of one mail: connecting, signing in, sending, and waiting for the receipt.
TIMEOUT_SECONDS = 15
# Servers end what is idle for longer, and some what has carried many mails.
KEEP_SECONDS, MOST_MAILS = 5, 100
QUIT_SECONDS = 1
# Refusals that are about this install and not about the mail: they end when somebody has put a setting right.
ABOUT_US = frozenset({530, 534, 535, 538})
# RFC 3463: no such mailbox, no such host, no such syntax, moved, a host that takes no mail.
UNKNOWN_ADDRESS = re.compile(rb"5\.1\.(1|2|3|6|10)\b")


class SmtpMailer:
    """Any SMTP server, from any number of threads; STARTTLS whenever it is offered, TLS from the start on port 465."""

    def __init__(self, settings: Settings, *, seconds: float = TIMEOUT_SECONDS) -> None:
        self._settings, self._seconds = settings, seconds
        self._sender, self._from = settings.mail_from, address_of(settings.mail_from)
        self._lock = threading.Lock()
        self._idle: list[_Line] = []

    def send(self, mail: Mail) -> int:
        """Hand over one mail; gives the code of the receipt. Raises MailFailed.

        A 5xx about the mail or its recipient is permanent. What the server says before it hears of the mail (it is
        full, the password is wrong) is about the moment, and so is whatever breaks off.
        """
        if not mail.to.isprintable():
            raise ValueError("an address of several lines")
        until = Until(self._seconds)
        raw = mail.spelled(self._sender)
        line = None
        try:
            line = self._addressed(mail.to, len(raw), until)
            code = line.deliver(raw)
        except _BROKEN as error:
            if line is not None:
                line.close()
            raise _failure(error, until) from error
        self._keep(line)
        return code

    def close(self) -> None:
        """End the conversations that are kept."""
        with self._lock:
            lines, self._idle = self._idle, []
        for line in lines:
            line.leave()

    def _addressed(self, to: str, size: int, until: Until) -> "_Line":
        """A line whose server has heard of the mail and waits for it."""
        kept = self._kept()
        if kept is not None:
            kept.until = until
            # A server may have gone away since; nothing of this mail was handed over yet.
            with suppress(smtplib.SMTPServerDisconnected, OSError):
                kept.address(self._from, to, size)
                return kept
        line = self._opened(until)
        line.address(self._from, to, size)
        return line

    def _kept(self) -> "_Line | None":
        while True:
            with self._lock:
                line = self._idle.pop() if self._idle else None
            if line is None or line.is_usable():
                return line
            line.close()

    def _opened(self, until: Until) -> "_Line":
        settings = self._settings
        line = _Line(until, settings.smtp_host, is_tls=settings.smtp_port == smtplib.SMTP_SSL_PORT)
        try:
            code, _ = line.connect(settings.smtp_host, settings.smtp_port)
            _require(code, 220, "greeting")
            line.ehlo_or_helo_if_needed()
            if not line.is_tls and line.has_extn("starttls"):
                line.starttls(context=verifying())
                line.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                # Who stands between could have taken the offer out, to be told the password.
                line.require_privacy()
                line.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except _BROKEN:
            line.close()
            raise
        return line

    def _keep(self, line: "_Line") -> None:
        line.mails += 1
        line.idle_since = time.monotonic()
        if line.mails >= MOST_MAILS:
            line.leave()
            return
        with self._lock:
            self._idle.append(line)


class _Refused(Exception):
    """The server said no; `step` is where, `is_about_mail` whether it had heard of the mail."""

    def __init__(self, step: str, code: int, text: bytes = b"", *, is_about_mail: bool = True) -> None:
        super().__init__(step)
        self.step, self.code, self.text, self.is_about_mail = step, code, text, is_about_mail


class _Overheard(smtplib.SMTPException):
    """A password would be said in the clear."""


# All that can come of talking to a server.
_BROKEN = (smtplib.SMTPException, OSError, _Refused)


class _Line(smtplib.SMTP):
    """A conversation with a server, each of whose waits ends with the time of the mail it carries."""

    def __init__(self, until: Until, host: str, *, is_tls: bool) -> None:
        super().__init__()
        # What certificates are compared with; the base class knows it only when it connects in its constructor.
        self._host = host
        self.until, self.is_tls = until, is_tls
        self.mails, self.idle_since = 0, 0.0

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        dialled = socket.create_connection((host, port), self.until.left())
        dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.is_tls:
            return dialled
        try:
            return verifying().wrap_socket(dialled, server_hostname=host)
        except OSError:
            dialled.close()
            raise

    def send(self, s: Any) -> None:
        """As the base class, in what is left of the time."""
        if self.sock:
            self.sock.settimeout(self.until.left())
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """As the base class, in what is left of the time."""
        if self.file is None:
            self.file = io.BufferedReader(_Reader(self))
        return super().getreply()

    def require_privacy(self) -> None:
        """Raises _Overheard where others could listen: without TLS, but to this machine itself."""
        sock = self.sock
        if sock is None or not (isinstance(sock, ssl.SSLSocket) or _is_here(sock.getpeername()[0])):
            raise _Overheard

    def address(self, sender: str, to: str, size: int) -> None:
        """Say from whom to whom a mail of so many bytes is, and that it comes. Raises _Refused.

        At once, where the server takes that (RFC 2920). Whatever is raised, the line is closed: a server that was
        told of a mail which does not come, forgets it.
        """
        sized = f" SIZE={size}" if self.has_extn("size") else ""
        steps = {
            "sender": (f"MAIL FROM:<{sender}>{sized}\r\n", (250, 251)),
            "recipient": (f"RCPT TO:<{to}>\r\n", (250, 251)),
            "data": ("DATA\r\n", (354,)),
        }
        is_at_once = self.has_extn("pipelining")
        try:
            if is_at_once:
                self.send("".join(command for command, _ in steps.values()))
            for step, (command, expected) in steps.items():
                if not is_at_once:
                    self.send(command)
                code, text = self.getreply()
                if code not in expected:
                    raise _Refused(step, code, text)
        except _BROKEN:
            self.close()
            raise

    def deliver(self, raw: bytes) -> int:
        """The mail itself, whose lines all end; gives the code of the receipt. Raises _Refused."""
        self.send(raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        code, text = self.getreply()
        if code != 250:
            raise _Refused("data", code, text)
        return code

    def is_usable(self) -> bool:
        """Whether it was idle for a short time only, and its server has neither closed it nor said anything."""
        is_fresh = time.monotonic() - self.idle_since < KEEP_SECONDS
        return self.sock is not None and is_fresh and is_quiet(self.sock)

    def leave(self) -> None:
        """Say goodbye, and wait a moment only for the answer."""
        self.until = Until(QUIT_SECONDS)
        with suppress(smtplib.SMTPException, OSError):
            self.quit()
        self.close()


class _Reader(io.RawIOBase):
    """Reads what a line's server says, each time in what is left of the line's time."""

    def __init__(self, line: _Line) -> None:
        super().__init__()
        self._line = line

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What comes next, at most as much as fits."""
        sock = self._line.sock
        if sock is None:
            return 0
        sock.settimeout(self._line.until.left())
        return sock.recv_into(buffer)


def _require(code: int, expected: int, step: str) -> None:
    if code != expected:
        raise _Refused(step, code, is_about_mail=False)


def _failure(error: Exception, until: Until) -> MailFailed:
    if until.is_over:
        return MailFailed("timeout", is_permanent=False)
    if isinstance(error, _Refused):
        return _refusal(error)
    if isinstance(error, smtplib.SMTPResponseException):
        return MailFailed(f"smtp_{error.smtp_code}", is_permanent=False, code=error.smtp_code)
    return MailFailed(next(word for kind, word in _REASONS if isinstance(error, kind)), is_permanent=False)


def _refusal(refused: _Refused) -> MailFailed:
    code = refused.code
    is_permanent = code >= 500 and refused.is_about_mail and code not in ABOUT_US
    is_unknown = is_permanent and refused.step != "sender" and bool(UNKNOWN_ADDRESS.match(refused.text))
    reason = f"smtp_{code}" if code > 0 else "answer_malformed"
    return MailFailed(
        reason, is_permanent=is_permanent, code=code if code > 0 else None, is_unknown_address=is_unknown
    )


# The first that fits counts.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "timeout"),
    (socket.gaierror, "host_unknown"),
    (ssl.SSLCertVerificationError, "certificate_refused"),
    (ssl.SSLError, "tls_failed"),
    (ConnectionRefusedError, "connection_refused"),
    (_Overheard, "tls_not_offered"),
    (smtplib.SMTPServerDisconnected, "connection_lost"),
    (smtplib.SMTPNotSupportedError, "login_not_offered"),
    (ConnectionError, "connection_lost"),
    (smtplib.SMTPException, "answer_malformed"),
    (OSError, "network_failed"),
)


def _is_here(address: str) -> bool:
    return ip_address(address).is_loopback
