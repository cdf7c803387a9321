"""What every channel of the registry keeps to: one key, two kinds of failure, and nothing of the patient."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from insurenz.consumers import consumers, of_kinds
from insurenz.core.db import Database
from insurenz.deliveries import service
from insurenz.deliveries.channels import NAMES
from insurenz.deliveries.channels.channel import To
from insurenz.deliveries.models import Attempt, State
from insurenz.deliveries.sending import Sender
from insurenz.events.models import Event
from insurenz.events.relay import Relay
from insurenz.notifications.telling import Telling
from insurenz.workflow import EventRule, Tell
from insurenz.workflow.vocabulary import INBOX
from tests.actors import Cast
from tests.conftest import Clock
from tests.deliveries.messages import states
from tests.deliveries.rigs import PASSES, REFUSES, RIGS, TAKES, Rig
from tests.notifications.stories import Desk

CANARY, REMARK, AMOUNT = "Canary of the patient", "The bill is cut off.", 7_654_321


@pytest.fixture(params=NAMES)
def rig(request: pytest.FixtureRequest, database: Database, cast: Cast) -> Rig:
    """Each channel of the registry."""
    return RIGS[request.param](database, cast)


class Naming(Telling):
    """Definitions all of whose rules name this channel, as far as rules name it at all."""

    def tells(self, event: Event, rule: EventRule) -> tuple[Tell, ...]:
        channels = (INBOX, *self.channels)
        return tuple(replace(tell, channels=channels) for tell in super().tells(event, rule))


def sender_of(rig: Rig, database: Database, cast: Cast, *, with_text: bool = True) -> Sender:
    """Something happens, and what this channel is to tell of it is due; gives its sender."""
    desk, name = Desk.of(database, cast), rig.channel.name
    naming = Naming if rig.channel.to is To.PERSON else Telling
    telling = naming(desk.telling.definitions, "https://claims.example", frozenset({name}), with_text)
    desk = replace(
        desk, telling=telling, relay=Relay(database, consumers(telling), of_kinds=of_kinds(telling))
    )
    texts = {"description": CANARY, "remarks": REMARK}
    desk.happen("claim_qc_query", by=cast.meera, texts=texts, query_category="x", approved_amount=AMOUNT)
    desk.tell()
    return Sender(database, rig.channel)


def outcomes(database: Database) -> set[str]:
    """How attempts ended."""
    with database.read_unit() as session:
        return set(session.scalars(select(Attempt.outcome)))


def test_every_channel_is_held_to_it() -> None:
    assert set(RIGS) == set(NAMES)


def test_r02_a_message_has_one_key_at_every_attempt_and_when_it_is_replayed(
    rig: Rig, database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    rig.receiver.does = [PASSES, REFUSES, TAKES]
    sender = sender_of(rig, database, cast)
    sender.work()
    assert (outcomes(database), set(states(database))) == ({"passing"}, {State.DUE})
    frozen_clock.move(hours=1)
    sender.work()
    assert (outcomes(database), set(states(database))) == ({"passing", "permanent"}, {State.DEAD})
    with database.unit_of_work() as session:
        # A webhook that was gone is on again.
        rig.recover(session)
        service.replay_all(session, None)
    sender.work()
    assert set(states(database)) == {State.DELIVERED}
    keys, contents = zip(*rig.receiver.handed, strict=True)
    assert (len(keys), len(set(keys))) == (3, 1)
    # Nor is anything else of the message another one, but for when it was sent.
    assert len({content.partition("\n")[0] for content in contents}) == 1


@pytest.mark.parametrize("with_text", [True, False])
def test_r11_a_message_holds_nothing_of_the_patient_and_texts_as_the_operator_says(
    rig: Rig, database: Database, cast: Cast, *, with_text: bool
) -> None:
    sender_of(rig, database, cast, with_text=with_text).work()
    handed = "".join(content for _, content in rig.receiver.handed)
    assert "CSHLSIP-2026-014" in handed
    assert CANARY not in handed
    if not with_text and not rig.channel.is_private:
        assert (REMARK in handed, "76543.21" in handed, "76,543.21" in handed) == (False, False, False)
