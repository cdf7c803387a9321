"""The thread that sends account mails."""

import threading

from insurenz.core.mail import Mail, Post
from tests.waiting import PATIENCE_SECONDS


class Box:
    """A mailer that cannot even write the first mail."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.done = threading.Event()

    def close(self) -> None:
        """Nothing to close."""

    def send(self, mail: Mail) -> None:
        if mail.to == "first@demo.example":
            raise PermissionError("the folder of the mailbox")
        self.taken.append(mail.to)
        self.done.set()


def test_a_mail_that_fails_unforeseen_does_not_keep_back_the_next() -> None:
    box = Box()
    post = Post(box, sleep=lambda _seconds: None)
    post.start()
    for name in ("first", "second"):
        post.put(Mail(to=f"{name}@demo.example", subject="s", text="t", html="<p>t</p>"))
    assert box.done.wait(PATIENCE_SECONDS)
    post.stop()
    assert box.taken == ["second@demo.example"]
