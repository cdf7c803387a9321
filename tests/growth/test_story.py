"""The hospital story over the whole arrangement: two servers, two workers, beat; heard live, mailed, told to receivers."""

from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from insurenz.events.verify import verify
from tests.catcher import Catcher, catcher
from tests.growth.arrangement import arranged, is_quiet, needs_celery, needs_curl, needs_redis
from tests.notifications.listening import Follower
from tests.notifications.stories import broken
from tests.receiver import Receiver, receiver
from tests.server import Server
from tests.story import AS_IT_IS_TOLD, badges, tell, told
from tests.waiting import soon

pytestmark = [needs_celery, needs_redis, needs_curl]

SERVICE_SECRET = "a secret of the tests, long enough"
# What each of them is told, in order; those who work on both claims hear of both.
TOLD = {
    "desk@lakeside.demo.example": [
        *("claim_qc_query", "claim_need_more_info", "claim_qc_clear", "claim_approved"),
        *("claim_denied", "claim_approved"),
    ],
    "meera@demo.example": [
        *("claim_pending", "claim_qc_answered", "claim_need_more_info_response"),
        *("claim_pending", "claim_contested"),
    ],
}

# What is about the clinic's claims, whoever of its people did it.
OF_CLINIC = [
    *("claim_pending", "claim_qc_query", "claim_qc_answered", "claim_need_more_info"),
    *("claim_need_more_info_response", "claim_qc_clear", "claim_approved"),
    *("claim_pending", "claim_denied", "claim_contested", "claim_approved"),
]


def heard(follower: Follower, count: int) -> list[str]:
    """The types of the next so many notifications; one that is read meanwhile comes again and does not count."""
    found: dict[str, str] = {}
    while len(found) < count:
        frame = follower.next()
        assert frame is not None, "the stream has ended"
        if frame.event == "notification":
            found.setdefault(frame.item["id"], frame.item["event_type"])
    return list(found.values())


def hook(entry: Server, clinic: Receiver) -> str:
    """The clinic has a webhook from now on; gives its secret."""
    made = entry.call(
        "POST",
        "/webhooks",
        token=entry.sign_in("admin@demo.example"),
        json_body={"organisation": "HOSP_002", "url": clinic.url},
    )
    assert made.status == 201, made.body
    return str(made.json()["secret"])


def mails(post: Catcher, since: int) -> dict[str, int]:
    """How many different mails each of them was sent since then."""
    keys = {caught.key: caught.to for caught in post.caught[since:]}
    return {email: Counter(keys.values())[email] for email in TOLD}


@pytest.mark.load
def test_the_hospital_story_over_two_servers_two_workers_and_beat(tmp_path: Path) -> None:
    with receiver() as service, receiver() as clinic, catcher() as post:
        more = {
            "NOTIFICATION_SERVICE_URL": service.url,
            "NOTIFICATION_SERVICE_SECRET": SERVICE_SECRET,
            "INSURENZ_WEBHOOK_LAN": "on",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(post.port),
        }
        with arranged(tmp_path, **more) as (arrangement, _):
            arrangement.start()
            entry = arrangement.entry
            with closing(arrangement.open_database()) as database:
                # What the demo world's claims have to tell comes first.
                assert soon(lambda: is_quiet(database))
                before, sent, mailed = badges(entry), len(service.calls), len(post.caught)
                secret = hook(entry, clinic)
                followers = {email: Follower(entry, entry.sign_in(email)) for email in TOLD}
                printed = tell(entry.base)
                assert told(printed, before) == AS_IT_IS_TOLD
                assert {e: heard(f, len(TOLD[e])) for e, f in followers.items()} == TOLD
                for follower in followers.values():
                    follower.close()
                assert soon(lambda: is_quiet(database))
                # The service is told of every event once, under a key of its own.
                keys = Counter(service.keys[sent:])
                assert (len(keys), set(keys.values())) == (11, {1})
                assert mails(post, mailed) == {email: len(types) for email, types in TOLD.items()}
                # An independent library accepts every signature, and the hospital hears of each of its events once.
                bodies = [Webhook(secret).verify(call.body, call.headers) for call in clinic.calls]
                assert Counter(body["event_type"] for body in bodies) == Counter(OF_CLINIC)
                assert broken(database) == []
                assert arrangement.stop() == [0] * 5
                report = verify(database)
                assert (report.faults, report.unsealed) == ([], 0)
            assert '"level": "error"' not in arrangement.logs()
