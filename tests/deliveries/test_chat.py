"""Chat and SMS: in which words, to which address; what Apprise's failures mean; shown against a local receiver."""

import json
import logging
from typing import Any

import pytest
from sqlalchemy import select

from insurenz.core.chats import OwnChat, own_chats, schemes, ways
from insurenz.core.db import Database
from insurenz.deliveries.channels.chat import Chat
from insurenz.deliveries.models import Delivery, Target
from insurenz.deliveries.sending import Sender
from insurenz.deliveries.targets import apprising, service
from insurenz.deliveries.targets.apprising import NotSent
from insurenz.deliveries.targets.chat import ChatRules
from tests.actors import Cast
from tests.conftest import Clock
from tests.deliveries.devices import CHATS, chat
from tests.deliveries.messages import attempts, delivery, states
from tests.notifications.stories import Desk
from tests.receiver import Receiver, answers, hangs, receiver

LEADS = OwnChat("leads", "json://127.0.0.1:9/leads", ("decision",), "hi")
ALL = OwnChat("all", "json://127.0.0.1:9/all")


class Line:
    """Takes texts instead of Apprise, or fails."""

    def __init__(self, *failures: NotSent) -> None:
        self.failures = list(failures)
        self.sent: list[tuple[str, str]] = []

    def __call__(self, address: str, text: str, seconds: float) -> None:
        assert seconds == 15
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append((address, text))


def sender_of(database: Database, line: apprising.Apprise, rules: ChatRules = CHATS) -> Sender:
    own = {each.name: each for each in (LEADS, ALL)}
    return Sender(database, Chat(rules, own, "https://claims.example", line))


@pytest.fixture
def desk(database: Database, cast: Cast) -> Desk:
    """The product's consumers in an install with chats."""
    return Desk.of(database, cast, channels=frozenset({"chat"}), chats=(LEADS, ALL))


def test_people_and_the_operators_chats_are_told_each_once_in_a_few_words(desk: Desk) -> None:
    chat(desk.database, desk.cast.lakeside_desk, language="hi")
    chat(desk.database, desk.cast.lakeside_desk, to="+910000000001", is_confirmed=False)
    with desk.database.unit_of_work() as session:
        # The code that is on its way there is another story.
        session.query(Delivery).delete()
    texts = {"rejection_reason": "canary of a reason"}
    subject = "01a216c4-059d-7dbc-9b94-50f5c7b1a001"
    desk.happen("claim_denied", by=desk.cast.meera, status="claim_denial", texts=texts, subject_id=subject)
    desk.happen("claim_qc_clear", by=desk.cast.meera, subject_id=subject)
    desk.tell()
    line = Line()
    sender_of(desk.database, line).work()
    assert set(states(desk.database)) == {"delivered"}
    number, link = "CSHLSIP-2026-014", f"https://claims.example/app/claims/{subject}"
    decided = f"दावे पर फ़ैसला हुआ: दावा {number}\n{link}"
    assert sorted(line.sent) == sorted(
        [
            ("json://gateway.example/send/+919800000000", decided),
            ("json://gateway.example/send/+919800000000", f"दावे की ख़बर: दावा {number}\n{link}"),
            (LEADS.address, decided),
            (ALL.address, f"A claim was decided: Claim {number}\n{link}"),
            (ALL.address, f"News of a claim: Claim {number}\n{link}"),
        ]
    )


def test_the_code_goes_to_the_number_that_is_to_be_confirmed(database: Database, cast: Cast) -> None:
    id_ = chat(database, cast.asha, is_confirmed=False, language="hi")
    with database.read_unit() as session:
        code = (session.scalars(select(Delivery)).one().body or {})["code"]
    line = Line()
    sender_of(database, line).work()
    text = f"Insurenz के लिए आपका कोड {code} है। अगर आपने नहीं माँगा तो आपको कुछ नहीं करना है।"
    assert line.sent == [("json://gateway.example/send/+919800000000", text)]
    with database.unit_of_work() as session:
        target = session.get_one(Target, id_)
        service.confirm(session, cast.asha, target, code)
        service.send_test(session, cast.asha, target)
    sender_of(database, line).work()
    assert line.sent[1][1] == "यह Insurenz की जाँच है। किसी दावे में कुछ नहीं हुआ है।"


@pytest.mark.parametrize(
    ("failure", "state", "kind"),
    [
        (NotSent("timeout"), "due", "passing"),
        (NotSent("not_taken"), "due", "passing"),
        (NotSent("http_429", status_code=429), "due", "passing"),
        (NotSent("http_503", status_code=503), "due", "passing"),
        (NotSent("http_401", status_code=401), "dead", "permanent"),
        (NotSent("address_refused", is_address=True), "dead", "permanent"),
    ],
)
def test_failures_are_told_apart_as_far_as_apprise_tells(
    database: Database, cast: Cast, failure: NotSent, state: str, kind: str
) -> None:
    chat(database, cast.asha, is_confirmed=False)
    sender_of(database, Line(failure)).work()
    found = delivery(database)
    assert (found.state, found.last_error) == (state, failure.reason)
    assert attempts(database, found.id) == [(1, kind, failure.status_code, failure.reason)]


def test_a_code_is_not_tried_for_longer_than_it_is_of_use(
    database: Database, cast: Cast, frozen_clock: Clock
) -> None:
    chat(database, cast.asha, is_confirmed=False)
    line = Line(*[NotSent("timeout")] * 9)
    for _ in range(9):
        sender_of(database, line).work()
        frozen_clock.move(minutes=5)
    assert (states(database), len(line.failures)) == (["dead"], 5)


def test_what_was_taken_away_is_sent_nothing(database: Database, cast: Cast) -> None:
    desk = Desk.of(database, cast, channels=frozenset({"chat"}), chats=(OwnChat("gone", ALL.address),))
    id_ = chat(database, cast.lakeside_desk)
    chat(database, cast.lakeside_desk, way="tgram", to="tgram://123:abc/9")
    desk.happen("claim_qc_clear", by=cast.meera)
    desk.tell()
    with database.unit_of_work() as session:
        service.remove(session, cast.lakeside_desk, session.get_one(Target, id_))
    line = Line()
    sender_of(database, line, ChatRules(CHATS.ways, ())).work()
    with database.read_unit() as session:
        found = {row.last_error: row.state for row in session.scalars(select(Delivery))}
        assert len(session.scalars(select(Delivery)).all()) == 3
    assert (line.sent, found) == ([], {"target_removed": "cancelled", "way_removed": "dead"})


@pytest.fixture
def gateway() -> Any:
    """A local receiver of Apprise's json://."""
    with receiver() as made:
        yield made


def address(gateway: Receiver) -> str:
    return f"json://127.0.0.1:{gateway.port}/send/+919800000000"


def test_apprise_itself_sends_the_words(gateway: Receiver) -> None:
    apprising.send(address(gateway), "दावे की ख़बर: दावा C-1", 15)
    [call] = gateway.calls
    assert (call.path, json.loads(call.body)["message"]) == ("/send/+919800000000", "दावे की ख़बर: दावा C-1")


@pytest.mark.parametrize(("status", "reason"), [(404, "http_404"), (503, "http_503"), (307, "http_307")])
def test_the_status_in_what_apprise_says_is_found(gateway: Receiver, status: int, reason: str) -> None:
    gateway.will(answers(status, "Location: http://169.254.169.254/\r\n"))
    with pytest.raises(NotSent) as failed:
        apprising.send(address(gateway), "x", 15)
    assert (failed.value.reason, failed.value.status_code) == (reason, status)
    # It names hosts and numbers there, which are not for our log.
    assert not logging.getLogger("apprise").propagate


def test_a_gateway_that_hangs_is_left_behind(gateway: Receiver) -> None:
    gateway.will(hangs)
    with pytest.raises(NotSent, match="timeout"):
        apprising.send(address(gateway), "x", 0.2)


def test_an_address_that_apprise_does_not_know_is_refused() -> None:
    with pytest.raises(NotSent, match="address_refused") as failed:
        apprising.send("nonsense://x", "x", 15)
    assert failed.value.is_address


def test_services_of_people_lead_to_their_own_hosts_alone() -> None:
    from apprise.manager_plugins import NotificationManager

    from insurenz.core.chats import OF_PEOPLE

    for scheme in OF_PEOPLE:
        plugin: Any = NotificationManager()[scheme]
        assert [each for each in plugin.templates if "{host}" in each] == [], scheme


def test_the_settings_are_read_or_refused_in_words() -> None:
    text = "all: json://127.0.0.1:9/all\nleads: {address: 'json://127.0.0.1:9/leads', categories: [decision], language: hi}"
    assert own_chats(text) == (ALL, LEADS)
    assert (own_chats(""), dict(ways("")), schemes("")) == ((), {}, ())
    for read, wrong, what in (
        (own_chats, "- a", "no names"),
        (own_chats, "a: [", "neither YAML nor JSON"),
        (own_chats, "A B: json://h", "small letters"),
        (own_chats, "a: {address: 'json://h', categories: [nonsense]}", "a: categories are some of"),
        (own_chats, "a: {address: 'json://h', language: fr}", "a: the language is one of en, hi"),
        (own_chats, "a: {url: 'json://h'}", "a: there is no url"),
        (ways, "a: secret-token", "a: this is not an address"),
        (ways, "a: json://h/x", "a: the address has"),
        (ways, "a: json://{to}/x", "a: the address has"),
        (schemes, "tgram,json", "json is none of"),
    ):
        with pytest.raises(ValueError, match=what) as refused:
            read(wrong)
        assert "secret-token" not in str(refused.value)
