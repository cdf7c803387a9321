"""Reports of a mail service: taken when signed, once, and only about people who are here."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from insurenz.core import signing
from insurenz.core.db import Database
from insurenz.deliveries import suppression
from tests.actors import Api, Cast, make_api
from tests.conftest import Clock

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
BOUNCE = {"reports": [{"type": "bounce", "address": "Asha@demo.example"}]}
SES = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [{"emailAddress": "asha@demo.example", "status": "5.1.1"}],
    },
    "mail": {"messageId": "x"},
}
SES_COMPLAINT = {
    "eventType": "Complaint",
    "complaint": {"complainedRecipients": [{"emailAddress": "asha@demo.example"}]},
}


@pytest.fixture
def server(database: Database, cast: Cast, tmp_path: Path) -> Any:
    made = make_api(database, tmp_path, mail_feedback_secret=SECRET)
    yield made
    made.app.state.gate.hasher.close()


def report(
    api: Api, clock: Clock, body: Any, *, key: bytes = KEY, id_: str = "msg_1", late: int = 0, **headers: str
) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at = int(clock.at.timestamp()) - late
    signed = signing.headers(key, message_id=id_, at=at, body=raw)
    sent = {"Content-Type": "application/json", **signed, **headers}
    return api.nobody.post("/deliveries/feedback", content=raw, headers=sent)


def suppressed(database: Database) -> list[tuple[str, str]]:
    with database.read_unit() as session:
        return [(row.email, row.reason) for row in suppression.listing(session)[0]]


@pytest.mark.parametrize(
    ("body", "reason"), [(BOUNCE, "bounced"), (SES, "bounced"), (SES_COMPLAINT, "complained")]
)
def test_a_signed_report_stops_mails_to_its_address(
    server: Api, frozen_clock: Clock, body: Any, reason: str
) -> None:
    answer = report(server, frozen_clock, body)
    assert (answer.status_code, answer.json()) == (200, {"suppressed": 1})
    assert suppressed(server.database) == [("asha@demo.example", reason)]


def test_the_same_message_again_changes_nothing_whatever_happened_meanwhile(
    server: Api, cast: Cast, frozen_clock: Clock
) -> None:
    report(server, frozen_clock, BOUNCE)
    lifted = server.as_(cast.admin).delete(f"/deliveries/suppressions/{cast.asha.id}")
    assert (lifted.status_code, suppressed(server.database)) == (204, [])
    assert report(server, frozen_clock, BOUNCE).json() == {"suppressed": 0}
    assert suppressed(server.database) == []
    assert report(server, frozen_clock, BOUNCE, id_="msg_2").json() == {"suppressed": 1}


def test_an_id_is_forgotten_when_its_signature_is_long_worth_nothing(
    server: Api, frozen_clock: Clock
) -> None:
    report(server, frozen_clock, BOUNCE)
    frozen_clock.move(days=31)
    report(server, frozen_clock, BOUNCE, id_="msg_2")
    with server.database.read_unit() as session:
        assert list(session.scalars(text("SELECT id FROM mail_feedback"))) == ["msg_2"]


@pytest.mark.parametrize(
    "given",
    [
        {"key": b"another key of somebody else's"},
        {"late": 301},
        {"late": -301},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA v1a,AAAA"},
        {"webhook-timestamp": "now"},
        {"webhook-id": "msg_2"},
        {"id_": "x" * 256},
    ],
)
def test_what_is_not_signed_now_by_who_has_the_secret_is_refused(
    server: Api, frozen_clock: Clock, given: dict[str, Any]
) -> None:
    answer = report(server, frozen_clock, BOUNCE, **given)
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert suppressed(server.database) == []


@pytest.mark.parametrize("late", [300, -300])
def test_a_signature_is_good_for_five_minutes_either_way(server: Api, frozen_clock: Clock, late: int) -> None:
    assert report(server, frozen_clock, BOUNCE, late=late).json() == {"suppressed": 1}


def test_one_of_several_signatures_is_enough(server: Api, frozen_clock: Clock) -> None:
    raw = json.dumps(BOUNCE).encode()
    at = int(frozen_clock.at.timestamp())
    new = signing.headers(KEY, message_id="m", at=at, body=raw)["webhook-signature"]
    assert report(server, frozen_clock, raw, id_="m", **{"webhook-signature": f"v1,old {new}"}).json() == {
        "suppressed": 1
    }


@pytest.mark.parametrize(
    "body",
    [
        {"reports": [{"type": "bounce", "address": "asha@demo.example", "is_permanent": False}]},
        {"reports": [{"type": "complaint", "address": "stranger@else.example"}]},
        {**SES, "bounce": {**SES["bounce"], "bounceType": "Transient"}},
        {"notificationType": "Delivery", "delivery": {}},
    ],
)
def test_what_may_pass_and_who_is_not_here_changes_nothing(
    server: Api, frozen_clock: Clock, body: Any
) -> None:
    answer = report(server, frozen_clock, body)
    assert (answer.status_code, answer.json()) == (200, {"suppressed": 0})
    assert suppressed(server.database) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"{}", b'{"reports": []}', b'{"reports": [{"type": "bounce"}]}',
     b'{"notificationType": "Bounce", "bounce": []}'],
)  # fmt: skip
def test_a_signed_body_that_is_no_report_is_answered_with_what_is_wrong(
    server: Api, frozen_clock: Clock, body: bytes
) -> None:
    assert report(server, frozen_clock, body).status_code == 422


def test_without_a_secret_there_is_no_such_route(api: Api, frozen_clock: Clock) -> None:
    assert report(api, frozen_clock, BOUNCE, key=b"").status_code == 404


def test_overseers_see_who_is_not_written_to_and_an_admin_lifts_it(
    server: Api, cast: Cast, frozen_clock: Clock
) -> None:
    report(server, frozen_clock, BOUNCE)
    shown = server.as_(cast.auditor).get("/deliveries/suppressions").json()
    assert shown == {
        "items": [
            {
                "user_id": cast.asha.id,
                "user_name": cast.asha.name,
                "user_email": "asha@demo.example",
                "channel": "email",
                "reason": "bounced",
                "since": "2026-11-22T06:30:00Z",
            }
        ],
        "next_cursor": None,
    }
    path = f"/deliveries/suppressions/{cast.asha.id}"
    assert server.as_(cast.auditor).delete(path).status_code == 403
    assert [server.as_(cast.admin).delete(path).status_code for _ in range(2)] == [204, 404]
