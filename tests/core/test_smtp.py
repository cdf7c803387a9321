"""R-03: whatever a mail server does, a mail is taken, refused for good, or to be tried again, and that in time."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from insurenz.core.mail import Mail, MailFailed, SmtpMailer
from insurenz.core.mail import smtp as module
from insurenz.core.settings import Settings
from tests.catcher import (
    DATA,
    GREETING,
    HELLO,
    LOGIN,
    RECEIPT,
    RECIPIENT,
    SENDER,
    Catcher,
    Step,
    catcher,
    drips,
    drops,
    hangs,
    says,
    takes,
)
from tests.core.test_http import contexts
from tests.server import free_port

MAIL = Mail("asha@demo.example", "Claim Received", "Hello\n.\n..two dots\n", "<p>Hello</p>\n", key="k1")


@pytest.fixture(params=[True, False], ids=["pipelining", "one by one"])
def server(request: pytest.FixtureRequest) -> Iterator[Catcher]:
    with catcher(is_pipelining=request.param) as made:
        yield made


@pytest.fixture
def mailer(server: Catcher) -> Iterator[SmtpMailer]:
    made = SmtpMailer(Settings(_env_file=None, **server.settings), seconds=20)
    yield made
    made.close()


def fails(mailer: SmtpMailer) -> tuple[str, bool, int | None, bool]:
    with pytest.raises(MailFailed) as failed:
        mailer.send(MAIL)
    failure = failed.value
    return failure.reason, failure.is_permanent, failure.code, failure.is_unknown_address


def test_a_mail_arrives_as_it_was_written(server: Catcher, mailer: SmtpMailer) -> None:
    assert mailer.send(MAIL) == 250
    [caught] = server.caught
    assert (caught.sender, caught.to) == ("claims@insurer.example", "asha@demo.example")
    body = caught.mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MAIL.text


def test_p06_an_address_adds_no_command(server: Catcher, mailer: SmtpMailer) -> None:
    with pytest.raises(ValueError, match="several lines"):
        mailer.send(replace(MAIL, to="asha@demo.example>\r\nRCPT TO:<all@demo.example"))
    assert (server.connections, server.caught) == (0, [])


def test_the_next_mails_go_over_the_same_connection(server: Catcher, mailer: SmtpMailer) -> None:
    for _ in range(3):
        mailer.send(MAIL)
    assert ([each.connection for each in server.caught], server.connections) == ([1, 1, 1], 1)


def test_a_connection_that_has_carried_many_mails_is_given_up(
    server: Catcher, mailer: SmtpMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_MAILS", 2)
    for _ in range(3):
        mailer.send(MAIL)
    assert [each.connection for each in server.caught] == [1, 1, 2]


def test_a_server_that_went_away_meanwhile_costs_no_mail(
    server: Catcher, mailer: SmtpMailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Even when it is noticed only once the next mail is begun.
    monkeypatch.setattr(module._Line, "is_usable", lambda _line: True)
    server.will(takes(), drops(SENDER), takes())
    for _ in range(2):
        mailer.send(MAIL)
    assert [each.connection for each in server.caught] == [1, 2]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (says(SENDER, "552 5.3.4 too big"), 552),
        (says(RECIPIENT, "550 5.7.1 not from you"), 550),
        (says(RECIPIENT, "550 no"), 550),
        (says(RECIPIENT, "552 5.2.2 mailbox full"), 552),
        (says(DATA, "554 5.5.1 no valid recipients"), 554),
        (says(RECEIPT, "554 5.7.1 looks like spam"), 554),
        (says(SENDER, "550 5.1.1 no such sender"), 550),
    ],
)
def test_r03_a_refusal_of_the_mail_is_for_good(
    server: Catcher, mailer: SmtpMailer, step: Step, code: int
) -> None:
    server.will(step)
    assert fails(mailer) == (f"smtp_{code}", True, code, False)


@pytest.mark.parametrize(
    "text", ["550 5.1.1 no such user", "553 5.1.3 bad address", "550-5.1.10 null MX\r\n550 5.1.10 x"]
)
@pytest.mark.parametrize("at", [RECIPIENT, RECEIPT])
def test_only_an_address_that_does_not_exist_is_called_so(
    server: Catcher, mailer: SmtpMailer, at: str, text: str
) -> None:
    server.will(says(at, text))
    assert fails(mailer) == (f"smtp_{text[:3]}", True, int(text[:3]), True)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (says(GREETING, "421 4.3.2 not now"), "smtp_421"),
        (says(GREETING, "554 5.3.2 nobody is here"), "smtp_554"),
        (says(SENDER, "451 4.3.0 later"), "smtp_451"),
        (says(SENDER, "530 5.7.0 sign in first"), "smtp_530"),
        (says(RECIPIENT, "450 4.2.0 greylisted"), "smtp_450"),
        (says(DATA, "452 4.3.1 disk full"), "smtp_452"),
        (says(RECEIPT, "451 4.3.0 later"), "smtp_451"),
        (says(RECIPIENT, "what?"), "answer_malformed"),
        (drops(GREETING), "connection_lost"),
        (drops(HELLO), "connection_lost"),
        (drops(SENDER), "connection_lost"),
        (drops(RECIPIENT), "connection_lost"),
        (drops(DATA), "connection_lost"),
        (drops(RECEIPT), "connection_lost"),
    ],
)
def test_r03_what_may_pass_is_told_apart(
    server: Catcher, mailer: SmtpMailer, step: Step, reason: str
) -> None:
    server.will(step, takes())
    found = fails(mailer)
    assert (found[0], found[1], found[3]) == (reason, False, False)
    # Nothing of the broken conversation is left over for the next mail, and no mail without an end is one.
    before = len(server.caught)
    assert mailer.send(MAIL) == 250
    assert len(server.caught) == before + 1


@pytest.mark.parametrize("does", [hangs, drips])
@pytest.mark.parametrize("at", [GREETING, RECIPIENT, RECEIPT])
def test_r03_a_server_that_hangs_or_drips_is_left_in_time(does: object, at: str, server: Catcher) -> None:
    mailer = SmtpMailer(Settings(_env_file=None, **server.settings), seconds=0.2)
    server.will(does(at))  # type: ignore[operator]
    assert fails(mailer) == ("timeout", False, None, False)
    mailer.close()


def test_r03_a_server_that_refuses_connections_may_come_back() -> None:
    mailer = SmtpMailer(Settings(_env_file=None, smtp_host="127.0.0.1", smtp_port=free_port()))
    assert fails(mailer) == ("connection_refused", False, None, False)


def test_what_is_offered_in_the_clear_is_said_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_server, of_client = contexts(tmp_path, "DNS:localhost")
    with catcher(tls=of_server) as server:
        given = server.settings | {"smtp_host": "localhost", "smtp_user": "u", "smtp_password": "p"}
        mailer = SmtpMailer(Settings(_env_file=None, **given), seconds=20)
        # A certificate that nobody vouches for is refused before the password is said.
        assert fails(mailer) == ("certificate_refused", False, None, False)
        assert (server.logins, server.caught) == ([], [])
        monkeypatch.setattr(module, "verifying", lambda: of_client)
        assert [mailer.send(MAIL) for _ in range(2)] == [250, 250]
        assert server.logins == ["PLAIN AHUAcA=="]
        assert [each.connection for each in server.caught] == [2, 2]
        mailer.close()


def test_a_wrong_password_is_the_operators_to_put_right(server: Catcher) -> None:
    given = server.settings | {"smtp_user": "u", "smtp_password": "p"}
    mailer = SmtpMailer(Settings(_env_file=None, **given), seconds=20)
    assert fails(mailer) == ("login_not_offered", False, None, False)


def test_a_password_is_not_said_where_the_offer_of_tls_was_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with catcher(offers=LOGIN) as server:
        mailer = SmtpMailer(Settings(_env_file=None, **server.settings, smtp_user="u", smtp_password="p"))
        # To this machine itself there is nobody in between.
        assert mailer.send(MAIL) == 250
        monkeypatch.setattr(module, "_is_here", lambda _address: False)
        mailer.close()
        assert fails(mailer) == ("tls_not_offered", False, None, False)
        assert (server.logins, len(server.caught)) == (["PLAIN AHUAcA=="], 1)
