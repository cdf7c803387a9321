"""E-mail as a channel, end to end: what arrives at which address, and what each fault of the mail server leads to."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from insurenz.core.db import Database
from insurenz.core.mail import LocalMailbox
from insurenz.core.settings import Settings
from insurenz.deliveries import service, suppression
from insurenz.deliveries.channels import Channels
from insurenz.deliveries.retry import LONG_WAITS
from insurenz.deliveries.sending import Sender
from insurenz.demo.mails import previews
from insurenz.events.models import Event
from insurenz.notifications.samples import samples
from insurenz.workflow import load_registry
from tests.actors import Cast
from tests.catcher import RECEIPT, RECIPIENT, SENDER, Catcher, Step, catcher, drops, says, takes
from tests.conftest import Clock
from tests.deliveries.messages import attempts, delivery, outgoing, put, states

BASE = "https://claims.example"
BODIES = {each.name: each.body for each in samples(load_registry().newest.values(), BASE)}
MakeSender = Callable[..., Sender]


@pytest.fixture
def server() -> Iterator[Catcher]:
    with catcher() as made:
        yield made


@pytest.fixture
def sender_to(database: Database, tmp_path: Path) -> Iterator[MakeSender]:
    """Makes a sender to a mail server, as the settings of an install make it."""
    made: list[Channels] = []

    def make(**given: Any) -> Sender:
        settings = Settings(_env_file=None, data_dir=tmp_path, public_url=BASE, **given)
        made.append(Channels.of(settings, database))
        return Sender(database, made[-1].by_name["email"])

    yield make
    for channels in made:
        channels.close()


def to(person: Any, name: str = "claim_submitted", **given: Any) -> Any:
    """A mail to somebody about a retail claim of theirs."""
    given = {"claimant_id": person.id, "category": "progress", **given}
    return outgoing(channel="email", target=person.id, user_id=person.id, body=BODIES[name], **given)


def test_a_mail_reaches_its_reader_with_the_means_to_stop_more_of_its_kind(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    [delivery_id] = put(database, to(cast.asha))
    sender_to(**server.settings).work()
    [caught] = server.caught
    mail = caught.mail
    assert (caught.to, caught.key) == (cast.asha.email, delivery_id)
    assert mail["Subject"] == "Claim Received: CLM-20261126-7KQ2M9XD"
    assert mail["Message-ID"] == f"<{delivery_id}@insurer.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith(f"<{BASE}/unsubscribe/")
    assert attempts(database) == [(1, "delivered", 250, None)]
    assert delivery(database).body is None


def test_a_mail_that_nobody_can_switch_off_offers_no_way_to(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    put(database, to(cast.asha, "claim_qc_query", category="action_needed"))
    sender_to(**server.settings).work()
    [caught] = server.caught
    assert [name for name in caught.mail if name.startswith("List-")] == []
    assert b"/unsubscribe/" not in caught.raw


@pytest.mark.parametrize("step", [says(RECIPIENT, "450 4.2.0 greylisted"), drops(RECEIPT)])
def test_r02_a_mail_is_the_same_at_each_attempt_to_whoever_compares_its_key(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender, frozen_clock: Clock, step: Step
) -> None:
    [delivery_id] = put(database, to(cast.asha))
    server.will(step, takes())
    sender = sender_to(**server.settings)
    sender.work()
    assert states(database) == ["due"]
    frozen_clock.move(seconds=7)
    sender.work()
    assert states(database) == ["delivered"]
    assert {each.key for each in server.caught} == {delivery_id}
    assert {each.mail["Message-ID"] for each in server.caught} == {f"<{delivery_id}@insurer.example>"}


def test_r03_a_refusal_for_good_ends_it_at_once(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    put(database, to(cast.asha))
    server.will(says(SENDER, "554 5.7.1 no"))
    sender_to(**server.settings).work()
    assert attempts(database) == [(1, "permanent", 554, "smtp_554")]
    assert states(database) == ["dead"]


def test_r03_what_waited_while_the_server_was_away_for_an_hour_is_sent_within_five_minutes(
    database: Database, cast: Cast, sender_to: MakeSender, frozen_clock: Clock
) -> None:
    put(database, to(cast.asha), to(cast.asha), to(cast.vikram))
    back_at = frozen_clock.at + timedelta(hours=1)
    with catcher() as gone:
        away = gone.settings
    sender = sender_to(**away)
    while frozen_clock.at < back_at:
        sender.work()
        is_due, next_at = sender.look()
        assert (is_due, next_at is not None) == (False, True)
        frozen_clock.at = min(next_at, back_at) if next_at else back_at
    assert states(database) == ["due"] * 3
    with catcher() as back:
        sender = sender_to(**back.settings)
        frozen_clock.move(minutes=5)
        sender.work()
        assert states(database) == ["delivered"] * 3
        assert len(set(back.keys)) == 3


def test_a_mail_is_tried_for_two_days_and_then_given_up() -> None:
    assert timedelta(hours=44) < sum(LONG_WAITS, timedelta()) < timedelta(hours=52)


def test_an_address_that_does_not_exist_is_written_to_once(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    put(database, to(cast.asha), to(cast.asha), to(cast.vikram))
    server.will(says(RECIPIENT, "550 5.1.1 no such user"), takes())
    sender_to(**server.settings).work()
    assert [each.to for each in server.caught] == [cast.vikram.email]
    with database.read_unit() as session:
        rows, _ = suppression.listing(session)
        assert [(row.user_id, row.channel, row.reason) for row in rows] == [
            (cast.asha.id, "email", "bounced")
        ]
        [event] = session.scalars(select(Event).where(Event.type == "channel_suppressed"))
        assert (event.subject_id, event.data) == (cast.asha.id, {"channel": "email", "reason": "bounced"})
        errors = session.scalars(text("SELECT last_error FROM deliveries WHERE state = 'dead' ORDER BY id"))
        assert list(errors) == ["smtp_550", "bounced"]


def test_once_lifted_what_was_given_up_can_be_sent_again(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    with database.unit_of_work() as session:
        suppression.suppress(session, cast.asha.id, "email", reason="complained")
    [delivery_id] = put(database, to(cast.asha))
    sender = sender_to(**server.settings)
    sender.work()
    assert (server.caught, attempts(database)) == ([], [(1, "permanent", None, "complained")])
    with database.unit_of_work() as session:
        suppression.lift(session, cast.admin, cast.asha.id)
        service.replay(session, cast.admin, delivery_id)
    sender.work()
    assert server.keys == [delivery_id]


def test_a_mail_goes_to_the_address_that_its_reader_has_when_it_is_sent(
    database: Database, cast: Cast, server: Catcher, sender_to: MakeSender
) -> None:
    put(database, to(cast.asha))
    with database.unit_of_work() as session:
        given = {"email": "asha@new.example", "id": cast.asha.id.replace("-", "")}
        is_sqlite = database.is_sqlite
        where = "id = :id" if is_sqlite else "id = CAST(:id AS uuid)"
        session.execute(text(f"UPDATE users SET email = :email WHERE {where}"), given)
    sender_to(**server.settings).work()
    assert [each.to for each in server.caught] == ["asha@new.example"]


def test_in_development_without_a_mail_server_mails_lie_in_the_mailbox(
    database: Database, cast: Cast, sender_to: MakeSender, tmp_path: Path
) -> None:
    [delivery_id] = put(database, to(cast.asha))
    sender_to().work()
    [(_, mail)] = LocalMailbox(tmp_path / "mailbox", "").mails()
    assert (mail["To"], mail["Insurenz-Delivery"]) == (cast.asha.email, delivery_id)
    assert states(database) == ["delivered"]


def test_a_mailbox_keeps_the_newest_of_a_great_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("insurenz.core.mail.senders.MOST_KEPT", 3)
    monkeypatch.setattr("insurenz.core.mail.senders.LOOK_AFTER", 5)
    box = LocalMailbox(tmp_path / "mailbox", "a@b.example")
    [mail] = [
        each
        for name, each in previews(Settings(_env_file=None, data_dir=tmp_path), []).items()
        if name == "account.welcome"
    ]
    for _ in range(5):
        box.send(mail)
    assert len(box.mails()) == 3
