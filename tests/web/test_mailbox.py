"""The mailbox of development: what would have been mailed, shown without trusting it."""

from pathlib import Path

import pytest

from insurenz.core.db import Database
from insurenz.core.mail import LocalMailbox, Mail
from tests.actors import Api, make_api

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
SECRET = "q7Zr0tYbW3mN8xKvL5cD2fGhJ6sPaUeRiOoT"


@pytest.fixture
def box(tmp_path: Path) -> LocalMailbox:
    return LocalMailbox(tmp_path / "mailbox", "Insurenz <no-reply@localhost>")


@pytest.fixture
def server(database: Database, tmp_path: Path) -> Api:
    return make_api(database, tmp_path)


def send(box: LocalMailbox, **other: str) -> str:
    given = {
        "to": "asha@demo.example",
        "subject": "Choose a new password",
        "text": "Here",
        "html": "<p>Here</p>",
    }
    box.send(Mail(**(given | other)))
    return box.mails()[0][0]


def test_mails_are_listed_newest_first(server: Api, box: LocalMailbox) -> None:
    assert "No mails yet" in server.nobody.get("/mailbox").text
    send(box, subject="First")
    send(box, subject="Second")
    text = server.nobody.get("/mailbox").text
    assert 0 < text.index("Second") < text.index("First")


def test_a_mail_shows_its_text_with_links_that_work(server: Api, box: LocalMailbox) -> None:
    mail = send(box, text="Open http://127.0.0.1:8000/app/reset#token=a&b, then sign in.")
    text = server.nobody.get(f"/mailbox/{mail}").text
    assert 'href="http://127.0.0.1:8000/app/reset#token=a&amp;b" rel="noreferrer"' in text
    assert f'src="/mailbox/{mail}/html" sandbox=' in text


def test_p06_what_a_mail_brings_cannot_run(server: Api, box: LocalMailbox) -> None:
    mail = send(box, subject=HOSTILE, text=f"{HOSTILE} javascript:alert(1)", html=HOSTILE)
    for path in ("/mailbox", f"/mailbox/{mail}"):
        text = server.nobody.get(path).text
        assert ("<script>" in text, "<img src=x" in text, 'href="javascript' in text) == (False, False, False)
    framed = server.nobody.get(f"/mailbox/{mail}/html")
    policy = framed.headers["content-security-policy"]
    assert ("default-src 'none'" in policy, "sandbox" in policy, "script" in policy) == (True, True, False)
    assert (framed.headers["x-frame-options"], "allow-scripts" in policy) == ("SAMEORIGIN", False)


@pytest.mark.parametrize("path", ["none", "..%2f..%2fetc%2fpasswd", "%00"])
def test_a_mail_that_is_not_there_is_missing(server: Api, path: str) -> None:
    assert server.nobody.get(f"/mailbox/{path}").status_code == 404


@pytest.mark.parametrize(
    "other", [{"env": "production", "jwt_secret_key": SECRET}, {"smtp_host": "smtp.example.org"}]
)
def test_there_is_no_mailbox_in_production_or_beside_a_mail_server(
    database: Database, tmp_path: Path, box: LocalMailbox, other: dict[str, str]
) -> None:
    mail = send(box)
    client = make_api(database, tmp_path, **other).nobody
    paths = ("/mailbox", f"/mailbox/{mail}", f"/mailbox/{mail}/html")
    assert [client.get(path).status_code for path in paths] == [404] * 3
