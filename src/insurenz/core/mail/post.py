"""Sends account mails after the commit, off the request: a few tries, then a log line and a metric."""

import logging
import queue
import threading
import time
from collections.abc import Callable

from insurenz.core.mail.message import Mail, Mailer, MailFailed
from insurenz.core.metrics import ALERTS

log = logging.getLogger("insurenz.mail")

PAUSES = (1.0, 5.0, 30.0)
PAUSE_BEFORE = 0.1


class Post:
    """One thread that hands mails over in order. What a crash loses here, its recipient can ask for again."""

    def __init__(self, mailer: Mailer, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._mailer, self._sleep = mailer, sleep
        self._waiting: queue.SimpleQueue[Mail | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="post", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Send what waits, then end."""
        self._waiting.put(None)
        self._thread.join(timeout)

    def put(self, mail: Mail) -> None:
        """Send a mail soon; never blocks and never raises."""
        self._waiting.put(mail)

    def deliver(self, mail: Mail) -> bool:
        """Try a mail until it is taken, permanently refused, or out of tries; whether it was taken."""
        for pause in (*PAUSES, None):
            try:
                self._mailer.send(mail)
            except MailFailed as failure:
                if pause is None or failure.is_permanent:
                    log.warning(
                        "mail not sent", extra={"reason": str(failure), "permanent": failure.is_permanent}
                    )
                    ALERTS.labels("mail_not_sent").inc()
                    return False
                self._sleep(pause)
            else:
                return True
        return False

    def _run(self) -> None:
        while (mail := self._waiting.get()) is not None:
            # Sending beside the request that asked for it would slow its answer, and so tell that there was a mail.
            self._sleep(PAUSE_BEFORE)
            try:
                self.deliver(mail)
            except Exception:
                # The task boundary: one mail that cannot even be written must not keep back those after it.
                log.exception("mail not sent")
                ALERTS.labels("mail_not_sent").inc()
        self._mailer.close()
